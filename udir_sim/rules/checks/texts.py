"""Rules of the location, the codes, the IDs and the names: UD-F04, F05, F20, F21, UD-D01, D03, D05 to D11."""

# ruff: noqa: D103, ARG001 - what a function finds is the condition of its rule in the catalogue, not said twice here
# mypy: disable-error-code="no-any-return"
# (numpy's types lose track of & and | between masks)

import numpy as np

from udir_sim.layout import layout
from udir_sim.rules.catalogue import words
from udir_sim.rules.checks.registry import Checks
from udir_sim.rules.checks.rows import BLANK, Bytes, Group, Mask, Rows, between, digit, every, letter, some, upper

check = Checks()
ALL_FIELDS = tuple(field.id for field in layout().data.fields)
NAMES = ("D08", "D09")
IDS = ("D05", "D06")
FLAGS = ("D07", "D10", "D11")


def control(values: Bytes) -> Mask:
    """Return which bytes are control characters, DEL among them."""
    return (values < 0x20) | (values == 0x7F)


def latin_letter(values: Bytes) -> Mask:
    """Return which bytes are accented letters in Latin-1; × and ÷ stand among them and are none."""
    return (values >= 0xC0) & (values != 0xD7) & (values != 0xF7)


unreadable = Checks()


def with_unreadable(rows: Rows, field: str) -> Mask:
    values = rows.bytes(field)
    return ~every((values >= BLANK) & (values < 0x7F))


@unreadable("UD-F05-CTRL", *ALL_FIELDS, among=with_unreadable)
def control_byte(rows: Rows, field: str) -> Mask:
    return some(control(rows.bytes(field)))


@unreadable("UD-F04-ASCII", *ALL_FIELDS, among=with_unreadable)
def foreign_byte(rows: Rows, field: str) -> Mask:
    values = rows.bytes(field)
    foreign = values >= 0x80
    if field in NAMES:
        foreign &= ~latin_letter(values)
    return some(foreign)


@unreadable("UD-F04-ASCII", *NAMES, variant="name letter", closes=False, among=with_unreadable)
def foreign_letter(rows: Rows, field: str) -> Mask:
    return some(latin_letter(rows.bytes(field)))


def _location_in(rows: Rows, locations: list[bytes]) -> Mask:
    first, second = rows.bytes("D01")[:, 0], rows.bytes("D01")[:, 1]
    found = rows.none()
    for location in locations:
        found |= (first == location[0]) & (second == location[1])
    return found


@check("UD-F21-LOC10", "D01")
def merced(rows: Rows, field: str) -> Mask:
    return _location_in(rows, [b"10"]) & (not rows.context.profile.allow_merced)


@check("UD-F21-LOC10", "D01", variant="allowed", closes=False)
def merced_allowed(rows: Rows, field: str) -> Mask:
    return _location_in(rows, [b"10"]) & rows.context.profile.allow_merced


@check("UD-D01-ENUM", "D01")
def unknown_location(rows: Rows, field: str) -> Mask:
    known = [location.encode() for location in layout().locations]
    return ~_location_in(rows, [*known, b"10"])


@check("UD-F20-LOCDATA", "D01")
def other_location(rows: Rows, field: str) -> Mask:
    location = rows.context.location
    return rows.none() if location is None else ~_location_in(rows, [location])


@check("UD-D03-NOTU", "D03")
def vendor_of_others(rows: Rows, field: str) -> Mask:
    return rows.text(field).filled & np.isin(rows.type_letter(), np.frombuffer(b"PGEX", np.uint8))


@check("UD-D03-JUST", "D03", closes=False)
@check("UD-D05-JUST", "D05", closes=False)
@check("UD-D06-JUST", "D06", closes=False)
@check("UD-D08-JUST", "D08", closes=False)
@check("UD-D09-JUST", "D09", closes=False)
def not_left_justified(rows: Rows, field: str) -> Mask:
    text = rows.text(field)
    return text.filled & (text.begin > 0)


@check("UD-??-FAKE", *IDS)
def filler_word(rows: Rows, field: str) -> Mask:
    text = rows.text(field)
    # Real IDs rarely repeat their first character to the end; words are looked up for those that begin like one.
    inside = (np.arange(text.bytes.shape[1]) >= text.begin[:, None]) & (
        np.arange(text.bytes.shape[1]) < text.length[:, None]
    )
    values = upper(text.bytes)
    first = values[np.arange(rows.count), text.begin]
    repeated = (values == first[:, None]) | ~inside
    found = text.filled & every(repeated) & np.isin(first, np.frombuffer(b"0X?.-*#", np.uint8))
    may_be_word = text.filled & ~found & (text.length - text.begin <= 14)
    may_be_word &= np.isin(first, np.array(sorted({ord(word[0]) for word in words().fillers}), np.uint8))
    for record in np.flatnonzero(may_be_word):
        value = values[record].tobytes().strip(b" ").decode("latin-1")
        found[record] = value in words().fillers
    return found


@check("UD-??-EMBED", *IDS, closes=False)
def blank_inside(rows: Rows, field: str) -> Mask:
    return rows.text(field).embedded_blank()


@check("UD-??-UPPER", "D03", *IDS, closes=False)
def lower_case(rows: Rows, field: str) -> Mask:
    return some(between(rows.bytes(field), "a", "z"))


@check("UD-D03-CHARS", "D03", closes=False)
def unusual_vendor(rows: Rows, field: str) -> Mask:
    text = rows.text(field)
    allowed = letter(text.bytes) | digit(text.bytes) | ~text.nonblank
    return ~every(allowed) | text.embedded_blank()


@check("UD-D03-UBLANK", "D03", closes=False, group=Group(0))
def undergraduate_without_vendor(rows: Rows, field: str) -> Mask:
    return ~rows.text(field).filled & (rows.type_letter() == ord("U"))


@check("UD-D06-NONE", "D06", closes=False, group=Group(0))
def no_net_id(rows: Rows, field: str) -> Mask:
    return ~rows.text(field).filled


@check("UD-??-UPPER", *FLAGS)
def lower_case_code(rows: Rows, field: str) -> Mask:
    values = rows.byte(field)
    return between(values, "a", "z") & _known_code(upper(values), field)


@check("UD-??-ENUM", *FLAGS)
def unknown_code(rows: Rows, field: str) -> Mask:
    return ~_known_code(rows.byte(field), field)


def _known_code(values: Bytes, field: str) -> Mask:
    return np.isin(values, np.frombuffer("".join(layout().field(field).values).encode(), np.uint8))


@check("UD-D08-REQ", "D08")
@check("UD-D09-BLANK", "D09")
def no_name(rows: Rows, field: str) -> Mask:
    return ~rows.text(field).filled


@check("UD-??-DIGIT", *NAMES, closes=False)
def digit_in_name(rows: Rows, field: str) -> Mask:
    return some(digit(rows.bytes(field)))
