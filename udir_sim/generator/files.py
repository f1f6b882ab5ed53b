"""Makes files that break no rule, of any size, the same for the same seed."""

import hashlib
import random
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date, timedelta

from udir_sim.generator.people import FIRST_NAMES, LAST_NAMES
from udir_sim.layout import layout
from udir_sim.rules.examples import record_bytes

MAX_RECORDS = 99_999_999
"""What the trailer's count can say."""


@dataclass(frozen=True, slots=True)
class Rates:
    """Shares of the students, 0 to 1, that have something."""

    vendor_id: float = 0.85
    """Of the undergraduates."""
    ssn: float = 0.9
    campus_id: float = 0.95
    net_id: float = 0.97
    released: float = 0.98
    early_grace: float = 0.3
    late_grace: float = 0.6
    duplicates: float = 0.0
    """Records of which a second one, of another type, is written. Any above 0 breaks UD-G01."""


def without_findings(rates: Rates) -> Rates:
    """Return the rates of a file in which nothing is found, not even what is only counted (UD-D03-UBLANK)."""
    return replace(rates, vendor_id=1.0, net_id=1.0, duplicates=0.0)


@dataclass(frozen=True, slots=True)
class Plan:
    """What file to make."""

    records: int
    location: str = "06"
    seed: int = 0
    created: date = date(1999, 9, 1)
    rates: Rates = field(default_factory=Rates)
    line_end: bytes = b"\r\n"

    def __post_init__(self) -> None:
        if not 1 <= self.records <= MAX_RECORDS:
            raise ValueError(f"a file has 1 to {MAX_RECORDS} data records, not {self.records}")
        if self.location not in layout().locations:
            raise ValueError(f"no location {self.location!r}; there are {', '.join(layout().locations)}")


def header(plan: Plan) -> bytes:
    """Return the header."""
    return bytes(
        record_bytes({"H01": "H", "H02": plan.location, "H03": "UDIRSTUD", "H04": plan.created.strftime("%Y%m%d")})
    )


def trailer(plan: Plan, count: int) -> bytes:
    """Return the trailer for a number of data records."""
    return bytes(record_bytes({"T01": "T", "T02": plan.location, "T03": "UDIRSTUD", "T04": f"{count:08}"}))


def file_lines(plan: Plan) -> Iterator[bytes]:
    """Yield a whole file, record by record, each with its line end."""
    yield header(plan) + plan.line_end
    count = 0
    for record in data_records(plan):
        yield record + plan.line_end
        count += 1
    yield trailer(plan, count) + plan.line_end


def data_records(plan: Plan, start: int = 0) -> Iterator[bytes]:
    """Yield the data records, numbered from ``start`` on; exactly `Plan.records` of them."""
    source = random.Random(f"{plan.seed} {plan.location}")  # noqa: S311 - test data that can be made again
    terms = _Terms(plan.created)
    written = 0
    number = start
    while written < plan.records:
        number += 1
        record = _student(plan, number, source, terms)
        yield record
        written += 1
        if plan.rates.duplicates and written < plan.records and source.random() < plan.rates.duplicates:
            yield _other_type(record)
            written += 1


class _Terms:
    """The term that runs on a day or begins next, as campuses have it: autumn, winter, spring, summer."""

    def __init__(self, day: date) -> None:
        starts = [
            (date(year, month, 23 if month == 9 else 5), length)
            for year in (day.year - 1, day.year, day.year + 1)
            for month, length in ((1, 75), (3, 80), (6, 80), (9, 79))
        ]
        self.begin, length = next((begin, length) for begin, length in starts if begin + timedelta(length) >= day)
        self.end = self.begin + timedelta(length)
        self.plain = self._text(self.begin, self.end)
        self.early = self.begin - timedelta(8)
        self.late = self.end + timedelta(23)

    def dates(self, *, early: bool, late: bool) -> bytes:
        return self.plain + self._text(self.early if early else self.begin, self.late if late else self.end)

    @staticmethod
    def _text(first: date, second: date) -> bytes:
        return f"{first:%Y%m%d}{second:%Y%m%d}".encode()


def _student(plan: Plan, number: int, source: random.Random, terms: _Terms) -> bytes:
    """Return one record. Its IDs come from the number, so that no two students of a location share any."""
    rates, chance = plan.rates, source.random
    kind = "U" if chance() < 0.75 else source.choice("GGGPEX")
    status = "R" if chance() < 0.85 else source.choice("ABWF")
    # Numbers that begin with 9 were never given out as SSNs.
    ssn = _digest(f"9{number:08}") if chance() < rates.ssn else b" " * 40
    vendor = b"%07d" % (number % 10_000_000) if kind == "U" and chance() < rates.vendor_id else b""
    campus = b"A%08d" % number if chance() < rates.campus_id else b""
    net = b"%d" % (10_000_000 + number) if chance() < rates.net_id else b""
    return b"".join(
        (
            plan.location.encode(),
            _digest(f"SIM{plan.location}{number:08}"),
            vendor.ljust(7),
            ssn,
            campus.ljust(32),
            net.ljust(10),
            b"Y" if chance() < rates.released else b"N",
            source.choice(LAST_NAMES).encode().ljust(40),
            source.choice(FIRST_NAMES).encode().ljust(40),
            kind.encode(),
            status.encode(),
            terms.dates(early=chance() < rates.early_grace, late=chance() < rates.late_grace),
        )
    )


def _other_type(record: bytes) -> bytes:
    """Return the record of the same student as an "other" student, without what only undergraduates have."""
    second = bytearray(record)
    second[layout().field("D10").span] = b"E" if record[layout().field("D10").span] == b"X" else b"X"
    second[layout().field("D03").span] = b" " * 7
    return bytes(second)


def _digest(text: str) -> bytes:
    return hashlib.sha1(text.encode(), usedforsecurity=False).hexdigest().upper().encode()
