"""The words of findings: what is allowed, the code that may be meant, the way to mend it; never those of a library."""

import random

import pytest
from lxml import etree
from mutations import mutate
from schema_documents import student, with_change

from sevis_sim.resources import folder
from sevis_sim.schemas import parse, release
from sevis_sim.schemas.samples import Sampler, load

ROOTS = {
    "Create-UpdateStudent.xsd": "SEVISBatchCreateUpdateStudent",
    "Create-UpdateExchangeVisitor.xsd": "SEVISBatchCreateUpdateEV",
}
OF_LIBRARIES = (
    "facet", "atomic type", "union type", "This element", "Expected is (", "Expected is one of", "element-only",
    "global component", "character data", "cvc", "{http", "nillable", "value must be", "not expected",
)  # fmt: skip
LAST_RESORTS = ("does not agree", "schema does not", "is incomplete", "does not fit its type")


def the_violation(old, new, which=1):
    (violation,) = release().validate(parse(with_change(student(), old, new, which)))
    return violation


@pytest.mark.parametrize(
    ("old", "new", "message", "remedy"),
    [
        ("<BirthCountryCode>CH", "<BirthCountryCode>CHINA", "did you mean 'CH'?", "Write CH (CHINA), if that is"),
        ("<BirthCountryCode>CH", "<BirthCountryCode>ch", "did you mean 'CH'?", "Write CH (CHINA), if that is"),
        ("<VisaType>01", "<VisaType>1", "did you mean '01'?", "Write 01"),
        ("<IssueReason>I", "<IssueReason>X", "allowed: I (INITIAL) or S (CHANGE OF STATUS)", ""),
        ("<IssueReason>I", "<IssueReason>Initial", "did you mean 'I'?", "Write I (INITIAL), if that is meant."),
        ("2004-05-01", "05/01/2004", "a calendar day", "Write 2004-05-01 if the month comes first."),
        ("2004-05-01", "20040501", "a calendar day", "Write 2004-05-01."),
        ("2004-05-01", "2003-02-29", "a calendar day", "That month has 28 days."),
        ("2004-05-01", "2004-31-05", "a calendar day", "Write the month, 01 to 12, between"),
        ("BATCH000000001", "BATCH0000000001", "exactly 14 characters are allowed", "Shorten it by 1."),
        ("BATCH000000001", "BATCH01", "exactly 14 characters are allowed", "7 characters are missing."),
        ("<LastName>SAMPLE", f"<LastName>{'x' * 47}", "it has 47 characters", "Shorten it by 7."),
        ("<LastName>SAMPLE", "<LastName>", "LastName is empty; it must have at least 1 character", ""),
        ("<Tuition>12000", "<Tuition>12,000", "it must be a whole number, not negative", ""),
        ("<Tuition>12000", "<Tuition>1_000", "it must be a whole number, not negative", ""),
        ("<MajorCode1>11.0701", "<MajorCode1>11.07011", "did you mean '11.0701'?", "Write 11.0701"),
        (' userID="pdso000001" printForm', ' userID="pdso" printForm', "exactly 10 characters are allowed", ""),
        (' printForm="true"', "", "lacks the attribute printForm", "Add printForm; it must be true, false, 1 or 0."),
        ("<IssueReason>I</IssueReason>", "", "Student lacks IssueReason, which must stand before", "Add IssueReason"),
        ("<IssueReason>", "<IssueReasons>I</IssueReasons><IssueReason>", "did you mean IssueReason?", "Write Issue"),
        ("<IssueReason>I</IssueReason>", "<IssueReason>I</IssueReason>" * 3, "3 times in Student; once is", "Remove"),
        ("<BirthDate>2004-05-01</BirthDate>\n        <Gender>F</Gender>",
         "<Gender>F</Gender><BirthDate>2004-05-01</BirthDate>",
         "Gender comes too early in PersonalInfo; BirthDate must stand before it", "Move BirthDate before Gender."),
        ("<Gender>F", "<Gender><b/>F", "Gender holds text only; there are elements in it (b)", "Remove the elements"),
        ("<IssueReason>I", '<IssueReason xsi:nil="true">I', "IssueReason cannot be nil", "Give IssueReason a value"),
    ],
)  # fmt: skip
def test_a_finding_says_what_is_allowed_and_how_to_mend_it(old, new, message, remedy):
    violation = the_violation(old, new)
    assert message in violation.message
    assert violation.remedy.startswith(remedy)


def test_lists_of_codes_of_a_union_read_as_one_list():
    document = student(creates=0, updates=1).replace(
        "<Status><Complete><Remarks>Done.</Remarks></Complete></Status>",
        "<EducationLevel><Change><EducationalInfo><MajorCode2>x</MajorCode2></EducationalInfo></Change></EducationLevel>",
    )
    found = release().validate(parse(document.encode()))
    (major,) = [each.message for each in found if each.element == "MajorCode2"]
    assert major.count("allowed:") == 1


@pytest.mark.parametrize(("file", "root"), ROOTS.items())
def test_whatever_is_wrong_is_said_in_our_words_at_a_line(file, root):
    schema = load(folder("schemas") / "6.31" / file)
    refused = 0
    for seed in range(12):
        good = Sampler(schema, seed, 0.3, 1).document(root)
        for number in range(12):
            damaged = mutate(good, random.Random(seed * 100 + number))
            for violation in release().validate(parse(etree.tostring(damaged))):
                refused += 1
                words = [each for each in (*OF_LIBRARIES, *LAST_RESORTS) if each in violation.message]
                assert not words, violation
                assert violation.line, violation
                assert len(violation.message) < 500
    assert refused > 80
