"""Small valid documents for the tests of validation, and small schemas judging. The people are invented."""

from collections.abc import Iterable

from lxml import etree

_STUDENT = """
    <Student requestID="{number}" userID="pdso000001" printForm="true">
      <PersonalInfo>
        <FullName><LastName>SAMPLE</LastName><FirstName>LIN</FirstName></FullName>
        <BirthDate>2004-05-01</BirthDate>
        <Gender>F</Gender>
        <BirthCountryCode>CH</BirthCountryCode>
        <CitizenshipCountryCode>CH</CitizenshipCountryCode>
        <VisaType>01</VisaType>
        <Telephone><TelephoneExemptInd>N</TelephoneExemptInd><Phone><USNumber>2025550100</USNumber></Phone></Telephone>
      </PersonalInfo>
      <IssueReason>I</IssueReason>
      <ForeignAddress><Address1>1 SAMPLE ROAD</Address1><CountryCode>CH</CountryCode></ForeignAddress>
      <EducationalInfo>
        <EduLevel><Level>04</Level></EduLevel>
        <MajorCode1>11.0701</MajorCode1>
        <IssDate>2026-08-24</IssDate>
        <PrgStartDate>2026-08-24</PrgStartDate>
        <PrgEndDate>2030-05-20</PrgEndDate>
        <EngProficiency><EngRequired>true</EngRequired><RequirementsMet>true</RequirementsMet></EngProficiency>
      </EducationalInfo>
      <FinancialInfo>
        <AcademicTerm>09</AcademicTerm>
        <Expense><Tuition>12000</Tuition><LivingExpense>9000</LivingExpense></Expense>
        <Funding><Personal>21000</Personal></Funding>
      </FinancialInfo>
    </Student>"""

_UPDATE = """
    <Student sevisID="N9904705123" requestID="{number}" userID="pdso000001">
      <Status><Complete><Remarks>Done.</Remarks></Complete></Status>
    </Student>"""

_HEAD = "<BatchHeader><BatchID>BATCH000000001</BatchID><OrgID>ABC214F00012000</OrgID></BatchHeader>"


def student(creates: int = 1, updates: int = 0) -> str:
    """A student batch; the records are numbered through in requestID."""
    created = "".join(_STUDENT.format(number=number) for number in range(1, creates + 1))
    updated = "".join(_UPDATE.format(number=number) for number in range(creates + 1, creates + updates + 1))
    return (
        '<SEVISBatchCreateUpdateStudent xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" userID="pdso000001">'
        + _HEAD
        + (f"<CreateStudent>{created}\n  </CreateStudent>" if creates else "")
        + (f"<UpdateStudent>{updated}\n  </UpdateStudent>" if updates else "")
        + "</SEVISBatchCreateUpdateStudent>"
    )


def with_change(document: str | bytes, old: str, new: str, which: int = 1) -> bytes:
    """Return the document, encoded, with one occurrence of a text replaced."""
    text = document.decode() if isinstance(document, bytes) else document
    parts = text.split(old)
    assert len(parts) > which, f"{old!r} is not {which} times in the document"
    return (old.join(parts[:which]) + new + old.join(parts[which:])).encode()


def verdicts(schema: etree._Element, texts: Iterable[str]) -> list[bool]:
    """Whether a schema with one element ``e`` accepts it with each of the texts, by libxml2."""
    compiled = etree.XMLSchema(schema)
    results = []
    for text in texts:
        element = etree.Element("e")
        element.text = text
        results.append(compiled.validate(element))
    return results
