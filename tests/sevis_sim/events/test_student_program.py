"""Program/*, FinancialInfo: what they change, what the log says, what is printed."""

from datetime import date

import pytest
from student_story import Story, printed

from sevis_sim.events.student import requests

EXTENSION = {"@printForm": "true", "NewPrgEndDate": "2033-12-16", "Explanation": "Thesis", "Remarks": "Until winter"}
M1_EXTENSION = {"@printForm": "true", "NewPrgEndDate": "2030-12-20", "Explanation": "Flight hours"}
IN_WINDOW = "2030-05-15"


def program(values):
    return values["PROGRAM OF STUDY"]


def test_an_extension_of_f1_takes_effect_at_once():
    story = Story()
    values = printed(story.does("Program/Extension", EXTENSION, "2033-03-01"))
    assert program(values)["PROGRAM START/END DATE"] == "20 AUGUST 2029 - 16 DECEMBER 2033"
    assert values["REMARKS"]["REMARKS"].startswith("Until winter")
    assert story.record.data["EducationalInfo"]["PrgEndDate"] == "2033-12-16"
    (request,) = story.record.data["Program"]["Extension"]
    assert (request["Status"], request["Explanation"], request["RequestDate"]) == ("APPROVED", "Thesis", "2033-03-01")


def test_an_extension_of_m1_waits_and_prints_the_end_as_it_is():
    story = Story("STU-003")
    values = printed(story.does("Program/Extension", M1_EXTENSION, IN_WINDOW))
    assert program(values)["PROGRAM START/END DATE"] == "04 SEPTEMBER 2029 - 28 JUNE 2030"
    (request,) = story.record.data["Program"]["Extension"]
    assert (request["Status"], request["RequestDate"]) == ("REQUESTED", IN_WINDOW)
    assert story.record.data["EducationalInfo"]["PrgEndDate"] == "2030-06-28"


def test_an_extension_of_m1_that_was_approved_moves_the_end_and_counts_from_the_first_end():
    story = Story("STU-003")
    story.does("Program/Extension", M1_EXTENSION, IN_WINDOW)
    requests.decide(story.record, "Program/Extension", "APPROVED", date(2030, 6, 3))
    assert story.record.data["EducationalInfo"]["PrgEndDate"] == "2030-12-20"
    again = M1_EXTENSION | {"NewPrgEndDate": "2031-06-29"}
    assert story.refused("Program/Extension", again, "2030-11-15") == "S1016"
    story.does("Program/Extension", again | {"NewPrgEndDate": "2031-06-28"}, "2030-11-15")
    assert [each["Status"] for each in story.record.data["Program"]["Extension"]] == ["APPROVED", "REQUESTED"]


def test_a_cancelled_request_leaves_the_program_and_makes_room_for_another():
    story = Story("STU-003")
    story.does("Program/Extension", M1_EXTENSION, IN_WINDOW)
    sends = {"@printForm": "true", "NewPrgEndDate": "2030-12-20", "Remarks": "Changed his mind"}
    outcome = story.does("Program/CancelExtension", sends, "2030-05-16")
    assert program(printed(outcome))["PROGRAM START/END DATE"].endswith("28 JUNE 2030")
    assert [each["Status"] for each in story.record.data["Program"]["Extension"]] == ["CANCELED"]
    story.does("Program/Extension", M1_EXTENSION, "2030-05-17")


def test_a_program_is_shortened():
    story = Story()
    sends = {"@printForm": "true", "NewPrgEndDate": "2032-12-17"}
    values = printed(story.does("Program/Shorten", sends))
    assert program(values)["PROGRAM START/END DATE"] == "20 AUGUST 2029 - 17 DECEMBER 2032"
    assert story.record.data["Program"]["OriginalPrgEndDate"] == "2033-05-20"
    assert story.refused("Program/Shorten", sends | {"NewPrgEndDate": "2032-12-18"}) == "S1089"


def test_a_start_that_is_put_off_moves_all_three_days():
    story = Story(status="INITIAL")
    sends = {
        "@printForm": "true",
        "IssDate": "2030-01-16",
        "NewPrgStartDate": "2030-01-14",
        "NewPrgEndDate": "2033-12-16",
    }
    values = printed(story.does("Program/ManageSessionDates", sends, "2029-07-02"))
    assert values["PERSONAL INFORMATION"]["FORM ISSUE REASON"] == "INITIAL ATTENDANCE"
    assert program(values)["START OF CLASSES"] == "16 JANUARY 2030"
    assert program(values)["PROGRAM START/END DATE"] == "14 JANUARY 2030 - 16 DECEMBER 2033"
    assert program(values)["EARLIEST ADMISSION DATE"] == "15 DECEMBER 2029"
    assert "Program" not in story.record.data  # the end that S1016 counts from is this one


def test_a_program_is_corrected_and_keeps_what_was_not_sent():
    story = Story()
    english = {"EngRequired": "false", "NotRequiredReason": "Taught in Portuguese"}
    sends = {"@printForm": "true", "Level": "05", "MajorCode2": "27.0101", "EngProficiency": english}
    values = program(printed(story.does("Program/Edit", sends)))
    assert (values["EDUCATION LEVEL"], values["MAJOR 1"]) == ("MASTER'S", "Computer Science 11.0701")
    assert values["MAJOR 2"].endswith("27.0101")
    assert (values["PROGRAM ENGLISH PROFICIENCY"], values["ENGLISH PROFICIENCY NOTES"]) == (
        "Not Required",
        "Taught in Portuguese",
    )
    assert story.record.data["EducationalInfo"]["Minor"] == "27.0101"


@pytest.mark.parametrize(("new", "left"), [("04", {"Level": "04"}), ("11", {"Level": "11", "OtherRemarks": "Bridge"})])
def test_the_words_for_another_level_go_with_it(new, left):
    story = Story(data={"EducationalInfo/EduLevel": {"Level": "11", "OtherRemarks": "Bridge"}})
    story.does("Program/Edit", {"@printForm": "false", "Level": new})
    assert story.record.data["EducationalInfo"]["EduLevel"] == left


def test_money_is_merged_and_blank_elements_blank():
    story = Story()
    expense = {"Tuition": "10000", "Other": {"Amount": "", "Remarks": ""}}
    funding = {"School": {"Amount": "30000"}, "Employment": "500"}
    sends = {"@printForm": "true", "AcademicTerm": "12", "Expense": expense, "Funding": funding, "Remarks": "New money"}
    values = printed(story.does("FinancialInfo", sends))
    assert values["FINANCIALS"] | {"TUITION AND FEES": "$10,000", "OTHER COSTS": "$"} == values["FINANCIALS"]
    assert values["FINANCIALS"]["FUNDS FROM THIS SCHOOL"] == "$30,000"
    assert values["FINANCIALS"]["TOTAL COSTS"] == "$24,500"
    assert values["REMARKS"]["REMARKS"] == "New money\nFunds from this school: Presidential scholarship"
    assert story.record.data["FinancialInfo"]["Expense"]["LivingExpense"] == "14500"
    assert story.record.data["FinancialInfo"]["Expense"]["Other"] == {"Amount": "", "Remarks": ""}


def test_money_that_a_scenario_left_out_is_not_missed():
    data = {"FinancialInfo": {"Funding": {"Personal": "1"}}}
    story = Story(data=data)
    story.record.history.clear()
    story.does("FinancialInfo", {"@printForm": "false", "Expense": {"LivingExpense": "9000"}})
    assert story.refused("FinancialInfo", {"@printForm": "false", "Expense": {"Tuition": "9000"}}) == "S1024"
