"""A second education level under the same SEVIS ID: begun, cancelled, registered, and which one an update means."""

import pytest
from student_story import CHANGE, Story, printed

BEFORE_GRADUATION = "2033-04-04"
IN_CLASS = "2033-08-29"
SESSION = {
    "@printForm": "true",
    "LastSession": "false",
    "CurrentSessionStartDate": "2033-08-22",
    "CurrentSessionEndDate": "2033-12-16",
    "NextSessionStartDate": "2034-01-17",
    "USAddress": {"Address1": "1200 Specimen Street", "City": "Springfield", "State": "IL", "PostalCode": "62701"},
}


def going_on(base="STU-001"):
    story = Story(base)
    story.outcome = story.does("EducationLevel/Change", CHANGE, BEFORE_GRADUATION)
    return story


def level_of(data):
    return data["EducationalInfo"]["EduLevel"]["Level"]


def test_a_change_of_level_begins_an_initial_record_beside_the_active_one():
    story = going_on("STU-002")
    assert (story.record.status, level_of(story.record.data)) == ("ACTIVE", "05")
    assert story.record.statuses == {1: "ACTIVE", 2: "INITIAL"}
    (new,) = story.record.levels
    assert set(new.data) == {"EducationalInfo", "FinancialInfo", "Remarks"}
    assert new.data["FinancialInfo"]["Expense"]["Tuition"] == "20000"
    assert {dependent.status for dependent in story.record.dependents} == {"ACTIVE"}


def test_the_form_of_a_change_of_level_shows_the_new_level():
    values = printed(going_on().outcome)
    assert values["PERSONAL INFORMATION"]["FORM ISSUE REASON"] == "CHANGE OF EDUCATION LEVEL"
    assert values["PERSONAL INFORMATION"]["SURNAME/PRIMARY NAME"] == "Exemplo"
    assert values["PROGRAM OF STUDY"]["EDUCATION LEVEL"] == "MASTER'S"
    assert values["PROGRAM OF STUDY"]["PROGRAM START/END DATE"] == "22 AUGUST 2033 - 18 MAY 2035"
    assert values["FINANCIALS"]["TOTAL COSTS"] == "$30,000"
    assert values["REMARKS"]["REMARKS"] == "Goes on"


def test_registration_of_the_new_level_deactivates_the_old_one():
    story = going_on("STU-002")
    outcome = story.does("Registration", SESSION, IN_CLASS, level="INITIAL")
    assert (story.record.status, story.record.level) == ("ACTIVE", 2)
    assert story.record.statuses == {1: "DEACTIVATED", 2: "ACTIVE"}
    assert story.record.data["Registration"]["CurrentSessionEndDate"] == "2033-12-16"
    assert "Registration" not in story.record.levels[0].data
    assert story.record.data["USAddress"]["City"] == "Springfield"
    assert {dependent.status for dependent in story.record.dependents} == {"ACTIVE"}
    values = printed(outcome)
    assert values["PERSONAL INFORMATION"]["FORM ISSUE REASON"] == "CONTINUED ATTENDANCE"
    assert values["PROGRAM OF STUDY"]["EDUCATION LEVEL"] == "MASTER'S"
    story.does("EducationLevel/Change", CHANGE, IN_CLASS.replace("29", "22"))
    assert story.record.statuses == {1: "DEACTIVATED", 2: "ACTIVE", 3: "INITIAL"}


def test_a_change_that_is_cancelled_leaves_the_active_record():
    story = going_on()
    assert story.does("EducationLevel/Cancel", {"Remarks": "Stays"}, BEFORE_GRADUATION).forms == ()
    assert (story.record.status, story.record.level) == ("ACTIVE", 1)
    assert story.record.statuses == {1: "ACTIVE", 2: "CANCELED"}
    assert story.record.levels[0].data["Cancellation"] == {"Remarks": "Stays"}
    assert story.refused("EducationLevel/Cancel", on=BEFORE_GRADUATION) == "S1101"
    story.does("EducationLevel/Change", CHANGE, BEFORE_GRADUATION)


@pytest.mark.parametrize("level", [None, "ACTIVE", "INITIAL"])
def test_a_cancellation_of_the_change_finds_the_new_record_whatever_the_update_names(level):
    story = going_on()
    story.does("EducationLevel/Cancel", on=BEFORE_GRADUATION, level=level)
    assert story.record.statuses == {1: "ACTIVE", 2: "CANCELED"}


def test_an_update_says_which_level_it_means():
    story = going_on()
    funding = {"@printForm": "true", "Funding": {"Personal": "31000"}}
    assert story.refused("FinancialInfo", funding, BEFORE_GRADUATION) == "S1082"
    values = printed(story.does("FinancialInfo", funding, BEFORE_GRADUATION, level="INITIAL"))
    assert values["PROGRAM OF STUDY"]["EDUCATION LEVEL"] == "MASTER'S"
    values = printed(story.does("FinancialInfo", funding, BEFORE_GRADUATION, level="ACTIVE"))
    assert values["PROGRAM OF STUDY"]["EDUCATION LEVEL"] == "BACHELOR'S"
    assert story.record.data["FinancialInfo"]["Expense"]["Tuition"] == "31000"
    assert story.record.levels[0].data["FinancialInfo"]["Funding"]["Personal"] == "31000"


def test_an_event_for_one_of_the_two_statuses_needs_no_word():
    story = going_on()
    story.does("Program/Shorten", {"@printForm": "false", "NewPrgEndDate": "2033-05-13"}, BEFORE_GRADUATION)
    assert story.record.data["EducationalInfo"]["PrgEndDate"] == "2033-05-13"
    assert story.refused("Status/Cancel", {"Reason": "01"}, BEFORE_GRADUATION) == "S1091"


def test_the_word_is_obeyed_even_where_the_other_level_would_do():
    story = going_on()
    sends = {"@printForm": "false", "NewPrgEndDate": "2033-05-13"}
    assert story.refused("Program/Shorten", sends, BEFORE_GRADUATION, level="INITIAL") == "S1054"
    assert story.refused("EducationLevel/Change", CHANGE, BEFORE_GRADUATION, level="ACTIVE") == "S1083"


def test_with_one_open_level_the_word_does_not_matter():
    story = Story()
    story.does("Status/Verify", level="INITIAL")
    story.does("EducationLevel/Change", CHANGE, BEFORE_GRADUATION)
    story.does("Registration", SESSION, IN_CLASS, level="INITIAL")
    story.does("Status/Verify", on=IN_CLASS)


def test_what_the_person_is_belongs_to_both_levels():
    story = going_on()
    sends = {"@printForm": "false", "FullName": {"LastName": "Married"}}
    story.does("PersonalInfo", sends, BEFORE_GRADUATION, level="INITIAL")
    assert (story.record.level, story.record.data["PersonalInfo"]["FullName"]["LastName"]) == (1, "Married")
    assert "PersonalInfo" not in story.record.levels[0].data


def test_the_family_stays_while_a_level_is_open():
    story = going_on("STU-002")
    story.does("Status/Complete", on="2033-05-20", level="ACTIVE")
    assert story.record.statuses == {1: "COMPLETED", 2: "INITIAL"}
    assert (story.record.status, story.record.level) == ("INITIAL", 2)
    assert {dependent.status for dependent in story.record.dependents} == {"ACTIVE"}
    story.does("EducationLevel/Cancel", on="2033-06-01")
    assert story.record.statuses == {1: "COMPLETED", 2: "CANCELED"}
    assert (story.record.status, story.record.level) == ("COMPLETED", 1)
    assert {dependent.status for dependent in story.record.dependents} == {"COMPLETED"}


def test_a_dependent_who_joins_during_the_change_follows_the_active_record():
    story = going_on("STU-002")
    sends = {
        "@printForm": "false",
        "FullName": {"LastName": "Placeholder", "FirstName": "Kid"},
        "BirthDate": "2030-02-03",
        "Gender": "F",
        "BirthCountryCode": "IN",
        "CitizenshipCountryCode": "IN",
        "VisaType": "04",
        "Relationship": "02",
    }
    story.does("Dependent/Add", sends, BEFORE_GRADUATION, level="INITIAL")
    assert story.record.dependents[-1].status == "ACTIVE"


def test_the_history_says_which_level_an_event_was_about():
    story = going_on()
    story.does("Reprint", {"@printForm": "false", "Reason": "02"}, BEFORE_GRADUATION, level="ACTIVE")
    story.does("Reprint", {"@printForm": "false", "Reason": "02"}, BEFORE_GRADUATION, level="INITIAL")
    entries = [(entry.event, entry.level) for entry in story.record.history]
    assert entries == [("CreateStudent", 1), ("EducationLevel/Change", 2), ("Reprint", 1), ("Reprint", 2)]


def test_a_level_that_is_not_there_cannot_be_shown():
    with pytest.raises(KeyError):
        Story().record.show(2)
