"""Header and trailer: what they say, and which rules they break (UD-H02 to T06, F19, F21 to F23)."""

from dataclasses import dataclass
from datetime import date, timedelta

from udir_sim.checker.model import Finding, Previous
from udir_sim.checker.odd import unreadable
from udir_sim.checker.tally import Tally
from udir_sim.layout import layout, masked_record, shown

MERCED = b"10"
_NAME = b"UDIRSTUD"


@dataclass(frozen=True, slots=True)
class Header:
    """What a header says, as far as it can be used."""

    location: bytes | None
    """None if it is no location."""
    created: date | None
    """None if it is no day."""

    @classmethod
    def of(cls, record: bytes) -> "Header":
        """Read a header record, which may be too short."""
        location = record[1:3]
        known = location.decode("latin-1") in layout().locations or location == MERCED
        return cls(location if known else None, day_of(record[11:19]))


def day_of(text: bytes) -> date | None:
    """Return eight digits yyyymmdd as a day, or None."""
    if len(text) != 8 or not text.isdigit():
        return None
    try:
        return date(int(text[:4]), int(text[4:6]), int(text[6:]))
    except ValueError:
        return None


@dataclass(frozen=True, slots=True)
class Frame:
    """Checks header and trailer of one file."""

    tally: Tally
    as_of: date

    def header(self, record: bytes, number: int) -> None:
        """Check a header of 246 bytes."""
        self._unreadable(record, number)
        self._location(record, number, "UD-H02-LOC", "H02")
        self._name(record, number, "UD-H03-NAME", "H03")
        self._creation_date(record, number)
        self._filler(record, number, "UD-H08-FILLER", "H05")

    def trailer(self, record: bytes, number: int, header: Header | None, data_records: int) -> int | None:
        """Check a trailer of 246 bytes against the header and the number of data records; return its count."""
        self._unreadable(record, number)
        known = self._location(record, number, "UD-T02-LOC", "T02")
        if known and header is not None and header.location is not None and header.location != record[1:3]:
            note = f"the header's location is {header.location.decode()}"
            self._add("UD-F19-LOCHT", record, number, "T02", note=note)
        self._name(record, number, "UD-T03-NAME", "T03")
        count = self._count(record, number, data_records)
        self._filler(record, number, "UD-T06-FILLER", "T05")
        return count

    def _add(self, rule: str, record: bytes, number: int, field_id: str, variant: str = "", note: str = "") -> None:
        field = layout().field(field_id)
        value = record[field.span]
        # The only name that may be shown is one that was meant to be right; anything else may be text of a person.
        text = (
            value.decode("latin-1").replace(" ", "·")
            if field_id in ("H03", "T03") and value[:4].upper() == _NAME[:4] and value.isascii()
            else shown(field, value)
        )
        excerpt = masked_record(layout(), record)
        self.tally.add(rule, Finding(number, field.columns, field_id, text, note, excerpt), variant)

    def _unreadable(self, record: bytes, number: int) -> None:
        for hit in unreadable(record):
            excerpt = masked_record(layout(), record)
            self.tally.add(hit.rule, Finding(number, hit.columns, note=hit.note, excerpt=excerpt), hit.variant)

    def _location(self, record: bytes, number: int, rule: str, field_id: str) -> bool:
        """Check a location; return whether it is one of 01 to 10."""
        location = record[1:3]
        if location == MERCED:
            variant = "allowed" if self.tally.profile.allow_merced else ""
            self._add("UD-F21-LOC10", record, number, field_id, variant)
            return True
        if location.decode("latin-1") not in layout().locations:
            self._add(rule, record, number, field_id)
            return False
        return True

    def _name(self, record: bytes, number: int, rule: str, field_id: str) -> None:
        name = record[3:11]
        if name != _NAME:
            self._add(rule, record, number, field_id, "case" if name.upper() == _NAME else "")

    def _creation_date(self, record: bytes, number: int) -> None:
        text = record[11:19]
        if not text.isdigit():
            self._add("UD-H04-DATENUM", record, number, "H04")
            return
        created = day_of(text)
        if created is None:
            turned = day_of(text[4:] + text[:4])
            note = "it would be a day as mmddyyyy; the layout wants yyyymmdd" if turned else ""
            self._add("UD-H05-DATEREAL", record, number, "H04", note=note)
            return
        profile = self.tally.profile
        if created > self.as_of and created - self.as_of > timedelta(profile.future_days):
            self._add("UD-H06-FUTURE", record, number, "H04", note=f"read on {self.as_of}")
        elif self.as_of - created > timedelta(profile.max_age_days):
            self._add("UD-H07-OLD", record, number, "H04", note=f"read on {self.as_of}")

    def _count(self, record: bytes, number: int, data_records: int) -> int | None:
        text = record[11:19]
        if not text.isdigit():
            trimmed = text.strip(b" ")
            variant = "blanks" if trimmed.isdigit() else ""
            self._add("UD-T04-COUNTNUM", record, number, "T04", variant)
            if not variant:
                return None
            text = trimmed
        count = int(text)
        if count != data_records:
            note = f"{data_records} data records were counted"
            if count == data_records + 2:
                note += "; header and trailer seem to be in the count"
            self._add("UD-T05-COUNT", record, number, "T04", note=note)
        return count

    def _filler(self, record: bytes, number: int, rule: str, field_id: str) -> None:
        filler = record[layout().field(field_id).span]
        stray = filler.strip(b" ")
        # Bytes that no text may have are reported by themselves.
        if stray and not unreadable(filler):
            self._add(rule, record, number, field_id, note=f"first in column {record.index(stray[:1], 19) + 1}")


def against_previous(tally: Tally, header: Header | None, data_records: int, previous: Previous) -> None:
    """Compare volume and date with the last accepted file."""
    profile = tally.profile
    if previous.records and data_records:
        change = abs(data_records - previous.records) * 100 / previous.records
        if change > profile.volume_change_percent:
            note = f"{data_records} records, {previous.records} in the last accepted file ({change:.1f} %)"
            tally.add("UD-F22-VOLUME", Finding(0, note=note))
    created = header.created if header is not None else None
    if created is not None and previous.created is not None and created <= previous.created:
        note = f"the last accepted file is of {previous.created}"
        tally.add("UD-F23-NOTNEWER", Finding(1, (12, 19), "H04", f"{created:%Y%m%d}", note))
