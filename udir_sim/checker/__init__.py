"""Checks a UDIRSTUD file: streaming, with bounded memory, millions of records a second.

=================  =====================================================================
``checking``       from a file to a report
``model``          the report
``reading``        from a file to blocks, and from a block to records
``prologue``       the beginning: can it be read, how do records end
``work``, ``scan``  the quick look at each block, in threads
``classify``       the rules, on what the quick look suspects
``structure``      header first, trailer last
``framing``        what header and trailer say
``odd``            records of the wrong length
``duplicates``     records against each other
``differences``    against the last accepted file
``tally``          counts exactly, keeps samples
=================  =====================================================================

Needs numpy (extra ``udir``).
"""

from udir_sim.checker.checking import Progress, check
from udir_sim.checker.differences import compare
from udir_sim.checker.model import (
    SAMPLES,
    CensusReport,
    Difference,
    Finding,
    InputError,
    LoadPlan,
    Previous,
    Receipt,
    Report,
    RuleResult,
)

__all__ = [
    "SAMPLES",
    "CensusReport",
    "Difference",
    "Finding",
    "InputError",
    "LoadPlan",
    "Previous",
    "Progress",
    "Receipt",
    "Report",
    "RuleResult",
    "check",
    "compare",
]
