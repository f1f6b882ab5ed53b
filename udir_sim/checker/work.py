"""What a worker does with a block: find its records, take the quick look, and copy out what needs another one."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from udir_sim.checker.census import Census
from udir_sim.checker.classify import describe_row
from udir_sim.checker.model import Finding
from udir_sim.checker.reading import LENGTH, Block, Ends, Records, irregular, regular
from udir_sim.checker.scan import Scan, Scanner
from udir_sim.rules.checks import Bytes, Check


@dataclass(slots=True)
class Looked:
    """What was seen in a block. Places are those of records in the block, from 0."""

    records: Records
    stride: int
    """Bytes from record to record in a regular block, else 0."""
    suspects: Bytes
    """Copies of the records that the rules must judge, headers and trailers among them."""
    groups: Bytes
    """What they are suspected of, see `Scan.groups`."""
    places: npt.NDArray[np.intp]
    """Where these stand."""
    census: Census
    keys: dict[str, Any]
    """By field; one a record of the block, 0 for those that the quick look does not vouch for."""
    informations: dict[str, npt.NDArray[np.intp]] = field(default_factory=dict)
    information_rows: dict[str, Bytes] = field(default_factory=dict)
    """By rule: the first of these records, as many as samples are wanted."""

    def describe(self, check: Check, rule_id: str, numbers: npt.NDArray[Any]) -> Callable[[int], Finding]:
        """Return what describes the findings of an INFO rule by position."""
        rows = self.information_rows[rule_id]
        return lambda position: describe_row(check, rows[position].tobytes(), int(numbers[position]))


def look(block: Block, ends: Ends, scanner: Scanner, samples: int) -> Looked:
    """Look at a block. Safe in several threads at once."""
    records = regular(block, ends)
    if records is not None:
        looked = _looked(records, scanner, samples, records.table.stride)
        # A line end inside a record: two short lines that look like one. Only suspects can have any.
        if not ends.byte or not (looked.suspects == ends.byte[0]).any():
            return looked
    return _looked(irregular(block, ends), scanner, samples, 0)


def _looked(records: Records, scanner: Scanner, samples: int, stride: int) -> Looked:
    table = records.table
    if table.count:
        scan = scanner.scan(table)
        suspects = table.rows(scan.suspects)
        keys = _keys(scan, records)
    else:
        scan = None
        suspects = np.zeros((0, LENGTH), np.uint8)
        keys = {kind: np.zeros(records.count, np.uint32) for kind in scanner.wanted.short_keys}
        if scanner.wanted.student_keys:
            keys["D02"] = np.zeros(records.count, np.uint64)
    places = np.zeros(0, np.intp) if scan is None else _places(records, scan.suspects)
    groups = np.zeros(0, np.uint8) if scan is None else scan.groups
    looked = Looked(records, stride, suspects, groups, places, Census() if scan is None else scan.census, keys)
    if scan is not None:
        for rule_id, found in scan.informations.items():
            looked.informations[rule_id] = _places(records, found)
            looked.information_rows[rule_id] = table.rows(found[:samples])
    return looked


def _places(records: Records, rows: npt.NDArray[np.intp]) -> npt.NDArray[np.intp]:
    return rows if records.places is None else records.places[rows]


def _keys(scan: Scan, records: Records) -> dict[str, Any]:
    keys: dict[str, Any] = dict(scan.short_keys)
    if scan.student_keys is not None:
        keys["D02"] = scan.student_keys
    for kind, values in keys.items():
        values[scan.suspects] = 0
        if records.places is not None:
            wide = np.zeros(records.count, values.dtype)
            wide[records.places] = values
            keys[kind] = wide
    return keys
