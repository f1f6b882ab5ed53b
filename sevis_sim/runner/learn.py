"""A scenario learnt from a real result and the batch that it belongs to, with invented people in place of real ones.

What a person or an official could be known by is replaced: names, days of birth (the month stays), streets, numbers,
remarks, user IDs, SEVIS IDs, and the organization. Codes, dates of programs, cities with their postal codes (rules look
at them), request IDs and the outcome of each record stay.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from lxml import etree

from sevis_sim.clock import Calendar, parse_stamp
from sevis_sim.codes import catalogue
from sevis_sim.domain.organizations import Official, Organization, kind_of
from sevis_sim.domain.records import ACTIVE, Population, Record
from sevis_sim.domain.submissions import header_text
from sevis_sim.generation import people, states
from sevis_sim.generation.draw import Draw, Profile
from sevis_sim.results import ArchiveError, LogError, ParsedLog, ParsedRecord, read_archive, read_log
from sevis_sim.sandbox.redaction import personal_elements
from sevis_sim.schemas import NotWellFormed, parse

BATCH_ID = "LEARNT00000001"
_SCHOOL = Organization("ABC214F00012000", "school", officials=(Official("pdso000001", "PDSO"),))
_SPONSOR = Organization("P-1-12345", "sponsor", officials=(Official("roff000001", "RO"),))
_USER, _SEVIS_ID = re.compile(r"userID$", re.IGNORECASE), re.compile(r"^N[0-9]{10}$")
_SOME_DAY = date(2026, 3, 3)
_BASES = {"school": ("STU-001", "PersonalInfo/"), "sponsor": ("EV-001", "Biographical/")}
_FIXED: Mapping[str, str] = {
    "Suffix": "",
    "PassportNumber": "X0000000",
    "VisaNumber": "00000000",
    "PhoneNumber": "2175550100",
    "Number": "2175550100",
    "USNumber": "2175550100",
    "SupervisorPhone": "2175550100",
    "SuperPhone": "2175550100",
    "SupervisorFax": "2175550101",
    "Address1": "100 Sample Street",
    "Address2": "",
    "SuperMiddleInitial": "",
}
"""What stands in place of an element's text; empty ones are left out of the document."""
_LEFT = ("City", "PostalCode", "Province", "PostalRoutingCode")
"""Stay, for the rules of addresses look at them."""


class LearnError(Exception):
    """No scenario can be learnt from the files; one line that says why."""


@dataclass(frozen=True, slots=True)
class Learnt:
    """A scenario and the batch that it sends."""

    scenario: str
    """YAML."""
    batch_name: str
    """Name of the batch's file; empty where the scenario writes its records itself."""
    batch: bytes
    notes: tuple[str, ...]
    """What a user has to look at."""


def learn(result: bytes, document: bytes | None, name: str) -> Learnt:
    """Make a scenario of a result.

    Args:
        result: the zip, or the transaction log alone.
        document: the batch that was uploaded; without it records are made up, all of them creates.
        name: of the scenario.

    Raises:
        LearnError: one of them cannot be read, or they do not belong together.

    """
    log, forms = _read(result)
    if log.process is None:
        raise LearnError(f"the log of {log.batch_id} has no processing yet; learn from the zip of a processed batch")
    home = _SPONSOR if kind_of(log.org_id) == "sponsor" else _SCHOOL
    notes: list[str] = []
    known: list[Record] = []
    upload: dict[str, Any] = {"batchId": BATCH_ID}
    batch = b""
    if document is not None:
        batch, known = _anonymous(document, log, home)
        upload["file"] = f"{name}.xml"
        if known:
            notes.append(f"{len(known)} records are updated: write what SEVIS knew of them below `records`")
    else:
        upload["records"] = [_made_up(each, home, number) for number, each in enumerate(log.records, start=1)]
        notes.append("without --batch every record is taken for a create, of somebody who is made up")
    outcomes = _outcomes(log.records, notes)
    expected: dict[str, Any] = {
        "batch": BATCH_ID,
        "process": log.process.code,
        "success": log.process.success,
        "failure": log.process.failure,
        "results": {each.request_id: "success" if each.succeeded else each.code for each in log.records},
    }
    download: dict[str, Any] = {"batchId": BATCH_ID}
    if document is not None and forms:
        download["forms"] = forms
    text = states.scenario(
        name,
        f"Learnt from a result with {len(log.records)} records; all people are invented.",
        _clock(log, notes),
        [home],
        known,
        **({"outcomes": outcomes} if outcomes else {}),
        steps=[{"upload": upload}, {"wait": {"batchId": BATCH_ID}}, {"download": download}],
        expect=[{key: value for key, value in expected.items() if value is not None}],
    )
    head = "# yaml-language-server: $schema=scenario.schema.json\n"
    return Learnt(head + text, f"{name}.xml" if batch else "", batch, tuple(notes))


def _read(result: bytes) -> tuple[ParsedLog, int]:
    try:
        if result.startswith(b"PK"):
            archive = read_archive(result)
            return archive.log, len(archive.forms)
        return read_log(result), 0
    except (ArchiveError, LogError) as error:
        raise LearnError(str(error)) from error


def _clock(log: ParsedLog, notes: list[str]) -> str:
    """Return the instant of the upload; in the morning of a business day where the log does not tell it."""
    calendar = Calendar()
    try:
        at: datetime | None = parse_stamp(log.upload.stamp) if log.upload else None
    except ValueError:
        at = None
    if at is None:
        notes.append("the log does not say when the batch was uploaded; the clock is a guess")
        at = calendar.at(_SOME_DAY, time(10))
    local = calendar.local(at - timedelta(microseconds=at.microsecond))
    return local.isoformat()


def _outcomes(records: Sequence[ParsedRecord], notes: list[str]) -> list[dict[str, Any]]:
    """Return what forces failed records to fail as they did."""
    codes = catalogue.entries()
    found = []
    for record in records:
        if record.succeeded:
            continue
        if record.code in codes and codes[record.code].population != "transport":
            found.append({"match": {"requestId": record.request_id}, "error": record.code})
        else:
            notes.append(f"{record.request_id} failed with {record.code or 'no code'}, which is no code known here")
    return found


def _made_up(record: ParsedRecord, home: Organization, number: int) -> dict[str, Any]:
    base, above = _BASES[home.kind]
    who = _Invented(number)
    changes = {f"{above}FullName/LastName": who.last, f"{above}FullName/FirstName": who.first}
    return {"create": base, "requestId": record.request_id, "changes": changes}


class _Invented:
    """Somebody in place of the person of a record."""

    def __init__(self, number: int) -> None:
        person = people.invent(Draw(Profile.typical, "learnt", number), _SOME_DAY, (20, 40))
        self.last, self.first = person.families[0].plain, f"{person.given.plain} {_letters(number)}"
        self.mail = f"person{number}@example.com"


def _letters(number: int) -> str:
    """Return a number in letters, for names have no digits."""
    text = ""
    while number:
        number, digit = divmod(number - 1, 26)
        text = chr(65 + digit) + text
    return text


def _anonymous(document: bytes, log: ParsedLog, home: Organization) -> tuple[bytes, list[Record]]:
    """Return a batch with invented people, and the records that it updates."""
    try:
        tree = parse(document)
    except NotWellFormed as error:
        raise LearnError(f"the batch is no well-formed XML: {error.message}") from error
    root = tree.getroot()
    if log.batch_id and header_text(root, "BatchID") not in (None, log.batch_id):
        raise LearnError(
            f"the batch is {header_text(root, 'BatchID')}, the result is of {log.batch_id}; they do not belong together"
        )
    for name, text in (("BatchID", BATCH_ID), ("OrgID", home.id)):
        found = root.find(f"BatchHeader/{name}")
        if found is not None:
            found.text = text
    ids: dict[str, str] = {}
    etree.strip_elements(root, etree.Comment, with_tail=False)
    updated: list[str] = []
    for number, record in enumerate(root.iterfind("*/*[@requestID]"), start=1):
        if record.get("sevisID"):
            updated.append(str(record.get("sevisID")))
        _hide(record, _Invented(number))
    official = home.officials[0].id
    for each in root.iter(etree.Element):
        for attribute, value in each.attrib.items():
            if _USER.search(str(attribute)):
                each.set(attribute, official)
            elif _SEVIS_ID.match(str(value)):
                each.set(attribute, _other_id(str(value), ids))
        if each.text and _SEVIS_ID.match(each.text.strip()):
            each.text = _other_id(each.text.strip(), ids)
    whose: Population = "student" if home.kind == "school" else "exchangeVisitor"
    known = [Record(_other_id(each, ids), home.id, whose, ACTIVE) for each in dict.fromkeys(updated)]
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8"), known


def _hide(record: etree._Element, who: _Invented) -> None:
    """Replace what the person of a record could be known by; relatives share the name of the family."""
    firsts = 0
    for element in list(record.iter(etree.Element)):
        name = etree.QName(element).localname
        if name not in personal_elements() or name in _LEFT or len(element):
            continue
        if name == "BirthDate":
            element.text = re.sub(r"-\d\d$", "-01", (element.text or "").strip()[:10])
        elif name in ("FirstName", "SupervisorFirstName", "SuperFirstName"):
            firsts += 1
            element.text = who.first if firsts == 1 else f"{who.first} {_letters(firsts)}"
        elif "Email" in name:
            element.text = who.mail
        else:
            element.text = who.last if name.endswith("LastName") else _FIXED.get(name, "Sample")
            if not element.text and (parent := element.getparent()) is not None:
                parent.remove(element)


def _other_id(sevis_id: str, ids: dict[str, str]) -> str:
    return ids.setdefault(sevis_id, f"N99{len(ids) + 1:08d}")
