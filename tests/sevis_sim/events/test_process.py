import dataclasses
import re
from datetime import date

import pytest
from lxml import etree
from rules_bench import (
    BASES,
    GONE,
    IN_CLASS,
    SCHOOL,
    SESSION,
    SPONSOR,
    TODAY,
    MemoryWorld,
    changed,
    context,
    created,
    organization_of,
    stored,
    update,
    updated,
)

from sevis_sim import events
from sevis_sim.codes import catalogue
from sevis_sim.domain.document import to_node
from sevis_sim.domain.organizations import Official, Organization
from sevis_sim.domain.outcomes import AddressOutcome, DependentOutcome, Finding
from sevis_sim.events import registry


def test_the_real_batch_of_2016_gives_what_its_log_says(reference):
    batch = etree.parse(reference / "samples" / "ev-batch-2016.xml").getroot()
    log = etree.parse(reference / "samples" / "ev-transaction-log-2016.xml").getroot().find(".//Record")
    sponsor = Organization("P-1-19833", "sponsor", officials=(Official("esayya9302", "RO"),))
    outcome = events.process(
        "CreateEV", to_node(batch.find("CreateEV")[0]), context(MemoryWorld(), sponsor, date(2016, 5, 4))
    ).outcome

    real = to_node(log)
    assert outcome.finding is None
    assert (outcome.request_id, outcome.user_id) == (real["@requestID"], real["@userID"])
    assert (outcome.user_defined_a, outcome.user_defined_b) == (real["UserDefinedA"], real["UserDefinedB"])
    (site,), (dependent,) = outcome.sites, outcome.dependents
    real_site, real_dependent = real["SiteOfActivity"][0], real["Dependent"][0]
    assert site.site_name == real_site["SiteName"]
    assert site.address == AddressOutcome(real_site["ProvidedAddress"], real_site["CorrectedAddress"], "S0000", "")
    assert (dependent.user_defined_a, dependent.user_defined_b) == (
        real_dependent["UserDefinedA"],
        real_dependent["UserDefinedB"],
    )
    assert outcome.physical.provided == real["PhysicalProvidedAddress"]
    assert outcome.physical.message == real["PhysicalAddressMessage"] == ""
    assert [form.sevis_id for form in outcome.forms] == [outcome.sevis_id, dependent.sevis_id]


@pytest.mark.parametrize("base", BASES)
def test_a_create_makes_an_initial_record_with_its_family(base):
    done = created(MemoryWorld(), base)
    assert done.outcome.finding is None, done.outcome.message
    assert done.record.status == "INITIAL"
    assert {dependent.status for dependent in done.record.dependents} <= {"INITIAL"}
    people = [done.record.sevis_id, *(dependent.sevis_id for dependent in done.record.dependents)]
    assert len(set(people)) == len(people)
    assert all(re.fullmatch(r"N99\d{8}", sevis_id) for sevis_id in people)
    assert [form.sevis_id for form in done.outcome.forms] == people
    assert [entry.event for entry in done.record.history] == [done.outcome.event]


def test_a_create_keeps_people_and_sites_apart_from_its_data():
    record = created(MemoryWorld(), "EV-004").record
    assert not {"CreateDependent", "AddSiteOfActivity"} & set(record.data)
    assert "TippSite" not in record.data["AddTIPP"]
    (site,) = record.sites
    phases = [phase["PhaseId"] for phase in site.data["TippPhase"]]
    assert len({site.site_id, *phases}) == 3
    assert all(0 < int(number) < 2**31 for number in (site.site_id, *phases))


def test_a_site_without_address_is_logged_without_one():
    (site,) = created(MemoryWorld(), "EV-003").outcome.sites
    assert (site.site_name, site.address) == ("EXEMPT", None)


def test_the_phases_of_a_plan_are_logged_with_their_ids():
    done = created(MemoryWorld(), "EV-004")
    (site,) = done.outcome.sites
    assert [name for _, name in site.phases] == ["Reception", "Revenue"]
    assert [number for number, _ in site.phases] == [p["PhaseId"] for p in done.record.sites[0].data["TippPhase"]]


def test_the_element_that_came_in_is_left_as_it_was():
    node = changed(BASES["EV-004"], {})
    events.process("CreateEV", node, context(MemoryWorld(), SPONSOR))
    assert node == BASES["EV-004"]


def test_a_form_not_asked_for_is_not_printed():
    assert created(MemoryWorld(), "STU-002", changes={"@printForm": "0"}).outcome.forms == ()


def test_dependents_forms_on_create_are_a_switch():
    switches = events.Switches(dependents_print_on_create=False)
    outcome = created(MemoryWorld(), "STU-002", switches=switches).outcome
    assert [form.dependent for form in outcome.forms] == [None]


@pytest.mark.parametrize(
    ("base", "purpose"),
    [("STU-001", "INITIAL ATTENDANCE"), ("STU-004", "CHANGE OF STATUS"), ("EV-001", "Begin new program")],
)
def test_forms_say_what_they_were_issued_for(base, purpose):
    assert {form.purpose for form in created(MemoryWorld(), base).outcome.forms} == {purpose}


def test_a_form_carries_all_that_a_layout_needs():
    form = created(MemoryWorld(), "STU-002").outcome.forms[1]
    assert form.form == "I-20"
    assert form.record["data"]["PersonalInfo"]["FullName"]["LastName"] == "Placeholder"
    assert form.dependent["data"]["FullName"]["FirstName"] == "Arjun"
    assert form.organization["id"] == SCHOOL.id
    assert form.official["id"] == "pdso000001"
    assert form.issued == TODAY.isoformat()


def test_a_student_who_is_stored_already_cannot_be_created_again():
    world = MemoryWorld()
    stored(world, "STU-001")
    outcome = created(world, "STU-001", changes={"PersonalInfo/FullName/LastName": " EXEMPLO "}).outcome
    assert (outcome.finding.code, outcome.message) == ("S1004", "Student exists in the SEVIS database")


def test_a_student_who_stands_twice_in_a_file_is_told_so():
    world = MemoryWorld()
    assert created(world, "STU-001").outcome.succeeded
    outcome = created(world, "STU-001", position=2).outcome
    assert (outcome.finding.code, "within this XML" in outcome.message) == ("S1004", True)


def test_a_student_of_another_school_is_known_too():
    world = MemoryWorld()
    stored(world, "STU-001")
    other = Organization("XYZ214F00099000", "school", officials=SCHOOL.officials)
    world.org_id = other.id
    assert created(world, "STU-001", organization=other).outcome.finding.code == "S1004"


def test_someone_else_of_the_same_name_can_be_created():
    world = MemoryWorld()
    stored(world, "STU-001")
    assert created(world, "STU-001", changes={"PersonalInfo/BirthDate": "2007-03-15"}).outcome.succeeded


def test_by_what_people_are_recognised_is_a_switch():
    world = MemoryWorld()
    loose = events.Switches(identity="name-and-birth-date")
    data = BASES["STU-001"]
    other = changed(data, {"PersonalInfo/Gender": "F", "PersonalInfo/CitizenshipCountryCode": "FR"})
    assert events.identity("student", data, loose) == events.identity("student", other, loose)
    assert events.identity("student", data) != events.identity("student", other)
    assert created(world, "STU-001", switches=loose).outcome.succeeded


def test_an_exchange_visitor_who_is_known_cannot_be_created_again():
    world = MemoryWorld()
    stored(world, "EV-001")
    assert created(world, "EV-001").outcome.finding.code == "S2141"
    assert created(world, "EV-001", changes={"Biographical/Gender": "M"}).outcome.succeeded


@pytest.mark.parametrize(
    ("base", "role", "code"),
    [("STU-001", "RO", "S1002"), ("STU-001", "DSO", None), ("EV-001", "PDSO", "S2155"), ("EV-001", "ARO", None)],
)
def test_officials_act_only_for_their_own_kind_of_organization(base, role, code):
    official = dataclasses.replace(organization_of(base).officials[0], role=role)
    organization = dataclasses.replace(organization_of(base), officials=(official,))
    finding = created(MemoryWorld(), base, organization=organization).outcome.finding
    assert (finding and finding.code) == code


def test_a_student_file_under_a_sponsors_number_is_told_by_the_official():
    changes = {"@userID": "roff000001"}
    outcome = created(MemoryWorld(), "STU-001", organization=SPONSOR, changes=changes).outcome
    assert outcome.finding.code == "S1002"


def test_a_deactivated_official_is_unknown():
    gone = dataclasses.replace(SCHOOL, officials=(Official("pdso000001", "PDSO", active=False),))
    assert created(MemoryWorld(), "STU-001", organization=gone).outcome.finding.code == "S1001"


@pytest.mark.parametrize(
    ("base", "event"), [("STU-001", "OPTEmployment/Add"), ("STU-001", "Status/Verify"), ("EV-001", "Reprint7002")]
)
def test_an_event_that_is_not_built_yet_fails_with_its_name(base, event, monkeypatch):
    there = {key: each for key, each in registry.events().items() if key[1] != event}
    monkeypatch.setattr(registry, "events", lambda: there)
    outcome = updated(MemoryWorld(), base, event, "" if event == "Status/Verify" else {}).outcome
    assert outcome.finding.code == "S9999"
    assert event in outcome.message
    assert "does not process" in outcome.message
    assert outcome.event == event


def test_a_failed_update_names_the_id_that_was_sent_and_a_failed_create_none():
    failed = updated(MemoryWorld(), "STU-001", "Registration", SESSION | {"LastSession": "true"}).outcome
    assert re.fullmatch(r"N\d{10}", failed.sevis_id)
    assert created(MemoryWorld(), "STU-001", changes={"@userID": "nobody0001"}).outcome.sevis_id is None


def test_that_a_failed_update_names_its_id_is_a_switch():
    quiet = events.Switches(failed_update_names_sevis_id=False)
    failed = updated(MemoryWorld(), "STU-001", "Registration", SESSION | {"LastSession": "true"}, switches=quiet)
    assert failed.outcome.sevis_id is None


def test_user_defined_values_come_back_as_sent_even_on_failure():
    changes = {"UserDefinedA": " x ", "UserDefinedB": "", "PersonalInfo/Email": GONE}
    outcome = created(MemoryWorld(), "STU-002", changes=changes).outcome
    assert outcome.finding.code == "S1165"
    assert (outcome.user_defined_a, outcome.user_defined_b) == (" x ", "")
    assert outcome.dependents == (
        DependentOutcome(None, "A100002", "SPOUSE"),
        DependentOutcome(None, "A100002", "CHILD-1"),
    )


def test_a_failed_address_is_logged_with_what_the_engine_said():
    outcome = created(MemoryWorld(), "STU-004", changes={"USAddress/State": "CA"}).outcome
    assert outcome.physical.code == outcome.finding.code == "S1145"
    assert (outcome.physical.corrected, outcome.physical.message) == (None, "Not Validated")
    assert outcome.finding.path == "USAddress"


def test_the_first_broken_rule_is_reported():
    changes = {"PersonalInfo/FullName/LastName": "LNU", "PersonalInfo/Email": GONE, "EducationalInfo/Minor": GONE}
    assert created(MemoryWorld(), "STU-001", changes=changes).outcome.finding.code == "S1142"
    del changes["PersonalInfo/FullName/LastName"]
    assert created(MemoryWorld(), "STU-001", changes=changes).outcome.finding.code == "S1138"


def test_a_record_can_be_failed_from_outside():
    node, circumstances = BASES["STU-001"], context(MemoryWorld(), SCHOOL)
    outcome = events.fail("CreateStudent", node, circumstances, Finding("S1004"))
    assert (outcome.finding.code, outcome.event, outcome.sevis_id) == ("S1004", "CreateStudent", None)
    assert outcome.message == catalogue.message("S1004")
    assert events.fail("CreateStudent", node, circumstances, Finding("S9999"), "why").message == "why"


def test_the_record_that_an_update_starts_from_is_left_alone():
    world = MemoryWorld()
    sevis_id = stored(world, "STU-002", "INITIAL")
    before = world.records[sevis_id].copy()
    node = update("Registration", SESSION, sevis_id, "pdso000001")
    assert events.process("UpdateStudent", node, context(world, SCHOOL, today=IN_CLASS)).record.status == "ACTIVE"
    assert world.records[sevis_id] == before
