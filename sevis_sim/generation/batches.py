"""Whole batches: header, ids, records of at most 250 a file, and their XML."""

import hashlib
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date

from sevis_sim.domain.document import Node
from sevis_sim.domain.organizations import Kind
from sevis_sim.domain.records import Population
from sevis_sim.events import Switches, identity
from sevis_sim.generation.draw import Draw, Profile
from sevis_sim.generation.markup import document
from sevis_sim.generation.students import StudentWishes, student
from sevis_sim.generation.visitors import VisitorWishes, visitor

LIMIT = 250
"""Most records of a section (Create-UpdateStudent.xsd, Create-UpdateExchangeVisitor.xsd)."""
BATCH_ID, USER_ID = 14, 10
"""Lengths (Common.xsd BatchIDType, UserIdType)."""

KINDS: dict[Population, Kind] = {"student": "school", "exchangeVisitor": "sponsor"}
"""Who sends batches about whom."""

_ALPHABET = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
_CREATES: dict[Population, str] = {"student": "CreateStudent", "exchangeVisitor": "CreateEV"}
_LETTERS: dict[Population, str] = {"student": "S", "exchangeVisitor": "V"}
_PART = 4
"""Digits of the number of the file at the end of a derived batch ID."""
_ANOTHER = 1000
"""Attempts at somebody new before we give up; there are millions of people to draw."""


class BatchIdError(ValueError):
    """A batch ID that cannot be used, or not for several files."""


@dataclass(frozen=True, slots=True)
class Sender:
    """Who sends a batch."""

    org_id: str
    user_id: str
    batch_id: str | None = None
    """Of the first file; None: one is derived from what is in the batch."""


@dataclass(frozen=True, slots=True)
class Batch:
    """One file."""

    batch_id: str
    records: int
    xml: bytes

    @property
    def file_name(self) -> str:
        """A name for the file that an upload accepts (S0011): what is no letter or digit becomes an underscore."""
        return f"{re.sub('[^A-Za-z0-9-]', '_', self.batch_id)}.xml"


@dataclass(frozen=True, slots=True)
class Making:
    """What is to be made."""

    population: Population
    count: int
    seed: int
    today: date
    """The Eastern day on which the batch is made; programs begin some weeks later."""
    profile: Profile
    sender: Sender
    wishes: StudentWishes | VisitorWishes
    forms: bool = True
    """Whether forms are asked for."""


def creates(making: Making, advanced: Callable[[int], None] | None = None) -> Iterator[Batch]:
    """Yield batches of new records, at most 250 in each.

    Args:
        making: what is to be made.
        advanced: told after each record how many there are.

    Raises:
        BatchIdError: the sender's batch ID is no batch ID, or cannot be counted up for several files.

    """
    section = _CREATES[making.population]
    names = (section, making.population, making.seed, making.today, making.profile, making.sender.org_id)
    ids = batch_ids(making.sender.batch_id, -(-making.count // LIMIT), (*names, making.count, repr(making.wishes)))
    seen: set[str] = set()
    for part, batch_id in enumerate(ids):
        records = []
        for number in range(part * LIMIT + 1, min((part + 1) * LIMIT, making.count) + 1):
            records.append(_create(making, number, seen))
            if advanced is not None:
                advanced(number)
        xml = document(making.population, batch_id, making.sender.org_id, making.sender.user_id, {section: records})
        yield Batch(batch_id, len(records), xml)


def _create(making: Making, number: int, seen: set[str]) -> Node:
    """Return one new record, of somebody who is not in the batches yet."""
    for attempt in range(_ANOTHER):
        place = (making.seed, making.population, making.profile, making.today, number, attempt)
        draw = Draw(making.profile, *place)
        if isinstance(making.wishes, StudentWishes):
            node = student(draw, number, making.today, making.wishes)
        else:
            node = visitor(draw, number, making.today, making.wishes, making.sender.user_id)
        key = identity(making.population, node, Switches())
        if key not in seen:
            seen.add(key)
            break
    return {
        "@requestID": f"{_LETTERS[making.population]}{number:06}",
        "@userID": making.sender.user_id,
        "@printForm": "true" if making.forms else "false",
    } | node


def batch_ids(given: str | None, count: int, place: tuple[object, ...]) -> list[str]:
    """Return ids for so many files.

    Args:
        given: the first one; the others count up the digits at its end. None: all are derived.
        count: of files.
        place: what tells these batches from others, for derived ids.

    Raises:
        BatchIdError: as `creates`.

    """
    if given is None:
        head = _derived(*place)
        return [f"{head}{part + 1:0{_PART}}" for part in range(count)]
    if len(given) != BATCH_ID or not (given.isascii() and given.isprintable()) or given != " ".join(given.split()):
        raise BatchIdError(f"{given!r} is no batch ID; expected {BATCH_ID} characters, such as BATCH000000001")
    digits = len(given) - len(given.rstrip("0123456789"))
    last = int(given[BATCH_ID - digits :] or 0) + count - 1
    if count > 1 and (not digits or len(str(last)) > digits):
        raise BatchIdError(
            f"{count} files need {count} batch IDs, and {given!r} cannot be counted up so far; "
            "let it end in enough digits, such as BATCH000000001"
        )
    head = given[: BATCH_ID - digits]
    return [given] if count == 1 else [f"{head}{last - count + 1 + part:0{digits}}" for part in range(count)]


def _derived(*place: object) -> str:
    number = int.from_bytes(hashlib.sha256("\x1f".join(map(str, place)).encode()).digest()[:10], "big")
    made = "G"
    while len(made) < BATCH_ID - _PART:
        number, digit = divmod(number, len(_ALPHABET))
        made += _ALPHABET[digit]
    return made
