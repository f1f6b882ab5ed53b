"""Requests for forms about invented people, and ways to read what was printed."""

import re
from dataclasses import asdict
from io import BytesIO
from typing import Any

import pypdf

from sevis_sim.domain.organizations import Official, Organization
from sevis_sim.domain.outcomes import FormRequest

SCHOOL = Organization(
    "ABC214F00012000",
    "school",
    name="Sample State University",
    address=("Office of International Students", "100 College Avenue", "Springfield, VA 22150"),
    place="Springfield, VA",
    phone="703-555-0100",
    approval_date="2003-01-15",
)
SPONSOR = Organization(
    "P-1-12345",
    "sponsor",
    name="Sample Exchange Council",
    address=("200 Program Street", "Arlington, VA 22201"),
    place="Arlington, VA",
    phone="703-555-0111",
    categories=frozenset({"1D", "04"}),
)
PDSO = Official("pdso000001", "PDSO", "Robin Example", "PDSO")
RO = Official("roff000001", "RO", "Alex Example", "Responsible Officer")

STUDENT_ID, SPOUSE_ID, VISITOR_ID, CHILD_ID = "N9904705123", "N9904705124", "N9912345678", "N9912345679"


def student_data() -> dict[str, Any]:
    return {
        "UserDefinedA": "NOT-UDA",
        "PersonalInfo": {
            "FullName": {
                "LastName": "SAMPLE",
                "FirstName": "LIN MEI",
                "Suffix": "Jr.",
                "PreferredName": "Linny Sample",
                "PassportName": "SAMPLE<<LIN<MEI",
            },
            "BirthDate": "2004-05-01",
            "Gender": "F",
            "BirthCountryCode": "CH",
            "CitizenshipStatus": "03",
            "CitizenshipCountryCode": "CA",
            "Email": "not-email@example.test",
            "VisaType": "01",
            "Telephone": {"Phone": {"USNumber": "7035550199"}},
        },
        "IssueReason": "I",
        "USAddress": {"Address1": "NOT-US-ADDRESS", "City": "NOT-US-CITY", "State": "VA", "PostalCode": "22150"},
        "MailingAddress": {"Address1": "NOT-MAILING"},
        "ForeignAddress": {"Address1": "NOT-FOREIGN", "CountryCode": "CH"},
        "EducationalInfo": {
            "EduLevel": {"Level": "11", "OtherRemarks": "Bridge year"},
            "MajorCode1": "11.0701",
            "MajorCode2": "27.0101",
            "Minor": "40.0801",
            "IssDate": "2026-08-24",
            "PrgStartDate": "2026-08-20",
            "PrgEndDate": "2030-05-21",
            "EngProficiency": {"EngRequired": "false", "NotRequiredReason": "Taught in Welsh"},
        },
        "FinancialInfo": {
            "AcademicTerm": "09",
            "Expense": {
                "Tuition": "32001",
                "LivingExpense": "14002",
                "DependentExp": "6003",
                "Other": {"Amount": "1204", "Remarks": "Health insurance"},
            },
            "Funding": {
                "Personal": "40005",
                "School": {"Amount": "10006", "Remarks": "Dean's scholarship"},
                "Other": {"Amount": "5007", "Remarks": "Aunt in Ohio"},
                "Employment": "2008",
            },
        },
        "Remarks": "Report within ten days.",
    }


def spouse_data() -> dict[str, Any]:
    return {
        "FullName": {"LastName": "MUSTER", "FirstName": "KAI", "Suffix": "III"},
        "BirthDate": "2003-02-04",
        "Gender": "M",
        "BirthCountryCode": "FR",
        "CitizenshipCountryCode": "BR",
        "Email": "not-email@example.test",
        "VisaType": "04",
        "Relationship": "01",
        "Remarks": "Travels in May.",
        "UserDefinedA": "NOT-UDA",
    }


def visitor_data() -> dict[str, Any]:
    return {
        "UserDefinedB": "NOT-UDB",
        "Biographical": {
            "FullName": {"LastName": "VISITOR", "FirstName": "ADA", "Suffix": "II"},
            "BirthDate": "1990-05-06",
            "Gender": "F",
            "BirthCity": "Lyon",
            "BirthCountryCode": "FR",
            "CitizenshipCountryCode": "BR",
            "PermanentResidenceCountryCode": "CA",
            "BirthCountryReason": "01",
            "EmailAddress": "not-email@example.test",
            "PhoneNumber": "7035550199",
        },
        "PositionCode": "215",
        "PrgStartDate": "2026-06-01",
        "PrgEndDate": "2027-05-31",
        "CategoryCode": "1D",
        "OccupationCategoryCode": "05",
        "SubjectField": {"SubjectFieldCode": "11.0701", "Remarks": "Compiler construction"},
        "USAddress": {"Address1": "NOT-US-ADDRESS"},
        "MailAddress": {"Address1": "NOT-MAILING"},
        "FinancialInfo": {
            "ReceivedUSGovtFunds": "true",
            "ProgramSponsorFunds": "25001",
            "OtherFunds": {
                "USGovt": {
                    "Org1": "DOD", "OtherName1": "NOT-NAME", "Amount1": "3002",
                    "Org2": "OTHER", "OtherName2": "Sample Bureau", "Amount2": "103",
                },
                "International": {
                    "Org1": "ECA", "Amount1": "404",
                    "Org2": "OTHER", "OtherName2": "World Sample Body", "Amount2": "505",
                },
                "EVGovt": "606",
                "BinationalCommission": "707",
                "Other": {"Name": "Sample Trust", "Amount": "808"},
                "Personal": "909",
            },
        },
        "ResidentialAddress": {"ResidentialType": "NOT-RESIDENTIAL"},
    }  # fmt: skip


SITES: list[dict[str, Any]] = [
    {"site_id": "777001", "data": {"@type": "SOA", "SiteName": "NOT-SECONDARY", "PrimarySite": "false"}},
    {
        "site_id": "777002",
        "data": {
            "@type": "SOA", "Address1": "1 Lab Way", "Address2": "Floor 2", "City": "Boulder", "State": "CO",
            "PostalCode": "80301", "SiteName": "Sample Lab", "PrimarySite": "true", "Remarks": "NOT-SITE-REMARK",
        },
    },
]  # fmt: skip


def i20(data: dict[str, Any] | None = None, **changes: Any) -> FormRequest:
    """An I-20 for a student with one dependent."""
    dependents = [{"sevis_id": SPOUSE_ID, "status": "INITIAL", "data": spouse_data()}]
    values: dict[str, Any] = {
        "form": "I-20",
        "sevis_id": STUDENT_ID,
        "purpose": "INITIAL ATTENDANCE",
        "record": {
            "sevis_id": STUDENT_ID,
            "status": "INITIAL",
            "data": student_data() if data is None else data,
            "dependents": dependents,
            "sites": [],
        },
        "dependent": None,
        "organization": asdict(SCHOOL),
        "official": asdict(PDSO),
        "issued": "2026-03-09",
    }
    return FormRequest(**(values | changes))


def spouse_i20(data: dict[str, Any] | None = None) -> FormRequest:
    dependent = {"sevis_id": SPOUSE_ID, "status": "INITIAL", "data": spouse_data() if data is None else data}
    return i20(sevis_id=SPOUSE_ID, dependent=dependent)


def ds2019(data: dict[str, Any] | None = None, **changes: Any) -> FormRequest:
    record = {
        "sevis_id": VISITOR_ID,
        "status": "INITIAL",
        "data": visitor_data() if data is None else data,
        "dependents": [],
        "sites": SITES,
    }
    values: dict[str, Any] = {
        "form": "DS-2019",
        "sevis_id": VISITOR_ID,
        "purpose": "Begin new program",
        "record": record,
        "organization": asdict(SPONSOR),
        "official": asdict(RO),
    }
    return i20(**(values | changes))


def child_ds2019() -> FormRequest:
    data = {
        "FullName": {"LastName": "JUNIOR", "FirstName": "UMA"},
        "BirthDate": "2018-07-08",
        "Gender": "F",
        "BirthCity": "Porto",
        "BirthCountryCode": "PO",
        "CitizenshipCountryCode": "PO",
        "PermanentResidenceCountryCode": "CA",
        "Relationship": "02",
    }
    return ds2019(sevis_id=CHILD_ID, dependent={"sevis_id": CHILD_ID, "status": "INITIAL", "data": data})


EVERY_FORM = {"I-20": i20, "I-20 spouse": spouse_i20, "DS-2019": ds2019, "DS-2019 child": child_ds2019}


class Printed:
    """A PDF as its readers see it."""

    def __init__(self, pdf: bytes) -> None:
        self.pdf = pdf
        self.reader = pypdf.PdfReader(BytesIO(pdf))
        self.pages = [page.extract_text() for page in self.reader.pages]

    @property
    def first(self) -> str:
        """The text of the pages that carry values, without the list of sources."""
        return "\n".join(self.pages).split("ABOUT THIS FILE")[0]

    @property
    def lines(self) -> list[str]:
        return [line.strip() for line in self.first.split("\n")]

    def after(self, label: str, count: int = 1) -> list[str]:
        """The lines that follow the first line that is exactly this label."""
        start = self.lines.index(label) + 1
        return self.lines[start : start + count]

    @property
    def squeezed(self) -> str:
        """All text without blanks, for values that wrap."""
        return re.sub(r"\s+", "", self.first)
