"""Today's file against the last accepted one of the same location (UD-A01 to A07, UD-F22, UD-F23).

Campuses send everybody every time, so what was added, changed and deleted is derived by location and Student ID.
"""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
import numpy.typing as npt

from udir_sim.checker.framing import Header, against_previous
from udir_sim.checker.index import Index
from udir_sim.checker.keys import Keys, key
from udir_sim.checker.model import SAMPLES, Difference, Finding, InputError, Previous, RuleResult
from udir_sim.checker.odd import Kind, kind_of
from udir_sim.checker.prologue import Prologue
from udir_sim.checker.reading import MAX_BYTES, blocks, irregular, name_of, opened, regular, size_of
from udir_sim.checker.tally import Tally
from udir_sim.layout import layout
from udir_sim.rules import Mode, Profile
from udir_sim.rules.checks import Bytes, Mask
from udir_sim.rules.checks.rows import digit, every, hex_digit, some, upper

Numbers = npt.NDArray[np.int64]

_BATCH = 8192
_NEARLY_ALL = 0.9
_MOST = 0.5
_NAMES = slice(132, 212)
_STUDENT = slice(0, 42)
"""Location and Student ID."""


@dataclass(slots=True)
class Population:
    """The students of one file: one entry each, by rising key; of several records of a student the first."""

    header: Header | None
    index: Index
    records: int
    """Data records of the file."""
    keys: Keys = field(default_factory=lambda: np.zeros(0, np.uint64))
    numbers: Numbers = field(default_factory=lambda: np.zeros(0, np.int64))
    """Record numbers."""
    net_ids: Keys = field(default_factory=lambda: np.zeros(0, np.uint64))
    """0 where there is none."""
    names: Keys = field(default_factory=lambda: np.zeros(0, np.uint64))

    @classmethod
    def read(cls, file: BinaryIO, name: str) -> "Population":
        """Read a file from its current position on. Records without a digest as Student ID are left out.

        Raises:
            InputError: it is no file that could have been accepted.

        """
        unheard = Tally(Mode.LENIENT, Profile(), 0)  # whether this file is good is not asked here
        prologue = Prologue.of(file, size_of(file), unheard)
        if not prologue.readable or prologue.header is None:
            raise InputError(f"{name}: this is no UDIRSTUD file that could have been accepted: it has no header")
        index = Index(file, prologue.ends)
        parts: list[tuple[Any, Any, Any, Any]] = []
        count, total = 0, 0
        file.seek(file.tell() + prologue.skip)
        for block in blocks(file, prologue.ends):
            whole = regular(block, prologue.ends)
            records = whole or irregular(block, prologue.ends)
            index.add(count + 1, block.offset, len(block.data), records.table.stride if whole else 0)
            rows = records.table.rows(np.arange(records.table.count))
            places = np.arange(records.count) if records.places is None else records.places
            data = digit(rows[:, 0]) & digit(rows[:, 1])
            total += int(np.count_nonzero(data)) + sum(kind_of(odd) is Kind.DATA for _, odd, _ in records.odd)
            rows, places = rows[data], places[data]
            good = every(hex_digit(rows[:, 2:42]))
            rows, places = rows[good], places[good]
            nets = upper(rows[:, 121:131])
            net_keys = key(nets) * some(nets != 0x20)
            parts.append((key(upper(rows[:, _STUDENT])), places + count + 1, net_keys, key(upper(rows[:, _NAMES]))))
            count += records.count
        result = cls(prologue.header, index, total)
        if parts:
            keys, numbers, net_ids, names = (np.concatenate(column) for column in zip(*parts, strict=True))
            result.keys, first = np.unique(keys, return_index=True)
            result.numbers, result.net_ids, result.names = numbers[first], net_ids[first], names[first]
        return result


def compare(
    old: Path | BinaryIO,
    new: Path | BinaryIO,
    *,
    mode: Mode = Mode.STRICT,
    profile: Profile | None = None,
    samples: int = SAMPLES,
    max_bytes: int = MAX_BYTES,
) -> tuple[Difference, tuple[RuleResult, ...]]:
    """Return what changed between two files of one location, and the findings about that.

    Raises:
        InputError: a file cannot be read, has no header, or they are of different locations.

    """
    tally = Tally(mode, profile or Profile(), samples)
    difference = tally_differences(old, new, tally, max_bytes)
    return difference, tally.results()


def tally_differences(
    old: Path | BinaryIO, new: Path | BinaryIO, tally: Tally, max_bytes: int = MAX_BYTES
) -> Difference:
    """Add the findings about what changed to a tally, see `compare`."""
    with opened(old, max_bytes) as old_file, opened(new, max_bytes) as new_file:
        before = Population.read(old_file, name_of(old))
        after = Population.read(new_file, name_of(new))
        return _Comparison(before, after, tally).run()


@dataclass(slots=True)
class _Comparison:
    before: Population
    after: Population
    tally: Tally

    def run(self) -> Difference:
        before, after = self.before, self.after
        if before.header is not None and after.header is not None and before.header.location != after.header.location:
            old, new = (_location(each.header) for each in (before, after))
            raise InputError(f"the files are of different locations: {old} and {new}; compare files of one campus")
        created = before.header.created if before.header is not None else None
        against_previous(self.tally, after.header, after.records, Previous(before.records, created))
        place = np.minimum(np.searchsorted(before.keys, after.keys), max(len(before.keys) - 1, 0))
        known = before.keys[place] == after.keys if len(before.keys) else np.zeros(len(after.keys), np.bool_)
        pairs = np.flatnonzero(known)
        changed_fields, changed, flips, strangers = self._changes(pairs, place[pairs])
        kept = len(pairs) - len(strangers)
        added, deleted = len(after.keys) - kept, len(before.keys) - kept
        gone = np.ones(len(before.keys), np.bool_)
        gone[np.delete(place[pairs], strangers)] = False
        known[pairs[strangers]] = False
        self._list("UD-A01-ADD", after.numbers[~known], "")
        self._list("UD-A03-DEL", before.numbers[gone], "record number of the last accepted file")
        if not self._all_new(kept):
            self._shares(deleted, flips, kept)
            self._moved_net_ids()
        return Difference(added, changed, deleted, kept - changed, changed_fields)

    def _changes(
        self, new: npt.NDArray[np.intp], old: npt.NDArray[np.intp]
    ) -> tuple[dict[str, int], int, int, Numbers]:
        """Compare records of the same key; report what changed.

        Returns:
            By field how often it changed, changed records, changed release flags, and which pairs have the same key
            by coincidence.

        """
        fields = [each for each in layout().data.fields if each.id not in ("D01", "D02")]
        counts: dict[str, int] = {}
        numbers: list[Numbers] = []
        notes: list[str] = []
        strangers: list[npt.NDArray[np.intp]] = []
        order = np.argsort(self.after.numbers[new])
        for start in range(0, len(order), _BATCH):
            part = order[start : start + _BATCH]
            new_numbers = self.after.numbers[new[part]]
            today = self.after.index.rows(new_numbers)
            yesterday = _rows_of(self.before.index, self.before.numbers[old[part]])
            same = every(upper(today[:, _STUDENT]) == upper(yesterday[:, _STUDENT]))
            # As the directory has it: only in names is the other case a change.
            for rows in (today, yesterday):
                rows[:, : _NAMES.start] = upper(rows[:, : _NAMES.start])
                rows[:, _NAMES.stop :] = upper(rows[:, _NAMES.stop :])
            strangers.append(part[~same])
            differs: dict[str, Mask] = {
                each.id: some(today[:, each.span] != yesterday[:, each.span]) & same for each in fields
            }
            changed = np.zeros(len(part), np.bool_)
            for field_id, mask in differs.items():
                if mask.any():
                    counts[field_id] = counts.get(field_id, 0) + int(np.count_nonzero(mask))
                    changed |= mask
            numbers.append(new_numbers[changed])
            notes += [
                ", ".join(each.name for each in fields if differs[each.id][place])
                for place in np.flatnonzero(changed)[: max(self.tally.limit - len(notes), 0)]
            ]
        all_numbers = np.concatenate([np.zeros(0, np.int64), *numbers])
        self.tally.add_many(
            "UD-A02-CHG", all_numbers, lambda place: Finding(int(all_numbers[place]), note=notes[place])
        )
        in_order = {each.id: counts[each.id] for each in fields if each.id in counts}
        return in_order, len(all_numbers), counts.get("D07", 0), np.concatenate([np.zeros(0, np.intp), *strangers])

    def _list(self, rule: str, numbers: Numbers, note: str) -> None:
        ordered = np.sort(numbers)
        self.tally.add_many(rule, ordered, lambda place: Finding(int(ordered[place]), note=note))

    def _all_new(self, kept: int) -> bool:
        """Report if nearly all Student IDs are new while the names stay; then nothing else means anything."""
        before, after = self.before, self.after
        if not len(before.keys) or kept > (1 - _NEARLY_ALL) * len(before.keys):
            return False
        staying = np.count_nonzero(np.isin(before.names, after.names)) / len(before.names)
        # A few students whose names also stand among very many others say nothing.
        alike = np.count_nonzero(np.isin(after.names, before.names)) / max(len(after.names), 1)
        if staying < _NEARLY_ALL or alike < _MOST:
            return False
        note = f"{staying:.0%} of the names are still there, {kept} of {len(before.keys)} Student IDs"
        self.tally.add("UD-A07-ALLNEWHASH", Finding(0, note=note))
        return True

    def _shares(self, deleted: int, flips: int, kept: int) -> None:
        profile, total = self.tally.profile, len(self.before.keys)
        # That the number of records fell is reported already where UD-F22 speaks.
        if "UD-F22-VOLUME" not in {rule for rule, _ in self.tally.counts}:
            self._share("UD-A04-DELMANY", deleted, total, profile.deletes_percent, "students are missing")
        self._share("UD-A06-FLAGFLIP", flips, kept, profile.flag_changes_percent, "release flags changed")

    def _share(self, rule: str, count: int, total: int, limit: float, what: str) -> None:
        if total and count * 100 > limit * total:
            self.tally.add(rule, Finding(0, note=f"{count} of {total} {what} ({count * 100 / total:.1f} %)"))

    def _moved_net_ids(self) -> None:
        before, after = self.before, self.after
        old_nets, old_place = np.unique(before.net_ids, return_index=True)
        if not len(old_nets):
            return
        place = np.minimum(np.searchsorted(old_nets, after.net_ids), len(old_nets) - 1)
        owner = old_place[place]
        moved = (old_nets[place] == after.net_ids) & (after.net_ids != 0) & (before.keys[owner] != after.keys)
        new, old = after.numbers[moved], before.numbers[owner[moved]]
        order = np.argsort(new)
        new, old = new[order], old[order]
        columns = layout().field("D06").span
        confirmed: list[Mask] = []
        for start in range(0, len(new), _BATCH):
            today = self.after.index.rows(new[start : start + _BATCH])
            yesterday = _rows_of(self.before.index, old[start : start + _BATCH])
            confirmed.append((upper(today[:, columns]) == upper(yesterday[:, columns])).all(axis=1))
        sure = np.concatenate([np.zeros(0, np.bool_), *confirmed])
        new, old = new[sure], old[sure]

        def describe(place: int) -> Finding:
            field_columns = layout().field("D06").columns
            return Finding(int(new[place]), field_columns, "D06", note=f"was in record {old[place]} of the last file")

        self.tally.add_many("UD-A05-NETMOVED", new, describe)


def _rows_of(index: Index, numbers: Numbers) -> Bytes:
    """Return records in any order."""
    order = np.argsort(numbers)
    result = np.empty((len(numbers), layout().length), np.uint8)
    result[order] = index.rows(numbers[order])
    return result


def _location(header: Header | None) -> str:
    return header.location.decode() if header is not None and header.location is not None else "unknown"
