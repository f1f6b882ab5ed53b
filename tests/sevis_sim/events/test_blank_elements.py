"""Every element that an update may send empty blanks what the record has there (…Nullable types of the schema)."""

import pytest
from employment_samples import ADDRESS, EMPLOYER, OFF_CAMPUS, OPT, OPT_DATES, OPT_KEY, RCL
from rules_bench import SESSION
from student_story import Story

from sevis_sim.advice.pages.blanks import blanks
from sevis_sim.domain.document import copied, value, walk
from sevis_sim.events import registry

NAME = {"LastName": "Sample", "FirstName": "Ana", "Suffix": "Jr.", "PassportName": "Ana Sample", "PreferredName": "Ani"}
ABROAD = {
    "Address1": "Rua 1",
    "Address2": "B",
    "City": "Recife",
    "Province": "PE",
    "PostalCode": "5",
    "CountryCode": "BR",
}
FULL = ADDRESS | {"Address2": "Room 1", "ExplanationCode": "OB"}
COSTS = {
    "Expense": {"DependentExp": "1", "Other": {"Amount": "1", "Remarks": "Books"}},
    "Funding": {
        "Personal": "90000",
        "School": {"Amount": "1", "Remarks": "Grant"},
        "Other": {"Amount": "1", "Remarks": "Gift"},
        "Employment": "1",
    },
}
ENGLISH = {"EngRequired": "false", "NotRequiredReason": "First language"}
PERSON = {"FullName": NAME, "USAddress": FULL, "MailingAddress": FULL, "ForeignAddress": ABROAD, "Remarks": "Moved"}
DATES = {"IssDate": "2029-09-10", "NewPrgStartDate": "2029-09-03", "NewPrgEndDate": "2033-05-20"}
KEY_OF_RCL = {name: inner for name, inner in RCL.items() if name != "Remarks"}
EMPLOYER_KEY = {name: EMPLOYER[name] for name in ("EmployerName", "StartDate")}


def _with_block(record, block):
    """The record's elements with those of a block, which the update sends directly, beside the others."""
    return record.data[block] | {name: inner for name, inner in record.data.items() if name != block}


EVENTS = {
    # event: what it sends in full, the events before it, and where the record keeps what it sends
    "AuthDropBelowFC/Edit": (
        KEY_OF_RCL | {"NewReason": "01", "Remarks": "Longer"},
        {"AuthDropBelowFC/Add": RCL},
        lambda record: record.data["AuthDropBelowFC"][0],
    ),
    "Dependent/Edit": (
        {"FullName": NAME, "CitizenshipCountryCode": "BR", "Remarks": "Took her name"},
        {},
        lambda record: record.dependents[0].data,
    ),
    "FinancialInfo": (COSTS | {"Remarks": "More"}, {}, lambda record: _with_block(record, "FinancialInfo")),
    "OffCampusEmployment/Edit": (
        OFF_CAMPUS | {"Recommendation": "Hardship"},
        {"OffCampusEmployment/Add": OFF_CAMPUS},
        lambda record: record.data["OffCampusEmployment"][0],
    ),
    "OPTEmployment/Edit": (
        OPT_KEY | {"StudentRemarks": "Please", "Remarks": "Yes"},
        {"OPTEmployment/Add": OPT},
        lambda record: record.data["OPTEmployment"][0],
    ),
    "OPTEmployer/Edit": (
        {
            "EmploymentIdentifier": OPT_DATES,
            "EmployerIdentifier": EMPLOYER_KEY,
            "Employer": [{"EmployerAddress": FULL, "SelfEmployed": "Y"}],
        },
        {"OPTEmployment/Add": OPT},
        lambda record: {"Employer": record.data["OPTEmployment"][0]["Employer"][0]},
    ),
    "PersonalInfo": (PERSON, {}, lambda record: _with_block(record, "PersonalInfo")),
    "Program/ManageSessionDates": (DATES | {"Remarks": "Visa was late"}, {}, lambda record: record.data),
    "Program/Edit": (
        {"EngProficiency": ENGLISH, "Remarks": "Corrected"},
        {},
        lambda record: _with_block(record, "EducationalInfo"),
    ),
    "Registration": (
        SESSION | {"USAddress": FULL, "ForeignAddress": ABROAD, "Remarks": "Late"},
        {},
        lambda record: record.data,
    ),
}
NOTHING_STORED = {
    "AuthDropBelowFC/Add",
    "Dependent/Add",
    "Dependent/Cancel",
    "Dependent/Terminate",
    "OPTEmployment/Add",
    "OPTEmployment/Extend",
    "OPTEmployer/Add",
    "Status/Cancel",
    "Status/Complete",
    "Status/Terminate",
}
"""Events that bring something new or end something, so that nothing is stored yet that they could blank."""
TOGETHER = {
    "Other/Amount": "Other/Remarks",
    "Other/Remarks": "Other/Amount",
    "School/Amount": "School/Remarks",
    "School/Remarks": "School/Amount",
}
"""An amount and its remarks only go together (S1111, S1112)."""


def test_every_event_that_may_send_something_empty_is_looked_at():
    may = {path for path in registry.UPDATES["student"] if blanks("student", path)}
    assert may == set(EVENTS) | NOTHING_STORED


@pytest.mark.parametrize(
    ("event", "element"),
    [(event, each.partition(" ")[0]) for event in EVENTS for each in blanks("student", event)],
)
def test_an_empty_element_blanks_what_is_stored(event, element):
    sends, earlier, kept = EVENTS[event]
    story = Story("STU-002" if event == "Dependent/Edit" else "STU-001", "INITIAL" if "Session" in event else "ACTIVE")
    who = {"@dependentSevisID": story.record.dependents[0].sevis_id} if event == "Dependent/Edit" else {}
    day = "2029-08-20" if "Session" in event else "2029-10-01"
    for path, sent in earlier.items():
        story.does(path, sent, "2033-05-25" if path.startswith("OPT") else day)
    day = "2033-05-25" if event.startswith("OPT") else day
    story.does(event, sends | who, day)
    assert value(kept(story.record), element), "nothing is stored that could be blanked"

    empty = copied(sends | who)
    other = next((element.replace(end, with_it) for end, with_it in TOGETHER.items() if element.endswith(end)), element)
    for path in {element, other}:
        *way, last = path.split("/")
        node = empty
        for step in way:
            node = node[step][0] if isinstance(node[step], list) else node[step]
        node[last] = ""
    before = kept(story.record)
    story.does(event, empty, day)
    after = kept(story.record)
    assert dict(walk(after)) == dict(walk(before)) | dict.fromkeys((element, other), "")
