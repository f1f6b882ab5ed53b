"""`check`: from a file to a report.

One thread reads blocks and hashes the file; workers take the quick look (`udir_sim.checker.scan`); what they suspect is
gathered and judged by the rules some thousands of records at a time. Memory: some blocks, 8 bytes a record for the
Student ID's key and 4 for each of four others, and the samples.
"""

import hashlib
import os
import time
from array import array
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import date, timedelta
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np

from udir_sim.checker.census import Census
from udir_sim.checker.classify import Classified, active_checks, classify, report
from udir_sim.checker.differences import tally_differences
from udir_sim.checker.duplicates import Duplicates
from udir_sim.checker.framing import against_previous
from udir_sim.checker.index import Index
from udir_sim.checker.model import SAMPLES, CensusReport, LoadPlan, Previous, Receipt, Report
from udir_sim.checker.prologue import Prologue
from udir_sim.checker.reading import LENGTH, MAX_BYTES, Block, blocks, name_of, opened, printable, size_of
from udir_sim.checker.scan import SHORT_KINDS, Scanner, Wanted
from udir_sim.checker.structure import DataRows, Structure
from udir_sim.checker.tally import Tally
from udir_sim.checker.verdict import verdict_of
from udir_sim.checker.work import Looked, look
from udir_sim.rules import RULE_SET, Mode, Profile
from udir_sim.rules.checks import Context

_TOGETHER = 4096
"""Suspects that are judged at once."""

Progress = Callable[[int, int], None]
"""Is called with the bytes done and the bytes in all, from the thread that called `check`."""


def check(
    source: Path | BinaryIO,
    *,
    as_of: date,
    mode: Mode = Mode.STRICT,
    profile: Profile | None = None,
    previous: Path | Previous | None = None,
    samples: int = SAMPLES,
    workers: int | None = None,
    checksum: bool = True,
    max_bytes: int = MAX_BYTES,
    name: str | None = None,
    timed: bool = False,
    progress: Progress | None = None,
) -> Report:
    """Check a UDIRSTUD file.

    Args:
        source: the file, plain or .gz; or an open binary file, which need not be seekable.
        as_of: the day of receipt.
        mode: strict as the interface is written, or lenient: repair what can be repaired.
        profile: thresholds and severities; the defaults if None.
        previous: the last accepted file of the same location, or what is known of it.
        samples: how many findings of each rule are kept with their record numbers; all are counted.
        workers: threads that look at records; by default two, or one on a machine with one core.
        checksum: whether the report has the file's SHA-256.
        max_bytes: size from which on a file is not checked.
        name: what the report calls the file; by default its path.
        timed: whether the report says how long the check took, which makes two reports of one file differ.
        progress: see `Progress`.

    Raises:
        InputError: the file cannot be read or is too large. Whatever a readable file holds ends in a report.

    """
    started = time.perf_counter()
    profile = profile or Profile()
    tally = Tally(mode, profile, samples)
    with opened(source, max_bytes) as file:
        run = _Run(file, tally, as_of, checksum=checksum, workers=workers or min(2, os.cpu_count() or 1))
        run.read(progress)
        difference = None
        if isinstance(previous, Previous):
            against_previous(tally, run.prologue.header, run.structure.data_records, previous)
        elif previous is not None and run.prologue.readable and run.prologue.header is not None:
            file.seek(run.start)
            difference = tally_differences(previous, file, tally, max_bytes)
        held = tally.held(run.structure.records)
        verdict = verdict_of(tally, run.structure.data_records, len(held))
        return Report(
            verdict,
            run.receipt(printable(name) if name else name_of(source), started if timed else None),
            tally.results(),
            CensusReport(run.census.by_type_and_status(), run.census.by_flag(), dict(run.census.filled)),
            len(held),
            difference,
            LoadPlan(_numbers(held), _numbers(np.unique(np.concatenate([np.zeros(0, np.int64), *run.dropped])))),
        )


def _numbers(values: Any) -> "array[int]":
    numbers = array("I")
    numbers.frombytes(values.astype(np.dtype(f"u{numbers.itemsize}")).tobytes())
    return numbers


class _Keys:
    """The keys of all records, one a record."""

    def __init__(self, kind: Any, expected: int) -> None:
        # Memory that is not written to is not taken from the system, so a guess that is too large costs nothing.
        self._keys = np.zeros(expected, kind)
        self.count = 0

    def add(self, keys: Any) -> None:
        """Add those of the next block."""
        end = self.count + len(keys)
        if end > len(self._keys):
            self._keys = np.resize(self._keys, 2 * end)
        self._keys[self.count : end] = keys
        self.count = end

    def correct(self, numbers: Any, keys: Any) -> None:
        """Set the keys of some records, by their numbers, once those of their blocks are added."""
        self._keys[numbers - 1] = keys

    def all(self) -> Any:
        """Return the keys, the record with number 1 at position 0."""
        return self._keys[: self.count]


class _Run:
    """One check on its way."""

    def __init__(self, file: BinaryIO, tally: Tally, as_of: date, *, checksum: bool, workers: int) -> None:
        self.file = file
        self.tally = tally
        self.as_of = as_of
        self.size = size_of(file)
        self.start = file.tell()
        self.hash = hashlib.sha256() if checksum else None
        self.workers = workers
        self.prologue = Prologue.of(file, self.size, tally)
        self.structure = Structure(tally, as_of, self.prologue.header)
        header = self.prologue.header
        # A creation date that lies ahead is wrong itself (UD-H06), and nothing is measured by it.
        latest = as_of + timedelta(min(tally.profile.future_days, (date.max - as_of).days))
        created = header.created if header is not None else None
        reference = created if created is not None and created <= latest else as_of
        self.context = Context(tally.mode, tally.profile, header.location if header else None, reference)
        self.census = Census()
        self.index = Index(file, self.prologue.ends)
        self.dropped: list[Any] = []
        self.student_keys = np.zeros(0, np.uint64)
        self._wanted = _wanted(tally)
        expected = self.size // LENGTH + 1
        self._keys = {kind: _Keys(np.uint32, expected) for kind in self._wanted.short_keys}
        if self._wanted.student_keys:
            self._keys["D02"] = _Keys(np.uint64, expected)
        self._checks = active_checks(tally)
        self._errors = frozenset(
            f"{check.rule_id}/{check.variant}"
            for check in self._checks
            if tally.severity(check.rule_id, check.variant) >= 3
        )
        self._suspects: list[DataRows] = []
        self._waiting = 0
        self._hash_again = False
        self._judged: deque[Future[Classified]] = deque()

    def read(self, progress: Progress | None) -> None:
        """Read the whole file and report all that does not need another one."""
        if not self.prologue.readable:
            return
        scanner = Scanner(self.context, self._wanted)
        looked: deque[tuple[Block, Future[Looked]]] = deque()
        self.file.seek(self.start)
        with ThreadPoolExecutor(self.workers, "udir-check") as pool:
            if self.hash is not None and self.prologue.skip:
                self.hash.update(self.file.read(self.prologue.skip))
            self.file.seek(self.start + self.prologue.skip)
            for block in blocks(self.file, self.prologue.ends):
                looked.append((block, pool.submit(look, block, self.prologue.ends, scanner, self.tally.limit)))
                if self.hash is not None:
                    self.hash.update(block.data)
                    self._hash_again |= block.long > 0  # of a very long line only the beginning is at hand
                if len(looked) > self.workers:
                    self._take(*looked.popleft(), pool)
                if progress is not None:
                    progress(block.offset + len(block.data) - self.start, self.size)
            while looked:
                self._take(*looked.popleft(), pool)
            self._judge(pool)
            while self._judged:
                self._settle(self._judged.popleft().result())
        self.structure.finish(self.prologue.ends)
        if self._wanted.student_keys:
            self._duplicates()

    def _take(self, block: Block, future: "Future[Looked]", pool: ThreadPoolExecutor) -> None:
        """Add what a worker saw in a block."""
        looked = future.result()
        base = self.structure.records
        self.index.add(base + 1, block.offset, len(block.data), looked.stride)
        self.census.add(looked.census)
        for kind, keys in looked.keys.items():
            self._keys[kind].add(keys)
        data = self.structure.take(looked)
        for rule_id, places in looked.informations.items():
            self._informations(rule_id, looked, places + base + 1)
        if len(data.numbers):
            self._suspects.append(data)
            self._waiting += len(data.numbers)
        if self._waiting >= _TOGETHER:
            self._judge(pool)
        while self._judged and (self._judged[0].done() or len(self._judged) > self.workers):
            self._settle(self._judged.popleft().result())

    def _informations(self, rule_id: str, looked: Looked, numbers: Any) -> None:
        check = next((each for each in self._checks if each.rule_id == rule_id), None)
        if check is not None:
            self.tally.add_many(rule_id, numbers, looked.describe(check, rule_id, numbers))

    def _judge(self, pool: ThreadPoolExecutor) -> None:
        """Let the rules judge the suspects gathered so far."""
        if not self._suspects:
            return
        rows = np.concatenate([data.rows for data in self._suspects])
        numbers = np.concatenate([data.numbers for data in self._suspects])
        groups = np.concatenate([data.groups for data in self._suspects])
        self._suspects.clear()
        self._waiting = 0
        self._judged.append(pool.submit(classify, rows, numbers, groups, self.context, self._checks, self._errors))

    def _settle(self, judged: Classified) -> None:
        report(judged, self.tally)
        self.census.add(judged.census)
        if self._wanted.student_keys:
            self._keys["D02"].correct(judged.numbers, judged.student_keys)
        for kind in self._wanted.short_keys:
            self._keys[kind].correct(judged.numbers, judged.short_keys[kind])

    def _duplicates(self) -> None:
        duplicates = Duplicates(self.tally, self.index)
        self.student_keys = self._keys.pop("D02").all()
        duplicates.students(self.student_keys)
        for kind in self._wanted.short_keys:
            duplicates.shared(kind, self._keys.pop(kind).all(), self.student_keys)
        self.dropped = duplicates.dropped

    def receipt(self, name: str, started: float | None) -> Receipt:
        """Return which file this was and how it was checked."""
        header = self.prologue.header
        profile = self.tally.profile
        if self.hash is not None and (self._hash_again or not self.prologue.readable):
            self._hash_all()
        return Receipt(
            name=name,
            bytes=self.size,
            sha256="" if self.hash is None else self.hash.hexdigest(),
            line_end=self.structure.line_end(self.prologue.ends),
            location=header.location.decode() if header is not None and header.location is not None else "",
            created=header.created if header is not None else None,
            trailer_count=self.structure.trailer_count,
            records=self.structure.records,
            data_records=self.structure.data_records,
            mode=self.tally.mode,
            profile=profile.name,
            profile_digest=profile.digest,
            rule_set=RULE_SET,
            as_of=self.as_of,
            seconds=None if started is None else round(time.perf_counter() - started, 3),
        )

    def _hash_all(self) -> None:
        self.hash = hashlib.sha256()
        self.file.seek(self.start)
        while part := self.file.read(1 << 20):
            self.hash.update(part)


def _wanted(tally: Tally) -> Wanted:
    """Return what the rules that are on need to know of all records."""
    shared = {"D03": "UD-G07-DUPVEN", "D04": "UD-G05-DUPSSN", "D05": "UD-G06-DUPCAMP", "D06": "UD-G04-DUPNET"}
    kinds = tuple(
        kind for kind in SHORT_KINDS if tally.on(shared[kind]) or (kind == "D04" and tally.on("UD-G08-MANYSSN"))
    )
    same = ("UD-G01-DUPID", "UD-G02-TIE", "UD-G03-EXACT")
    return Wanted(
        known_digests=tally.on("UD-S09-NULLHASH") or tally.on("UD-S10-TESTHASH"),
        digests_of_clear_fields=tally.on("UD-S12-SSNINCLEAR") or tally.on("UD-S13-IDINCLEAR"),
        student_keys=bool(kinds) or any(tally.on(rule_id) for rule_id in same),
        short_keys=kinds,
    )
