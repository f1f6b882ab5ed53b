"""For each student rule what breaks it, and a near miss that does not. An empty near miss is the good record itself."""

from datetime import date

from rules_bench import GONE, RuleCase

IN_CLASS = date(2029, 9, 3)
SESSION = {
    "@printForm": "false",
    "LastSession": "false",
    "CurrentSessionStartDate": "2029-08-20",
    "CurrentSessionEndDate": "2029-12-15",
    "NextSessionStartDate": "2030-01-15",
    "USAddress": {"Address1": "1200 Specimen Street", "City": "Springfield", "State": "IL", "PostalCode": "62701"},
}
SPOUSE = {
    "@printForm": "false",
    "FullName": {"LastName": "Exemplo", "FirstName": "Rita"},
    "BirthDate": "2006-02-03",
    "Gender": "F",
    "BirthCountryCode": "BR",
    "CitizenshipCountryCode": "BR",
    "VisaType": "04",
    "Relationship": "01",
}
EXPENSE = "FinancialInfo/Expense/DependentExp"
NAME = "PersonalInfo/FullName"
PHONE = "PersonalInfo/Telephone"
EMAIL = "PersonalInfo/Email"
LEVEL = "EducationalInfo/EduLevel/Level"
START = "EducationalInfo/PrgStartDate"
END = "EducationalInfo/PrgEndDate"
STREET = "USAddress/Address1"
SECOND = "USAddress/Address2"
SPOUSE_OF_2 = "CreateDependent/Dependent/1"
CHILD_OF_2 = "CreateDependent/Dependent/2"
NO_CONTACT = {EMAIL: GONE, PHONE: GONE}


def create(code, base, breaks, near=None, given=None, says=""):
    return RuleCase(code, base, breaks, near or {}, given or {}, says=says)


def registration(code, breaks, near=None, given=None):
    return RuleCase(code, "STU-001", breaks, near or {}, {"today": IN_CLASS} | (given or {}), "Registration", SESSION)


def personal(code, breaks, near=None, given=None, base="STU-004"):
    return RuleCase(code, base, breaks, near or {}, given or {}, "PersonalInfo", {"@printForm": "false"})


def add(code, breaks, near=None, base="STU-001"):
    given = {f"stored:{EXPENSE}": "4000"}
    return RuleCase(code, base, breaks, near or {}, given, "Dependent/Add", SPOUSE)


def dependent(code, event, breaks, near=None, sends=None):
    sends = {"@printForm": "false", "@dependentSevisID": "dependent 0"} | (sends or {})
    return RuleCase(code, "STU-002", breaks, near or {}, {}, f"Dependent/{event}", sends)


CREATE = [
    create("S1001", "STU-001", {"@userID": "PDSO000001"}, {"@userID": "pdso000001"}),
    create("S1109", "STU-001", {"organization:active": False}),
    create("S1049", "STU-003", {"organization:visas": frozenset({"F-1"})}, {"organization:visas": frozenset({"M-1"})}),
    create("S1049", "STU-001", {"organization:kind": "sponsor"}),
    create("S1142", "STU-001", {f"{NAME}/LastName": "fnu"}, {f"{NAME}/LastName": "Fnuu"}, says="for LastName."),
    create("S1142", "STU-002", {f"{CHILD_OF_2}/FullName/FirstName": "Not  Applicable"}, says="for FirstName."),
    create("S1142", "STU-001", {f"{NAME}/PreferredName": "None"}, {f"{NAME}/PreferredName": "Nonette"}),
    create("S1148", "STU-001", {f"{NAME}/FirstName": "João"}, {f"{NAME}/FirstName": "Joao da"}, says="FirstName"),
    create("S1143", "STU-001", {f"{NAME}/PreferredName": "Jo & Co"}, {f"{NAME}/PreferredName": "Ana-Lu D'Ör, Jr."}),
    create("S1067", "STU-001", {"PersonalInfo/BirthDate": "2026-03-07"}, {"PersonalInfo/BirthDate": "2026-03-06"}),
    create("S1067", "STU-002", {f"{CHILD_OF_2}/BirthDate": "2026-03-07"}, {f"{CHILD_OF_2}/BirthDate": "2026-03-06"}),
    create(
        "S1053",
        "STU-004",
        {"PersonalInfo/Commuter": "true"},
        {"PersonalInfo/Commuter": "1", "PersonalInfo/CitizenshipCountryCode": "CA"},
    ),
    create("S1062", "STU-001", {LEVEL: "09"}, {LEVEL: "07"}),
    create("S1062", "STU-003", {LEVEL: "04"}, {LEVEL: "10"}),
    create("S1062", "STU-001", {"organization:levels": frozenset({"05"})}, {"organization:levels": frozenset({"04"})}),
    create("S1061", "STU-001", {LEVEL: "11"}, {LEVEL: "11", "EducationalInfo/EduLevel/OtherRemarks": "Conservatory"}),
    create("S1035", "STU-001", {LEVEL: "01"}, {LEVEL: "02"}, {"organization:public": True} | NO_CONTACT),
    create("S1037", "STU-003", {"EducationalInfo/Minor": "27.0101"}),
    create("S1037", "STU-003", {"EducationalInfo/MajorCode2": "27.0101"}),
    create("S1138", "STU-001", {"EducationalInfo/MajorCode2": GONE}, {"EducationalInfo/MajorCode2": "00.0000"}),
    create("S1138", "STU-001", {"EducationalInfo/Minor": GONE}),
    create("S1009", "STU-001", {END: "2029-08-20"}, {END: "2029-08-21"}),
    create("S1010", "STU-001", {START: "2026-03-05"}, {START: "2026-03-06"}),
    create("S1163", "STU-001", {LEVEL: "02"}, {LEVEL: "02"} | NO_CONTACT),
    create("S1166", "STU-003", {"PersonalInfo/BirthDate": "2012-03-07"}, {"PersonalInfo/BirthDate": "2012-03-06"}),
    create("S1166", "STU-003", {PHONE: GONE}, NO_CONTACT, {"PersonalInfo/BirthDate": "2012-03-07"}),
    create("S1167", "STU-001", {f"{PHONE}/TelephoneExemptInd": "Y"}, {PHONE: {"TelephoneExemptInd": "Y"}}),
    create("S1164", "STU-001", {PHONE: GONE}, {PHONE: {"TelephoneExemptInd": "Y"}}),
    create(
        "S1164",
        "STU-001",
        {PHONE: {"TelephoneExemptInd": "N", "Phone": ""}},
        {PHONE: {"TelephoneExemptInd": "N", "Phone": {"Foreign": {"PhoneNumber": "1155501230"}}}},
    ),
    create("S1165", "STU-001", {EMAIL: GONE}),
    create("S1160", "STU-001", {EMAIL: "a..b@example.com"}, {EMAIL: "a.b@example.com"}),
    create(
        "S1160", "STU-002", {f"{SPOUSE_OF_2}/Email": "arjun@-example.com"}, {f"{SPOUSE_OF_2}/Email": "a@ex-ample.com"}
    ),
    create("S1063", "STU-004", {"USAddress": GONE}, {"USAddress": GONE, "IssueReason": "I"}),
    create("S1145", "STU-004", {"USAddress/State": "CA"}, {"USAddress/State": GONE}),
    create("S1145", "STU-004", {"USAddress/PostalCode": "00000", "USAddress/State": GONE}),
    create("S1145", "STU-001", {"MailingAddress": {"Address1": "1 Main Street", "State": "NY", "PostalCode": "62701"}}),
    create(
        "S1147",
        "STU-004",
        {"USAddress/ExplanationCode": "OO"},
        {"USAddress/ExplanationCode": "OO", "USAddress/Explanation": "New building"},
    ),
    create("S1146", "STU-004", {}, {"USAddress/ExplanationCode": "OH"}, {STREET: "Specimen Hall", SECOND: GONE}),
    create("S1146", "STU-004", {STREET: "Boxwood Hall"}, {STREET: "P.O. Box Nine"}, {SECOND: ""}),
    create("S1105", "STU-002", {f"{CHILD_OF_2}/Relationship": "01"}),
    create("S1033", "STU-003", {f"{SPOUSE_OF_2}/VisaType": "04"}, says="‘Fictive, Ama’"),
    create("S1033", "STU-002", {f"{CHILD_OF_2}/VisaType": "05"}),
    create(
        "S1014",
        "STU-002",
        {f"{CHILD_OF_2}/BirthDate": "2005-03-05"},
        {f"{CHILD_OF_2}/BirthDate": "2005-03-06"},
        says="03/06/2005 – invalid dependent record ‘Placeholder, Mira’",
    ),
    create("S1108", "STU-002", {EXPENSE: GONE}, {EXPENSE: "0"}),
    create(
        "S1024", "STU-001", {"FinancialInfo/Funding/Personal": "19999"}, {"FinancialInfo/Funding/Personal": "20000"}
    ),
    create("S1024", "STU-001", {"switch:equal_expense_and_funding_allowed": False}),
]

UPDATES = [
    registration("S1003", {"record:@sevisID": "N9900000000"}),
    registration("S1001", {"record:@userID": "nobody0001"}),
    registration("S1049", {"organization:visas": frozenset({"M-1"})}),
    registration("S1106", {"status": "TERMINATED"}, {"status": "INITIAL"}),
    registration("S1068", {"NextSessionStartDate": GONE}, {"NextSessionStartDate": GONE, "LastSession": "true"}),
    registration("S1068", {"LastSession": "1"}, {"LastSession": "0"}),
    registration("S1114", {"NextSessionStartDate": "2029-09-02"}),
    registration("S1032", {"CurrentSessionEndDate": "2029-09-02"}, {"CurrentSessionEndDate": "2029-09-03"}),
    registration("S1103", {"NextSessionStartDate": "2029-12-14"}, {"NextSessionStartDate": "2029-12-15"}),
    registration(
        "S1115",
        {"CurrentSessionEndDate": "2029-08-19"},
        {"CurrentSessionEndDate": "2029-08-20"},
        {"today": date(2029, 8, 1)},
    ),
    registration("S1116", {f"stored:{END}": "2029-12-14"}, {f"stored:{END}": "2029-12-15"}),
    registration(
        "S1085",
        {"CurrentSessionEndDate": "2030-09-05"},
        {"CurrentSessionEndDate": "2030-09-04"},
        {"NextSessionStartDate": "2030-10-01"},
    ),
    registration("S1086", {"NextSessionStartDate": "2030-12-17"}, {"NextSessionStartDate": "2030-12-16"}),
    registration("S1063", {"USAddress": GONE}, {"USAddress": GONE, "StudyResearchAbroad": "true"}),
    registration("S1053", {"Commuter": "true"}, {"Commuter": "false"}),
    registration("S1145", {"USAddress/State": "NY"}),
    registration("S1147", {"USAddress/ExplanationCode": "OO"}, {"USAddress/ExplanationCode": ""}),
    registration("S1146", {STREET: "Specimen Hall"}, {STREET: "1 Specimen Hall"}),
    registration("S1160", {"Email": ".new@example.com"}, {"Email": "new@example.com"}),
    registration("S1167", {"Telephone": {"TelephoneExemptInd": "Y", "Phone": {"USNumber": "2025550100"}}}),
    registration(
        "S1164", {f"stored:{PHONE}": GONE}, {"Telephone": {"TelephoneExemptInd": "Y"}, f"stored:{PHONE}": GONE}
    ),
    registration("S1165", {f"stored:{EMAIL}": GONE}, {f"stored:{EMAIL}": GONE, "Email": "new@example.com"}),
    personal("S1106", {"status": "COMPLETED"}, {"status": "INITIAL"}),
    personal("S1142", {"FullName": {"LastName": "UNKNOWN"}}, {"FullName": {"LastName": "UNK"}}),
    personal("S1148", {"FullName": {"LastName": "O'Hara"}}, {"FullName": {"LastName": "OHara"}}),
    personal("S1143", {"FullName": {"LastName": "Beispiel", "PreferredName": "A  B"}}),
    personal("S1067", {"BirthDate": "2026-03-07"}, {"BirthDate": "2004-03-07"}),
    personal("S1053", {"Commuter": "true"}, {"Commuter": "true", "CitizenshipCountryCode": "MX"}),
    personal(
        "S1163",
        {"Email": "pupil@example.com"},
        {},
        {f"stored:{LEVEL}": "01", "stored:PersonalInfo/Email": GONE, f"stored:{PHONE}": GONE},
    ),
    personal(
        "S1063", {"status": "ACTIVE"}, {"status": "INITIAL"}, {"stored:USAddress": GONE, "stored:IssueReason": "I"}
    ),
    personal("S1145", {"MailingAddress": {"Address1": "1 Road", "State": "AK", "PostalCode": "62701"}}),
    add("S1106", {"status": "TERMINATED"}, {"status": "INITIAL"}),
    add("S1006", {}, {"Relationship": "02", "BirthDate": "2020-01-01"}, base="STU-002"),
    add("S1033", {"VisaType": "05"}),
    add("S1014", {"Relationship": "02", "BirthDate": "2005-03-05"}, {"Relationship": "02", "BirthDate": "2005-03-06"}),
    add("S1108", {f"stored:{EXPENSE}": GONE}),
    add("S1067", {"BirthDate": "2026-03-07"}),
    add("S1142", {"FullName/FirstName": "lnu"}),
    add("S1160", {"Email": "rita@example..com"}, {"Email": "rita@example.com"}),
    dependent("S1106", "Edit", {"status": "COMPLETED"}),
    dependent("S1113", "Edit", {"@dependentSevisID": "N9900000000"}),
    dependent("S1107", "Edit", {"dependent:status": "TERMINATED"}, {"dependent:status": "INITIAL"}),
    dependent("S1148", "Edit", {"FullName": {"LastName": "Plåceholder"}}, {"FullName": {"LastName": "New Name"}}),
    dependent("S1067", "Edit", {"BirthDate": "2027-01-01"}, {"BirthDate": "1999-01-01"}),
    dependent("S1014", "Edit", {"Relationship": "02"}, {"Relationship": "02", "BirthDate": "2010-01-01"}),
    dependent("S1113", "Reprint", {"@dependentSevisID": "N9900000000"}),
    dependent("S1107", "Reprint", {"dependent:status": "TERMINATED"}),
    dependent("S1113", "Terminate", {"@dependentSevisID": "N9900000000"}, sends={"Reason": "05"}),
    dependent("S1107", "Terminate", {"dependent:status": "TERMINATED"}, sends={"Reason": "05"}),
    dependent("S1034", "Terminate", {"Reason": "09"}, {"Reason": "09", "OtherRemarks": "Left"}, sends={"Reason": "05"}),
]
