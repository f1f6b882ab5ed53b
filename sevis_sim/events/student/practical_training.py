"""What the OPT events share: how they name an OPT, what a STEM extension is, and which one an event is about.

An OPT and its STEM extension are two elements of the record's ``OPTEmployment``. The extension has ``Type`` STEM OPT
and says under ``Extends`` which dates were asked for with the OPT that it extends; both have lists of ``Employer``.
"""

from datetime import date

from sevis_sim.domain.document import Node, child, children, value
from sevis_sim.events.declare import Case
from sevis_sim.events.student.segments import Family, Segment, has_dates, same_day, segments

PRE_COMPLETION = "01"
POST_COMPLETION = "02"

STEM = "STEM OPT"
"""``Type`` of an extension."""

FAMILY = Family(
    "OPTEmployment",
    ("StartDate", "EndDate", "FullPartTimeIndicator"),
    "S1069",
    {"NewFullPartTimeIndicator": "FullPartTimeIndicator"},
)


def is_extension(segment: Segment) -> bool:
    """Tell whether an OPT is the STEM extension of another."""
    return value(segment.node, "Type") == STEM


def extension_of(data: Node, segment: Segment) -> Segment | None:
    """Return the STEM extension of an OPT that counts, or None."""
    return next((one for one in segments(data, FAMILY.kind) if one.open and _extends(one, segment)), None)


def extended_by(data: Node, extension: Segment) -> Segment | None:
    """Return the OPT that a STEM extension extends, or None."""
    return next((one for one in segments(data, FAMILY.kind) if _extends(extension, one)), None)


def _extends(extension: Segment, segment: Segment) -> bool:
    base = child(extension.node, "Extends")
    if not is_extension(extension) or is_extension(segment):
        return False
    return same_day(base, segment.node, "StartDate") and same_day(base, segment.node, "EndDate")


def identified(case: Case, ended: bool = False) -> Segment | None:
    """Return the stored OPT that an ``EmploymentIdentifier`` names; with ``ended`` also one that counts no more."""
    sent = child(case.event, "EmploymentIdentifier")
    found = [one for one in segments(case.before.data, FAMILY.kind) if has_dates(case, one, sent)]
    counting = [one for one in found if one.open]
    if counting or not ended:
        return counting[-1] if counting else None
    return found[-1] if found else None


def employers(segment: Segment) -> list[Node]:
    """Return the employers of an OPT."""
    return [employer for employer in children(segment.node, "Employer") if isinstance(employer, dict)]


def employment_dates(case: Case, segment: Segment) -> tuple[date | None, date | None]:
    """Return the days between which the employers of an OPT must lie.

    Those of a STEM extension may have begun during the OPT that it extends
    (`Switches.stem_employers_may_start_earlier`).
    """
    start = segment.start
    if is_extension(segment) and case.context.switches.stem_employers_may_start_earlier:
        base = extended_by(case.after.data, segment)
        start = base.start if base and base.start else start
    return start, segment.end
