import dataclasses
import re
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree
from rules_bench import (
    GONE,
    SCHOOL,
    SPONSOR,
    TODAY,
    MemoryWorld,
    bases,
    changed,
    context,
    nodes,
    organization_of,
    stored,
    update,
)

from sevis_sim import events
from sevis_sim.codes import catalogue
from sevis_sim.domain.document import to_node, value
from sevis_sim.domain.organizations import Official, Organization
from sevis_sim.domain.outcomes import AddressOutcome, DependentOutcome, Finding
from sevis_sim.domain.records import Dependent, Record

BASES = bases()
ADDRESS = {"Address1": "12 Arrival Street", "City": "Urbana", "State": "IL", "PostalCode": "61801"}
SESSION = {
    "@printForm": "true",
    "LastSession": "false",
    "CurrentSessionStartDate": "2029-08-20",
    "CurrentSessionEndDate": "2029-12-15",
    "NextSessionStartDate": "2030-01-15",
    "USAddress": ADDRESS,
}
IN_CLASS = date(2029, 9, 3)


def created(world, base, position=1, changes=None, **more):
    """Process a create; keep its record in the world if it succeeded."""
    organization = more.pop("organization", organization_of(base))
    section = "CreateEV" if base.startswith("EV") else "CreateStudent"
    node = changed(BASES[base], changes or {})
    done = events.process(section, node, context(world, organization, position=position, **more))
    if done.record:
        world.records[done.record.sevis_id] = done.record
    return done


def updated(world, base, event, sends, status="INITIAL", today=IN_CLASS, data=None, **more):
    sevis_id = stored(world, base, status, data)
    organization = organization_of(base)
    section = "UpdateEV" if base.startswith("EV") else "UpdateStudent"
    node = update(event, sends, sevis_id, organization.officials[0].id)
    return events.process(section, node | more.pop("node", {}), context(world, organization, today=today, **more))


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


def test_registration_makes_student_and_family_active():
    done = updated(MemoryWorld(), "STU-002", "Registration", SESSION)
    assert done.outcome.finding is None, done.outcome.message
    assert done.record.status == "ACTIVE"
    assert {dependent.status for dependent in done.record.dependents} == {"ACTIVE"}
    assert done.record.data["Registration"]["CurrentSessionEndDate"] == "2029-12-15"
    assert done.record.data["USAddress"] == ADDRESS
    assert done.outcome.physical.corrected["Address1"] == "12 ARRIVAL STREET"
    assert [(form.purpose, form.dependent) for form in done.outcome.forms] == [("CONTINUED ATTENDANCE", None)]


def test_a_new_address_replaces_the_old_one_whole():
    done = updated(MemoryWorld(), "STU-004", "PersonalInfo", {"@printForm": "false", "USAddress": ADDRESS}, "ACTIVE")
    assert done.record.data["USAddress"] == ADDRESS


def test_personal_info_merges_and_a_blank_element_blanks():
    sends = {"@printForm": "false", "FullName": {"LastName": "Married", "PreferredName": ""}}
    done = updated(MemoryWorld(), "STU-004", "PersonalInfo", sends, "ACTIVE")
    name = done.record.data["PersonalInfo"]["FullName"]
    assert (name["LastName"], name["FirstName"], name["PreferredName"]) == ("Married", "Lena Marie", "")
    assert "@printForm" not in done.record.data["PersonalInfo"]


def test_a_student_who_becomes_exempt_loses_the_stored_number():
    sends = SESSION | {"Telephone": {"TelephoneExemptInd": "Y"}}
    done = updated(MemoryWorld(), "STU-001", "Registration", sends)
    assert done.record.data["PersonalInfo"]["Telephone"] == {"TelephoneExemptInd": "Y"}


def test_a_us_number_is_added_to_a_foreign_one():
    sends = SESSION | {"Telephone": {"TelephoneExemptInd": "N", "Phone": {"USNumber": "2175550100"}}}
    phone = updated(MemoryWorld(), "STU-001", "Registration", sends).record.data["PersonalInfo"]["Telephone"]["Phone"]
    assert phone == {"USNumber": "2175550100", "Foreign": {"CountryNumber": "55", "PhoneNumber": "1155501230"}}


def seeded(**data):
    """A record as a scenario writes it: only what the author cared to say."""
    world = MemoryWorld()
    world.records["N9904705123"] = Record(
        "N9904705123",
        SCHOOL.id,
        "student",
        "ACTIVE",
        {"PersonalInfo": {"FullName": {"LastName": "SAMPLE"}, "BirthDate": "2004-05-01", "VisaType": "01"}} | data,
    )
    return world


def registered(world, **switches):
    sends = {name: inner for name, inner in SESSION.items() if name != "USAddress"}
    node = update("Registration", sends, "N9904705123", "pdso000001")
    circumstances = context(world, SCHOOL, today=IN_CLASS, switches=events.Switches(**switches))
    return events.process("UpdateStudent", node, circumstances).outcome


def test_a_record_from_a_scenario_is_taken_to_be_complete():
    assert registered(seeded()).succeeded


def test_a_record_from_a_scenario_can_say_that_something_is_missing():
    assert registered(seeded(USAddress="")).finding.code == "S1063"
    info = {"VisaType": "01", "BirthDate": "2004-05-01", "Email": ""}
    assert registered(seeded(PersonalInfo=info)).finding.code == "S1165"


def test_that_records_from_a_scenario_are_complete_is_a_switch():
    assert registered(seeded(), seeded_records_are_complete=False).finding.code == "S1164"


def test_the_accepted_range_of_sessions_is_a_switch():
    sends = SESSION | {"NextSessionStartDate": "2031-06-01"}
    assert updated(MemoryWorld(), "STU-001", "Registration", sends).outcome.finding.code == "S1086"
    off = events.Switches(session_range_days=None)
    assert updated(MemoryWorld(), "STU-001", "Registration", sends, switches=off).outcome.succeeded


def test_validate_makes_visitor_and_family_active_and_always_prints():
    sends = {"USAddress": ADDRESS, "PhoneNumber": "2175550177"}
    done = updated(MemoryWorld(), "EV-002", "Validate", sends)
    assert done.outcome.finding is None, done.outcome.message
    assert done.record.status == "ACTIVE"
    assert {dependent.status for dependent in done.record.dependents} == {"ACTIVE"}
    assert done.record.data["Biographical"]["PhoneNumber"] == "2175550177"
    assert done.record.data["USAddress"] == ADDRESS
    assert [form.form for form in done.outcome.forms] == ["DS-2019"]


def test_biographical_merges():
    sends = {"@printForm": "true", "BirthCity": "Naivasha", "PositionCode": "214", "MailAddress": ADDRESS}
    done = updated(MemoryWorld(), "EV-001", "Biographical", sends, "ACTIVE")
    assert done.record.data["Biographical"]["BirthCity"] == "Naivasha"
    assert done.record.data["Biographical"]["CitizenshipCountryCode"] == "KE"
    assert done.record.data["PositionCode"] == "214"
    assert done.outcome.mailing.code == "S0000"
    assert [form.purpose for form in done.outcome.forms] == ["Update information"]


SPOUSE = {
    "@printForm": "true",
    "FullName": {"LastName": "Exemplo", "FirstName": "Rita"},
    "BirthDate": "2006-02-03",
    "Gender": "F",
    "BirthCountryCode": "BR",
    "CitizenshipCountryCode": "BR",
    "VisaType": "04",
    "Relationship": "01",
}


def test_a_dependent_that_is_added_gets_an_id_a_form_and_the_students_status():
    world = MemoryWorld()
    sevis_id = stored(world, "STU-001", "ACTIVE", {"FinancialInfo/Expense/DependentExp": "100"})
    node = update("Dependent/Add", SPOUSE, sevis_id, "pdso000001")
    node["Dependent"][0] = {"UserDefinedA": "A1", "UserDefinedB": "", **node["Dependent"][0]}
    done = events.process("UpdateStudent", node, context(world, SCHOOL))
    (dependent,) = done.record.dependents
    assert (dependent.status, dependent.data["UserDefinedA"]) == ("ACTIVE", "A1")
    assert done.outcome.dependents == (DependentOutcome(dependent.sevis_id, "A1", ""),)
    assert [form.sevis_id for form in done.outcome.forms] == [dependent.sevis_id]


def of_dependent(event, sends, number=0):
    world = MemoryWorld()
    sevis_id = stored(world, "STU-002")
    dependent = world.records[sevis_id].dependents[number].sevis_id
    node = update(f"Dependent/{event}", {"@dependentSevisID": dependent} | sends, sevis_id, "pdso000001")
    return events.process("UpdateStudent", node, context(world, SCHOOL)), dependent


def test_a_dependent_that_is_edited_keeps_what_was_not_sent():
    done, sevis_id = of_dependent("Edit", {"@printForm": "true", "Gender": "F"})
    dependent = done.record.dependent(sevis_id)
    assert (dependent.data["Gender"], dependent.data["FullName"]["FirstName"]) == ("F", "Arjun")
    assert [form.sevis_id for form in done.outcome.forms] == [sevis_id]


def test_a_dependent_that_is_terminated_leaves_the_others_alone():
    done, sevis_id = of_dependent("Terminate", {"Reason": "05"})
    assert [d.status for d in done.record.dependents] == ["TERMINATED", "ACTIVE"]
    assert done.outcome.forms == ()
    assert done.outcome.dependents[0].sevis_id == sevis_id


@pytest.mark.parametrize(("sent", "printed"), [({}, 1), ({"@printForm": "false"}, 0)])
def test_a_dependents_reprint_prints_unless_told_otherwise(sent, printed):
    done, _ = of_dependent("Reprint", sent)
    assert done.outcome.finding is None
    assert len(done.outcome.forms) == printed


@pytest.mark.parametrize(
    ("base", "event"), [("STU-001", "OPTEmployment/Add"), ("STU-001", "Status/Verify"), ("EV-001", "Reprint7002")]
)
def test_an_event_that_is_not_built_yet_fails_with_its_name(base, event):
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


ODD = st.sampled_from(
    ["", "0", "+0005", "-0044-03-15", "12026-01-01", "0001-01-01Z", "9999-12-31+14:00", "2024-02-29", "1899-12-31Z",
     "true", "1", "Y", "OO", "OTHER", "11", "13", "1A", "02", "EI", "US", "ẞ́ñ", "a@b", "\u00a0", "00000", "x" * 40]
)  # fmt: skip


def leaves(node, path=""):
    items = enumerate(node, start=1) if isinstance(node, list) else node.items()
    for name, inner in items:
        here = f"{path}/{name}" if path else str(name)
        yield here, isinstance(inner, dict | list)
        if isinstance(inner, dict | list):
            yield from leaves(inner, here)


DATES = ("Date", "StartDate", "EndDate")
AMOUNTS = ("Amount", "Funds", "Tuition", "Expense", "Exp", "Personal", "Employment", "EVGovt")


@st.composite
def mutated(draw):
    """A base record with elements left out, and values that the schema knows but nobody expects."""
    base = draw(st.sampled_from(sorted(BASES)))
    paths = [path for path, _ in leaves(BASES[base]) if not path.startswith("@")]
    inner = {path for path, is_inner in leaves(BASES[base]) if is_inner}
    changes = {}
    for path in draw(st.lists(st.sampled_from(paths), max_size=6, unique=True)):
        if path.split("/")[-1].isdigit():
            continue
        odd = draw(ODD)
        if "Date" in path:
            odd = odd if re.fullmatch(r"-?\d{4,}-\d\d-\d\d.*", odd) else "2029-12-31Z"
        elif path.endswith(AMOUNTS) or re.search(r"Amount\d?$", path):
            odd = "+0005"
        changes[path] = GONE if path in inner or draw(st.booleans()) else odd
    return base, {path: new for path, new in changes.items() if not any(path.startswith(f"{p}/") for p in changes)}


@settings(max_examples=300, deadline=None)
@given(mutated())
def test_no_odd_record_breaks_the_rules_house(mutation):
    base, changes = mutation
    done = created(MemoryWorld(), base, changes=changes)
    assert done.outcome.succeeded == (done.record is not None)
    if done.outcome.finding:
        assert done.outcome.message


@settings(max_examples=50, deadline=None)
@given(st.sampled_from(sorted(BASES)), st.integers(min_value=1, max_value=500))
def test_the_same_record_at_the_same_place_gives_the_same_outcome(base, position):
    first, second = (created(MemoryWorld(), base, position=position) for _ in range(2))
    assert first == second


@pytest.mark.parametrize("today", [date(2026, 3, 6), date(2026, 11, 25), date(2028, 2, 29), date(2029, 5, 1)])
@pytest.mark.parametrize(
    ("file", "codes"),
    [
        ("students.xml", [None] * 4),
        ("two-students.xml", [None, "S1024"]),
        ("exchange-visitors.xml", [None] * 4),
        ("two-exchange-visitors.xml", [None, "S2152"]),
    ],
)
def test_the_shipped_files_give_the_outcomes_that_they_promise(file, codes, today):
    world, found = MemoryWorld(), []
    for position, (section, _, node) in enumerate(nodes(file), start=1):
        organization = SPONSOR if section == "CreateEV" else SCHOOL
        done = events.process(section, node, context(world, organization, today, position))
        if done.record:
            world.records[done.record.sevis_id] = done.record
        found.append(done.outcome.finding and done.outcome.finding.code)
    assert found == codes


def test_dependents_of_a_stored_record_are_found_by_their_own_id():
    record = Record("N1", "O", "student", "ACTIVE", dependents=[Dependent("N2", "ACTIVE")])
    assert record.dependent("N2") is record.dependents[0]
    assert value(BASES["STU-001"], "@requestID") == "STU-001"
