"""AuthDropBelowFC, CPTEmployment, OffCampusEmployment, Request/CapGapExtension: record, log and form."""

from datetime import date

import pytest
from employment_samples import ADDRESS, CPT, EMPLOYER, OFF_CAMPUS, OPT, OPT_KEY, RCL
from student_story import Story, logged, printed

from sevis_sim.events.student import requests

FILED = {"@printForm": "true", "Status": "F"}


def authorizations(outcome):
    return printed(outcome)["EMPLOYMENT AUTHORIZATIONS"]


def test_a_reduced_course_load_is_approved_at_once():
    story = Story()
    values = printed(story.does("AuthDropBelowFC/Add", RCL, "2030-01-10"))
    (load,) = story.record.data["AuthDropBelowFC"]
    assert (load["Reason"], load["Remarks"], load["Status"]) == ("01", "Surgery", "APPROVED")
    assert "@printForm" not in load
    (row,) = values["AUTHORIZED REDUCED COURSE LOAD"]
    assert list(row.values()) == ["ILLNESS OR MEDICAL CONDITION", "14 JANUARY 2030", "10 MAY 2030"]


def test_a_reduced_course_load_is_edited_and_a_blank_remark_blanks():
    story = Story()
    story.does("AuthDropBelowFC/Add", RCL, "2030-01-10")
    changes = {"NewReason": "06", "NewStartDate": "2030-01-21", "NewEndDate": "2030-05-17", "Remarks": ""}
    values = printed(story.does("AuthDropBelowFC/Edit", RCL | changes, "2030-01-10"))
    (load,) = story.record.data["AuthDropBelowFC"]
    assert load == {
        "Reason": "06",
        "StartDate": "2030-01-21",
        "EndDate": "2030-05-17",
        "Remarks": "",
        "Status": "APPROVED",
    }
    assert [row["START DATE"] for row in values["AUTHORIZED REDUCED COURSE LOAD"]] == ["21 JANUARY 2030"]


def test_a_cancelled_reduced_course_load_stays_in_the_record_and_off_the_form():
    story = Story()
    story.does("AuthDropBelowFC/Add", RCL, "2030-01-10")
    sends = {name: inner for name, inner in RCL.items() if name != "Remarks"}
    values = printed(story.does("AuthDropBelowFC/Cancel", sends, "2030-01-14"))
    assert values["AUTHORIZED REDUCED COURSE LOAD"] == []
    assert [load["Status"] for load in story.record.data["AuthDropBelowFC"]] == ["CANCELED"]
    assert story.refused("AuthDropBelowFC/Cancel", sends, "2030-01-14") == "S1070"
    story.does("AuthDropBelowFC/Add", RCL, "2030-01-14")


def test_cpt_is_approved_at_once_and_printed_with_its_employer():
    story = Story()
    outcome = story.does("CPTEmployment/Add", CPT, "2030-05-01")
    values = printed(outcome)
    (cpt,) = story.record.data["CPTEmployment"]
    assert (cpt["Status"], cpt["EmployerName"], cpt["EmployerAddress"]) == ("APPROVED", "Sample Works", ADDRESS)
    (row,) = values["EMPLOYMENT AUTHORIZATIONS"]
    assert list(row.values()) == ["CPT", "FULL TIME", "APPROVED", "03 JUNE 2030", "16 AUGUST 2030", ""]
    assert [row["EMPLOYER NAME"] for row in values["EMPLOYERS"]] == ["Sample Works"]
    assert "Employer" not in logged(outcome)  # its address is no business of the address engine


def test_a_second_cpt_at_another_time_is_another_row():
    story = Story()
    story.does("CPTEmployment/Add", CPT, "2030-05-01")
    outcome = story.does("CPTEmployment/Add", CPT | {"StartDate": "2030-08-17", "EndDate": "2030-12-13"}, "2030-05-01")
    assert [row["START DATE"] for row in authorizations(outcome)] == ["03 JUNE 2030", "17 AUGUST 2030"]


def test_a_cancelled_cpt_is_not_printed_and_makes_room():
    story = Story()
    story.does("CPTEmployment/Add", CPT, "2030-05-01")
    sends = {name: inner for name, inner in CPT.items() if name not in ("EmployerAddress", "CourseRelevance")}
    values = printed(story.does("CPTEmployment/Cancel", sends, "2030-06-03"))
    assert (values["EMPLOYMENT AUTHORIZATIONS"], values["EMPLOYERS"]) == ([], [])
    story.does("CPTEmployment/Add", CPT, "2030-06-03")
    assert [one["Status"] for one in story.record.data["CPTEmployment"]] == ["CANCELED", "APPROVED"]


def test_off_campus_employment_waits_for_a_decision():
    story = Story()
    outcome = story.does("OffCampusEmployment/Add", OFF_CAMPUS | {"Recommendation": "Hardship"}, "2031-01-15")
    (request,) = story.record.data["OffCampusEmployment"]
    assert (request["Status"], request["RequestDate"], request["Recommendation"]) == (
        "REQUESTED",
        "2031-01-15",
        "Hardship",
    )
    (row,) = authorizations(outcome)
    assert (row["TYPE"], row["FULL/PART-TIME OR REASON"], row["STATUS"]) == (
        "OFF-CAMPUS",
        "ECONOMIC HARDSHIP",
        "REQUESTED",
    )


def test_an_approval_may_bring_other_dates_and_an_edit_replaces_them():
    story = Story()
    story.does("OffCampusEmployment/Add", OFF_CAMPUS, "2031-01-15")
    requests.decide(story.record, "OffCampusEmployment", "APPROVED", date(2031, 2, 10), start=date(2031, 2, 10))
    (row,) = authorizations(story.does("Reprint", {"@printForm": "true", "Reason": "01"}, "2031-02-11"))
    assert (row["STATUS"], row["START DATE"], row["END DATE"]) == ("APPROVED", "10 FEBRUARY 2031", "30 JANUARY 2032")
    story.does("OffCampusEmployment/Edit", OFF_CAMPUS | {"NewEndDate": "2032-02-27"}, "2031-03-03")
    (request,) = story.record.data["OffCampusEmployment"]
    assert (request["EndDate"], request["ApprovedStartDate"]) == ("2032-02-27", "2031-02-10")
    known = OFF_CAMPUS | {"EndDate": "2032-02-27"}
    story.does(
        "OffCampusEmployment/Edit", known | {"NewStartDate": "2031-03-03", "NewEmploymentType": "03"}, "2031-03-03"
    )
    (request,) = story.record.data["OffCampusEmployment"]
    assert (request["StartDate"], request["EmploymentType"]) == ("2031-03-03", "03")
    assert "ApprovedStartDate" not in request


def test_off_campus_employment_is_cancelled():
    story = Story()
    story.does("OffCampusEmployment/Add", OFF_CAMPUS, "2031-01-15")
    assert authorizations(story.does("OffCampusEmployment/Cancel", OFF_CAMPUS, "2031-02-03")) == []
    assert story.record.data["OffCampusEmployment"][0]["Status"] == "CANCELED"


def test_a_cap_gap_is_filed_wait_listed_and_cancelled():
    story = Story()
    for status, words in (("F", "FILED"), ("T", "WAITLISTED"), ("C", "CANCELLED"), ("F", "FILED")):
        values = printed(story.does("Request/CapGapExtension", FILED | {"Status": status}, "2033-04-04"))
        assert values["CHANGE OF STATUS AND CAP-GAP EXTENSION"]["CAP-GAP EXTENSION"] == words
        assert story.record.data["Request"] == {"CapGapExtension": {"Status": status}}


def test_employment_in_a_batch_sees_what_earlier_records_of_it_did():
    story = Story()
    story.does("CPTEmployment/Add", CPT, "2030-05-01")
    assert story.refused("CPTEmployment/Add", CPT, "2030-05-01") == "S1071"
    assert story.refused("CPTEmployment/Add", CPT | {"EmployerName": "Other Works"}, "2030-05-01") == "S1044"


@pytest.mark.parametrize(
    ("event", "sends", "on"),
    [
        ("AuthDropBelowFC/Add", RCL, "2030-01-10"),
        ("CPTEmployment/Add", CPT, "2030-05-01"),
        ("OffCampusEmployment/Add", OFF_CAMPUS, "2031-01-15"),
        ("OPTEmployment/Add", OPT, "2033-03-01"),
        ("OPTEmployment/Cancel", OPT_KEY, "2033-03-01"),
        ("Request/CapGapExtension", FILED, "2033-05-02"),
    ],
)
def test_a_record_of_which_a_scenario_says_little_is_not_in_the_way(event, sends, on):
    """Without program dates, level and majors the rules about them have nothing to say."""
    story = Story(data={"EducationalInfo": {}, "OPTEmployment": OPT_KEY if event.endswith("Cancel") else []})
    story.does(event, sends | {"@printForm": "false"}, on)


def test_an_update_that_prints_nothing_says_so():
    story = Story()
    assert story.does("CPTEmployment/Add", CPT | {"@printForm": "false"}, "2030-05-01").forms == ()


def test_dates_with_a_zone_name_the_same_days():
    story = Story()
    story.does("OPTEmployment/Add", OPT | {"StartDate": "2033-06-01Z"}, "2033-03-01")
    story.does("OPTEmployment/Cancel", OPT_KEY | {"EndDate": "2034-05-31-05:00"}, "2033-03-01")


def test_years_outside_of_the_calendar_are_borne():
    story = Story()
    assert story.refused("CPTEmployment/Add", CPT | {"EndDate": "12030-08-16"}, "2030-05-01") == "S1029"
    assert story.refused("OPTEmployment/Add", OPT | {"StartDate": "-0001-01-01"}, "2033-03-01") == "S1137"
    far = EMPLOYER | {"EndDate": "99999-01-01"}
    assert story.refused("OPTEmployment/Add", OPT | {"Employer": [far]}, "2033-03-01") == "S1152"


def test_the_new_value_of_an_edit_is_named_as_the_fault():
    story = Story()
    story.does("AuthDropBelowFC/Add", RCL, "2030-01-10")
    outcome = story.tries("AuthDropBelowFC/Edit", RCL | {"NewEndDate": "2033-05-21"}, "2030-01-10")
    assert (outcome.finding.code, outcome.finding.path) == ("S1076", "NewEndDate")
    outcome = story.tries("AuthDropBelowFC/Edit", RCL | {"NewReason": "07"}, "2030-01-10")
    assert (outcome.finding.code, outcome.finding.path) == ("S1087", "NewReason")
