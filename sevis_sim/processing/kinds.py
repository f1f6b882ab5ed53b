"""Names of kinds of due work. Apart from what does the work, which loads the rules."""

LIFE_CYCLE = "life-cycle"
"""Changes the records of one day; the key is ``<system> <day>`` (`life_cycle.run_day`)."""

RETRY_BATCH = "retry-batch"
"""Processes a batch for the second time; the key is the batch's number (`night.process_batch`)."""
