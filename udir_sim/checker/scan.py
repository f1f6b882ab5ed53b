"""The quick look at records that are almost all right: which of them need the rules, and what is counted of the rest.

A record that is not a suspect breaks no rule of `ROW_CHECKS` above INFO; a suspect may turn out to be right. The three
INFO rules that many right records meet (no Net ID, undergraduate without vendor ID, SSN as Student ID) are counted
here, so that such files stay fast.

All columns of a field are copied out of a few thousand records together and looked at with a few passes over memory
that stays in the cache of a core. Most passes end with "all right", without a look at single records.
"""

import threading
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import numpy as np
import numpy.typing as npt

from udir_sim.checker.census import Census, letter_places
from udir_sim.checker.keys import Keys, ShortKeys, key, short_key, shortened
from udir_sim.checker.table import Table
from udir_sim.layout import layout
from udir_sim.rules.catalogue import words
from udir_sim.rules.checks.dates import EPOCH, FIRST_DAY, LAST_DAY
from udir_sim.rules.checks.rows import Bytes, Context, Group, Mask, between, digit, every, some
from udir_sim.rules.checks.sha1 import Workspace, matches

SHORT_KINDS = ("D04", "D06", "D05", "D03")
"""The fields that may belong to one Student ID only, with keys of 32 bits: UD-G05, G04, G06, G07."""

_BLANKS = np.uint64(0x2020202020202020)


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the rules that are on need. Leaving out what no rule needs is what makes a check of few rules faster."""

    known_digests: bool = True
    """UD-S09, UD-S10."""
    digests_of_clear_fields: bool = True
    """UD-S12, UD-S13."""
    student_keys: bool = True
    """UD-G01 to G08."""
    short_keys: tuple[str, ...] = SHORT_KINDS
    """UD-G04 to G08, by field."""


@dataclass(slots=True)
class Scan:
    """What the quick look found. Positions are those of the table, from 0."""

    suspects: npt.NDArray[np.intp]
    groups: Bytes
    """For each suspect, which groups of rules it may break, as bits of `Group`."""
    student_keys: Keys | None
    short_keys: dict[str, ShortKeys]
    """By field; 0 where the field is blank."""
    census: Census
    """Of the records that are not suspects."""
    informations: dict[str, npt.NDArray[np.intp]] = field(default_factory=dict)
    """By rule: the records that are not suspects and meet an INFO rule."""


@dataclass(slots=True)
class Scanner:
    """Looks at tables, in any number of threads. Keeps nothing of them but memory to work in."""

    context: Context
    wanted: Wanted = field(default_factory=Wanted)
    _of_thread: threading.local = field(default_factory=threading.local)

    def scan(self, table: Table) -> Scan:
        """Look at the records of a table."""
        bad = {group: np.zeros(table.count, np.bool_) for group in Group if group is not Group.ALL}
        types, statuses, flags = self._codes(table, bad[Group.CODES])
        student_keys, ssn_keys, ssn_filled = self._digests(table, bad[Group.DIGESTS])
        vendors = table.columns(43, 7)
        ids = table.columns(90, 42)
        self._vendors(vendors, types, bad[Group.VENDOR])
        self._ids(ids, bad[Group.IDS])
        first_names = self._names(table, bad[Group.NAMES])
        self._dates(table, bad[Group.DATES])
        if self.wanted.digests_of_clear_fields:
            self._clear_fields(table, vendors, ids, ssn_filled, bad[Group.CLEAR])
        groups = np.zeros(table.count, np.uint8)
        for group, mask in bad.items():
            groups |= mask.view(np.uint8) * np.uint8(group)
        campus_ids, net_ids = ids[:, :32], ids[:, 32:]
        filled = {
            "D03": vendors[:, 0] != 0x20,
            "D04": ssn_filled,
            "D05": campus_ids[:, 0] != 0x20,
            "D06": net_ids[:, 0] != 0x20,
            "D09": first_names != 0x20,
        }
        short_keys: dict[str, ShortKeys] = {}
        values = {"D03": vendors, "D05": campus_ids, "D06": net_ids}
        for kind in self.wanted.short_keys:
            keys = shortened(ssn_keys) if kind == "D04" else short_key(values[kind])
            keys *= filled[kind]
            short_keys[kind] = keys
        good = groups == 0
        suspects = np.flatnonzero(groups)
        scan = Scan(
            suspects=suspects,
            groups=groups[suspects],
            student_keys=student_keys if self.wanted.student_keys else None,
            short_keys=short_keys,
            census=Census.of(types, statuses, flags, filled, good),
        )
        same = good & ssn_filled & (student_keys == ssn_keys)
        if same.any():
            same &= every(table.columns(3, 40) == table.columns(50, 40))
        for rule_id, mask in (
            ("UD-D03-UBLANK", good & ~filled["D03"] & (types == letter_places("D10")[ord("U")])),
            ("UD-D06-NONE", good & ~filled["D06"]),
            ("UD-S11-IDISSSN", same),
        ):
            if mask.any():
                scan.informations[rule_id] = np.flatnonzero(mask)
        return scan

    def _codes(self, table: Table, bad: Mask) -> tuple[Bytes, Bytes, Bytes]:
        """Look at location and codes; return types, statuses and flags as places among their letters."""
        location = self.context.location
        if location is None or location.decode("latin-1") not in layout().locations:
            bad[:] = True  # every location must be looked at by itself
        else:
            bad |= table.column(1, "V2") != np.void(location)
        types, statuses, flags = (
            np.take(letter_places(field_id), _contiguous(table.column(start, "u1")))
            for field_id, start in (("D10", 213), ("D11", 214), ("D07", 132))
        )
        bad |= (types == 0) | (statuses == 0) | (flags == 0)
        return types, statuses, flags

    def _digests(self, table: Table, bad: Mask) -> tuple[Keys, Keys, Mask]:
        """Look at Student ID and SSN; return their keys, and where there is an SSN."""
        students, ssns = table.columns(3, 40), table.columns(50, 40)
        student_keys, ssn_keys = key(students), key(ssns)
        _mark(bad, _hexadecimal(students))
        ssn_words = ssns.view(np.uint64)
        ssn_filled = ssn_words[:, 0] != _BLANKS
        wrong = ~every(_hexadecimal(ssns))
        if wrong.any():
            wrong &= some(ssn_words != _BLANKS)
            bad |= wrong
        for digests, keys, there in ((students, student_keys, None), (ssns, ssn_keys, ssn_filled)):
            pairs = digests.view(np.uint64)
            suspicious = pairs[:, 0] == pairs[:, 1]  # one character repeated
            if self.wanted.known_digests:
                suspicious |= np.take(_known_heads(), (keys >> np.uint64(48)).view(np.int64))
            bad |= suspicious if there is None else suspicious & there
        return student_keys, ssn_keys, ssn_filled

    def _vendors(self, vendors: Bytes, types: Bytes, bad: Mask) -> None:
        blank = vendors == 0x20
        allowed = between(vendors, "0", "9") | between(vendors, "A", "Z") | blank
        _mark(bad, allowed)
        _mark(bad, ~(blank[:, :-1] & ~blank[:, 1:]))
        bad |= ~blank[:, 0] & (types != letter_places("D10")[ord("U")])

    def _ids(self, ids: Bytes, bad: Mask) -> None:
        """Look at Campus ID (32 columns) and Net ID (10 columns)."""
        _mark(bad, between(ids, " ", "_"))
        flat = (ids != 0x20).ravel()
        begins = np.zeros(flat.shape, np.bool_)
        np.greater(flat[1:], flat[:-1], out=begins[1:])
        begins = begins.reshape(ids.shape)
        begins[:, (0, 32)] = False
        _mark(bad, ~begins)
        dashes = ids == ord("-")
        if dashes.any():
            bad |= some(dashes[:, :-3] & dashes[:, 3:])
        nonblank = flat.reshape(ids.shape)
        for start in (0, 32):
            bad |= digit(ids[:, start]) & nonblank[:, start + 8] & ~nonblank[:, start + 9]
            self._fillers(ids[:, start : 32 if start == 0 else 42], bad)

    def _fillers(self, values: Bytes, bad: Mask) -> None:
        """Look for filler words by their first two letters, then by more."""
        pairs = values[:, 0].astype(np.int64) << 8
        pairs |= values[:, 1]
        found = np.flatnonzero(np.take(_filler_pairs(), pairs))
        if len(found):
            part = values[found]
            repeated = every((part == part[:, :1]) | (part == 0x20))
            bad[found] |= repeated | (part[:, 0] != part[:, 1])

    def _names(self, table: Table, bad: Mask) -> Bytes:
        names = table.columns(133, 80)
        allowed = between(names, " ", "~")
        allowed &= ~digit(names)
        _mark(bad, allowed)
        bad |= (names[:, 0] == 0x20) | (names[:, 40] == 0x20)
        return names[:, 40]

    def _dates(self, table: Table, bad: Mask) -> None:
        dates = table.columns(215, 32)
        _mark(bad, digit(dates))
        days = np.take(_calendar(), _numbers(dates) - _FIRST_NUMBER, mode="clip").reshape(-1, 4)
        begin, end, eligible_from, eligible_to = (np.ascontiguousarray(days[:, place]) for place in range(4))
        bad |= (begin == 0) | (end == 0) | (eligible_from == 0) | (eligible_to == 0)
        profile = self.context.profile
        for earlier, later, limit in (
            (eligible_from, begin, profile.early_grace_days),
            (begin, end, profile.term_days),
            (end, eligible_to, profile.late_grace_days),
        ):
            # As an unsigned number, a difference below zero is above every limit.
            bad |= (later - earlier).view(np.uint32) > np.uint32(limit)
        bad |= eligible_to < (self.context.reference_day - EPOCH).days

    def _clear_fields(self, table: Table, vendors: Bytes, ids: Bytes, ssn_filled: Mask, bad: Mask) -> None:
        """Look for clear fields whose digest stands in the same record."""
        students, ssns = table.columns(3, 40), table.columns(50, 40)
        if not hasattr(self._of_thread, "workspace"):
            self._of_thread.workspace = Workspace()
        fields = (vendors, ids[:, :32], ids[:, 32:])
        for of_student, of_ssn in matches(fields, (students, ssns), self._of_thread.workspace):
            bad |= of_student | (of_ssn & ssn_filled)


def _contiguous(view: npt.NDArray[Any]) -> npt.NDArray[Any]:
    copy = np.empty(view.shape, view.dtype)
    np.copyto(copy, view)
    return copy


def _hexadecimal(values: Bytes) -> Mask:
    """Return which bytes are 0-9 or A-F."""
    return between(values, "0", "9") | between(values, "A", "F")


def _mark(bad: Mask, allowed: Mask) -> None:
    """Add the records with a byte that is not allowed; a table without one is left after one look."""
    if not allowed.all():
        bad |= ~every(allowed)


def _numbers(dates: Bytes) -> npt.NDArray[np.int64]:
    """Return texts of eight digits as numbers: pairs, then fours, then all eight at once within 64 bits."""
    x = dates.view(np.uint64).ravel() & np.uint64(0x0F0F0F0F0F0F0F0F)
    for bits, factor, mask in (
        (8, 10, 0x00FF00FF00FF00FF),
        (16, 100, 0x0000FFFF0000FFFF),
        (32, 10_000, 0x00000000FFFFFFFF),
    ):
        y = x >> np.uint64(bits)
        x *= np.uint64(factor)
        x += y
        x &= np.uint64(mask)
    return x.view(np.int64)


_FIRST_NUMBER = 19_900_101 - 1


@cache
def _calendar() -> npt.NDArray[np.int32]:
    """Return the days since 1970 of the dates 19900101 to 20991231, by number; 0 for what is no day."""
    table = np.zeros(20_991_231 - _FIRST_NUMBER + 2, np.int32)
    days = np.arange(FIRST_DAY, LAST_DAY + 1)
    stamps = days.astype("datetime64[D]")
    months = stamps.astype("datetime64[M]")
    years = stamps.astype("datetime64[Y]").astype(np.int64) + 1970
    month = months.astype(np.int64) % 12 + 1
    day = (stamps - months).astype(np.int64) + 1
    table[years * 10_000 + month * 100 + day - _FIRST_NUMBER] = days
    return table


@cache
def _known_heads() -> Mask:
    """Return, for the 16 upper bits of a key, whether a digest of `words.toml` has them."""
    digests = "".join([*words().null_digests, *words().test_digests]).encode()
    table = np.zeros(1 << 16, np.bool_)
    table[(key(np.frombuffer(digests, np.uint8).reshape(-1, 40)) >> np.uint64(48)).astype(np.int64)] = True
    return table


@cache
def _filler_pairs() -> Mask:
    """Return, for two bytes, whether a filler word begins with them."""
    table = np.zeros(1 << 16, np.bool_)
    for word in [*words().fillers, *(f"{c}{c}" for c in "0X?.-*#"), *"0X?.-*#"]:
        first, second = word.ljust(2)[:2].encode()
        table[(first << 8) | second] = True
    return table
