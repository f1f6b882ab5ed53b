"""The rules of single data records as a plain loop over them: what a campus programmer would write first.

The peer of ``benchmarks/udir.py``, and the second opinion of the checker's tests. It shares only the tables of words
and digests with `udir_sim`.
"""

import hashlib
import re
from collections.abc import Iterable, Iterator
from datetime import date

from udir_sim.rules import words

HEX = re.compile(r"[0-9A-Fa-f]{40}")
SSN = re.compile(r"[0-9]{3}-[0-9]{2}-[0-9]{4}")
HASHED = {"D02": (3, 42), "D04": (50, 89)}
FIELDS = {
    "D01": (1, 2), "D02": (3, 42), "D03": (43, 49), "D04": (50, 89), "D05": (90, 121), "D06": (122, 131),
    "D07": (132, 132), "D08": (133, 172), "D09": (173, 212), "D10": (213, 213), "D11": (214, 214),
    "D12": (215, 222), "D13": (223, 230), "D14": (231, 238), "D15": (239, 246),
}  # fmt: skip


def check_records(records: Iterable[str], location: str, reference: date) -> Iterator[tuple[int, str, str]]:
    """Yield (position, rule, field) for each broken rule of data records of 246 characters (Latin-1)."""
    for position, record in enumerate(records):
        for rule, field in check_record(record, location, reference):
            yield position, rule, field


def check_record(record: str, location: str, reference: date) -> set[tuple[str, str]]:
    """Return (rule, field) for each broken rule of one data record."""
    value = {name: record[first - 1 : last] for name, (first, last) in FIELDS.items()}
    found: set[tuple[str, str]] = set()
    closed: set[str] = set()

    def say(rule: str, field: str, close: bool = False) -> None:
        found.add((f"UD-{rule}", field))
        if close:
            closed.add(field)

    for name, text in value.items():
        if re.search(r"[\x00-\x1f\x7f]", text):
            say("F05-CTRL", name, close=True)
        elif name in ("D08", "D09"):
            if re.search(r"[\x80-\xbf\xd7\xf7]", text):
                say("F04-ASCII", name, close=True)
            elif re.search(r"[\x80-\xff]", text):
                say("F04-ASCII", name)
        elif re.search(r"[\x80-\xff]", text):
            say("F04-ASCII", name, close=True)
    for name in HASHED:
        if name not in closed:
            digest(name, value[name], say)
    if value["D04"].strip(" ") and value["D04"].upper() == value["D02"].upper() and not closed & {"D02", "D04"}:
        say("S11-IDISSSN", "D04")
    for name in ("D03", "D05", "D06"):
        plain = value[name].strip(" ")
        if name not in closed and plain:
            digest_of_it = hashlib.sha1(plain.encode("latin-1")).hexdigest().upper()
            if digest_of_it == value["D04"].upper() and "D04" not in closed:
                say("S12-SSNINCLEAR", name, close=True)
            if digest_of_it == value["D02"].upper() and "D02" not in closed and name not in closed:
                say("S13-IDINCLEAR", name)
    for name in ("D05", "D06", "D08", "D09"):
        number = SSN.search(value[name]) or (name in ("D08", "D09") and re.search("[0-9]{9}", value[name]))
        if name not in closed and number:
            say("S15-SSNELSEWHERE", name, close=True)
        if name in ("D05", "D06") and name not in closed and re.fullmatch("[0-9]{9}", value[name].strip(" ")):
            say("S16-NINEDIGITS", name)
    codes(value, location, closed, say)
    texts(value, closed, say)
    dates(value, closed, reference, say)
    return found


def digest(name, text, say):
    plain = text.rstrip(" ")
    justified = bool(plain) and not text.startswith(" ")
    if plain and text == text[0] * 40:
        say("S14-FILLED", name, True)
    elif justified and re.fullmatch("[0-9]{9}", plain):
        say("S01-SSN9", name, True)
    elif justified and re.fullmatch("[0-9]{3}([- ])[0-9]{2}([- ])[0-9]{4}", plain) and plain[3] == plain[6]:
        say("S02-SSNDASH", name, True)
    elif justified and re.fullmatch("[0-9A-Fa-f]{32}", plain):
        say("S03-MD5", name, True)
    elif re.fullmatch("(?:[0-9A-Fa-f]{8} ){4}[0-9A-Fa-f]{4}", text):
        say("S06-SPACED", name, True)
    elif justified and re.fullmatch("[0-9A-Za-z+/]{27}=", plain):
        say("S08-BASE64", name, True)
    elif justified and re.fullmatch("[0-9A-Fa-f]{11,39}", plain):
        say("S05-SHORTHEX", name, True)
    elif name == "D02" and justified and re.fullmatch("[0-9A-Za-z-]{1,20}", plain):
        say("S04-CLEARID", name, True)
    elif name == "D02" and not plain:
        say("D02-REQ", name, True)
    elif plain and not HEX.fullmatch(text):
        say(f"{name}-HEX", name, True)
    else:
        if re.search("[a-f]", text):
            say(f"{name}-CASE", name)
        if text.upper() in words().null_digests:
            say("S09-NULLHASH", name)
        if text.upper() in words().test_digests:
            say("S10-TESTHASH", name)


def codes(value, location, closed, say):
    if "D01" not in closed:
        if value["D01"] == "10":
            say("F21-LOC10", "D01", True)
        elif value["D01"] not in ("01", "02", "03", "04", "05", "06", "07", "08", "09"):
            say("D01-ENUM", "D01", True)
        elif value["D01"] != location:
            say("F20-LOCDATA", "D01", True)
    for name, letters in (("D07", "YN"), ("D10", "UGPEX"), ("D11", "ARBWF")):
        if name in closed or value[name] in letters:
            continue
        say(f"{name}-UPPER" if value[name].islower() and value[name].upper() in letters else f"{name}-ENUM", name, True)


def texts(value, closed, say):
    kind = value["D10"].upper() if value["D10"].isascii() else value["D10"]
    vendor = value["D03"]
    if "D03" not in closed:
        if vendor.strip(" ") and kind in "PGEX":
            say("D03-NOTU", "D03", True)
        else:
            if vendor.strip(" ") and vendor.startswith(" "):
                say("D03-JUST", "D03")
            if re.search("[a-z]", vendor):
                say("D03-UPPER", "D03")
            if re.search("[^0-9A-Za-z ]", vendor) or " " in vendor.strip(" "):
                say("D03-CHARS", "D03")
            if not vendor.strip(" ") and kind == "U":
                say("D03-UBLANK", "D03")
    for name in ("D05", "D06"):
        text, plain = value[name], value[name].strip(" ")
        if name in closed:
            continue
        if plain and text.startswith(" "):
            say(f"{name}-JUST", name)
        if plain.upper() in words().fillers or re.fullmatch(r"0+|[Xx]+|\?+|\.+|-+|\*+|#+", plain):
            say(f"{name}-FAKE", name, True)
            continue
        if " " in plain:
            say(f"{name}-EMBED", name)
        if re.search("[a-z]", plain):
            say(f"{name}-UPPER", name)
        if name == "D06" and not plain:
            say("D06-NONE", name)
    for name, missing in (("D08", "D08-REQ"), ("D09", "D09-BLANK")):
        if name in closed:
            continue
        if not value[name].strip(" "):
            say(missing, name, True)
            continue
        if value[name].startswith(" "):
            say(f"{name}-JUST", name)
        if re.search("[0-9]", value[name]):
            say(f"{name}-DIGIT", name)


def dates(value, closed, reference, say):
    days = {}
    for name in ("D12", "D13", "D14", "D15"):
        if name in closed:
            continue
        text = value[name]
        if not text.strip(" "):
            say(f"{name}-REQ", name, True)
        elif not re.fullmatch("[0-9]{8}", text):
            say(f"{name}-NUM", name, True)
        else:
            try:
                days[name] = date(int(text[:4]), int(text[4:6]), int(text[6:]))
            except ValueError:
                say(f"{name}-REAL", name, True)
                continue
            if not 1990 <= days[name].year <= 2099:
                say(f"{name}-RANGE", name, True)
                del days[name]
    begin, end, since, until = (days.get(name) for name in ("D12", "D13", "D14", "D15"))
    if begin and end:
        if begin > end:
            say("X01-TERM", "D13")
        if (end - begin).days > 370:
            say("X07-TERMLEN", "D13")
    if since and until and since > until:
        say("X02-ELIG", "D15")
    if begin and since:
        if since > begin:
            say("X03-GRACEBEG", "D14")
        if (begin - since).days > 90:
            say("X05-GRACELONG", "D14")
    if end and until:
        if until < end:
            say("X04-GRACEEND", "D15")
        if (until - end).days > 120:
            say("X06-GRACELONG", "D15")
    if until and until < reference:
        say("X08-PAST", "D15")
