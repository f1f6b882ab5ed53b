"""Decisions of USCIS on what students asked for."""

from datetime import date

import pytest
from student_story import Story

from sevis_sim.domain.records import Record
from sevis_sim.events.student.requests import DECISIONS, KINDS, RequestError, decide, filed, find, requests

ON = date(2033, 5, 2)
OPT = {"StartDate": "2033-06-01", "EndDate": "2034-05-31"}


def record(*opts, **data):
    return Record("N9900000001", "ABC214F00012000", "student", "ACTIVE", {"OPTEmployment": list(opts)} | data)


def opt(status):
    return OPT | {"Status": status, "RequestDate": "2033-03-01"}


def test_a_request_is_filed_with_its_day():
    assert filed({"A": "1"}, ON) == {"A": "1", "Status": "REQUESTED", "RequestDate": "2033-05-02"}


@pytest.mark.parametrize(
    ("before", "decision"),
    [
        ("REQUESTED", "PENDING"),
        ("REQUESTED", "APPROVED"),
        ("PENDING", "APPROVED"),
        ("PENDING", "DENIED"),
        ("REQUESTED", "WITHDRAWN"),
    ],
)
def test_what_waits_can_be_decided(before, decision):
    student = record(opt(before))
    request = decide(student, "OPTEmployment", decision, ON)
    assert (request.reference, request.status, request.filed) == ("OPTEmployment[1]", decision, date(2033, 3, 1))
    assert student.data["OPTEmployment"][0] == opt(decision) | {"DecisionDate": "2033-05-02"}


@pytest.mark.parametrize("before", ["APPROVED", "DENIED", "WITHDRAWN", "CANCELED"])
@pytest.mark.parametrize("decision", DECISIONS)
def test_what_is_decided_stays_so(before, decision):
    student = record(opt(before))
    with pytest.raises(RequestError, match=rf"OPTEmployment\[1\] is {before}; {decision} is possible while it is"):
        decide(student, "OPTEmployment[1]", decision, ON)
    assert student == record(opt(before))


def test_what_is_received_is_not_received_again():
    with pytest.raises(RequestError, match="possible while it is REQUESTED"):
        decide(record(opt("PENDING")), "OPTEmployment", "PENDING", ON)


def test_a_request_that_a_scenario_gave_no_status_waits():
    assert decide(record(dict(OPT)), "OPTEmployment", "APPROVED", ON).status == "APPROVED"


def test_the_only_one_that_waits_needs_no_number():
    student = record(opt("DENIED"), opt("PENDING"), opt("APPROVED"))
    assert find(student, "OPTEmployment").reference == "OPTEmployment[2]"
    assert find(student, "OPTEmployment[3]").status == "APPROVED"


@pytest.mark.parametrize(
    ("reference", "message"),
    [
        ("OPT", "'OPT' is no request; expected OPTEmployment, OffCampusEmployment"),
        ("OPTEmployment[0]", "is no request"),
        (
            "OPTEmployment[3]",
            r"has no request OPTEmployment\[3\]; it has OPTEmployment\[1\] \(PENDING\), OPT",
        ),
        ("OPTEmployment", "has more than one request that waits OPTEmployment"),
        ("OffCampusEmployment", "has no request OffCampusEmployment; it has none"),
    ],
)
def test_a_reference_that_means_none_is_told_what_there_is(reference, message):
    with pytest.raises(RequestError, match=message):
        find(record(opt("PENDING"), opt("REQUESTED")), reference)


def test_an_unknown_decision_is_told_which_there_are():
    with pytest.raises(RequestError, match="'GRANTED' is no decision; expected PENDING, APPROVED, DENIED, WITHDRAWN"):
        decide(record(opt("PENDING")), "OPTEmployment", "GRANTED", ON)


def test_an_approval_may_bring_dates():
    student = record(opt("PENDING"))
    decide(student, "OPTEmployment", "APPROVED", ON, start=date(2033, 6, 15), end=date(2034, 6, 14))
    (stored,) = student.data["OPTEmployment"]
    assert (stored["ApprovedStartDate"], stored["ApprovedEndDate"]) == ("2033-06-15", "2034-06-14")
    assert (stored["StartDate"], stored["EndDate"]) == ("2033-06-01", "2034-05-31")


def test_approved_dates_must_be_in_order():
    student = record(opt("PENDING"))
    with pytest.raises(RequestError, match="would start on 2034-05-31 and end on 2034-05-31"):
        decide(student, "OPTEmployment", "APPROVED", ON, start=date(2034, 5, 31))
    assert student == record(opt("PENDING"))


@pytest.mark.parametrize(("reference", "decision"), [("OPTEmployment", "DENIED"), ("Program/Extension", "APPROVED")])
def test_other_decisions_bring_no_dates(reference, decision):
    extension = {"Status": "REQUESTED", "NewPrgEndDate": "2033-12-16"}
    student = record(opt("PENDING"), Program={"Extension": [extension]})
    with pytest.raises(RequestError, match="brings no dates"):
        decide(student, reference, decision, ON, end=date(2034, 5, 1))


def test_an_approved_extension_moves_the_end_of_the_program():
    extension = {"Status": "PENDING", "NewPrgEndDate": "2033-12-16"}
    student = record(Program={"Extension": [extension]}, EducationalInfo={"PrgEndDate": "2033-05-20", "Minor": "1"})
    decide(student, "Program/Extension", "APPROVED", ON)
    assert student.data["EducationalInfo"] == {"PrgEndDate": "2033-12-16", "Minor": "1"}
    bare = record(Program={"Extension": [dict(extension)]})
    bare.data["Program"]["Extension"][0]["Status"] = "PENDING"
    decide(bare, "Program/Extension", "APPROVED", ON)
    assert bare.data["EducationalInfo"] == {"PrgEndDate": "2033-12-16"}


def test_the_requests_of_a_record_are_listed_by_kind():
    story = Story()
    story.record.data["OPTEmployment"] = [opt("PENDING"), "not an element"]
    story.record.data["OffCampusEmployment"] = dict(OPT)
    assert [each.reference for each in requests(story.record)] == ["OPTEmployment[1]", "OffCampusEmployment[1]"]
    assert [each.kind for each in requests(story.record, "OffCampusEmployment")] == ["OffCampusEmployment"]
    assert all(kind.means for kind in KINDS.values())
