"""Near misses: complete, each refused by everyone, each found by check just as the file beside it says."""

import functools
import json

import pytest
from lxml import etree
from plain_schema_walk import Walk
from support import REFERENCE

from sevis_sim.advice.check import Checker
from sevis_sim.advice.check_sources import Source
from sevis_sim.generation.near_misses import CODE, ROOTS, NearMisses, expectation, write
from sevis_sim.resources import folder
from sevis_sim.schemas import parse, release
from sevis_sim.schemas.tree import trees

OFFICIAL = REFERENCE / "official-xsd"
SHIPPED = folder("schemas") / "6.31"
DOCUMENTS = list(ROOTS)
PARTS = 6
"""Into how many tests the files are split, for as many workers."""


@functools.cache
def made(document, everywhere=False):
    return NearMisses(release(), document, everywhere=everywhere)


def file_of(document):
    return release().documents[ROOTS[document]]


@functools.cache
def schema(place, document):
    return etree.XMLSchema(etree.parse(str(place / file_of(document))))


@functools.cache
def walk(document):
    return Walk(SHIPPED, file_of(document), ROOTS[document])


@pytest.mark.parametrize("part", range(PARTS))
@pytest.mark.parametrize("document", DOCUMENTS)
def test_every_near_miss_is_refused_by_both_schemas_and_check_finds_exactly_what_is_expected(document, part):
    misses = made(document)
    checker = Checker(release())
    places = [SHIPPED, OFFICIAL] if OFFICIAL.exists() else [SHIPPED]
    for index in range(part, len(misses), PARTS):
        miss = misses[index]
        tree = etree.fromstring(miss.document)
        for place in places:
            assert not schema(place, document).validate(tree), (place, miss.target.name)
        expected = expectation(miss)
        report = checker.check(Source(expected["file"], expected["file"].rpartition("/")[2], miss.document))
        (finding,) = report.findings
        found = (finding.code, finding.line, finding.path, finding.message)
        assert found == (CODE, expected["line"], expected["path"], expected["message"]), miss.target.name
        assert report.more == 0


@pytest.mark.parametrize("document", DOCUMENTS)
def test_every_good_document_is_accepted(document):
    misses = made(document)
    for number, good in enumerate(misses.good(), start=1):
        assert release().validate(parse(good)) == [], number
        if OFFICIAL.exists():
            assert schema(OFFICIAL, document).validate(etree.fromstring(good)), number


@pytest.mark.parametrize("document", DOCUMENTS)
def test_the_set_is_complete_at_every_place_by_a_second_reading_of_the_schema(document):
    misses = made(document, everywhere=True)
    made_here = {(each.path, each.facet) for each in misses.targets()}
    unbroken = {(each.target.path, each.target.facet) for each in misses.unbroken}
    assert len(made_here) == len(misses)
    assert not made_here & unbroken
    expected = set(walk(document).expected)
    assert made_here | unbroken == expected
    assert len(expected) > 4_000


@pytest.mark.parametrize("document", DOCUMENTS)
def test_every_element_and_attribute_of_the_schema_tree_has_near_misses(document):
    (tree,) = trees(SHIPPED, (file_of(document),))
    aimed_at = {each.path for each in made(document, everywhere=True).targets()}
    abstract = {path for path, node in tree.nodes.items() if node.needs_type}
    inherited = {path for path in tree.nodes if path.rpartition("/")[0] in abstract}  # each type has its own of them
    assert set(tree.nodes) - abstract - inherited <= aimed_at
    assert {path.partition("[")[0] if path.endswith("]") else path for path in aimed_at} <= set(tree.nodes)


@pytest.mark.parametrize("document", DOCUMENTS)
def test_without_everywhere_each_line_of_the_schema_is_broken_at_one_place_at_least(document):
    misses = made(document)
    targets = {(each.path, each.facet) for each in misses.targets()}
    expected = walk(document).expected
    everywhere = made(document, everywhere=True)
    unbroken = {(each.target.path, each.target.facet) for each in everywhere.unbroken}
    broken = {component for where, component in expected.items() if where in targets}
    never = {component for where, component in expected.items() if where not in unbroken}
    assert never - broken == set()
    assert targets <= set(expected)


@pytest.mark.parametrize("document", DOCUMENTS)
def test_only_what_no_text_can_break_is_left_out_and_the_reason_is_given(document):
    for each in made(document, everywhere=True).unbroken:
        assert each.target.facet.partition("-")[0] in ("whiteSpace", "minLength", "length"), each
        assert each.reason


@pytest.mark.parametrize("document", DOCUMENTS)
def test_no_message_has_words_of_the_libraries(document):
    misses = made(document)
    phrases = (
        "facet", "atomic type", "union type", "This element", "Expected is", "not accepted by the pattern",
        "not allowed.", "nillable", "element-only", "global component", "character data", "cvc-", "{http",
        "schema does not", "does not agree", "value must be", "simple content", "not expected",
    )  # fmt: skip
    for index in range(0, len(misses), 7):
        message = misses[index].message
        assert not [phrase for phrase in phrases if phrase in message], (misses[index].target.name, message)


def test_the_same_files_are_written_each_time_with_the_expectation_beside_them(tmp_path):
    misses = NearMisses(release(), "student")
    misses._plan = misses._plan[::100]
    told = []
    count = write(misses, tmp_path / "one", told.append)
    again = NearMisses(release(), "student")
    again._plan = again._plan[::100]
    write(again, tmp_path / "two")
    files = sorted(file.relative_to(tmp_path / "one") for file in (tmp_path / "one").rglob("*") if file.is_file())
    assert told == list(range(1, count + 1))
    assert len(files) == 2 * count + len(misses.bases) + 1
    for file in files:
        assert (tmp_path / "one" / file).read_bytes() == (tmp_path / "two" / file).read_bytes(), file
    index = json.loads((tmp_path / "one" / "index.json").read_text())
    for row in index["files"]:
        assert json.loads((tmp_path / "one" / row["file"]).with_suffix(".json").read_text()) == row
        assert (tmp_path / "one" / row["good"]).is_file()
    assert index["unbroken"]


def test_a_near_miss_differs_from_its_good_document_in_one_place():
    misses = made("student")
    names = [each.name for each in misses.targets()]
    miss = misses[names.index("CreateStudent.Student.PersonalInfo.FullName.LastName/maxLength")]
    good = misses.good()[miss.base - 1].splitlines()
    lines = miss.document.splitlines()
    assert [n for n, (one, other) in enumerate(zip(good, lines, strict=True), start=1) if one != other] == [miss.line]
    assert (miss.target.limit, miss.target.allowed, len(miss.value)) == ("40", "at most 40 characters", 41)
