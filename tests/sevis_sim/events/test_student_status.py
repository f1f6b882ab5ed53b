"""Status/*, Reprint, DisciplinaryAction, and what dependents make of them."""

import pytest
from student_story import Story, logged, printed

from sevis_sim.events import life_cycle


def family(story):
    return [dependent.status for dependent in story.record.dependents]


def of_dependent(story, event, number=0, **sends):
    return story.does(f"Dependent/{event}", {"@dependentSevisID": story.record.dependents[number].sevis_id} | sends)


def test_a_student_who_does_not_come_is_cancelled_with_the_family():
    story = Story("STU-002", "INITIAL")
    outcome = story.does("Status/Cancel", {"Reason": "06", "Remarks": "Withdrew"})
    assert (story.record.status, family(story)) == ("CANCELED", ["CANCELED", "CANCELED"])
    assert story.record.data["Cancellation"] == {"Reason": "06", "Remarks": "Withdrew"}
    assert (outcome.forms, outcome.dependents) == ((), ())
    assert story.refused("Status/Cancel", {"Reason": "06"}) == "S1057"


def test_a_program_that_ended_is_completed_with_the_family():
    story = Story("STU-002")
    outcome = story.does("Status/Complete", {"Remarks": "Degree"}, "2031-05-20")
    assert (story.record.status, family(story)) == ("COMPLETED", ["COMPLETED", "COMPLETED"])
    assert story.record.dependents[0].data["Termination"] == {"Reason": "10"}
    assert story.record.data["Completion"] == {"Remarks": "Degree"}
    assert outcome.forms == ()


def test_a_termination_takes_the_family_with_it_but_not_those_who_went_before():
    story = Story("STU-002")
    of_dependent(story, "Terminate", Reason="04")
    outcome = story.does("Status/Terminate", {"Reason": "16", "OtherRemarks": "Left", "Remarks": ""})
    assert (story.record.status, family(story)) == ("TERMINATED", ["TERMINATED", "TERMINATED"])
    assert [each.data["Termination"]["Reason"] for each in story.record.dependents] == ["04", "06"]
    assert story.record.data["Termination"] == {"Reason": "16", "OtherRemarks": "Left", "Remarks": ""}
    assert outcome.forms == ()


def test_somebody_who_entered_and_did_not_register_is_terminated_as_a_no_show():
    story = Story("STU-001", "INITIAL", {"arrived": "2029-08-10"})
    story.does("Status/Terminate", {"Reason": "22"})
    assert story.record.status == "TERMINATED"


def test_a_status_that_is_verified_stays_and_is_in_the_history():
    story = Story("STU-002")
    before = story.record.copy()
    outcome = story.does("Status/Verify")
    assert (story.record.status, story.record.data, story.record.dependents) == (
        before.status,
        before.data,
        before.dependents,
    )
    assert (story.record.history[-1].event, outcome.forms) == ("Status/Verify", ())


@pytest.mark.parametrize(("sends", "copies"), [({}, 1), ({"@printForm": "true"}, 1), ({"@printForm": "0"}, 0)])
def test_a_form_is_printed_once_more_unless_told_otherwise(sends, copies):
    story = Story("STU-002", "INITIAL")
    outcome = story.does("Reprint", sends | {"Reason": "02", "Remarks": "Lost on the train"})
    assert len(outcome.forms) == copies
    if copies:
        values = printed(outcome)
        assert values["PERSONAL INFORMATION"]["FORM ISSUE REASON"] == "INITIAL ATTENDANCE"
        assert "train" not in values["REMARKS"]["REMARKS"]
    assert story.record.history[-1].event == "Reprint"


def test_disciplinary_actions_are_kept_one_after_the_other():
    story = Story()
    assert story.does("DisciplinaryAction", {"Explanation": "Vandalism"}).forms == ()
    story.does("DisciplinaryAction", {"Explanation": "Theft"})
    assert story.record.data["DisciplinaryAction"] == [{"Explanation": "Vandalism"}, {"Explanation": "Theft"}]


def test_a_dependent_who_does_not_come_is_cancelled_alone():
    story = Story("STU-002", "INITIAL")
    outcome = of_dependent(story, "Cancel", Reason="02", Remarks="")
    assert family(story) == ["CANCELED", "INITIAL"]
    assert story.record.dependents[0].data["Cancellation"] == {"Reason": "02", "Remarks": ""}
    assert outcome.forms == ()
    assert logged(outcome)["Dependent"][0]["@dependentSevisID"] == story.record.dependents[0].sevis_id


def test_a_dependent_is_reactivated_into_the_students_status():
    story = Story("STU-002")
    of_dependent(story, "Terminate", Reason="05")
    outcome = of_dependent(story, "Reactivate", **{"@printForm": "true"})
    assert family(story) == ["ACTIVE", "ACTIVE"]
    assert "Termination" not in story.record.dependents[0].data
    assert printed(outcome)["PRINCIPAL STUDENT"]["STUDENT'S SEVIS ID:"] == story.sevis_id
    assert outcome.forms[0].sevis_id == story.record.dependents[0].sevis_id


def test_a_cancelled_dependent_is_left_as_they_are_unless_a_setting_lets_them_come_back():
    story = Story("STU-002", "INITIAL")
    of_dependent(story, "Cancel", Reason="01")
    of_dependent(story, "Reactivate", **{"@printForm": "false"})
    assert family(story) == ["CANCELED", "INITIAL"]
    sends = {"@dependentSevisID": story.record.dependents[0].sevis_id, "@printForm": "false"}
    story.does("Dependent/Reactivate", sends, reactivated_dependents=frozenset({"CANCELED"}))
    assert family(story) == ["INITIAL", "INITIAL"]
    assert "Cancellation" not in story.record.dependents[0].data


def test_nothing_is_left_of_how_the_calendar_ended_a_dependent_who_is_reactivated():
    story = Story("STU-002")
    child = story.record.dependents[1]
    child.status, child.data = "TERMINATED", child.data | {life_cycle.CHANGE: {"Reason": "CHILD OVER 21"}}
    story.does("Dependent/Reactivate", {"@dependentSevisID": child.sevis_id, "@printForm": "false"})
    assert life_cycle.CHANGE not in story.record.dependents[1].data


def test_a_form_for_a_transfer_says_that_it_is_pending():
    story = Story("STU-001", "INITIAL", {"transferIn": True})
    values = printed(story.does("Reprint", {"Reason": "01"}))
    assert values["PERSONAL INFORMATION"]["FORM ISSUE REASON"] == "TRANSFER PENDING"
