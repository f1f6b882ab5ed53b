"""Records against each other (UD-G01 to G08): equal keys are found by sorting, then confirmed byte by byte."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from udir_sim.checker.census import letter_places
from udir_sim.checker.index import Index
from udir_sim.checker.keys import Keys, ShortKeys
from udir_sim.checker.model import Finding
from udir_sim.checker.tally import Tally
from udir_sim.layout import layout, masked_record, shown
from udir_sim.rules.checks import Bytes
from udir_sim.rules.checks.rows import upper

Numbers = npt.NDArray[np.int64]

_BATCH = 8192
_PART = 1 << 18
_NO_TYPE = 9
_SHARED_RULES = {"D04": "UD-G05-DUPSSN", "D06": "UD-G04-DUPNET", "D05": "UD-G06-DUPCAMP", "D03": "UD-G07-DUPVEN"}


@dataclass(slots=True)
class Groups:
    """Records that share a value. Two arrays of one entry a record, in the order of the file."""

    records: Numbers
    """Record numbers."""
    group: Numbers
    """Equal for records that share the value."""
    types: Bytes = field(default_factory=lambda: np.zeros(0, np.uint8))
    """Rank of the student type, 1 is the highest; only of students."""
    contents: npt.NDArray[Any] = field(default_factory=lambda: np.zeros(0, "V16"))
    """A digest of the whole record; only of students."""


def candidates(keys: npt.NDArray[Any]) -> Groups:
    """Return the records whose keys stand more than once. The record at position 0 has number 1.

    Args:
        keys: one a record; 0 for a record that does not take part.

    """
    ordered = keys[keys != 0]
    ordered.sort()
    repeated = ordered[1:][ordered[1:] == ordered[:-1]]
    del ordered
    repeated = repeated[np.concatenate(([True], repeated[1:] != repeated[:-1]))] if len(repeated) else repeated
    if not len(repeated):
        return Groups(np.zeros(0, np.int64), np.zeros(0, np.int64))
    records, groups = [], []
    for start in range(0, len(keys), _PART):
        part = keys[start : start + _PART]
        place = np.minimum(np.searchsorted(repeated, part), len(repeated) - 1)
        found = np.flatnonzero(repeated[place] == part)
        records.append(found + start + 1)
        groups.append(place[found])
    return Groups(np.concatenate(records), np.concatenate(groups))


def confirm(found: Groups, index: Index, field_id: str, *, students: bool = False) -> Groups:
    """Read candidates again and keep those that truly share location and value, in upper case.

    Args:
        found: what `candidates` returned.
        index: of the file.
        field_id: the field.
        students: whether types and contents of the records are wanted too.

    """
    if not len(found.records):
        return found
    group = found.group.copy()
    count = int(group.max()) + 1
    span = layout().field(field_id).span
    first_values = np.zeros((count, 2 + span.stop - span.start), np.uint8)
    seen = np.zeros(count, np.bool_)
    coincidences: dict[tuple[int, bytes], int] = {}
    types: list[Bytes] = []
    contents: list[bytes] = []
    for start in range(0, len(group), _BATCH):
        part = group[start : start + _BATCH]
        rows = index.rows(found.records[start : start + _BATCH])
        values = np.concatenate([rows[:, :2], upper(rows[:, span])], axis=1)
        fresh, place = np.unique(part, return_index=True)
        unseen = ~seen[fresh]
        first_values[fresh[unseen]] = values[place[unseen]]
        seen[fresh] = True
        for row in np.flatnonzero((first_values[part] != values).any(axis=1)):
            other = (int(part[row]), values[row].tobytes())
            group[start + row] = coincidences.setdefault(other, count + len(coincidences))
        if students:
            types.append(np.take(letter_places("D10"), upper(rows[:, layout().field("D10").start - 1])))
            contents += [hashlib.blake2b(row, digest_size=16).digest() for row in rows]
    found = Groups(found.records, group)
    if students:
        found.types = np.concatenate(types)
        found.types[found.types == 0] = _NO_TYPE
        found.contents = np.array(contents, "V16")
    return found


@dataclass(slots=True)
class Duplicates:
    """Finds and reports what records share."""

    tally: Tally
    index: Index
    dropped: list[Numbers] = field(default_factory=list)
    """Records that another one of the same Student ID replaces."""

    def students(self, keys: Keys) -> None:
        """Report records of the same Student ID. Keys that are equal by coincidence are made different, in place."""
        found = confirm(candidates(keys), self.index, "D02", students=True)
        if not len(found.records):
            return
        self._part_coincidences(found, keys)
        contents = np.unique(found.contents, return_inverse=True)[1]
        order = np.lexsort((found.records, contents, found.group))
        group, content, records = found.group[order], contents[order], found.records[order]
        again = np.zeros(len(group), np.bool_)
        again[1:] = (group[1:] == group[:-1]) & (content[1:] == content[:-1])
        original = np.maximum.accumulate(np.where(again, 0, np.arange(len(group))))
        originals = records[original[again]]
        self._report("UD-G03-EXACT", records[again], lambda place: f"the same as record {originals[place]}", "")
        self._ranked(Groups(records[~again], group[~again], found.types[order][~again]))
        self.dropped.append(records[again])

    def _part_coincidences(self, found: Groups, keys: Keys) -> None:
        first_group = np.unique(keys[found.records - 1], return_index=True, return_inverse=True)
        strangers = found.group != found.group[first_group[1]][first_group[2]]
        keys[found.records[strangers] - 1] += found.group[strangers].astype(np.uint64) + np.uint64(1)

    def _ranked(self, found: Groups) -> None:
        """Report records of one student that differ: the highest type wins, equal ones contradict each other."""
        order = np.lexsort((found.records, found.types, found.group))
        group, types, records = found.group[order], found.types[order], found.records[order]
        starts = np.flatnonzero(np.concatenate(([True], group[1:] != group[:-1])))
        winner = np.repeat(starts, np.diff(np.append(starts, len(group))))
        lower = types != types[winner]
        letters = ["", *layout().field("D10").values]
        kept, kept_types = records[winner[lower]], types[winner[lower]]

        def kept_note(place: int) -> str:
            of_type = f", of type {letters[kept_types[place]]}," if kept_types[place] < len(letters) else ""
            return f"record {kept[place]}{of_type} is kept"

        self._report("UD-G01-DUPID", records[lower], kept_note)
        self.dropped.append(records[lower])
        equal = ~lower
        second = np.zeros(len(group), np.bool_)
        second[1:] = equal[1:] & (group[1:] == group[:-1])
        tied = np.isin(winner, winner[second]) & equal
        others = np.where(second, records[winner], records[np.minimum(winner + 1, len(records) - 1)])
        equals = others[tied]
        self._report("UD-G02-TIE", records[tied], lambda place: f"record {equals[place]} has the same type")

    def shared(self, field_id: str, keys: ShortKeys, student_keys: Keys) -> None:
        """Report values of a field that belong to several students."""
        found = candidates(keys)
        if len(found.records):
            known = student_keys[found.records - 1] != 0
            found = confirm(Groups(found.records[known], found.group[known]), self.index, field_id)
        if not len(found.records):
            return
        students = student_keys[found.records - 1]
        order = np.lexsort((students, found.group))
        group, student, records = found.group[order], students[order], found.records[order]
        new_group = np.concatenate(([True], group[1:] != group[:-1]))
        new_student = new_group | np.concatenate(([True], student[1:] != student[:-1]))
        starts = np.flatnonzero(new_group)
        sizes = np.diff(np.append(starts, len(group)))
        count = np.repeat(np.add.reduceat(new_student.astype(np.int64), starts), sizes)
        # Each is shown with the first record of another student: with the first of all, or where that is of the same
        # student with the first of the rest.
        earliest = np.minimum.reduceat(records, starts)
        owner = student[np.isin(records, earliest)]
        stranger = student != np.repeat(owner, sizes)
        second = np.minimum.reduceat(np.where(stranger, records, np.iinfo(np.int64).max), starts)
        others = np.where(stranger, np.repeat(earliest, sizes), np.repeat(second, sizes))
        rule = _SHARED_RULES[field_id]
        many = count >= self.tally.profile.ssn_sharers if field_id == "D04" else np.zeros(len(group), np.bool_)
        if not self.tally.on("UD-G08-MANYSSN"):
            many[:] = False
        for name, which in ((rule, (count > 1) & ~many), ("UD-G08-MANYSSN", many)):
            sharing = others[which]
            self._report(name, records[which], lambda place, of=sharing: f"also in record {of[place]}", field_id)  # type: ignore[misc]

    def _report(self, rule: str, records: Numbers, note: Callable[[int], str], field_id: str = "D02") -> None:
        """Report a rule in some records; ``note`` says with what the record at a place of ``records`` clashes."""
        if not len(records):
            return
        order = np.argsort(records)
        ordered = records[order]
        of_field = layout().field(field_id) if field_id else None

        def describe(position: int) -> Finding:
            number = int(ordered[position])
            record = self.index.rows(ordered[position : position + 1])[0].tobytes()
            where = (1, layout().length) if of_field is None else of_field.columns
            value = "" if of_field is None else shown(of_field, record[of_field.span])
            return Finding(number, where, field_id, value, note(int(order[position])), masked_record(layout(), record))

        self.tally.add_many(rule, ordered, describe)
        self.tally.note_errors(rule, ordered)
