"""What the outside world tells SEVIS besides batches: facts, decisions on requests, records, withdrawn schools.

Each function works in one transaction of the caller, as of now: a new version of the record with an entry in its
history, a journal entry, and new dates of the life cycle. Nothing is written where nothing changes.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

from sevis_sim.domain import facts
from sevis_sim.domain.facts import Fact, FactError, find
from sevis_sim.domain.life_cycle import corrections
from sevis_sim.domain.organizations import Organization
from sevis_sim.domain.records import OPEN, TERMINATED, HistoryEntry, Record
from sevis_sim.events import identity, life_cycle
from sevis_sim.events.student import requests
from sevis_sim.processing import life_cycle as dates
from sevis_sim.processing.errors import OutsideError
from sevis_sim.processing.seeds import seed_records
from sevis_sim.sandbox import Sandbox
from sevis_sim.sandbox.record_happenings import (
    FactsTold,
    OrganizationChanged,
    RecordAdded,
    RecordChanged,
    RecordCorrected,
    RequestDecided,
)
from sevis_sim.store import SevisIdTaken, Transaction

CHANGE_OF_STATUS = "ChangeOfStatus"
"""A request that SEVIS keeps as a fact: USCIS adjudicates it, no event files it."""

SCHOOL_WITHDRAWN = "School Withdrawn"
SCHOOL_WITHDRAWN_CODE = "25"
"""Reason with which SEVP ends the records of a withdrawn school (table 13)."""

_PAGE = 200


def tell_facts(sandbox: Sandbox, tx: Transaction, system: str, sevis_id: str, told: Mapping[str, object]) -> Record:
    """Tell facts of a student, an exchange visitor or one of their dependents; a fact that is None is taken back.

    Args:
        sandbox: whose record it is.
        tx: a write transaction.
        system: production, beta or alpha.
        sevis_id: the principal's or a dependent's.
        told: values by name, as ``domain/facts.toml`` declares them.

    Returns:
        The record as it is now.

    Raises:
        OutsideError: there is no such record, fact or value.

    """
    record = _record(sandbox, tx, system, sevis_id)
    dependent = record.dependent(sevis_id)
    owner = record if dependent is None else dependent
    read: dict[str, Any] = {}
    for name, value in told.items():
        try:
            fact: Fact = find(name, record.population, "record" if dependent is None else "dependent")
            read[name] = None if value is None else fact.read(value)
        except FactError as error:
            raise OutsideError(str(error), name) from error
    new = {name: value for name, value in read.items() if owner.facts.get(name) != value}
    if not new:
        return record
    owner.facts = {name: value for name, value in (owner.facts | new).items() if value is not None}
    happening = FactsTold(
        record=record.sevis_id,
        dependent=sevis_id if dependent else "",
        organization=record.org_id,
        system=system,
        facts=new,
    )
    _keep(sandbox, tx, system, record, f"Outside facts: {happening.summary()}")
    sandbox.note(tx, happening)
    return record


def decide(
    sandbox: Sandbox,
    tx: Transaction,
    system: str,
    sevis_id: str,
    request: str,
    decision: str,
    *,
    on: date | None = None,
    start: date | None = None,
    end: date | None = None,
) -> Record:
    """Take a decision of USCIS on a request of a record.

    Args:
        sandbox: whose record it is.
        tx: a write transaction.
        system: production, beta or alpha.
        sevis_id: the principal's.
        request: as for `events.student.requests.find`, or ``ChangeOfStatus``.
        decision: pending, approved, denied or withdrawn, in any case.
        on: the day of the decision; today by default.
        start: the approved first day, where it is another than that asked for.
        end: the same for the last day.

    Returns:
        The record as it is now.

    Raises:
        OutsideError: there is no such record or request, or the decision cannot be taken on it.

    """
    record = _record(sandbox, tx, system, sevis_id)
    if record.sevis_id != sevis_id:
        raise OutsideError(f"{sevis_id} is a dependent of {record.sevis_id}, who has the requests", "sevis_id")
    day, word = on or sandbox.today(), decision.strip().upper()
    reference = request
    if request == CHANGE_OF_STATUS:
        if start or end:
            raise OutsideError(f"a decision on {CHANGE_OF_STATUS} brings no dates; leave start and end out", "start")
        try:
            record.facts["changeOfStatus"] = find("changeOfStatus", record.population).read(word.lower())
        except FactError as error:
            raise OutsideError(str(error), "decision") from error
    else:
        try:
            reference = requests.decide(record, request, word, day, start=start, end=end).reference
        except requests.RequestError as error:
            raise OutsideError(str(error), "decision" if word not in requests.DECISIONS else "request") from error
    happening = RequestDecided(
        record=record.sevis_id,
        organization=record.org_id,
        system=system,
        request=reference,
        decision=word,
        on=day.isoformat(),
        start=start.isoformat() if start else "",
        end=end.isoformat() if end else "",
    )
    _keep(sandbox, tx, system, record, f"Decision on {reference}: {word}")
    sandbox.note(tx, happening)
    return record


def correct(sandbox: Sandbox, tx: Transaction, system: str, sevis_id: str, status: str, reason: str = "") -> Record:
    """Undo a status as a school or sponsor does in RTI; dependents who share the status go with the principal.

    What the calendar would have done to the record before does not happen any more.

    Args:
        sandbox: whose record it is.
        tx: a write transaction.
        system: production, beta or alpha.
        sevis_id: the principal's.
        status: the status that the record gets.
        reason: why, in words.

    Returns:
        The record as it is now.

    Raises:
        OutsideError: there is no such record, or its status cannot become that one (any more).

    """
    record = _record(sandbox, tx, system, sevis_id)
    if record.sevis_id != sevis_id:
        raise OutsideError(f"{sevis_id} is a dependent of {record.sevis_id}, whose status leads", "sevis_id")
    possible = [each for each in corrections() if (each.population, each.status) == (record.population, record.status)]
    chosen = next((each for each in possible if each.becomes == status), None)
    if chosen is None:
        others = " or ".join(each.becomes for each in possible) or "nothing else"
        raise OutsideError(f"{record.status} cannot become {status} in RTI; it can become {others}", "status")
    if chosen.arrived is not None and chosen.arrived != facts.true(record.facts, "arrived"):
        raise OutsideError(f"{record.status} cannot become {status} with port-of-entry data on the record", "status")
    got = sandbox.calendar.today(_status_since(sandbox, tx, system, record))
    if chosen.days is not None and sandbox.today() > got + timedelta(days=chosen.days):
        raise OutsideError(f"{record.status} since {got}: it can become {status} for {chosen.days} days only", "status")
    before = record.status
    record.status = status
    record.data[life_cycle.CHANGE] = {"Reason": reason or "Corrected in RTI", "Date": sandbox.today().isoformat()}
    for dependent in record.dependents:
        if dependent.status == before:
            dependent.status = status
    happening = RecordCorrected(
        record=record.sevis_id,
        organization=record.org_id,
        system=system,
        before=before,
        after=status,
        reason=reason,
    )
    _keep(
        sandbox,
        tx,
        system,
        record,
        f"Correction in RTI: {before} to {status}",
        dates.seeded_since(sandbox, sandbox.now()),
    )
    sandbox.note(tx, happening)
    return record


def _status_since(sandbox: Sandbox, tx: Transaction, system: str, record: Record) -> datetime:
    """Return when a record got the status that it has."""
    found = sandbox.now()
    for version in reversed(tx.records.versions(sandbox.name, system, record.sevis_id)):
        if version.record.status != record.status:
            break
        found = version.instant
    return found


def add_records(sandbox: Sandbox, tx: Transaction, system: str, records: Sequence[Record]) -> None:
    """Put records into SEVIS as they are, as a scenario's ``records`` are.

    Raises:
        OutsideError: a SEVIS ID is taken, or the organization is not there.

    """
    people = [record.sevis_id for record in records] + [
        each.sevis_id for record in records for each in record.dependents
    ]
    if taken := sorted(tx.records.taken(sandbox.name, system, people)):
        raise OutsideError(f"{taken[0]} is somebody's SEVIS ID already; choose another", "sevisID")
    for record in records:
        _organization(sandbox, tx, record.org_id)
    try:
        seed_records(sandbox, tx, system, records)
    except SevisIdTaken as error:
        raise OutsideError(str(error), "sevisID") from error
    for record in records:
        added = RecordAdded(record=record.sevis_id, organization=record.org_id, system=system, status=record.status)
        sandbox.note(tx, added)


def set_active(
    sandbox: Sandbox, tx: Transaction, org_id: str, active: bool, *, end_records: bool = False
) -> Organization:
    """Withdraw a school or end a program, or make either active again.

    Args:
        sandbox: whose organization it is.
        tx: a write transaction.
        org_id: the school code or program number.
        active: what it is from now on.
        end_records: terminate its Initial and Active records too, as SEVP does when a school is withdrawn.

    Returns:
        The organization as it is now.

    Raises:
        OutsideError: there is no such organization, or records are to end with one that stays active.

    """
    organization = _organization(sandbox, tx, org_id)
    if end_records and active:
        raise OutsideError("records end only with an organization that is not active; send active: false", "endRecords")
    if organization.active != active:
        organization = replace(organization, active=active)
        tx.organizations.put(sandbox.name, organization)
        sandbox.note(tx, OrganizationChanged(organization=org_id, active=active))
    if end_records:
        for system, record in list(_open_records(sandbox, tx, org_id)):
            _end(sandbox, tx, system, record)
    return organization


def _open_records(sandbox: Sandbox, tx: Transaction, org_id: str) -> Iterator[tuple[str, Record]]:
    after: tuple[str, str] | None = None
    while rows := tx.records.list(sandbox.name, None, org_id, limit=_PAGE, after=after):
        after = rows[-1].system, rows[-1].record.sevis_id
        yield from ((row.system, row.record) for row in rows if OPEN & set(row.record.statuses.values()))


def _end(sandbox: Sandbox, tx: Transaction, system: str, record: Record) -> None:
    """Terminate a record at every education level that is open, and its dependents with it."""
    changed: list[tuple[str, str, str]] = []
    for number, status in sorted(record.statuses.items()):
        if status in OPEN:
            record.show(number)
            changed += life_cycle.end(record, TERMINATED, SCHOOL_WITHDRAWN, SCHOOL_WITHDRAWN_CODE, sandbox.today())
    record.settle()
    _keep(sandbox, tx, system, record, SCHOOL_WITHDRAWN)
    for sevis_id, before, after in changed:
        happening = RecordChanged(
            record=record.sevis_id,
            dependent="" if sevis_id == record.sevis_id else sevis_id,
            organization=record.org_id,
            system=system,
            job="",
            before=before,
            after=after,
            reason=SCHOOL_WITHDRAWN,
        )
        sandbox.note(tx, happening)


def _record(sandbox: Sandbox, tx: Transaction, system: str, sevis_id: str) -> Record:
    owner = tx.records.owner(sandbox.name, system, sevis_id)
    record = tx.records.get(sandbox.name, system, owner) if owner else None
    if record is None:
        raise OutsideError(f"{system} has no record of {sevis_id}", "sevis_id", missing=True)
    return record


def _organization(sandbox: Sandbox, tx: Transaction, org_id: str) -> Organization:
    found = tx.organizations.get(sandbox.name, org_id)
    if found is None:
        known = ", ".join(each.id for each in tx.organizations.list(sandbox.name)) or "none"
        raise OutsideError(f"there is no organization {org_id!r}; there are: {known}", "organization", missing=True)
    return found


def _keep(
    sandbox: Sandbox, tx: Transaction, system: str, record: Record, event: str, since: date | None = None
) -> None:
    now = sandbox.now()
    record.history.append(HistoryEntry(now.isoformat(), event, "", ""))
    key = identity(record.population, record.data, sandbox.switches.rules)
    tx.records.save(sandbox.name, system, record, key, None, now)
    dates.schedule(sandbox, tx, system, [record], now, since)
