"""Where in a file check says that a rule is broken: the line of the element at fault, however the event sends it."""

from datetime import date

import pytest
from support import sample

from sevis_sim.advice.check import Checker
from sevis_sim.advice.check_rules import State
from sevis_sim.advice.check_sources import Source
from sevis_sim.domain.organizations import Official, Organization
from sevis_sim.domain.records import Dependent, Record
from sevis_sim.schemas import release

SCHOOL = Organization("ABC214F00012000", "school", officials=(Official("pdso000001", "PDSO"),))
STUDENT = Record(
    "N9904705123",
    SCHOOL.id,
    "student",
    "ACTIVE",
    {
        "PersonalInfo": {"VisaType": "01", "CitizenshipCountryCode": "IN"},
        "EducationalInfo": {"EduLevel": {"Level": "05"}, "PrgStartDate": "2029-01-08", "PrgEndDate": "2030-05-17"},
        "FinancialInfo": {"Expense": {"Tuition": "1"}, "Funding": {"Personal": "1"}},
    },
    [Dependent("N9904705124", "ACTIVE", {"Relationship": "01"})],
)
PHONE = "<TelephoneExemptInd>Y</TelephoneExemptInd><Phone>\n<USNumber>6175550142</USNumber></Phone>"


def lines(document: bytes) -> list[tuple[str, str]]:
    """The findings of a document, each with the line that it is about."""
    checker = Checker(release(), today=date(2029, 3, 1), state=State((SCHOOL,), (STUDENT,)))
    report = checker.check(Source("x", "batch.xml", document))
    text = document.decode().splitlines()
    return [(found.code, text[found.line - 1].strip()) for found in report.findings]


@pytest.mark.parametrize(
    ("event", "code", "line"),
    [
        (
            f'<PersonalInfo printForm="false">\n<Telephone>{PHONE}</Telephone></PersonalInfo>',
            "S1167",
            "<USNumber>6175550142</USNumber>",
        ),
        (
            '<PersonalInfo printForm="false">\n<Commuter>true</Commuter>\n</PersonalInfo>',
            "S1053",
            "<Commuter>true</Commuter>",
        ),
        (
            (
                '<Registration printForm="false"><LastSession>true</LastSession>'
                "<CurrentSessionStartDate>2029-01-08</CurrentSessionStartDate>"
                f"<CurrentSessionEndDate>2029-05-18</CurrentSessionEndDate>\n<Telephone>{PHONE}</Telephone></Registration>"
            ),
            "S1167",
            "<USNumber>6175550142</USNumber>",
        ),
        (
            '<FinancialInfo printForm="false"><Expense>\n<DependentExp></DependentExp>\n</Expense></FinancialInfo>',
            "S1108",
            "<DependentExp></DependentExp>",
        ),
        (
            (
                '<FinancialInfo printForm="false"><Funding><Other><Amount>1</Amount>\n<Remarks></Remarks>\n</Other>'
                "</Funding></FinancialInfo>"
            ),
            "S1111",
            "<Remarks></Remarks>",
        ),
    ],
)
def test_an_update_is_told_the_line_of_the_element_at_fault(event, code, line):
    document = (
        '<SEVISBatchCreateUpdateStudent userID="pdso000001"><BatchHeader><BatchID>UPDATE00000001</BatchID><OrgID>'
        f"{SCHOOL.id}</OrgID></BatchHeader><UpdateStudent><Student "
        f'sevisID="{STUDENT.sevis_id}" requestID="1" userID="pdso000001">{event}</Student></UpdateStudent>'
        "</SEVISBatchCreateUpdateStudent>"
    )
    assert [found for found in lines(document.encode()) if found[0] == code and found[1].startswith(line)]


def test_the_second_of_several_dependents_is_told_from_the_first():
    old = sample("students.xml").replace(b"<BirthDate>2024-02-29", b"<BirthDate>1999-02-28")
    assert ("S1014", "<BirthDate>1999-02-28</BirthDate>") in lines(old)


def test_a_create_is_told_the_line_within_its_block():
    commuter = sample("students.xml").replace(b"<VisaType>01", b"<Commuter>true</Commuter>\n<VisaType>01", 1)
    assert "Commuter>true" in dict(lines(commuter))["S1053"]
