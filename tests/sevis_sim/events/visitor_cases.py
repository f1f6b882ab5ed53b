"""For each exchange visitor rule what breaks it, and a near miss. An empty near miss is the good record itself."""

from datetime import date

from rules_bench import GONE, RuleCase

START, END, CATEGORY = "PrgStartDate", "PrgEndDate", "CategoryCode"
BORN = "Biographical/BirthDate"
FUNDS = "FinancialInfo/OtherFunds"
SITE = "AddSiteOfActivity/SiteOfActivity"
SITES = "AddSiteOfActivity"
RESIDENCE = "ResidentialAddress"
EXEMPT = {"@type": "EXEMPT", "Remarks": "later"}
ADDRESSED = {
    "@type": "SOA",
    "Address1": "500 Laboratory Drive",
    "City": "Urbana",
    "State": "IL",
    "PostalCode": "61801",
    "SiteName": "Institute of Invented Sciences",
    "PrimarySite": "true",
}
AU_PAIR = {CATEGORY: "13", START: "2029-06-01", END: "2030-05-31", BORN: "2007-01-01"}
PUPIL = {CATEGORY: "1A", START: "2029-08-15", END: "2030-06-15", BORN: "2013-01-01"}
SHORT = {CATEGORY: "09", START: "2029-06-01", END: "2029-06-05"}
IRISH = {CATEGORY: "15", "Biographical/CitizenshipCountryCode": "EI", END: "2030-09-30"}
KOREA_WEST = {"AddTIPP": {"@print7002": "false", "TippExemptProgram": "KW"}}
IWT = {"AddTIPP": {"@print7002": "false", "TippExemptProgram": "IWT"}}
PLAN_SITE = "AddTIPP/TippSite/1"
ARRIVED = date(2029, 9, 1)
ADDRESS = {"Address1": "12 Arrival Street", "City": "Urbana", "State": "IL", "PostalCode": "61801"}


def create(code, base, breaks, near=None, given=None, says=""):
    return RuleCase(code, base, breaks, near or {}, given or {}, says=says)


def biographical(code, breaks, near=None, given=None, base="EV-001"):
    return RuleCase(code, base, breaks, near or {}, given or {}, "Biographical", {"@printForm": "false"})


def validate(code, breaks, near=None, says=""):
    given = {"today": ARRIVED, "status": "INITIAL"}
    return RuleCase(code, "EV-001", breaks, near or {}, given, "Validate", {"USAddress": ADDRESS}, says)


CREATE = [
    create("S2154", "EV-001", {"@userID": "nobody0001"}),
    create("S2157", "EV-001", {"organization:active": False}),
    create("S2157", "EV-001", {"organization:kind": "school"}),
    create("S2245", "EV-001", {"Biographical/FullName/LastName": "Unknown"}, says="for LastName."),
    create("S2245", "EV-002", {"CreateDependent/Dependent/1/FullName/PassportName": "NONE"}),
    create("S2244", "EV-001", {"Biographical/FullName/FirstName": "Wanjirũ"}, says="FirstName"),
    create("S2246", "EV-001", {"Biographical/FullName/PreferredName": "Wanjiru+"}),
    create("S2133", "EV-001", {BORN: "2026-03-07"}, {BORN: "2026-03-06"}),
    create("S2133", "EV-002", {"CreateDependent/Dependent/2/BirthDate": "2026-03-07"}),
    create(
        "S2102",
        "EV-001",
        {"Biographical/BirthCountryCode": "US"},
        {"Biographical/BirthCountryReason": "01"} | {"Biographical/BirthCountryCode": "GQ"},
    ),
    create("S2102", "EV-002", {"CreateDependent/Dependent/2/BirthCountryReason": GONE}),
    create("S2103", "EV-001", {"Biographical/BirthCountryReason": "01"}, {"Biographical/BirthCountryReason": ""}),
    create("S2010", "EV-001", {"Biographical/EmailAddress": "w.@example.org"}),
    create(
        "S2163",
        "EV-001",
        {"organization:categories": frozenset({"09"})},
        {"organization:categories": frozenset({"08"})},
        says="Category code 08 is",
    ),
    create(
        "S2235",
        "EV-004",
        {"organization:occupations": frozenset({"01"})},
        {"organization:occupations": frozenset({"12"})},
        says="code 12 is",
    ),
    create("S2004", "EV-001", {START: "2030-09-01"}, {START: "2030-08-01"}),
    create("S2282", "EV-001", {START: "2030-08-31"}, {START: "2030-08-10"}),
    create("S2011", "EV-001", {START: "2026-03-05"}, {START: "2026-03-06"}, says="Program Start Date is"),
    create("S2011", "EV-001", {"switch:program_may_start_today": False}, {}, {START: "2026-03-06"}),
    create("S2111", "EV-001", {BORN: "2011-06-02"}, {BORN: "2011-06-01"}, AU_PAIR, says="on 06/01/2029"),
    create("S2111", "EV-001", {CATEGORY: "11"}, {CATEGORY: "09"}, SHORT | {BORN: "2011-06-02", END: "2029-09-01"}),
    create("S2112", "EV-001", {BORN: "2002-06-01"}, {BORN: "2002-06-02"}, AU_PAIR),
    create("S2113", "EV-001", {BORN: "2014-08-16"}, {BORN: "2014-08-15"}, PUPIL),
    create("S2114", "EV-001", {BORN: "2011-02-14"}, {BORN: "2011-02-15"}, PUPIL),
    create("S2115", "EV-001", {END: "2029-09-20"}, {END: "2029-09-21"}, says="at least 3 weeks"),
    create("S2115", "EV-001", {END: "2030-01-13"}, {END: "2030-01-14"}, PUPIL, says="at least 5 months"),
    create("S2116", "EV-003", {END: "2029-10-02"}, {END: "2029-10-01"}, says="exceed 4 months"),
    create("S2116", "EV-001", {END: "2030-06-02"}, {END: "2030-06-01"}, AU_PAIR, says="exceed 1 year"),
    create("S2247", "EV-002", {"USAddress/State": "TX"}),
    create("S2247", "EV-001", {"MailAddress": ADDRESS | {"PostalCode": "99950"}}, {"MailAddress": ADDRESS}),
    create("S2249", "EV-002", {"USAddress/ExplanationCode": "OO"}, {"USAddress/ExplanationCode": "OB"}),
    create(
        "S2248",
        "EV-002",
        {"USAddress/Address2": GONE},
        {"USAddress/Address2": "Room 3"},
        {"USAddress/Address1": "Hall"},
    ),
    create("S2119", "EV-002", {"CreateDependent/Dependent/2/Relationship": "01"}),
    create(
        "S2121",
        "EV-002",
        {"CreateDependent/Dependent/2/BirthDate": "2005-03-05"},
        {"CreateDependent/Dependent/2/BirthDate": "2005-03-06"},
        says="03/06/2005 – invalid dependent record ‘Ejemplo Esempio, Luna’",
    ),
    create(
        "S2223",
        "EV-002",
        {f"{FUNDS}/USGovt/Org1": "OTHER"},
        {f"{FUNDS}/USGovt/Org1": "OTHER"} | {f"{FUNDS}/USGovt/OtherName1": "Bureau of Examples"},
    ),
    create("S2224", "EV-002", {f"{FUNDS}/USGovt/OtherName1": "Bureau of Examples"}),
    create(
        "S2227",
        "EV-002",
        {f"{FUNDS}/USGovt/Org2": "DOD"},
        {f"{FUNDS}/USGovt/Org2": "DOD", f"{FUNDS}/USGovt/Amount2": "5"},
    ),
    create("S2228", "EV-002", {f"{FUNDS}/USGovt/Amount2": "5"}),
    create(
        "S2152",
        "EV-001",
        {"FinancialInfo/ProgramSponsorFunds": "0", FUNDS: GONE},
        {"FinancialInfo/ProgramSponsorFunds": "1", FUNDS: GONE},
    ),
    create("S2152", "EV-001", {"FinancialInfo": {"ReceivedUSGovtFunds": "false"}}),
    create("S2151", "EV-001", {f"{FUNDS}/Personal": "0"}, {f"{FUNDS}/Personal": "1"}, says="Personal cannot"),
    create("S2239", "EV-001", {RESIDENCE: {"ResidentialType": "HST"}}, {RESIDENCE: {"ResidentialType": ""}}),
    create(
        "S2240",
        "EV-001",
        {RESIDENCE: {"ResidentialType": "HST"}},
        {RESIDENCE: {"PContact": {"LastName": "Host"}}},
        AU_PAIR,
    ),
    create("S2240", "EV-001", {RESIDENCE: {"BoardingSchool": {"Name": "Academy"}}}, {}, AU_PAIR),
    create(
        "S2241",
        "EV-001",
        {RESIDENCE: {"BoardingSchool": {"Name": "Academy"}}},
        {RESIDENCE: {"BoardingSchool": {"Name": ""}}},
        PUPIL,
    ),
    create(
        "S2242",
        "EV-001",
        {RESIDENCE: {"ResidentialType": "HST", "BoardingSchool": {"Name": "Academy"}}},
        {RESIDENCE: {"ResidentialType": "BRD", "BoardingSchool": {"Name": "Academy"}}},
        PUPIL,
    ),
    create(
        "S2243",
        "EV-001",
        {RESIDENCE: {"ResidentialType": "BRD", "HostFamily": {"HostFamilyInd": "M"}}},
        {RESIDENCE: {"ResidentialType": "HST", "HostFamily": {"HostFamilyInd": "M"}}},
        PUPIL,
    ),
    create("S2205", "EV-003", {SITES: {"SiteOfActivity": [EXEMPT, EXEMPT]}}, says="type EXEMPT"),
    create(
        "S2206", "EV-003", {SITES: {"SiteOfActivity": [EXEMPT, ADDRESSED]}}, {SITES: {"SiteOfActivity": [ADDRESSED]}}
    ),
    create("S2209", "EV-001", {SITES: {"SiteOfActivity": [EXEMPT]}}),
    create("S2247", "EV-001", {f"{SITE}/2/State": "IL"}, {f"{SITE}/2/State": "WI"}),
    create("S2249", "EV-001", {f"{SITE}/2/ExplanationCode": "OO"}),
    create("S2248", "EV-001", {f"{SITE}/2/Address1": "Lake Road"}),
    create("S2218", "EV-004", {CATEGORY: "09", END: "2030-03-31"}),
    create("S2260", "EV-004", {"AddTIPP": GONE, SITES: {"SiteOfActivity": [ADDRESSED]}}),
    create("S2251", "EV-004", {SITES: {"SiteOfActivity": [ADDRESSED]}}),
    create(
        "S2250", "EV-004", {}, {"organization:korea_west": True}, KOREA_WEST | {SITES: {"SiteOfActivity": [ADDRESSED]}}
    ),
    create(
        "S2255", "EV-004", {}, {SITES: {"SiteOfActivity": [ADDRESSED]}}, KOREA_WEST | {"organization:korea_west": True}
    ),
    create("S2257", "EV-004", {"organization:korea_west": True}, {}, IRISH | IWT),
    create("S2258", "EV-004", {CATEGORY: "14"}, {}, IRISH | IWT),
    create("S2258", "EV-004", {"AddTIPP/ParticipantInfo/IsIWT": "true"}),
    create("S2256", "EV-004", {SITES: {"SiteOfActivity": [ADDRESSED]}}, {}, IRISH | IWT),
    create("S2261", "EV-004", {}, {"AddTIPP/ParticipantInfo/IsIWT": "false"}, IRISH),
    create("S2265", "EV-004", {"AddTIPP/ParticipantInfo/IsIWT": "false"}, says="IsIWT is not valid"),
    create("S2262", "EV-004", {f"{PLAN_SITE}/PrimarySite": "0"}, {f"{PLAN_SITE}/PrimarySite": "1"}),
    create(
        "S2259", "EV-004", {f"{PLAN_SITE}/OfficialUserName": "nobody1"}, {f"{PLAN_SITE}/OfficialUserName": "roff000001"}
    ),
    create(
        "S2271",
        "EV-004",
        {f"{PLAN_SITE}/EvSignatureDate": "1900-01-01"},
        {f"{PLAN_SITE}/EvSignatureDate": "1900-01-02"},
        says="EvSignatureDate must",
    ),
    create(
        "S2254",
        "EV-004",
        {f"{PLAN_SITE}/TippPhase/2/StartDate": "2030-04-03"},
        {f"{PLAN_SITE}/TippPhase/2/StartDate": "2030-03-15"},
        says="between 04/01/2030 and 04/02/2030.",
    ),
    create(
        "S2254", "EV-004", {f"{PLAN_SITE}/TippPhase/2/EndDate": "2030-09-29"}, says="between 09/30/2030 and 09/30/2030."
    ),
    create("S2267", "EV-004", {f"{PLAN_SITE}/State": "OH"}, says="Provided T/IPP Site address"),
    create("S2269", "EV-004", {f"{PLAN_SITE}/ExplanationCode": "OO"}),
    create("S2268", "EV-004", {f"{PLAN_SITE}/Address1": "Harbor Boulevard"}),
]

UPDATES = [
    biographical("S2001", {"record:@sevisID": "N9900000000"}),
    biographical("S2154", {"record:@userID": "nobody0001"}),
    biographical("S2124", {"status": "TERMINATED"}, {"status": "INITIAL"}),
    biographical("S2204", {"status": "INITIAL"}, {"status": "ACTIVE"}, {"fact:visaIssued": "2029-07-01"}),
    biographical("S2245", {"FullName": {"LastName": "None"}}),
    biographical("S2133", {BORN.rpartition("/")[2]: "2026-03-07"}, {"BirthDate": "1980-03-07"}),
    biographical("S2102", {"BirthCountryCode": "RQ"}, {"BirthCountryCode": "RQ", "BirthCountryReason": "01"}),
    biographical(
        "S2104",
        {"BirthCountryCode": "KE"},
        {"BirthCountryCode": "KE", "BirthCountryReason": ""},
        {"stored:Biographical/BirthCountryCode": "US", "stored:Biographical/BirthCountryReason": "01"},
    ),
    biographical("S2103", {"BirthCountryReason": "01"}, {"BirthCountryReason": ""}),
    biographical("S2010", {"EmailAddress": "a@b..example"}, {"EmailAddress": "a@b.example"}),
    biographical(
        "S2112",
        {"BirthDate": "2002-06-01"},
        {"BirthDate": "2003-06-01"},
        {f"stored:{CATEGORY}": "13", "stored:PrgStartDate": "2029-06-01", f"stored:{BORN}": "2007-01-01"},
    ),
    biographical("S2247", {"MailAddress": ADDRESS | {"State": "MO"}}, {"MailAddress": ADDRESS}),
    biographical("S2239", {RESIDENCE: {"ResidentialType": "BRD"}}),
    validate("S2001", {"record:@sevisID": "N9900000000"}),
    validate("S2124", {"status": "ACTIVE"}, says="status type is ACTIVE"),
    validate("S2284", {"today": date(2029, 8, 1)}, {"today": date(2029, 8, 2)}),
    validate("S2010", {"EmailAddress": ".w@example.org"}),
    validate("S2247", {"USAddress/State": "IN"}),
    validate("S2249", {"USAddress/ExplanationCode": "OO"}),
    validate("S2248", {"USAddress/Address1": "Arrival Street"}, {"USAddress/Address1": "One Arrival Street"}),
]
