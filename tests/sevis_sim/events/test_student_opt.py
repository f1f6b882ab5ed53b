"""OPTEmployment and OPTEmployer: what they change, what the log says of employers, what is printed."""

from datetime import date

import pytest
from employment_samples import ADDRESS, EMPLOYER, OPT, OPT_DATES, OPT_KEY, STEM_DATES
from student_story import Story, logged, printed

from sevis_sim.events.student import opt_extension, requests

EXTENDED_EMPLOYER = EMPLOYER | {"EmployerEIN": "123456789"}
EXTEND = OPT_KEY | {"Employer": [EXTENDED_EMPLOYER]}
REPORT = OPT_KEY | STEM_DATES
NEW = EMPLOYER | {"EmployerName": "Second Works", "StartDate": "2033-10-03"}


def approved(**dates):
    """A student whose OPT was approved, maybe for other dates."""
    story = Story()
    story.does("OPTEmployment/Add", OPT, "2033-03-01")
    requests.decide(story.record, "OPTEmployment[1]", "APPROVED", date(2033, 5, 2), **dates)
    return story


def extended():
    """A student whose STEM extension was approved."""
    story = approved()
    story.does("OPTEmployment/Extend", EXTEND, "2034-03-01")
    requests.decide(story.record, "OPTEmployment", "APPROVED", date(2034, 5, 15))
    return story


def rows(outcome):
    return printed(outcome)["EMPLOYMENT AUTHORIZATIONS"]


def opts(story):
    return story.record.data["OPTEmployment"]


def test_opt_is_a_request_and_its_employers_stand_in_the_log():
    story = Story()
    outcome = story.does("OPTEmployment/Add", OPT, "2033-03-01")
    (opt,) = opts(story)
    assert (opt["Status"], opt["RequestDate"], opt["Remarks"]) == ("REQUESTED", "2033-03-01", "Recommended")
    assert opt["Employer"] == [EMPLOYER]
    (employer,) = logged(outcome)["Employer"]
    assert (employer["EmployerName"], employer["StartDate"]) == ("First Works", "2033-06-06")
    assert employer["ProvidedAddress"] == ADDRESS
    assert employer["CorrectedAddress"]["Address1"] == "8 PLACEHOLDER PLAZA"
    assert employer["CorrectedAddress"]["PostalCode"].startswith("62701-")
    assert employer["AddressResult"] == "S0000"
    values = printed(outcome)
    (row,) = values["EMPLOYMENT AUTHORIZATIONS"]
    assert list(row.values()) == ["OPT", "FULL TIME", "REQUESTED", "01 JUNE 2033", "31 MAY 2034", "POST COMPLETION"]
    assert [row["EMPLOYER NAME"] for row in values["EMPLOYERS"]] == ["First Works"]


def test_a_refused_employer_address_is_in_the_log_with_its_code():
    story = Story()
    other = EMPLOYER | {"EmployerName": "Ämter & Co", "EmployerAddress": ADDRESS | {"State": "NY"}}
    outcome = story.tries("OPTEmployment/Add", OPT | {"Employer": [EMPLOYER, other]}, "2033-03-01")
    assert outcome.finding.code == "S1154"
    assert outcome.finding.path == "Employer[2]/EmployerAddress"
    first, second = logged(outcome)["Employer"]
    assert first["AddressResult"] == "S0000"
    assert (second["EmployerName"], second["AddressResult"]) == ("Ämter & Co", "S1154")
    assert second["AddressMessage"] == "Not Validated"
    assert "CorrectedAddress" not in second


def test_an_employer_without_a_name_cannot_stand_in_the_log():
    nameless = {name: inner for name, inner in EMPLOYER.items() if name != "EmployerName"}
    outcome = Story().tries("OPTEmployment/Add", OPT | {"Employer": [nameless]}, "2033-03-01")
    assert outcome.finding.code == "S1161"
    assert "Employer" not in logged(outcome)


def test_an_m1_students_opt_needs_no_completion_type():
    story = Story("STU-003")
    sends = {name: inner for name, inner in OPT.items() if name not in ("CompletionType", "Employer")}
    outcome = story.does(
        "OPTEmployment/Add", sends | {"StartDate": "2030-07-01", "EndDate": "2030-08-30"}, "2030-05-01"
    )
    assert "Employer" not in logged(outcome)
    assert [row["TYPE"] for row in rows(outcome)] == ["OPT"]


def test_an_approval_brings_dates_of_its_own_which_count_and_print():
    story = approved(start=date(2033, 6, 15), end=date(2034, 6, 14))
    values = printed(story.does("Reprint", {"@printForm": "true", "Reason": "01"}, "2033-06-15"))
    (row,) = values["EMPLOYMENT AUTHORIZATIONS"]
    assert (row["STATUS"], row["START DATE"], row["END DATE"]) == ("APPROVED", "15 JUNE 2033", "14 JUNE 2034")
    late = {"@printForm": "false", "EmploymentIdentifier": OPT_DATES, "Employer": [NEW | {"StartDate": "2034-06-13"}]}
    story.does("OPTEmployer/Add", late, "2034-06-13")
    by_new_dates = late | {
        "EmploymentIdentifier": {"StartDate": "2033-06-15", "EndDate": "2034-06-14"},
        "Employer": [NEW],
    }
    story.does("OPTEmployer/Add", by_new_dates, "2034-06-13")
    assert story.refused("OPTEmployment/Extend", EXTEND | {"StartDate": "2033-06-15"}, "2034-06-13") == "S1069"
    story.does("OPTEmployment/Extend", EXTEND | {"Employer": [NEW]}, "2034-06-13")
    assert (opts(story)[1]["StartDate"], opts(story)[1]["EndDate"]) == ("2034-06-15", "2036-06-14")


def test_a_pending_opt_is_edited_and_blank_remarks_blank():
    story = Story()
    story.does("OPTEmployment/Add", OPT, "2033-03-01")
    changes = {"NewFullPartTimeIndicator": "02", "AcademicYearMet": "false", "Remarks": "", "StudentRemarks": "Please"}
    (row,) = rows(story.does("OPTEmployment/Edit", OPT_KEY | changes, "2033-03-02"))
    assert row["FULL/PART-TIME OR REASON"] == "PART TIME"
    (opt,) = opts(story)
    assert (opt["FullPartTimeIndicator"], opt["AcademicYearMet"]) == ("02", "false")
    assert (opt["Remarks"], opt["StudentRemarks"], opt["Status"]) == ("", "Please", "REQUESTED")
    assert opt["Employer"] == [EMPLOYER]


def test_a_denied_opt_makes_room_for_another_and_takes_no_update():
    story = Story()
    story.does("OPTEmployment/Add", OPT, "2033-03-01")
    requests.decide(story.record, "OPTEmployment", "DENIED", date(2033, 5, 2))
    assert story.refused("OPTEmployment/Edit", OPT_KEY | {"Remarks": "Why?"}, "2033-05-03") == "S1169"
    assert story.refused("OPTEmployment/Cancel", OPT_KEY, "2033-05-03") == "S1069"
    statuses = [row["STATUS"] for row in rows(story.does("OPTEmployment/Add", OPT, "2033-05-04"))]
    assert statuses == ["DENIED", "REQUESTED"]


def test_an_opt_is_cancelled_and_its_employers_with_it():
    story = approved()
    values = printed(story.does("OPTEmployment/Cancel", OPT_KEY, "2033-06-01"))
    assert (values["EMPLOYMENT AUTHORIZATIONS"], values["EMPLOYERS"]) == ([], [])
    assert [opt["Status"] for opt in opts(story)] == ["CANCELED"]


def test_an_opt_that_is_cancelled_takes_its_extension_along():
    story = approved()
    story.does("OPTEmployment/Extend", EXTEND, "2033-06-01")
    story.does("OPTEmployment/Cancel", OPT_KEY, "2033-06-01")
    assert [opt["Status"] for opt in opts(story)] == ["CANCELED", "CANCELED"]


def test_an_extension_alone_is_cancelled_by_its_own_dates():
    story = extended()
    story.does("OPTEmployment/Cancel", REPORT, "2034-06-01")
    assert [opt["Status"] for opt in opts(story)] == ["APPROVED", "CANCELED"]


def test_sevis_sets_the_dates_of_an_extension():
    story = approved()
    outcome = story.does("OPTEmployment/Extend", EXTEND, "2034-03-01")
    base, extension = opts(story)
    assert base["Status"] == "APPROVED"
    assert {name: extension[name] for name in STEM_DATES} == STEM_DATES
    assert (extension["Status"], extension["RequestDate"], extension["Extends"]) == (
        "REQUESTED",
        "2034-03-01",
        OPT_DATES,
    )
    assert extension["Employer"] == [EXTENDED_EMPLOYER]
    assert [each["EmployerName"] for each in logged(outcome)["Employer"]] == ["First Works"]
    values = printed(outcome)
    _, row = values["EMPLOYMENT AUTHORIZATIONS"]
    expected = ["STEM OPT", "FULL TIME", "REQUESTED", "01 JUNE 2034", "31 MAY 2036", "POST COMPLETION"]
    assert list(row.values()) == expected
    assert [row["EMPLOYER NAME"] for row in values["EMPLOYERS"]] == ["First Works", "First Works"]


@pytest.mark.parametrize("sends", [REPORT, OPT_KEY], ids=["by its own dates", "by those of the OPT"])
def test_participation_is_reported_three_times(sends):
    story = extended()
    for on in ("2034-12-01", "2035-05-04", "2035-12-31"):
        story.does("OPTEmployment/ReportParticipation", sends, on)
        assert story.refused("OPTEmployment/ReportParticipation", sends, on) == "S1131"
    assert opts(story)[1]["Participation"] == [
        {"Due": "2034-12-01", "Reported": "2034-12-01"},
        {"Due": "2035-06-01", "Reported": "2035-05-04"},
        {"Due": "2035-12-01", "Reported": "2035-12-31"},
    ]
    assert opt_extension.missing_reports(story.record.data) == []


def test_missing_reports_are_those_of_approved_extensions_that_were_not_made():
    story = approved()
    story.does("OPTEmployment/Extend", EXTEND, "2034-03-01")
    assert opt_extension.missing_reports(story.record.data) == []
    requests.decide(story.record, "OPTEmployment", "APPROVED", date(2034, 5, 15))
    assert opt_extension.missing_reports(story.record.data) == [date(2034, 12, 1), date(2035, 6, 1), date(2035, 12, 1)]
    story.does("OPTEmployment/ReportParticipation", REPORT, "2035-06-01")
    assert opt_extension.missing_reports(story.record.data) == [date(2034, 12, 1), date(2035, 12, 1)]


def test_the_major_of_an_extension_can_be_the_second():
    story = approved()
    story.record.data["EducationalInfo"] |= {"MajorCode1": "52.0201", "MajorCode2": "14.1001"}
    story.does("OPTEmployment/Extend", EXTEND, "2034-03-01")


def test_employers_are_added_to_an_opt():
    story = approved()
    sends = {
        "@printForm": "true",
        "EmploymentIdentifier": OPT_DATES,
        "Employer": [NEW, NEW | {"StartDate": "2034-01-02"}],
    }
    outcome = story.does("OPTEmployer/Add", sends, "2033-10-03")
    names = ["First Works", "Second Works", "Second Works"]
    assert [employer["EmployerName"] for employer in opts(story)[0]["Employer"]] == names
    assert [row["EMPLOYER NAME"] for row in printed(outcome)["EMPLOYERS"]] == names
    assert [each["StartDate"] for each in logged(outcome)["Employer"]] == ["2033-10-03", "2034-01-02"]


def edit(**employer):
    return {
        "@printForm": "true",
        "EmploymentIdentifier": OPT_DATES,
        "EmployerIdentifier": {"EmployerName": "First Works", "StartDate": "2033-06-06"},
        "Employer": [employer],
    }


def test_an_employer_is_edited():
    story = approved()
    new = {"Address1": "PO Box 9", "PostalCode": "62702"}
    outcome = story.does("OPTEmployer/Edit", edit(EndDate="2033-10-31", EmployerAddress=new), "2033-10-03")
    (employer,) = opts(story)[0]["Employer"]
    assert (employer["EndDate"], employer["EmployerAddress"]) == ("2033-10-31", new)
    assert employer["CourseRelevance"] == EMPLOYER["CourseRelevance"]
    (entry,) = logged(outcome)["Employer"]
    assert (entry["EmployerName"], entry["ProvidedAddress"], entry["AddressResult"]) == ("First Works", new, "S0000")
    assert [row["END DATE"] for row in printed(outcome)["EMPLOYERS"]] == ["31 OCTOBER 2033"]


def test_an_employer_that_is_renamed_stands_in_the_log_by_its_new_name_and_without_an_address():
    story = approved()
    outcome = story.does("OPTEmployer/Edit", edit(EmployerName="Renamed Works", SelfEmployed=""), "2033-10-03")
    assert logged(outcome)["Employer"] == [{"EmployerName": "Renamed Works", "StartDate": "2033-06-06"}]
    assert story.refused("OPTEmployer/Edit", edit(EndDate="2033-10-31"), "2033-10-03") == "S1162"


def test_a_refused_edit_says_which_employer_it_was_about():
    outcome = approved().tries("OPTEmployer/Edit", edit(EndDate="2034-06-01"), "2033-10-03")
    assert (outcome.finding.code, outcome.finding.path) == ("S1152", "Employer/EndDate")
    assert [each["EmployerName"] for each in logged(outcome)["Employer"]] == ["First Works"]


def test_an_employer_that_a_scenario_wrote_alone_is_edited():
    story = approved()
    opts(story)[0]["Employer"] = dict(EMPLOYER)
    story.does("OPTEmployer/Edit", edit(EndDate="2033-10-31"), "2033-10-03")
    assert opts(story)[0]["Employer"] == EMPLOYER | {"EndDate": "2033-10-31"}


def test_an_edit_that_says_nothing_changes_nothing():
    story = approved()
    before = opts(story)
    sends = edit() | {"Employer": [""]}
    story.does("OPTEmployer/Edit", sends, "2033-10-03")
    assert opts(story) == before
