"""The batch that an upload step means: its document, and who sends it under which ID."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sevis_sim.client import ClientError, read_header, with_batch_id
from sevis_sim.domain.document import REPEATED, Node
from sevis_sim.domain.organizations import Organization
from sevis_sim.domain.records import Population
from sevis_sim.runner.errors import PlayError
from sevis_sim.scenarios import Scenario
from sevis_sim.scenarios.elements import plain
from sevis_sim.scenarios.steps import RecordDraft, UploadStep

SevisIds = Callable[[str], str]
"""Returns the SEVIS ID that a text names: itself, or the one that ``BATCH/REQUESTID`` was given."""

_SECTIONS = {"student": ("CreateStudent", "UpdateStudent"), "exchangeVisitor": ("CreateEV", "UpdateEV")}


@dataclass(frozen=True, slots=True)
class Draft:
    """A batch that is ready to be sent. Names that nobody said are blank."""

    document: bytes
    org_id: str
    batch_id: str
    user_id: str
    file_name: str


def draft(
    step: UploadStep, scenario: Scenario, organizations: Sequence[Organization], today: date, ids: SevisIds
) -> Draft:
    """Return the batch of a step.

    Args:
        step: the step.
        scenario: whose files are meant.
        organizations: as SEVIS knows them now.
        today: Eastern day, for people who are made up.
        ids: tells SEVIS IDs that updates are for.

    Raises:
        PlayError: it cannot be made; one line that says why.

    """
    if step.file is not None or step.xml is not None or step.code is not None:
        return _read(step, scenario, organizations)
    sender = _sender(step, organizations)
    batch_id = step.batch_id or "BATCH000000001"
    user_id = step.user if step.user is not None else official(sender)
    try:
        if step.generate is not None:
            document = _generated(step, sender, batch_id, user_id, today)
        else:
            document = _written(step.records, sender, batch_id, user_id, ids)
    except (KeyError, ValueError, TypeError) as error:
        raise PlayError(f"the batch {batch_id} cannot be written: {' '.join(map(str, error.args))}") from error
    return Draft(document, sender.id, batch_id, user_id, step.file_name or "batch.xml")


def official(organization: Organization) -> str:
    """Return the user ID of its first active official; blank where there is none."""
    return next((each.id for each in organization.officials if each.active), "")


def _sender(step: UploadStep, organizations: Sequence[Organization]) -> Organization:
    """Return who sends a batch that names nobody: the one of the step, else the first whose people it is about."""
    if step.org is not None:
        found = next((each for each in organizations if each.id == step.org), None)
        if found is None:
            known = ", ".join(each.id for each in organizations)
            raise PlayError(f"there is no organization {step.org}; there are: {known}")
        return found
    visitors = step.generate is not None and step.generate.exchange_visitors is not None
    visitors = visitors or any(isinstance(each.create, str) and each.create.startswith("EV") for each in step.records)
    wanted = "sponsor" if visitors else "school"
    found = next((each for each in organizations if each.kind == wanted), organizations[0] if organizations else None)
    if found is None:
        raise PlayError("the scenario has no organization that could send a batch")
    return found


def _read(step: UploadStep, scenario: Scenario, organizations: Sequence[Organization]) -> Draft:
    name = step.file_name or "batch.xml"
    if step.file is not None:
        path = scenario.file(step.file)
        try:
            document = path.read_bytes()
        except OSError as error:
            raise PlayError(f"the file {path} cannot be read: {error.strerror or error}") from error
        name = step.file_name or path.name
    elif step.xml is not None:
        document = step.xml.encode()
    else:
        document = _for_code(step.code or "")
    try:
        header = read_header(document)
        org_id, batch_id, user_id = header.org_id, header.batch_id, header.user_id
    except ClientError:  # it is broken on purpose: then the step says who sends it
        org_id = batch_id = user_id = ""
    if step.header and step.org is not None and org_id and step.org != org_id:
        sender = next((each for each in organizations if each.id == step.org), None)
        document = _readdressed(document, org_id, step.org, user_id, step.user or (official(sender) if sender else ""))
        user_id = step.user or (official(sender) if sender else user_id)
    elif step.header and step.user is not None and user_id:
        document = _readdressed(document, org_id, org_id, user_id, step.user)
    if step.header and step.batch_id is not None and batch_id and step.batch_id != batch_id:
        document = with_batch_id(document, step.batch_id)
    first = next(iter(organizations), None)
    org_id = step.org or org_id or (first.id if first else "")
    owner = next((each for each in organizations if each.id == org_id), None)
    user_id = step.user or user_id or (official(owner) if owner else "")
    return Draft(document, org_id, step.batch_id or batch_id, user_id, name)


def _readdressed(document: bytes, org_id: str, new_org: str, user_id: str, new_user: str) -> bytes:
    """Return a document that another organization and user send."""
    document = document.replace(f"<OrgID>{org_id}</OrgID>".encode(), f"<OrgID>{new_org}</OrgID>".encode(), 1)
    if new_user and user_id:
        pattern = re.compile(rb"userID=([\"'])" + re.escape(user_id.encode()) + rb"\1")
        document = pattern.sub(lambda _: f'userID="{new_user}"'.encode(), document)
    return document


def _for_code(code: str) -> bytes:
    from sevis_sim.generation.for_code import NoBatchError, for_code

    try:
        return for_code(code).document
    except KeyError as error:
        raise PlayError(f"{code} is no code of SEVIS") from error
    except NoBatchError as error:
        raise PlayError(str(error)) from error


def _generated(step: UploadStep, sender: Organization, batch_id: str, user_id: str, today: date) -> bytes:
    from sevis_sim.generation.batches import Making, Sender, creates
    from sevis_sim.generation.draw import Profile
    from sevis_sim.generation.students import StudentWishes
    from sevis_sim.generation.visitors import VisitorWishes

    wanted = step.generate
    assert wanted is not None  # noqa: S101 - the caller asked for it
    population: Population = "student" if wanted.students else "exchangeVisitor"
    making = Making(
        population,
        wanted.students or wanted.exchange_visitors or 1,
        wanted.seed,
        today,
        Profile(wanted.profile),
        Sender(sender.id, user_id, batch_id),
        StudentWishes() if wanted.students else VisitorWishes(),
    )
    return next(creates(making)).xml


def _written(records: Sequence[RecordDraft], sender: Organization, batch_id: str, user_id: str, ids: SevisIds) -> bytes:
    from sevis_sim.generation.documents import batch

    population: Population = "student" if sender.kind == "school" else "exchangeVisitor"
    create, update = _SECTIONS[population]
    nodes: list[tuple[Any, Node]] = []
    for number, record in enumerate(records, start=1):
        attributes = {
            "@requestID": record.request_id or f"R{number:06}",
            "@userID": record.user_id or user_id,
        }
        if record.create is not None:
            attributes["@printForm"] = "true" if record.form else "false"
            node, section = _create(record), create
        else:
            attributes["@sevisID"] = ids(record.update or "")
            node, section = _update(record), update
        attributes |= {f"@{name.removeprefix('@')}": text for name, text in record.attributes.items()}
        nodes.append((section, {**node, **attributes}))
    return batch(population, sender.id, batch_id, user_id, nodes)


def _create(record: RecordDraft) -> Node:
    from sevis_sim.events.cases import GONE, bases, changed

    if isinstance(record.create, dict):
        base: Node = _repeated(plain(record.create))
    else:
        known = bases()
        name = record.create or ""
        if name not in known:
            raise PlayError(f"no shipped record is called {name!r}; there are: {', '.join(known)}")
        base = known[name]
    changes = {path: GONE if value is None else plain(value) for path, value in record.changes.items()}
    return changed(base, changes)


def _update(record: RecordDraft) -> Node:
    group, _, inner = (record.event or "").partition("/")
    sends: Any = _repeated(plain(record.sends)) if record.sends else ""
    body = {inner: sends} if inner else sends
    return {group: [body] if inner and group in REPEATED else body}


def _repeated(node: Any) -> Any:
    """Return a node in which elements that may stand several times are lists."""
    if isinstance(node, dict):
        return {
            name: [_repeated(inner)] if name in REPEATED and not isinstance(inner, list) else _repeated(inner)
            for name, inner in node.items()
        }
    return [_repeated(each) for each in node] if isinstance(node, list) else node
