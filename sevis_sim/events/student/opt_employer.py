"""OPTEmployer/Add and Edit: the employers of an OPT or STEM extension come and change.

``EmploymentIdentifier`` names the OPT by its dates, ``EmployerIdentifier`` the employer of it. Order of the rules: the
visa type; the OPT, and whether it can have updates still; for an Edit the employer; the employers themselves last.
"""

from sevis_sim.domain.document import Node, child, children, merged, present, value
from sevis_sim.domain.records import ACTIVE, Record
from sevis_sim.events import days
from sevis_sim.events.changes import content
from sevis_sim.events.declare import Broken, Case, Event, broken, rule
from sevis_sim.events.student import employers, requests, segments
from sevis_sim.events.student import practical_training as opt
from sevis_sim.events.student.segments import Segment

ADD_DAYS = 60
"""Until how long after the end of the OPT employers can be added (error-codes.csv S1168)."""


def concerned(case: Case) -> Segment | None:
    """Return the OPT as the event leaves it."""
    before = opt.identified(case, ended=True)
    return segments.segments(case.after.data, opt.FAMILY.kind)[before.number] if before else None


def _number(case: Case) -> int | None:
    """Return the place, from 0, of the employer that an Edit is about among those of the OPT."""
    found, identifier = opt.identified(case), child(case.event, "EmployerIdentifier")
    if found is None:
        return None
    known = enumerate(opt.employers(found))
    return next((number for number, one in known if employers.same_employer(one, identifier)), None)


def _sent(case: Case) -> Node:
    """Return what an Edit says of the employer. The element repeats elsewhere, so it comes as a list."""
    found = children(case.event, "Employer")
    return found[0] if found and isinstance(found[0], dict) else {}


def changed(case: Case) -> list[tuple[str, Node]]:
    """Return the employer of an Edit as it leaves it."""
    found, number = concerned(case), _number(case)
    return [] if found is None or number is None else [("Employer", opt.employers(found)[number])]


def logged(case: Case) -> list[Node]:
    """Return the employer of an Edit for the log: as it is named now, with the address that was sent, if any."""
    return [{**child(case.event, "EmployerIdentifier"), **_sent(case)}]


@rule("S1069")
def opt_known(case: Case) -> Broken | None:
    """The student has no OPT with these dates."""
    return None if opt.identified(case, ended=True) else broken("EmploymentIdentifier")


@rule("S1169")
def can_be_updated(case: Case) -> Broken | None:
    """The OPT was denied, withdrawn or cancelled (`Switches.opt_statuses_without_updates`)."""
    found = opt.identified(case, ended=True)
    closed = found and found.status in case.context.switches.opt_statuses_without_updates
    return broken("EmploymentIdentifier") if closed else None


@rule("S1130")
def extension_approved(case: Case) -> Broken | None:
    """The OPT is a STEM extension that is not approved yet."""
    found = opt.identified(case)
    waits = found and opt.is_extension(found) and found.status != requests.APPROVED
    return broken("EmploymentIdentifier") if waits else None


@rule("S1168")
def not_long_over(case: Case) -> Broken | None:
    """The OPT ended too long ago for another employer."""
    found = opt.identified(case)
    late = found and found.end and case.context.today > days.later(found.end, ADD_DAYS)
    return broken("EmploymentIdentifier") if late else None


@rule("S1123")
def not_over(case: Case) -> Broken | None:
    """The OPT is over: its approved end counts (release 6.22, error-codes.csv S1123)."""
    found = opt.identified(case)
    return broken("EmploymentIdentifier") if found and found.end and case.context.today > found.end else None


@rule("S1162")
def employer_known(case: Case) -> Broken | None:
    """The OPT has no employer of this name and start."""
    return broken("EmployerIdentifier") if opt.identified(case) and _number(case) is None else None


@rule("S1122")
def not_locked(case: Case) -> Broken | None:
    """The employment has begun, and an element that may not change any more is sent."""
    number, found = _number(case), opt.identified(case)
    begin = segments.Segment("", 0, opt.employers(found)[number]).start if found and number is not None else None
    if begin is None or begin > case.context.today:
        return None
    locked = sorted(case.context.switches.opt_employer_fields_locked)
    return next((broken(f"Employer/{name}", field=name) for name in locked if present(_sent(case), name)), None)


def add(record: Record, case: Case) -> None:
    """Add the employers to the OPT."""
    found = opt.identified(case)
    if found is None:
        return
    node = segments.segments(record.data, opt.FAMILY.kind)[found.number].node
    node["Employer"] = [*children(node, "Employer"), *children(content(case.event), "Employer")]


def edit(record: Record, case: Case) -> None:
    """Lay what was sent over the employer; an address replaces the old one whole."""
    found, number = opt.identified(case), _number(case)
    if found is None or number is None:
        return
    employer = opt.employers(segments.segments(record.data, opt.FAMILY.kind)[found.number])[number]
    if value(_sent(case), "EmployerAddress/Address1"):
        employer.pop("EmployerAddress", None)
    employer.update(merged(employer, _sent(case)))


_OF_THE_OPT = (segments.only_f1, opt_known, can_be_updated, extension_approved)
"""Whether there is an OPT that can have updates at all."""

EVENTS = (
    Event(
        path="OPTEmployer/Add",
        population="student",
        statuses=frozenset({ACTIVE}),
        wrong_status="S1054",
        rules=(
            *_OF_THE_OPT,
            not_long_over,
            employers.employer_named(employers.sent, needed=True),
            *employers.employer_rules(concerned, employers.sent),
        ),
        apply=add,
        employers=employers.logged,
    ),
    Event(
        path="OPTEmployer/Edit",
        population="student",
        statuses=frozenset({ACTIVE}),
        wrong_status="S1054",
        rules=(
            *_OF_THE_OPT,
            not_over,
            employer_known,
            not_locked,
            *employers.employer_rules(concerned, changed),
        ),
        apply=edit,
        employers=logged,
    ),
)
