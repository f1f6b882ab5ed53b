"""Batches that end in a given code, with the state of SEVIS in which they do, made from the cases of the rules.

Three kinds of codes, three ways:

* a rule decides it: the batch and the state are those of a case (`sevis_sim.events.cases`); ``check`` finds it too
* only the outside world decides it, or no file can bring it about: a good batch, and a state that forces the code
* it answers a transfer, not a record: see `for_disposition`
"""

import functools
from collections.abc import Iterator
from dataclasses import dataclass, fields, replace
from datetime import date, time

from sevis_sim.clock import Calendar
from sevis_sim.codes import catalogue
from sevis_sim.codes.meaning import EVERY, Meaning, meaning
from sevis_sim.domain.organizations import Organization, kind_of
from sevis_sim.domain.readings import Switches
from sevis_sim.domain.records import Population
from sevis_sim.events.cases import RuleCase, Staged, cases, findings, stage
from sevis_sim.events.cases.stage import ORGANIZATIONS
from sevis_sim.generation import states
from sevis_sim.generation.documents import batch
from sevis_sim.scenarios import ScenarioError, parse_scenario
from sevis_sim.schemas import parse, release

BATCH_ID = "BATCH000000009"
_AFTERNOON = time(14)
_CREATES = {"student": "CreateStudent", "exchangeVisitor": "CreateEV"}
_GOOD: dict[Population, str] = {"student": "STU-001", "exchangeVisitor": "EV-001"}


class NoBatchError(Exception):
    """That no file brings a code about, or that it has no near miss: says why, and what to do instead."""


@dataclass(frozen=True, slots=True)
class Made:
    """A batch, what SEVIS must know for it, and when it must be processed."""

    code: str
    file_name: str
    document: bytes
    state: str
    """A scenario: for ``check --state`` and ``serve --scenario``."""
    today: date
    """The Eastern day of processing."""
    says: str
    """What SEVIS answers."""
    predicted: bool = True
    """Whether ``check`` can tell it from batch, state and day."""
    notes: tuple[str, ...] = ()
    """What a user has to know or to do besides."""
    settings: str = ""
    """A settings file that the simulator needs besides; ``""`` for none."""


def for_code(code: str, *, near: bool = False) -> Made:
    """Return a batch that ends in a code.

    Args:
        code: of the catalogue.
        near: the near miss instead: the same with the change that makes it succeed.

    Raises:
        KeyError: the catalogue has no such code.
        NoBatchError: no file brings it about; the message says what does.

    """
    if catalogue.entry(code).population == "transport":
        from sevis_sim.generation.for_disposition import for_disposition

        return for_disposition(code, near=near)
    found = fitting(code)
    if found is not None:
        return _of_case(found, near=near)
    if near:
        raise NoBatchError(f"{code} has no near miss: {why_forced(code)}")
    return _forced(code)


@functools.cache
def fitting(code: str) -> RuleCase | None:
    """Return the case of a code that files can show best, the first of equals; None if there is none."""
    possible = [case for case in cases() if case.code == code and not obstacle(case)]
    return min(possible, key=_oddness, default=None)


def _oddness(case: RuleCase) -> tuple[bool, ...]:
    """Rank what a user had better not need: other settings, a day without processing, further broken rules."""
    staged = stage(case, case.breaks)
    several = len(findings(staged)) > 1
    return staged.switches != Switches(), not Calendar().is_business_day(staged.today), several


def obstacle(case: RuleCase) -> str:
    """Say why a case cannot be told by a file and a scenario; ``""`` if it can."""
    for side in (case.breaks, case.near):
        try:
            staged = stage(case, side)
        except ValueError as error:
            return str(error)
        organization = staged.organization
        if organization.kind != kind_of(organization.id):
            return "no scenario has an organization whose id is that of another kind"
        try:
            known = parse_scenario(_state(case, staged, "")).to_records()
            document = _document(case, staged)
        except (KeyError, ValueError, ScenarioError) as error:
            return str(error)
        found = findings(replace(staged, records=known))
        expected = [case.code] if side is case.breaks else []
        if [each.code for each in found[:1]] != expected:
            return f"it needs more of the stored record than a scenario can say ({case.place})"
        violations = release().validate(parse(document), limit=1)
        if violations:
            return f"its schema refuses the file: {violations[0].message}"
    return ""


def why_forced(code: str) -> str:
    """Say why no batch brings a code of a record about by itself."""
    found = meaning(code)
    if found.reason:
        return found.reason
    told = next((obstacle(case) for case in cases() if case.code == code), "")
    return told or "no rule of this simulator decides it yet"


def _of_case(case: RuleCase, *, near: bool) -> Made:
    staged = stage(case, case.near if near else case.breaks)
    notes = []
    if not Calendar().is_business_day(staged.today):
        notes.append(f"{staged.today} is no business day: only beta and alpha process a batch on it")
    withdrawn = not staged.organization.active
    if withdrawn:
        notes += _withdrawal(staged.organization.id)
    settings = _settings(staged.switches)
    if settings:
        notes.append("the simulator needs the settings beside it; check knows only the usual ones")
    return Made(
        case.code,
        f"{case.code}{'-near' if near else ''}.xml",
        _document(case, staged),
        _state(case, staged, f"A near miss of {case.code}" if near else f"A batch ends in {case.code}"),
        staged.today,
        "success" if near else _answer(case.code),
        predicted=not settings and not withdrawn,
        notes=tuple(notes),
        settings=settings,
    )


def _withdrawal(org_id: str) -> Iterator[str]:
    """Yield what has to be done besides, since an organization that is not active is turned away with S0002."""
    yield f"between upload and night: sevis-sim org withdraw {org_id}"
    yield f"between night and download: sevis-sim org activate {org_id}"


def _answer(code: str) -> str:
    return f"{code} {catalogue.entry(code).messages[0]}"


def _document(case: RuleCase, staged: Staged) -> bytes:
    sender = staged.organization
    return batch(case.population, sender.id, BATCH_ID, sender.officials[0].id, staged.batch)


def _state(case: RuleCase, staged: Staged, summary: str) -> str:
    sender = replace(staged.organization, active=True)  # or nothing could be uploaded; see `_withdrawal`
    organizations = {each.id: each for each in (*_owners(staged), sender)}
    return states.scenario(case.code.lower(), summary, clock_on(staged.today), organizations.values(), staged.records)


def _owners(staged: Staged) -> Iterator[Organization]:
    """Yield the organizations that have the stored records."""
    known = {each.id: each for each in ORGANIZATIONS.values()}
    yield from (known[record.org_id] for record in staged.records)


def clock_on(day: date) -> str:
    """Return an instant at which an upload is processed on the same day, if that is a business day."""
    calendar = Calendar()
    return calendar.local(calendar.at(day, _AFTERNOON)).isoformat()


def _settings(switches: Switches) -> str:
    """Return the settings file that makes these readings of the rules; ``""`` for the usual ones."""
    usual = Switches()
    lines = [
        f"    {field.name}: {states.flow(_listed(getattr(switches, field.name)))}"
        for field in fields(Switches)
        if getattr(switches, field.name) != getattr(usual, field.name)
    ]
    return "\n".join(("switches:", "  rules:", *lines, "")) if lines else ""


def _listed(value: object) -> object:
    return sorted(value) if isinstance(value, frozenset) else value


def _forced(code: str) -> Made:
    """Return a good batch and a scenario that lets its record end in a code."""
    found = meaning(code)
    population: Population = "exchangeVisitor" if catalogue.entry(code).population == "ev" else "student"
    case = _good_case(found, population)
    staged = stage(case, case.near)
    sender = staged.organization
    request = str(staged.batch[-1][1]["@requestID"])
    state = states.scenario(
        code.lower(),
        f"A scenario lets a good record end in {code}",
        clock_on(staged.today),
        [sender],
        staged.records,
        outcomes=[{"match": {"requestId": request}, "error": code}],
    )
    return Made(
        code,
        f"{code}.xml",
        batch(population, sender.id, BATCH_ID, sender.officials[0].id, staged.batch),
        state,
        staged.today,
        _answer(code),
        predicted=False,
        notes=(f"the batch is good, and the scenario forces the code by its key 'outcomes': {why_forced(code)}",),
    )


def _good_case(found: Meaning, population: Population) -> RuleCase:
    """Return a case whose near miss is a good record of an event in which a code occurs; a create if there is none."""
    create = RuleCase(found.code, _GOOD[population])
    if EVERY in found.events or _CREATES[population] in found.events:
        return create
    others = (c for c in cases() if c.population == population and c.event and found.occurs_in(c.event))
    return next((case for case in others if not obstacle(case)), create)
