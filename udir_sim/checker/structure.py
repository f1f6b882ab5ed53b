"""The file as a sequence of records: header first, trailer last, nothing odd between (UD-F05 to F18)."""

from array import array
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

import numpy as np
import numpy.typing as npt

from udir_sim.checker.framing import Frame, Header
from udir_sim.checker.model import Finding
from udir_sim.checker.odd import Hit, Judged, Kind, judge, unknown
from udir_sim.checker.reading import LENGTH, Ends
from udir_sim.checker.tally import Tally
from udir_sim.checker.work import Looked
from udir_sim.layout import layout, masked_record
from udir_sim.rules import Severity
from udir_sim.rules.checks import Bytes
from udir_sim.rules.checks.rows import Group, digit


@dataclass(frozen=True, slots=True)
class DataRows:
    """Data records that the rules must judge."""

    rows: Bytes
    numbers: npt.NDArray[np.int64]
    groups: Bytes
    """What each is suspected of, as bits of `Group`."""


class _Marks:
    """The places of headers or trailers: the first and last of them, and how many."""

    def __init__(self) -> None:
        self.numbers = array("q")
        self.first = b""
        self.last = b""

    def add(self, number: int, record: bytes) -> None:
        if not self.numbers:
            self.first = record
        self.last = record
        self.numbers.append(number)


class Structure:
    """Follows the records of one file in order."""

    def __init__(self, tally: Tally, as_of: date, header: Header | None) -> None:
        self.tally = tally
        self.frame = Frame(tally, as_of)
        self.header = header
        self.records = 0
        """Of any kind, empty ones too."""
        self.data_records = 0
        self.trailer_count: int | None = None
        self._headers = _Marks()
        self._trailers = _Marks()
        self._empty = array("q")
        self._end_marks = array("q")
        self._first = 0
        """Number of the first record that is not empty."""
        self._last = 0
        self._ended_lf = 0
        self._ended_crlf = 0
        self._first_lf = 0
        self._first_crlf = 0
        self._unended = False

    def take(self, looked: Looked) -> DataRows:
        """Add the records of the next block; return those that the rules must judge."""
        base = self.records + 1
        records = looked.records
        numbers = looked.places.astype(np.int64) + base
        first, second = looked.suspects[:, 0], looked.suspects[:, 1]
        is_header, is_trailer = first == ord("H"), first == ord("T")
        is_data = digit(first) & digit(second)
        is_unknown = ~(is_header | is_trailer | is_data)
        marks = [(int(numbers[row]), looked.suspects[row].tobytes()) for row in np.flatnonzero(is_header | is_trailer)]
        self._unknown(looked.suspects[is_unknown], numbers[is_unknown])
        others = int(np.count_nonzero(~is_data))
        mended: list[tuple[int, bytes]] = []
        empty: set[int] = set()
        common: dict[int, list[tuple[int, bytes]]] = {}
        for place, content, length in records.odd:
            judged = judge(content, length, readable=records.readable)
            if judged.common:
                common.setdefault(length, []).append((base + place, content))
                continue
            self._odd(judged, content, base + place)
            if judged.kind in (Kind.HEADER, Kind.TRAILER):
                marks.append((base + place, judged.mended or content))
            elif judged.kind is Kind.DATA and judged.mended is not None:
                mended.append((base + place, judged.mended))
            elif judged.kind in (Kind.EMPTY, Kind.END_OF_FILE):
                empty.add(place)
            others += judged.kind is not Kind.DATA
        for length, alike in common.items():
            self._common(judge(alike[0][1], length, readable=True), alike)
        for number, record in sorted(marks):
            (self._headers if record[:1] == b"H" else self._trailers).add(number, record)
        self.data_records += records.count - others
        self._bounds(records.count, empty, base)
        self._line_ends(looked, base)
        self.records += records.count
        return _joined(DataRows(looked.suspects[is_data], numbers[is_data], looked.groups[is_data]), mended)

    def _unknown(self, rows: Bytes, numbers: npt.NDArray[np.int64]) -> None:
        if not len(rows):
            return
        old = np.array([unknown(row[:3].tobytes()).rule == "UD-F18-OLDLAYOUT" for row in rows])
        for rule, columns, which in (("UD-F17-RECTYPE", (1, 2), ~old), ("UD-F18-OLDLAYOUT", (1, 3), old)):
            places = np.flatnonzero(which)

            def describe(
                place: int, places: npt.NDArray[np.intp] = places, columns: tuple[int, int] = columns
            ) -> Finding:
                row = places[place]
                return Finding(int(numbers[row]), columns, excerpt=masked_record(layout(), rows[row].tobytes()))

            self.tally.add_many(rule, numbers[places], describe)
            self.tally.note_errors(rule, numbers[places])

    def _odd(self, judged: Judged, content: bytes, number: int) -> None:
        if judged.kind is Kind.EMPTY:
            self._empty.append(number)
        elif judged.kind is Kind.END_OF_FILE:
            self._end_marks.append(number)
        of_student = judged.kind in (Kind.DATA, Kind.UNKNOWN)
        for hit in judged.hits:
            place = (hit.rule, hit.variant)
            count = self.tally.counts.get(place, 0)
            if count and len(self.tally.samples[place]) >= self.tally.limit:
                self.tally.counts[place] = count + 1  # nothing but the number is kept
                if of_student:
                    self.tally.note_error(hit.rule, number, hit.variant)
            else:
                finding = Finding(number, hit.columns, note=hit.note, excerpt=masked_record(layout(), content))
                add = self.tally.add_data if of_student else self.tally.add
                add(hit.rule, finding, hit.variant)

    def _common(self, judged: Judged, records: list[tuple[int, bytes]]) -> None:
        """Report many data records of one wrong length together."""
        numbers = np.array([number for number, _ in records])
        for hit in judged.hits:

            def describe(place: int, hit: Hit = hit) -> Finding:
                number, content = records[place]
                return Finding(number, hit.columns, note=hit.note, excerpt=masked_record(layout(), content))

            self.tally.add_many(hit.rule, numbers, describe, hit.variant)
            self.tally.note_errors(hit.rule, numbers, hit.variant)

    def _bounds(self, count: int, empty: set[int], base: int) -> None:
        full = (place for place in range(count) if place not in empty)
        first = next(full, None)
        if first is None:
            return
        if not self._first:
            self._first = base + first
        self._last = base + next(place for place in range(count - 1, -1, -1) if place not in empty)

    def _line_ends(self, looked: Looked, base: int) -> None:
        records = looked.records
        if records.ended_lf and not self._ended_lf:
            self._first_lf = base + records.first_lf
        if records.ended_crlf and not self._ended_crlf:
            self._first_crlf = base + records.first_crlf
        self._ended_lf += records.ended_lf
        self._ended_crlf += records.ended_crlf
        self._unended = records.unended

    def finish(self, ends: Ends) -> None:
        """Report what only the whole file shows."""
        self._report_line_ends(ends)
        self._report_empty_lines()
        headers, trailers = self._headers.numbers, self._trailers.numbers
        if not headers or headers[0] != self._first:
            note = f"there is a header at record {headers[0]}" if headers else "there is no header"
            self.tally.add("UD-F10-HDRFIRST", Finding(self._first, (1, 1), note=note))
        self._several("UD-F11-HDRONE", headers[1:], "the first one is record {}", headers[:1])
        if not trailers or trailers[-1] != self._last:
            note = f"the trailer is record {trailers[-1]}" if trailers else "there is no trailer"
            self.tally.add("UD-F12-TRLLAST", Finding(self._last, (1, 1), note=note))
        self._several("UD-F13-TRLONE", trailers[:-1], "the last one is record {}", trailers[-1:])
        if not self.data_records:
            self.tally.add("UD-F14-NODATA", Finding(0))
        if headers:
            self.frame.header(self._headers.first.ljust(LENGTH)[:LENGTH], headers[0])
        if trailers:
            record = self._trailers.last.ljust(LENGTH)[:LENGTH]
            self.trailer_count = self.frame.trailer(record, trailers[-1], self.header, self.data_records)

    def _several(self, rule: str, numbers: Iterable[int], text: str, other: Iterable[int]) -> None:
        extra = np.fromiter(numbers, np.int64)
        note = text.format(next(iter(other), 0))
        self.tally.add_many(rule, extra, lambda place: Finding(int(extra[place]), (1, 1), note=note))

    def _report_line_ends(self, ends: Ends) -> None:
        note = ""
        record = 0
        if ends.byte == b"\r":
            note = "records end with CR alone"
        elif not ends.byte:
            note = f"there are no line ends, records follow each other every {LENGTH} bytes"
        elif self._ended_lf and self._ended_crlf:
            record = max(self._first_lf, self._first_crlf)
            note = f"{self._ended_lf} records end with LF, {self._ended_crlf} with CR LF"
        if note:
            self.tally.add("UD-F06-EOL", Finding(record, note=note))
        if self._unended and ends.byte and self.records not in self._end_marks:
            self.tally.add("UD-F07-LASTEOL", Finding(self.records))

    def _report_empty_lines(self) -> None:
        trailers = self._trailers.numbers
        after = trailers[-1] if trailers else self.records + 1
        numbers = np.array(self._empty, np.int64)
        for variant, which in (("", numbers[numbers < after]), ("after the trailer", numbers[numbers > after])):

            def describe(place: int, of: npt.NDArray[np.int64] = which) -> Finding:
                return Finding(int(of[place]))

            self.tally.add_many("UD-F08-BLANKLINE", which, describe, variant)
            if self.tally.severity("UD-F08-BLANKLINE", variant) is Severity.ERROR:
                self.tally.file_errors += len(which)
        for number in self._end_marks:
            self.tally.add(
                "UD-F05-CTRL",
                Finding(number, (1, 1), note="Ctrl-Z (X'1A')"),
                "end of file" if number == self.records else "",
            )

    def line_end(self, ends: Ends) -> str:
        """Return how records end: LF, CRLF, CR, none or mixed."""
        if ends.byte == b"\r":
            return "CR"
        if not ends.byte:
            return "none"
        if self._ended_lf and self._ended_crlf:
            return "mixed"
        if self._ended_crlf:
            return "CRLF"
        return "LF" if self._ended_lf else "none"


def _joined(data: DataRows, mended: list[tuple[int, bytes]]) -> DataRows:
    """Put mended records among the others, in the order of the file. Nobody has looked at them yet."""
    if not mended:
        return data
    extra = np.frombuffer(b"".join(record for _, record in mended), np.uint8).reshape(-1, LENGTH)
    numbers = np.concatenate([data.numbers, np.array([number for number, _ in mended], np.int64)])
    groups = np.concatenate([data.groups, np.full(len(mended), Group.ALL, np.uint8)])
    order = np.argsort(numbers)
    return DataRows(np.concatenate([data.rows, extra])[order], numbers[order], groups[order])
