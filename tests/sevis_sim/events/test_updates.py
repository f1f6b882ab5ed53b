import pytest
from rules_bench import ADDRESS, IN_CLASS, SCHOOL, SESSION, MemoryWorld, context, stored, update, updated

from sevis_sim import events
from sevis_sim.domain.outcomes import DependentOutcome
from sevis_sim.domain.records import Record


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
