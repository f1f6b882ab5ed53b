"""The base file of all examples, and the small language in which examples edit it.

An edit is a list of steps, divided by ``;``. ``·`` is a blank, ``·×40`` are forty of them, ``<F1>`` is a byte.

========================  =============================================================
``base``                  no change
``D1@213=Q``              write Q over record D1 from column 213 on
``D1[50-89]=…``           put another text, of any length, in the place of columns 50 to 89 (``[1-0]``: in front)
``D1 cut 245``            keep the first 245 bytes
``copy D1``               add a copy as the last data record (the third is called D3)
``drop D1``               leave a record out
``repeat H``              the record twice in a row
``T before D2``           move a record
``T@12={blanks count}``   the right count with blanks in front
``T@2={other}``           a location that is not the header's
``count``                 set the trailer's count right
``T@12={count+2}``        eight digits, counted from the right count
``empty line after T``    an empty line
``Ctrl-Z``                X'1A' as the last line
``ends LF|CR|nothing``    the line end of all records (base: CR LF)
``end H other``           one record ends with LF where the others end with CR LF, or the other way round
``no last end``           the last record has none
``nothing``               an empty file
``recode cp037``          all bytes in another code; ``bom utf-8`` puts a mark in front
``as-of 20000301``        the day of receipt (base: 2 September 1999)
``previous 2 19990831``   the last accepted file had 2 records and that date
``profile allow_merced``  a switch of the profile is on
========================  =============================================================
"""

import codecs
import re
from dataclasses import dataclass, field
from datetime import date

from udir_sim.layout import layout

BASE_DAY = date(1999, 9, 2)
"""The day on which examples are read."""
BASE_CREATED = date(1999, 9, 1)
"""The creation date of the base file."""

_ENDS = {"LF": b"\n", "CR": b"\r", "CRLF": b"\r\n", "nothing": b""}
_SET = re.compile(r"([HTD]\d*)@(\d+)=(.*)")
_SPLICE = re.compile(r"([HTD]\d*)\[(\d+)-(\d+)\]=(.*)")
_COUNT = re.compile(r"\{count([+-]\d+)\}")
_BYTE = re.compile(r"<([0-9A-F]{2})>")
_REPEAT = re.compile(r"(.)×(\d+)")


@dataclass(frozen=True, slots=True)
class Sample:
    """A file and what it is read with."""

    content: bytes
    as_of: date = BASE_DAY
    previous: tuple[int, date] | None = None
    """Records and creation date of the last accepted file."""
    switches: tuple[str, ...] = ()
    """Switches of the profile that are on."""


@dataclass(slots=True)
class Draft:
    """Records that are being edited, by name: ``H``, ``D1``…, ``T``."""

    records: list[tuple[str, bytearray]]
    end: bytes = b"\r\n"
    ends: dict[str, bytes] = field(default_factory=dict)
    after: dict[str, bytes] = field(default_factory=dict)
    encoding: str = ""
    mark: bytes = b""
    empty: bool = False
    as_of: date = BASE_DAY
    previous: tuple[int, date] | None = None
    switches: tuple[str, ...] = ()
    extra: int = 0
    """Data records that are not named here and will stand before D2."""

    def record(self, name: str) -> bytearray:
        """Return a record by name.

        Raises:
            ValueError: there is none.

        """
        return self.records[self.place(name)][1]

    def place(self, name: str) -> int:
        """Return where a record stands, from 0."""
        for place, (each, _) in enumerate(self.records):
            if each == name:
                return place
        raise ValueError(f"no record {name!r}; there are {[each for each, _ in self.records]}")

    def data_count(self) -> int:
        """Return how many data records there are."""
        return self.extra + self._named()

    def next_name(self) -> str:
        """Return the name of a data record that is added."""
        return f"D{self._named() + 1}"

    def _named(self) -> int:
        return sum(name.startswith("D") for name, _ in self.records)

    def sample(self) -> Sample:
        """Return the file."""
        parts = [self.mark]
        for name, record in self.records:
            parts += [bytes(record), self.ends.get(name, self.end), self.after.get(name, b"")]
        content = b"" if self.empty else b"".join(parts)
        if self.encoding:
            content = content.decode("latin-1").encode(self.encoding)
        return Sample(content, self.as_of, self.previous, self.switches)


def base_records() -> list[tuple[str, bytearray]]:
    """Return the four records of the base file. The people are invented, their SSN has never been issued."""
    header = {"H01": "H", "H02": "06", "H03": "UDIRSTUD", "H04": "19990901"}
    trailer = {"T01": "T", "T02": "06", "T03": "UDIRSTUD", "T04": "00000002"}
    first = {
        "D01": "06",
        "D02": "690492E0893D28AFA4E2B6C9AE8885BEBE69307B",
        "D03": "1234567",
        "D04": "49D42919B4E5BCB7486BA48D989AC11BA5568757",
        "D05": "A00012345",
        "D06": "1234567",
        "D07": "Y",
        "D08": "O'Neil",
        "D09": "Mary Ann",
        "D10": "U",
        "D11": "R",
        "D12": "19990923",
        "D13": "19991211",
        "D14": "19990915",
        "D15": "20000103",
    }
    second = {
        "D01": "06",
        "D02": "481CC8E9CADF000A462B31629335CC9BAECF8DD3",
        "D06": "7654321",
        "D07": "N",
        "D08": "RIVERA",
        "D09": "Jo",
        "D10": "G",
        "D11": "A",
        "D12": "19990923",
        "D13": "19991211",
        "D14": "19990923",
        "D15": "19991211",
    }
    return [
        ("H", record_bytes(header)),
        ("D1", record_bytes(first)),
        ("D2", record_bytes(second)),
        ("T", record_bytes(trailer)),
    ]


def record_bytes(values: dict[str, str]) -> bytearray:
    """Return a record with its fields written, all else blank."""
    record = bytearray(b" " * layout().length)
    for field_id, value in values.items():
        span = layout().field(field_id).span
        record[span] = value.encode("latin-1").ljust(span.stop - span.start)
    return record


def sample(edit: str = "base") -> Sample:
    """Return the base file after an edit.

    Raises:
        ValueError: the edit is not understood; the message quotes the step.

    """
    return apply_edit(Draft(base_records()), edit).sample()


def apply_edit(draft: Draft, edit: str) -> Draft:
    """Carry out the steps of an edit and return the draft."""
    for step in edit.split(";"):
        _apply(draft, step.strip())
    return draft


def _apply(draft: Draft, step: str) -> None:
    if match := _SET.fullmatch(step):
        record, start, value = draft.record(match[1]), int(match[2]) - 1, _value(match[3], draft)
        record[start : start + len(value)] = value
        return
    if match := _SPLICE.fullmatch(step):
        draft.record(match[1])[int(match[2]) - 1 : int(match[3])] = _value(match[4], draft)
        return
    match step.split():
        case ["base"]:
            pass
        case ["nothing"]:
            draft.empty = True
        case [name, "cut", length]:
            del draft.record(name)[int(length) :]
        case ["copy", name]:
            last = max(place for place, (each, _) in enumerate(draft.records) if each.startswith("D"))
            draft.records.insert(last + 1, (draft.next_name(), bytearray(draft.record(name))))
        case ["drop", name]:
            del draft.records[draft.place(name)]
        case ["repeat", name]:
            draft.records.insert(draft.place(name) + 1, (f"{name}+", bytearray(draft.record(name))))
        case [name, "before", other]:
            moved = draft.records.pop(draft.place(name))
            draft.records.insert(draft.place(other), moved)
        case ["count"]:
            draft.record("T")[11:19] = b"%08d" % draft.data_count()
        case ["empty", "line", "after", name]:
            draft.after[name] = draft.end
        case ["Ctrl-Z"]:
            draft.after[draft.records[-1][0]] = b"\x1a"
        case ["ends", end]:
            draft.end = _ENDS[end]
        case ["end", name, "other"]:
            draft.ends[name] = _ENDS["LF" if draft.end == _ENDS["CRLF"] else "CRLF"]
        case ["no", "last", "end"]:
            draft.ends[draft.records[-1][0]] = b""
        case ["recode", encoding]:
            draft.encoding = encoding
        case ["bom", "utf-8"]:
            draft.mark = codecs.BOM_UTF8
        case ["as-of", day]:
            draft.as_of = date.fromisoformat(day)
        case ["previous", count, day]:
            draft.previous = (int(count), date.fromisoformat(day))
        case ["profile", switch]:
            draft.switches += (switch,)
        case _:
            raise ValueError(f"the step {step!r} is not understood")


def _value(text: str, draft: Draft) -> bytes:
    other = "01" if bytes(draft.records[0][1][1:3]) == b"09" else "09"
    text = text.replace("{other}", other)
    text = text.replace("{blanks count}", f"{draft.data_count():8}")
    text = _COUNT.sub(lambda found: f"{draft.data_count() + int(found[1]):08}", text)
    text = _REPEAT.sub(lambda found: found[1] * int(found[2]), text)
    text = _BYTE.sub(lambda found: chr(int(found[1], 16)), text)
    return text.replace("·", " ").encode("latin-1")
