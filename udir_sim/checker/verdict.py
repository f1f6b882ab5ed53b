"""From findings to what becomes of the file."""

from udir_sim.checker.tally import Tally
from udir_sim.rules import Mode, Severity, Verdict


def verdict_of(tally: Tally, data_records: int, held: int) -> Verdict:
    """Return the verdict.

    FATAL refuses the file in both modes. ERROR holds it in strict mode; in lenient mode ERROR holds the record, and the
    file only where the fault is not one of single data records, or where no record is left to load.

    Args:
        tally: all findings.
        data_records: of the file.
        held: data records with errors.

    """
    worst = max((tally.severity(rule_id, variant) for rule_id, variant in tally.counts), default=Severity.OFF)
    if worst is Severity.FATAL:
        return Verdict.REFUSED
    if worst is Severity.ERROR and (tally.mode is Mode.STRICT or tally.file_errors or held >= data_records):
        return Verdict.HELD
    return Verdict.ACCEPTED if worst <= Severity.INFO else Verdict.ACCEPTED_WITH_WARNINGS
