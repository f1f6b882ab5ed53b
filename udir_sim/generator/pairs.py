"""Makes two files of which the later breaks one rule that compares it with the earlier."""

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta

from udir_sim.generator.files import Plan, data_records, header, trailer, without_findings
from udir_sim.layout import layout
from udir_sim.rules import Rule

LEAST = 40
"""Students that a pair needs: one of them is less than the 5 % at which other rules begin to speak."""

Records = list[bytes]


@dataclass(frozen=True, slots=True)
class Pair:
    """Two files, and how they must be read for the rule to speak."""

    rule: Rule
    also: tuple[str, ...]
    """What is found besides, for one cannot be had without the other."""
    as_of: date
    """Day of receipt of the later file."""
    plan: Plan
    previous_plan: Plan
    records: Records
    previous_records: Records

    def lines(self) -> Iterator[bytes]:
        """Yield the later file, record by record."""
        return _lines(self.plan, self.records)

    def previous_lines(self) -> Iterator[bytes]:
        """Yield the earlier file, the last accepted one."""
        return _lines(self.previous_plan, self.previous_records)


def _lines(plan: Plan, records: Records) -> Iterator[bytes]:
    for record in (header(plan), *records, trailer(plan, len(records))):
        yield record + plan.line_end


def mutate_pair(plan: Plan, rule: Rule) -> Pair:
    """Return a good file, and a later one of the same campus that breaks a rule against it.

    Raises:
        ValueError: the rule looks at one file only, or the plan has too few students.

    """
    if rule.id not in _EDITS:
        raise ValueError(f"{rule.id} looks at one file only")
    if plan.records < LEAST:
        raise ValueError(f"{rule.id} compares with an earlier file: that takes at least {LEAST} data records")
    also, edit = _EDITS[rule.id]
    yesterday = replace(plan, created=plan.created - timedelta(days=1))
    students = list(data_records(replace(yesterday, rates=without_findings(plan.rates))))
    today = plan if rule.id != "UD-F23-NOTNEWER" else yesterday
    before, after = edit(students)
    return Pair(rule, also, plan.created, today, yesterday, after, before)


def _put(record: bytes, field_id: str, value: bytes) -> bytes:
    span = layout().field(field_id).span
    return record[: span.start] + value.ljust(span.stop - span.start) + record[span.stop :]


def _get(record: bytes, field_id: str) -> bytes:
    return record[layout().field(field_id).span]


def _add(students: Records) -> tuple[Records, Records]:
    return students[:-1], students


def _change(students: Records) -> tuple[Records, Records]:
    first = students[0]
    return students, [_put(first, "D11", b"B" if _get(first, "D11") != b"B" else b"W"), *students[1:]]


def _delete(students: Records) -> tuple[Records, Records]:
    return students, students[1:]


def _delete_many(students: Records) -> tuple[Records, Records]:
    return students, students[len(students) // 10 :]


def _swap_net_ids(students: Records) -> tuple[Records, Records]:
    first, second, *others = students
    return students, [_put(first, "D06", _get(second, "D06")), _put(second, "D06", _get(first, "D06")), *others]


def _flip_flags(students: Records) -> tuple[Records, Records]:
    flipped = [_put(each, "D07", b"N" if _get(each, "D07") == b"Y" else b"Y") for each in students]
    return students, flipped[: len(students) // 10] + students[len(students) // 10 :]


def _hash_anew(students: Records) -> tuple[Records, Records]:
    def hashed(record: bytes) -> bytes:
        digest = hashlib.sha1(b"again " + _get(record, "D02"), usedforsecurity=False).hexdigest().upper()
        return _put(record, "D02", digest.encode())

    return students, [hashed(each) for each in students]


def _half(students: Records) -> tuple[Records, Records]:
    return students[: len(students) // 2], students


def _same(students: Records) -> tuple[Records, Records]:
    return students, students


_EDITS: dict[str, tuple[tuple[str, ...], Callable[[Records], tuple[Records, Records]]]] = {
    "UD-A01-ADD": ((), _add),
    "UD-A02-CHG": ((), _change),
    "UD-A03-DEL": ((), _delete),
    "UD-A04-DELMANY": (("UD-A03-DEL",), _delete_many),
    "UD-A05-NETMOVED": (("UD-A02-CHG",), _swap_net_ids),
    "UD-A06-FLAGFLIP": (("UD-A02-CHG",), _flip_flags),
    "UD-A07-ALLNEWHASH": (("UD-A01-ADD", "UD-A03-DEL"), _hash_anew),
    "UD-F22-VOLUME": (("UD-A01-ADD",), _half),
    "UD-F23-NOTNEWER": ((), _same),
}
"""What is found besides, and what happens to the students between the two files."""

PAIR_RULES = frozenset(_EDITS)
"""Rules that one file alone cannot break."""
