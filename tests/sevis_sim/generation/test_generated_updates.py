from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
import xmlschema
from generated import DAY, ORGANIZATIONS, POPULATIONS, applied, checked, made, paths, said, sender
from lxml import etree
from support import download, upload

from sevis_sim import Simulator
from sevis_sim.domain.records import Record
from sevis_sim.events.registry import UPDATES
from sevis_sim.generation import visitor_updates
from sevis_sim.generation.batches import LIMIT
from sevis_sim.generation.draw import Draw, Profile
from sevis_sim.generation.markup import document
from sevis_sim.generation.sampled import sampled
from sevis_sim.generation.updates import Outcome, UpdatesMaking, registered, updates
from sevis_sim.scenarios import load_scenario
from sevis_sim.schemas import release
from sevis_sim.schemas.tree import trees

KNOWN = Path(__file__).with_name("known-records.yaml")
TODAY = date(2027, 5, 20)


def _made(population, records, today=TODAY, profile=Profile.typical, events=(), seed=1, most=None):
    outcome = Outcome()
    making = UpdatesMaking(ORGANIZATIONS[population], records, seed, today, profile, sender(population), events, most)
    return list(updates(making, outcome)), outcome


@pytest.fixture(scope="module")
def known():
    return load_scenario(KNOWN).to_records()


@pytest.mark.parametrize("profile", list(Profile))
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_every_event_of_students_is_made_for_records_that_can_have_it(known, profile, seed):
    batches, outcome = _made("student", known, profile=profile, seed=seed)
    assert set(registered("student")) - set(outcome.made) == set(), outcome.refused
    for batch in batches:
        assert said(checked(batch, TODAY, known)) == []


def test_the_full_profile_has_every_element_and_attribute_of_every_event_of_students(known):
    root = "SEVISBatchCreateUpdateStudent"
    [tree] = [each for each in trees(release().folder, (release().documents[root],)) if each.root == root]
    possible = {path for path in tree.nodes if path.startswith(f"{root}/UpdateStudent/")}
    found = set()
    for seed in range(10):
        for batch in _made("student", known, profile=Profile.full, seed=seed)[0]:
            found |= set(paths(etree.fromstring(batch.xml)))
    assert possible - found == set()


@pytest.mark.parametrize("path", registered("student"))
def test_each_event_of_students_can_be_asked_for_alone(known, path):
    if path in ("Program/CancelExtension", "EducationLevel/Cancel"):
        wanted = [path.replace("Cancel", "", 1) if path.startswith("Program") else "EducationLevel/Change", path]
    elif path.endswith(("/Edit", "/Cancel")) and not path.startswith(("Dependent", "Program", "Status")):
        wanted = [path.replace("Edit", "Add").replace("Cancel", "Add"), path]
    else:
        wanted = [path]
    if path == "OPTEmployer/Add":
        wanted = ["OPTEmployment/Add", path]
    if path == "OPTEmployer/Edit":
        wanted = ["OPTEmployment/Add", "OPTEmployer/Add", path]
    batches, outcome = _made("student", known, events=tuple(wanted))
    assert path in outcome.made, outcome.refused
    assert set(outcome.made) <= set(wanted)
    for batch in batches:
        assert said(checked(batch, TODAY, known)) == []


@pytest.mark.parametrize("profile", list(Profile))
def test_every_event_of_exchange_visitors_is_made_for_new_records(profile):
    records = applied("exchangeVisitor", made("exchangeVisitor", 40, 3, Profile.full), DAY)
    day = date(2026, 12, 28)
    batches, outcome = _made("exchangeVisitor", records, day, profile)
    assert set(outcome.made) >= set(visitor_updates.MAKERS), outcome.refused
    for batch in batches:
        assert said(checked(batch, day, records)) == []


def test_lxml_and_xmlschema_both_accept_every_update(known):
    shipped = release()
    for profile in Profile:
        for batch in _made("student", known, profile=profile)[0]:
            root = etree.fromstring(batch.xml)
            file = shipped.folder / shipped.documents[root.tag]
            assert etree.XMLSchema(etree.parse(file)).validate(root)
            assert xmlschema.XMLSchema10(str(file)).is_valid(batch.xml.decode())


@pytest.mark.parametrize("population", POPULATIONS)
async def test_a_simulator_stores_what_was_generated_for_its_records(population):
    async with Simulator(clock="2026-11-25T10:00-05:00", seed=3) as sim:
        party = sim.school() if population == "student" else sim.sponsor()

        async def sent(batches):
            for batch in batches:
                assert (await upload(sim, batch.xml, party=party, system="alpha")).code == "S0000"
            await sim.clock.advance(to="+1h")
            for batch in batches:
                reply = await download(sim, batch.batch_id, party=party, system="alpha")
                results = [(r.findtext("ErrorCode"), r.findtext("ErrorMessage")) for r in reply.log.iter("Result")]
                assert set(results) == {(None, None)}
                assert len(results) == batch.records

        creates = made(population, 25, 9, Profile.full)
        await sent(creates)
        stored = await sim.store.read(lambda tx: tx.records.list("default", "alpha", limit=1000))
        records = [each.record for each in stored]
        batches, outcome = _made(population, records, DAY, Profile.full)
        assert len(outcome.made) > (8 if population == "student" else 0)
        await sent(batches)


async def test_a_simulator_that_knows_the_records_stores_every_event_of_students(known):
    async with Simulator(scenario=KNOWN, seed=3) as sim:
        batches, _ = _made("student", known, profile=Profile.full)
        for batch in batches:
            assert (await upload(sim, batch.xml)).code == "S0000"
        await sim.clock.advance(to="next-business-day 06:00")
        for batch in batches:
            reply = await download(sim, batch.batch_id)
            assert {result.get("status") for result in reply.log.iter("Result")} == {"true"}
            assert len(list(reply.log.iter("Result"))) == batch.records


def test_records_are_updated_in_an_order_in_which_each_update_succeeds(known):
    batches, outcome = _made("student", known)
    after = applied("student", batches, TODAY, known)
    assert sum(outcome.made.values()) == sum(batch.records for batch in batches)
    assert {record.status for record in after} >= {"TERMINATED", "COMPLETED"}


def test_a_dependent_whom_the_batch_itself_adds_is_named_by_no_later_update(known):
    for seed in range(2):
        for batch in _made("student", known, seed=seed)[0]:
            named = {e.get("dependentSevisID") for e in etree.fromstring(batch.xml).iter() if e.get("dependentSevisID")}
            assert named <= {"N9900000011", "N9900000012", "N9900000013"}


def test_an_update_that_no_record_can_have_is_told_with_its_code(known):
    batches, outcome = _made("student", [known[1]], events=("Status/Complete",))
    assert batches == []
    assert outcome.made == {}
    assert outcome.refused["Status/Complete"].startswith("S1054: ")


@pytest.mark.parametrize("status", ["INITIAL", "ACTIVE"])
@pytest.mark.parametrize("population", POPULATIONS)
def test_a_record_of_which_next_to_nothing_is_known_gets_updates_that_pass(population, status):
    bare = [Record("N9900000001", ORGANIZATIONS[population].id, population, status)]
    for profile in Profile:
        [batch] = _made(population, bare, profile=profile)[0]
        assert said(checked(batch, TODAY, bare)) == []


def test_an_ended_record_gets_nothing(known):
    ended = replace(known[0], status="CANCELED")
    assert _made("student", [ended])[0] == []


def test_the_same_seed_and_day_give_the_same_updates(known):
    assert _made("student", known)[0] == _made("student", known)[0]
    assert _made("student", known)[0] != _made("student", known, seed=2)[0]


def test_the_number_of_updates_can_be_limited_and_250_fill_a_batch():
    records = applied("student", made("student", 260, 3, Profile.minimal), DAY)
    batches, _ = _made("student", records, DAY, events=("Status/Verify",))
    assert [batch.records for batch in batches] == [LIMIT, 10]
    batches, _ = _made("student", records, DAY, events=("Status/Verify",), most=3)
    assert [batch.records for batch in batches] == [3]


@pytest.mark.parametrize(
    ("population", "path"), [(population, path) for population in POPULATIONS for path in UPDATES[population]]
)
def test_an_event_without_a_maker_is_walked_from_the_schema(population, path):
    for profile in Profile:
        content = sampled(Draw(profile, 5, path), release(), population, path)
        group, _, event = path.rpartition("/")
        node = {"@sevisID": "N9900000001", "@requestID": "U1", "@userID": "pdso000001"}
        node |= {group: {event: content}} if group else {event: content}
        section = {"student": "UpdateStudent", "exchangeVisitor": "UpdateEV"}[population]
        xml = document(population, "SAMPLE00000001", ORGANIZATIONS[population].id, "pdso000001", {section: [node]})
        assert release().validate(etree.fromstring(xml).getroottree(), limit=3) == []


def test_an_event_that_no_schema_has_is_refused():
    with pytest.raises(KeyError, match="Program/Nonsense"):
        sampled(Draw(Profile.full, 1), release(), "student", "Program/Nonsense")
