import re
import unicodedata
from collections import Counter
from datetime import date, timedelta

import pytest
import xmlschema
from generated import DAY, ORGANIZATIONS, POPULATIONS, WISHES, applied, checked, made, paths, said
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree
from support import download, upload

from sevis_sim import Simulator
from sevis_sim.domain.document import to_node, value
from sevis_sim.generation.batches import BATCH_ID, LIMIT, BatchIdError, batch_ids
from sevis_sim.generation.draw import Profile
from sevis_sim.generation.students import F1, M1, StudentWishes
from sevis_sim.generation.visitors import SHOWCASE, VisitorWishes
from sevis_sim.schemas import release
from sevis_sim.schemas.tree import trees

ROOTS = {"student": "SEVISBatchCreateUpdateStudent", "exchangeVisitor": "SEVISBatchCreateUpdateEV"}
SECTION = {"student": "CreateStudent", "exchangeVisitor": "CreateEV"}
SEEDS = 6
CASES = [(population, profile) for population in POPULATIONS for profile in Profile]

NOT_IN_A_CREATE = {
    "AddTIPP/TippSite/SiteId": "SEVIS gives it; a create cannot know it",
    "AddTIPP/TippSite/TippPhase/PhaseId": "SEVIS gives it; a create cannot know it",
}
"""Optional elements that no generated create has, and why."""


@pytest.mark.parametrize(("population", "profile"), CASES)
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_check_finds_nothing_on_the_day_nor_three_weeks_later(population, profile, seed):
    [batch] = made(population, 60, seed, profile)
    assert said(checked(batch, DAY)) == []
    assert said(checked(batch, DAY + timedelta(days=21))) == []


@pytest.mark.parametrize(("population", "profile"), CASES)
def test_lxml_and_xmlschema_both_accept_every_record(population, profile):
    shipped = release()
    [batch] = made(population, 40, 11, profile)
    root = etree.fromstring(batch.xml)
    file = shipped.folder / shipped.documents[root.tag]
    assert etree.XMLSchema(etree.parse(file)).validate(root)
    assert xmlschema.XMLSchema10(str(file)).is_valid(batch.xml.decode())


@given(
    st.sampled_from(CASES),
    st.integers(0, 2**40),
    st.dates(date(1990, 1, 1), date(2110, 12, 31)),
    st.integers(0, 20),
)
@settings(deadline=None, max_examples=60)
def test_any_seed_on_any_day_keeps_every_rule(case, seed, today, days):
    population, profile = case
    [batch] = made(population, 9, seed, profile, today)
    assert said(checked(batch, today + timedelta(days=days))) == []


@pytest.mark.parametrize("population", POPULATIONS)
async def test_a_simulator_stores_every_record(population):
    async with Simulator(clock="2026-11-25T10:00-05:00") as sim:
        party = sim.school() if population == "student" else sim.sponsor()
        batches = [made(population, 25, 4, profile)[0] for profile in Profile]
        for batch in batches:
            assert (await upload(sim, batch.xml, party=party, system="alpha")).code == "S0000"
        await sim.clock.advance(to="+1h")
        for batch in batches:
            reply = await download(sim, batch.batch_id, party=party, system="alpha")
            results = [(r.get("status"), r.findtext("ErrorCode")) for r in reply.log.iter("Result")]
            assert results == [("true", None)] * batch.records
            assert reply.code == "S0000"


@pytest.fixture(scope="module")
def possible():
    """Every path of a create that the schemas know, by population."""
    found = trees(release().folder, tuple(release().documents[root] for root in ROOTS.values()))
    nodes = {tree.root: tree.nodes for tree in found}
    return {
        population: {path for path in nodes[root] if f"{path}/".startswith(f"{root}/{SECTION[population]}/")}
        for population, root in ROOTS.items()
    }


@pytest.mark.parametrize(("population", "number"), [("student", 2), ("exchangeVisitor", SHOWCASE)])
@pytest.mark.parametrize("seed", range(SEEDS))
def test_the_full_profile_has_every_element_and_attribute_that_a_create_can_have(population, number, seed, possible):
    [batch] = made(population, number, seed, Profile.full)
    missing = {path.split("/", 3)[-1] for path in possible[population] - set(paths(etree.fromstring(batch.xml)))}
    assert missing == (set(NOT_IN_A_CREATE) if population == "exchangeVisitor" else set())


@pytest.mark.parametrize("population", POPULATIONS)
def test_the_minimal_profile_has_nothing_that_schema_and_rules_could_do_without(population):
    [batch] = made(population, 40, 6, Profile.minimal)
    root = etree.fromstring(batch.xml)
    validator = etree.XMLSchema(etree.parse(release().folder / release().documents[root.tag]))
    section = root.find(SECTION[population])
    kinds = {}
    for record in list(section):
        section.remove(record)
        kinds.setdefault(
            (record.findtext(".//VisaType"), record.findtext(".//Level"), record.findtext("CategoryCode")), record
        )
    needless = []
    for record in kinds.values():
        section.append(record)
        for element in list(record.iterdescendants()):
            parent, place = element.getparent(), element.getparent().index(element)
            parent.remove(element)
            if validator.validate(root) and not checked_bytes(etree.tostring(root)):
                needless.append(element.tag)
            parent.insert(place, element)
        section.remove(record)
    assert needless == []


def checked_bytes(document):
    from sevis_sim.generation.batches import Batch

    return said(checked(Batch("CHECKED0000001", 1, document), DAY))


def test_the_same_seed_and_day_give_the_same_bytes_and_another_seed_others():
    for population in POPULATIONS:
        assert made(population, 12, 5) == made(population, 12, 5)
        assert made(population, 12, 5)[0].xml != made(population, 12, 6)[0].xml
        assert made(population, 12, 5)[0].batch_id != made(population, 12, 5, today=DAY + timedelta(1))[0].batch_id


def test_more_records_begin_with_the_same_ones():
    few, more = (etree.fromstring(made("student", number, 5)[0].xml).find("CreateStudent") for number in (3, 8))
    few, more = ([etree.tostring(record, with_tail=False) for record in records] for records in (few, more))
    assert few == more[:3]


@pytest.mark.parametrize("population", POPULATIONS)
def test_people_are_of_many_countries_and_their_names_of_many_letters(population):
    [batch] = made(population, LIMIT, 8, Profile.full)
    root = etree.fromstring(batch.xml)
    countries = Counter(each.text for each in root.iterfind(".//CitizenshipCountryCode"))
    assert len(countries) > 45
    assert max(countries.values()) < sum(countries.values()) / 5
    preferred = "".join(each.text for each in root.iterfind(".//PreferredName"))
    letters = {unicodedata.name(letter).split()[0] for letter in preferred if letter.isalpha()}
    assert letters > {"LATIN", "CYRILLIC"}
    assert len({letter for letter in preferred if letter.isalpha() and not letter.isascii()}) > 40
    for name in ("LastName", "FirstName", "PassportName"):
        assert all(re.fullmatch("[A-Za-z][A-Za-z ]*", each.text) for each in root.iterfind(f".//FullName/{name}"))
    assert len({(r.findtext(".//LastName"), r.findtext(".//FirstName")) for r in root[1]}) > 200


def test_nobody_is_made_twice():
    batches = made("student", 1500, 2, Profile.minimal)
    assert len(applied("student", batches, DAY)) == 1500


def test_250_records_fill_a_batch_and_request_ids_are_unique_in_all():
    batches = made("exchangeVisitor", 501, 1, Profile.minimal)
    assert [batch.records for batch in batches] == [250, 250, 1]
    assert len({batch.batch_id for batch in batches}) == 3
    assert all(len(batch.batch_id) == BATCH_ID for batch in batches)
    requests = [r.get("requestID") for b in batches for r in etree.fromstring(b.xml).iterfind("CreateEV/*")]
    assert len(set(requests)) == 501


def test_a_batch_id_is_counted_up_for_several_files():
    assert batch_ids("BATCH000000009", 3, ()) == ["BATCH000000009", "BATCH000000010", "BATCH000000011"]
    assert batch_ids("OnlyOneOfThese", 1, ()) == ["OnlyOneOfThese"]


@pytest.mark.parametrize(
    ("given_id", "count"),
    [
        ("short", 1),
        ("BATCH 00000001 ", 1),
        ("OnlyOneOfThese", 2),
        ("BATCH\x01000000001", 1),
        ("BATCHé00000001", 1),
        ("ABCDEFGHIJKLM9", 2),
    ],
)
def test_a_batch_id_that_cannot_be_used_is_refused(given_id, count):
    with pytest.raises(BatchIdError, match="such as BATCH000000001"):
        batch_ids(given_id, count, ())


def test_a_file_is_called_after_its_batch_id_and_never_leaves_its_folder():
    [batch] = made("student", 1, batch_id="../../abc d1.2")
    assert batch.file_name == "______abc_d1_2.xml"
    assert etree.fromstring(batch.xml).findtext("BatchHeader/BatchID") == "../../abc d1.2"


def test_students_are_of_the_visas_and_levels_wanted():
    [batch] = made("student", 40, wishes=StudentWishes((M1,)))
    assert {each.text for each in etree.fromstring(batch.xml).iterfind(".//PersonalInfo/VisaType")} == {M1}
    [batch] = made("student", 40, wishes=StudentWishes((F1, M1), ("06", "09")))
    assert {each.text for each in etree.fromstring(batch.xml).iterfind(".//EduLevel/Level")} == {"06", "09"}


@pytest.mark.parametrize("category", WISHES["exchangeVisitor"].turns())
def test_every_category_of_exchange_visitors_can_be_made_in_every_profile(category):
    for profile in Profile:
        [batch] = made("exchangeVisitor", 8, 3, profile, wishes=VisitorWishes((category[0],)))
        root = etree.fromstring(batch.xml)
        assert {each.text for each in root.iterfind(".//CategoryCode")} == {category[0]}
        assert said(checked(batch, DAY)) == []


def test_every_level_of_students_can_be_made_in_every_profile():
    for level in StudentWishes().possible():
        for profile in Profile:
            [batch] = made("student", 8, 3, profile, wishes=StudentWishes((F1, M1), (level,)))
            assert said(checked(batch, DAY)) == [], level


def test_a_family_is_younger_than_21_and_not_older_than_its_parents():
    [batch] = made("student", 200, 3, Profile.full)
    for element in etree.fromstring(batch.xml).iterfind("CreateStudent/Student"):
        node = to_node(element)
        born = date.fromisoformat(value(node, "PersonalInfo/BirthDate"))
        for dependent in node.get("CreateDependent", {}).get("Dependent", []):
            theirs = date.fromisoformat(value(dependent, "BirthDate"))
            if value(dependent, "Relationship") == "02":
                assert (theirs - born).days > 18 * 365
            else:
                assert (DAY - theirs).days >= 18 * 365


def test_all_organizations_are_those_of_a_simulator_without_a_scenario():
    assert [each.id for each in ORGANIZATIONS.values()] == ["ABC214F00012000", "P-1-12345"]
