r"""Making libxml2 follow the XSD standard where it is known not to.

The schemas that lxml compiles are changed on the way in, so that a document costs nothing extra:

* ``\d`` means every decimal digit of Unicode (category Nd, XML Schema Part 2 appendix F.1.1). libxml2 knows an
  old list: it lacks some 400 digits and counts U+1369 to U+1371 among them. ``\d`` and ``\D`` are spelled out.
* Years have four digits. The standard lets a processor stop there (Part 2 §3.2.7, §3.2.9), and the dates of SEVIS
  do; libxml2 takes years of any length, and negative ones.

Dates between blanks and ``xsi:type`` between blanks are legal, and libxml2 refuses them. No schema can say
otherwise; `repair` removes such blanks from a document that libxml2 has refused, and it is judged again.
"""

import copy
import re
from collections.abc import Iterable

from lxml import etree

_XS = "{http://www.w3.org/2001/XMLSchema}"
_XSI_TYPE = "{http://www.w3.org/2001/XMLSchema-instance}type"
_BLANKS = " \t\r\n"

# First digit of each run of ten; the mathematical digits are five runs in a row. Unicode 14.
_ZEROES = (
    0x30, 0x660, 0x6F0, 0x7C0, 0x966, 0x9E6, 0xA66, 0xAE6, 0xB66, 0xBE6, 0xC66, 0xCE6, 0xD66, 0xDE6, 0xE50,
    0xED0, 0xF20, 0x1040, 0x1090, 0x17E0, 0x1810, 0x1946, 0x19D0, 0x1A80, 0x1A90, 0x1B50, 0x1BB0, 0x1C40,
    0x1C50, 0xA620, 0xA8D0, 0xA900, 0xA9D0, 0xA9F0, 0xAA50, 0xABF0, 0xFF10, 0x104A0, 0x10D30, 0x11066,
    0x110F0, 0x11136, 0x111D0, 0x112F0, 0x11450, 0x114D0, 0x11650, 0x116C0, 0x11730, 0x118E0, 0x11950,
    0x11C50, 0x11D50, 0x11DA0, 0x16A60, 0x16AC0, 0x16B50, 0x1D7CE, 0x1D7D8, 0x1D7E2, 0x1D7EC, 0x1D7F6,
    0x1E140, 0x1E2F0, 0x1E950, 0x1FBF0,
)  # fmt: skip
DIGITS = "".join(f"{chr(zero)}-{chr(zero + 9)}" for zero in _ZEROES)
"""All decimal digits, as the inside of a character class."""

# libxml2 goes through a class range by range, so that a negated one with all the digits would make names twenty
# times slower: characters before the second zero are told apart by a class of two ranges, the rest by the gaps.
_SECOND = chr(_ZEROES[1])
_GAPS = "".join(
    f"{chr(zero + 10)}-{chr(following - 1)}"
    for zero, following in zip(_ZEROES[1:], (*_ZEROES[2:], 0x110000), strict=True)
    if following > zero + 10
)
_NO_DIGIT = f"([^0-9{_SECOND}-\U0010ffff]|[{_GAPS}])"

FOUR_DIGIT_YEAR = "[0-9]{4}-.*"
"""The form that dates and instants must have besides being valid."""


def spell_out_digits(pattern: str) -> str:
    r"""Return an XSD pattern with ``\d`` and ``\D`` replaced by character classes.

    ``\D`` inside a class stays as it is, since a class cannot hold a negation.
    """
    result, in_class = [], False
    for part in re.findall(r"\\.|.", pattern, re.DOTALL):
        if part == "[":
            in_class = True
        elif part == "]":
            in_class = False
        if part == r"\d":
            result.append(DIGITS if in_class else f"[{DIGITS}]")
        elif part == r"\D" and not in_class:
            result.append(_NO_DIGIT)
        else:
            result.append(part)
    return "".join(result)


def as_written(message: str) -> str:
    """Return a message with the patterns as the schema has them, before `spell_out_digits`."""
    message = message.replace(_NO_DIGIT, r"\D").replace(f"[{DIGITS}]", r"\d")
    return message.replace(DIGITS, r"\d")


def harden(schema: etree._Element) -> None:
    """Change a parsed schema document in place, before lxml compiles it."""
    for pattern in schema.iter(f"{_XS}pattern"):
        pattern.set("value", spell_out_digits(pattern.get("value", "")))
    for restriction in schema.iter(f"{_XS}restriction"):
        prefix, _, base = restriction.get("base", "").rpartition(":")
        if base in ("date", "dateTime") and restriction.nsmap.get(prefix or None) == _XS[1:-1]:
            etree.SubElement(restriction, f"{_XS}pattern", value=FOUR_DIGIT_YEAR)


# libxml2 names the type, not the value's class: the types of dates in the schemas of SEVIS begin with Date.
_BAD_DATE = re.compile(r"is not a valid value of the (?:atomic|union) type '(?:xs:date|\{[^}]*\}Date)\w*'")
_DATE = re.compile(r"-?\d{4,}-\d\d-\d\d\S*")


def repair(tree: etree._ElementTree, errors: Iterable[etree._LogEntry]) -> etree._ElementTree | None:
    """Return a copy of a refused document without the blanks that libxml2 wrongly refuses.

    Returns:
        None if no such blanks are among the errors.
    """
    result: etree._ElementTree | None = None
    for error in errors:
        dated = _BAD_DATE.search(error.message)
        if not dated and error.type_name not in ("SCHEMAV_CVC_ELT_4_2", "SCHEMAV_CVC_DATATYPE_VALID_1_2_1"):
            continue
        element = locate(result or tree, error.path)
        if element is None:
            continue
        text, kind = element.text or "", element.get(_XSI_TYPE, "")
        blank_date = dated and text != text.strip(_BLANKS) and _DATE.fullmatch(text.strip(_BLANKS))
        if not blank_date and kind == kind.strip(_BLANKS):
            continue
        if result is None:
            result = copy.deepcopy(tree)
            element = locate(result, error.path)
            if element is None:
                return None
        if blank_date:
            element.text = text.strip(_BLANKS)
        if kind:
            element.set(_XSI_TYPE, kind.strip(_BLANKS))
    return result


def locate(tree: etree._ElementTree, path: str | None) -> etree._Element | None:
    """Return the element at the path of an error of libxml2; None where the path cannot be followed."""
    if not path:
        return None
    try:
        found = tree.xpath(path, namespaces=_prefixes(tree) if ":" in path else None)
    except etree.XPathError:
        return None
    first = found[0] if isinstance(found, list) and found else None
    return first if isinstance(first, etree._Element) else None


def _prefixes(tree: etree._ElementTree) -> dict[str, str]:
    result: dict[str, str] = {}
    for element in tree.iter(etree.Element):
        result.update({prefix: uri for prefix, uri in element.nsmap.items() if prefix})
    return result
