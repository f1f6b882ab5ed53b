"""The value classes in which libxml2 departs from the XSD standard, one by one."""

import re
import unicodedata

import pytest
from lxml import etree
from schema_documents import student, verdicts, with_change

from sevis_sim.resources import folder
from sevis_sim.schemas import parse, release
from sevis_sim.schemas.hardening import DIGITS, as_written, harden, spell_out_digits

BIRTH = "<BirthDate>2004-05-01</BirthDate>"
UNKNOWN_DIGIT = "\U00011d50"  # a decimal digit that libxml2 does not know
NO_DIGIT = "\u1369"  # an Ethiopic number that libxml2 takes for one


def plain_libxml2_accepts(document):
    schema = etree.XMLSchema(etree.parse(folder("schemas") / "6.31" / "Create-UpdateStudent.xsd"))
    return schema.validate(parse(document))


@pytest.mark.parametrize(
    ("old", "new", "standard"),
    [
        (BIRTH, "<BirthDate> 2004-05-01\n</BirthDate>", True),
        (BIRTH, "<BirthDate>\t2004-05-01Z </BirthDate>", True),
        ("<LastName>SAMPLE", f"<LastName>SAMPLE{UNKNOWN_DIGIT}", False),
        ("<LastName>SAMPLE", f"<LastName>SAMPLE{NO_DIGIT}", True),
        (BIRTH, "<BirthDate>999999999999-05-01</BirthDate>", False),
        (BIRTH, "<BirthDate>12004-05-01</BirthDate>", False),
        (BIRTH, "<BirthDate>-2004-05-01</BirthDate>", False),
    ],
)
def test_a_verdict_that_libxml2_gets_wrong_is_set_right(old, new, standard):
    document = with_change(student(), old, new)
    assert plain_libxml2_accepts(document) is not standard
    assert (release().validate(parse(document)) == []) is standard


@pytest.mark.parametrize(
    ("old", "new", "standard"),
    [
        (BIRTH, "<BirthDate> </BirthDate>", False),
        (BIRTH, "<BirthDate>2004-05 -01</BirthDate>", False),
        (BIRTH, "<BirthDate> 2004-02-30 </BirthDate>", False),
        (BIRTH, "<BirthDate>\u00a02004-05-01</BirthDate>", False),
        (BIRTH, "<BirthDate> 12004-05-01 </BirthDate>", False),
        (BIRTH, "<BirthDate>0000-05-01</BirthDate>", False),
        ("<Tuition>12000", "<Tuition>12_000", False),
        ("<Tuition>12000", "<Tuition>\u0661\u0662", False),
        ("<Tuition>12000", "<Tuition> +012000 ", True),
        ("<EngRequired>true", "<EngRequired>true\u00a0", False),
        ("<EngRequired>true", "<EngRequired> true ", True),
        ('requestID="1"', 'requestID="\u00a0"', True),
        ("<USNumber>2025550100", "<USNumber>\u0662\u0660\u0662\u0665\u0665\u0665\u0660\u0661\u0660\u0660", True),
        ("<LastName>SAMPLE", "<LastName>MÜLLER-ΩΜΕΓΑ", True),
    ],
)
def test_a_verdict_that_libxml2_gets_right_stays(old, new, standard):
    document = with_change(student(), old, new)
    assert plain_libxml2_accepts(document) is standard
    assert (release().validate(parse(document)) == []) is standard


def test_a_date_between_blanks_does_not_excuse_another_fault():
    document = with_change(student(), BIRTH, "<BirthDate> 2004-05-01 </BirthDate>")
    document = with_change(document, "<Gender>F", "<Gender>X")
    (violation,) = release().validate(parse(document))
    assert violation.element == "Gender"


def test_blanks_are_kept_where_they_count():
    remarks = "<Remarks>" + " " * 495 + "2004-05-01</Remarks>"  # 505 characters, 500 allowed
    document = with_change(student(), "</FinancialInfo>", f"</FinancialInfo>{remarks}")
    (violation,) = release().validate(parse(document))
    assert violation.element == "Remarks"


def test_the_document_is_not_changed():
    document = with_change(student(), BIRTH, "<BirthDate> 2004-05-01 </BirthDate>")
    tree = parse(document)
    before = etree.tostring(tree)
    assert release().validate(tree) == []
    assert etree.tostring(tree) == before


def test_the_list_of_digits_is_that_of_unicode():
    listed = {chr(code) for code in range(0x110000) if re.match(f"[{DIGITS}]", chr(code))}
    known = {chr(code) for code in range(0x110000) if unicodedata.category(chr(code)) == "Nd"}
    assert listed <= known
    if unicodedata.unidata_version == "14.0.0":
        assert listed == known


def accepts(pattern, texts):
    """Whether hardened libxml2 takes each of the texts."""
    schema = etree.fromstring(
        '<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema"><xs:element name="e"><xs:simpleType>'
        '<xs:restriction base="xs:string"><xs:pattern/></xs:restriction></xs:simpleType></xs:element></xs:schema>'
    )
    schema.find(".//{*}pattern").set("value", pattern)
    harden(schema)
    return verdicts(schema, texts)


def test_every_digit_is_one_and_no_other_character_is():
    digits = [chr(zero) for start, end in re.findall("(.)-(.)", DIGITS) for zero in range(ord(start), ord(end) + 1)]
    blocks = [(0x20, 0xD800), (0xE000, 0xFFFE), (0x10000, 0x110000)]
    known = set(digits)
    others = [chr(code) for low, high in blocks for code in range(low, high) if chr(code) not in known]
    thousands = ["".join(others[start : start + 1_000]) for start in range(0, len(others), 1_000)]
    assert len(digits) == 660
    assert all(accepts(r"\d", digits))
    assert not any(accepts(r"\D", digits))
    assert all(accepts(r"\D+", thousands))
    assert not any(accepts(r"\d", ["\u1369", "\u1371", "x", "\u0e4f", "\u00b2", "\u2160"]))


def test_digits_are_spelled_out_inside_and_outside_of_classes():
    assert spell_out_digits(r"\d{4}") == f"[{DIGITS}]{{4}}"
    assert spell_out_digits(r"[a\d]\\d") == f"[a{DIGITS}]\\\\d"
    assert accepts(r"\D{2,3}x", ["abx", "abcx", "ax", "abcdx", "a1x"]) == [True, True, False, False, False]


def test_messages_show_the_pattern_as_the_schema_has_it():
    assert as_written(spell_out_digits(r"[a\d]\D\d")) == r"[a\d]\D\d"
