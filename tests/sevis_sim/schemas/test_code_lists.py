"""Lists of codes as patterns: the same texts are accepted, and no others."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree
from schema_documents import student, verdicts, with_change
from support import REFERENCE

from sevis_sim.resources import folder
from sevis_sim.schemas import parse, release
from sevis_sim.schemas.code_lists import FEWEST, pattern_of, quicken

XS = "{http://www.w3.org/2001/XMLSchema}"
HEAD = '<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" xmlns="http://www.w3.org/2001/XMLSchema">'
MANY = [f"A{number}" for number in range(FEWEST)]

# What patterns are written with, what XML treats apart, and letters, so that codes begin alike.
codes = st.text(st.sampled_from("ab.\\?*+{}()[]|^-& <\"'é\u1d50\U0001f600\u00a0"), max_size=6)


def enumeration(values, base="xs:string", extra="", within="simpleType"):
    """One element ``e`` of a type with these codes."""
    schema = etree.fromstring(
        f'{HEAD}<xs:element name="e"><xs:{within}><xs:restriction base="{base}">{extra}</xs:restriction>'
        f"</xs:{within}></xs:element></xs:schema>"
    )
    for value in values:
        etree.SubElement(schema.find(f".//{XS}restriction"), f"{XS}enumeration", value=value)
    return schema


def patterns(schema):
    quicken(schema)
    return [each.get("value") for each in schema.iter(f"{XS}pattern")]


def near(text):
    """Texts that differ a little."""
    cuts = {text[:at] + text[at + 1 :] for at in range(len(text))}
    changes = {text[:at] + other + text[at + 1 :] for at in range(len(text)) for other in "a0.\\"}
    return {text + text[-1:], text + " ", " " + text, text + "a", text.swapcase(), *cuts, *changes}


@given(st.lists(codes, min_size=FEWEST, unique=True), st.lists(codes))
def test_a_pattern_accepts_the_codes_and_nothing_else(listed, others):
    texts = [*listed, *others, *(other for code in listed for other in near(code))]
    plain, quick = enumeration(listed), enumeration(listed)
    assert len(patterns(quick)) == 1
    assert verdicts(quick, texts) == verdicts(plain, texts) == [text in listed for text in texts]


@pytest.mark.parametrize("place", ["shipped", "official"])
def test_every_list_of_a_release_accepts_what_it_did(place):
    directory = folder("schemas") / "6.31" if place == "shipped" else REFERENCE / "official-xsd"
    if not directory.exists():
        pytest.skip("the official schemas are not on this machine")
    lists = 0
    for restriction in etree.parse(directory / "SEVISTable.xsd").iter(f"{XS}restriction"):
        listed = [each.get("value") for each in restriction.iter(f"{XS}enumeration")]
        if len(listed) < FEWEST or not restriction.get("base").endswith("string"):
            continue
        lists += 1
        schema = enumeration(listed)
        assert len(patterns(schema)) == 1
        texts = {*listed, *(other for code in listed[:: max(1, len(listed) // 100)] for other in near(code))}
        assert verdicts(schema, texts) == [text in listed for text in texts]
    assert lists > 10


@pytest.mark.parametrize(
    "schema",
    [
        enumeration(MANY[1:]),
        enumeration(map(str, range(30)), base="xs:short"),
        enumeration(MANY, base="xs:token"),
        enumeration(MANY, extra='<xs:pattern value="A.*"/>'),
        enumeration(MANY, within="complexType"),
        enumeration("a" * (2 * length) for length in range(FEWEST + 40)),
        enumeration(code * 2_000 for code in "abcdefghij"),
    ],
    ids=["few", "numbers", "blanks do not count", "a pattern beside them", "no simple type", "too deep", "too long"],
)
def test_a_list_for_which_no_pattern_can_stand_is_left_alone(schema):
    before = etree.tostring(schema)
    quicken(schema)
    assert etree.tostring(schema) == before


NOTE = "<xs:annotation><xs:documentation>word</xs:documentation></xs:annotation>"


@pytest.mark.parametrize(
    "fault",
    [
        "<xs:enumeration/>",
        '<xs:enumeration value="B"><xs:element name="f"/></xs:enumeration>',
        '<xs:enumeration value="B">text</xs:enumeration>',
        '<xs:enumeration value="B"/>text',
        f'<xs:enumeration value="B">{NOTE}{NOTE}</xs:enumeration>',
        '<xs:enumeration value="B"><xs:annotation><xs:explanation/></xs:annotation></xs:enumeration>',
        '<xs:enumeration value="B"><xs:annotation colour="red"/></xs:enumeration>',
    ],
)
def test_a_list_that_is_badly_written_is_still_refused(fault):
    schema = enumeration(MANY, extra=fault)
    assert patterns(schema) == []
    with pytest.raises(etree.XMLSchemaParseError):
        etree.XMLSchema(schema)


def test_a_list_with_words_is_a_pattern_too():
    schema = enumeration(MANY, extra=f'<xs:enumeration value="B">{NOTE}</xs:enumeration>')
    assert patterns(schema) == ["(A[01234567]|B)"]


def test_lists_that_differ_in_the_first_character_only_share_the_rest():
    assert pattern_of(["1A", "2A", "1B", "2B", "1", "2"]) == "[12]([AB])?"


def test_a_refused_code_is_told_from_the_list_and_not_from_the_pattern():
    document = with_change(student(), "<MajorCode1>11.0701", "<MajorCode1>11.07011")
    (violation,) = release().validate(parse(document))
    assert "code" in violation.message
    assert "11.0701" in f"{violation.message} {violation.remedy}"
    assert "|" not in f"{violation.message} {violation.remedy}"
