"""Every element of the record prints where reference forms.md §4.1-4.3 and §5.3 promise, and no other prints."""

import re

import pytest
from form_samples import (
    CHILD_ID,
    SPOUSE_ID,
    STUDENT_ID,
    VISITOR_ID,
    Printed,
    child_ds2019,
    ds2019,
    i20,
    spouse_i20,
    student_data,
    visitor_data,
)

from sevis_sim import forms
from sevis_sim.codes.tables import table
from sevis_sim.domain import document
from sevis_sim.forms.flow import fill

I20_LINES = {
    "CLASS OF ADMISSION": ["F-1"],
    "FORM ISSUE REASON": ["INITIAL ATTENDANCE"],
    "SURNAME/PRIMARY NAME": ["SAMPLE"],
    "GIVEN NAME": ["LIN MEI Jr."],
    "PREFERRED NAME": ["Linny Sample"],
    "PASSPORT NAME": ["SAMPLE<<LIN<MEI"],
    "COUNTRY OF BIRTH": ["CHINA"],
    "COUNTRY OF CITIZENSHIP": ["CANADA"],
    "DATE OF BIRTH": ["01 MAY 2004"],
    "SCHOOL NAME": ["Sample State University"],
    "SCHOOL ADDRESS": ["Office of International Students", "100 College Avenue", "Springfield, VA 22150"],
    "SCHOOL OFFICIAL TO CONTACT UPON ARRIVAL": ["Robin Example", "PDSO"],
    "SCHOOL CODE AND APPROVAL DATE": ["ABC214F00012000", "15 JANUARY 2003"],
    "EDUCATION LEVEL": ["OTHER - Bridge year"],
    "MAJOR 1": ["Computer Science 11.0701"],
    "MAJOR 2": [f"{table('subject').words('27.0101')} 27.0101"],
    "PROGRAM ENGLISH PROFICIENCY": ["Not Required"],
    "ENGLISH PROFICIENCY NOTES": ["Taught in Welsh"],
    "EARLIEST ADMISSION DATE": ["21 JULY 2026"],
    "START OF CLASSES": ["24 AUGUST 2026"],
    "PROGRAM START/END DATE": ["20 AUGUST 2026 - 21 MAY 2030"],
    "REMARKS": ["Report within ten days.", "Funds from this school: Dean's scholarship"],
    "SCHOOL OFFICIAL": ["Robin Example, PDSO"],
    "DATE ISSUED": ["09 March 2026"],
    "PLACE ISSUED": ["Springfield, VA"],
}
I20_AMOUNTS = [
    "ESTIMATED AVERAGE COSTS FOR (MONTHS) 9",
    "STUDENT'S FUNDING FOR (MONTHS) 9",
    "TUITION AND FEES $32,001",
    "PERSONAL FUNDS $40,005",
    "LIVING EXPENSES $14,002",
    "FUNDS FROM THIS SCHOOL $10,006",
    "EXPENSES OF DEPENDENTS (1) $6,003",
    "OTHER FUNDS: Aunt in Ohio $5,007",
    "OTHER COSTS: Health insurance $1,204",
    "ON-CAMPUS EMPLOYMENT $2,008",
    "TOTAL COSTS $53,210",
    "TOTAL FUNDING $57,026",
]


@pytest.mark.parametrize("label", I20_LINES)
def test_a_field_of_the_i20_prints_on_the_line_below_its_label(label):
    assert Printed(forms.render(i20())).after(label, len(I20_LINES[label])) == I20_LINES[label]


def test_amounts_of_the_i20_print_beside_their_labels_with_computed_totals():
    text = " ".join(Printed(forms.render(i20())).lines)
    assert [amount for amount in I20_AMOUNTS if amount not in text] == []


def test_the_sevis_id_stands_with_its_class_on_every_page():
    for request, shown in (
        (i20(), f"{STUDENT_ID} (F-1)"),
        (spouse_i20(), f"{SPOUSE_ID} (F-2)"),
        (ds2019(), f"{VISITOR_ID} (J-1)"),
        (child_ds2019(), f"{CHILD_ID} (J-2)"),
    ):
        assert all(f"SEVIS ID: {shown}" in page for page in Printed(forms.render(request)).pages)


def test_elements_that_the_forms_do_not_carry_print_nowhere():
    data = student_data()
    data["Registration"] = {
        "CurrentSessionStartDate": "2026-09-03",
        "CurrentSessionEndDate": "2026-12-17",
        "NextSessionStartDate": "2031-01-07",
        "LastSession": "NOT-LAST",
    }
    for request in (i20(data), spouse_i20(), ds2019(), child_ds2019()):
        text = Printed(forms.render(request)).first
        assert [line for line in text.split("\n") if "NOT-" in line] == []
        for hidden in ("not-email", "7035550199", "2031", "40.0801", "Physics"):
            assert hidden not in text


def test_current_session_dates_print_once_the_student_is_registered():
    before = forms.printed_values(forms.render(i20()))["values"]["CURRENT SESSION DATES"]
    assert before == {"CURRENT SESSION START DATE": "", "CURRENT SESSION END DATE": ""}
    data = student_data()
    data["Registration"] = {"CurrentSessionStartDate": "2026-09-03", "CurrentSessionEndDate": "2026-12-17"}
    printed = Printed(forms.render(i20(data, purpose="Continued attendance")))
    assert printed.after("CURRENT SESSION START DATE") == ["03 SEPTEMBER 2026"]
    assert printed.after("CURRENT SESSION END DATE") == ["17 DECEMBER 2026"]
    assert printed.after("FORM ISSUE REASON") == ["CONTINUED ATTENDANCE"]


def test_authorizations_of_later_updates_print_in_the_tables_of_page_2():
    data = student_data()
    data["CPTEmployment"] = [
        {
            "StartDate": "2027-06-01", "EndDate": "2027-08-15", "FullPartTimeIndicator": "01",
            "EmployerName": "Sample Works", "CourseRelevance": "NOT-RELEVANCE",
            "EmployerAddress": {"Address1": "NOT-STREET", "City": "Dayton", "State": "OH"},
        }
    ]  # fmt: skip
    data["OPTEmployment"] = [
        {
            "StartDate": "2030-06-01", "EndDate": "2031-05-31", "FullPartTimeIndicator": "02", "CompletionType": "02",
            "Employer": [{"EmployerName": "Second Works", "EmployerEIN": "NOT-EIN", "StartDate": "2030-07-02"}],
        }
    ]  # fmt: skip
    data["AuthDropBelowFC"] = [{"Reason": "01", "StartDate": "2028-01-10", "EndDate": "2028-05-10"}]
    data["Request"] = {"CapGapExtension": {"Status": "F"}}
    data["IssueReason"] = "S"
    printed = Printed(forms.render(i20(data)))
    text = printed.pages[1]
    for shown in (
        "CPT", "FULL TIME", "APPROVED", "01 JUNE 2027", "15 AUGUST 2027", "Sample Works", "Dayton, OH",
        "OPT", "PART TIME", "REQUESTED", "Second Works", "02 JULY 2030",
        "ILLNESS OR MEDICAL CONDITION", "10 JANUARY 2028",
    ):  # fmt: skip
        assert shown in text
    assert "NOT-" not in text
    assert printed.after("CHANGE OF STATUS") == ["CHANGE OF STATUS"]
    assert printed.after("CAP-GAP EXTENSION") == ["FILED"]
    values = forms.printed_values(printed.pdf)["values"]
    assert [row["TYPE"] for row in values["EMPLOYMENT AUTHORIZATIONS"]] == ["CPT", "OPT"]
    assert [row["EMPLOYER NAME"] for row in values["EMPLOYERS"]] == ["Sample Works", "Second Works"]


def test_what_was_cancelled_is_not_printed_and_decisions_are():
    data = student_data()
    dates = {"StartDate": "2030-06-01", "EndDate": "2031-05-31"}
    employer = {"EmployerName": "Second Works", "StartDate": "2030-07-02"}
    data["OPTEmployment"] = [
        dates | {"Status": "CANCELED", "Employer": [employer | {"EmployerName": "NOT-PRINTED"}]},
        dates | {"Status": "APPROVED", "ApprovedStartDate": "2030-06-15", "Employer": [employer]},
        dates | {"Status": "PENDING", "Type": "STEM OPT"},
        dates | {"Status": {"odd": "mapping"}},
    ]
    data["AuthDropBelowFC"] = [dates | {"Reason": "01", "Status": "CANCELED"}]
    values = forms.printed_values(forms.render(i20(data)))["values"]
    shown = [(row["TYPE"], row["STATUS"], row["START DATE"]) for row in values["EMPLOYMENT AUTHORIZATIONS"]]
    assert shown == [
        ("OPT", "APPROVED", "15 JUNE 2030"),
        ("STEM OPT", "PENDING", "01 JUNE 2030"),
        ("OPT", "REQUESTED", "01 JUNE 2030"),
    ]
    assert [row["EMPLOYER NAME"] for row in values["EMPLOYERS"]] == ["Second Works"]
    assert values["AUTHORIZED REDUCED COURSE LOAD"] == []


def test_absent_optional_elements_print_as_the_form_leaves_them():
    data = student_data()
    data["PersonalInfo"]["FullName"] = {"LastName": "MONONYM"}
    del data["EducationalInfo"]["MajorCode2"], data["Remarks"]
    data["EducationalInfo"]["EngProficiency"] = {"EngRequired": "1", "RequirementsMet": "0"}
    data["FinancialInfo"]["Funding"] = {"Personal": "100"}
    del data["FinancialInfo"]["Expense"]["Other"]
    printed = Printed(forms.render(i20(data)))
    assert printed.after("PREFERRED NAME") == ["MONONYM"]
    assert printed.after("MAJOR 2") == ["None 00.0000"]
    assert printed.after("PROGRAM ENGLISH PROFICIENCY") == ["Required"]
    assert printed.after("ENGLISH PROFICIENCY NOTES") == ["Student is not yet proficient"]
    values = forms.printed_values(printed.pdf)["values"]
    assert values["FINANCIALS"]["OTHER COSTS"] == "$"
    assert {"OTHER COSTS", "OTHER FUNDS"} <= set(re.findall(r"OTHER (?:COSTS|FUNDS)", printed.first))
    assert values["FINANCIALS"]["TOTAL FUNDING"] == "$100"
    assert values["REMARKS"]["REMARKS"] == ""
    assert values["PERSONAL INFORMATION"]["GIVEN NAME"] == ""


def test_a_dependents_i20_names_the_student_and_leaves_financials_and_authorizations_empty():
    request = spouse_i20()
    request.record["data"]["CPTEmployment"] = [{"StartDate": "2027-06-01", "EmployerName": "Sample Works"}]
    request.record["data"]["Registration"] = {"CurrentSessionStartDate": "2026-09-03"}
    printed = Printed(forms.render(request))
    assert printed.after("STUDENT'S SEVIS ID:") == [STUDENT_ID]
    assert printed.after("STUDENT'S NAME") == ["LIN MEI SAMPLE Jr."]
    assert printed.after("RELATIONSHIP TO STUDENT") == ["SPOUSE"]
    assert printed.after("SURNAME/PRIMARY NAME") == ["MUSTER"]
    assert printed.after("GIVEN NAME") == ["KAI III"]
    assert printed.after("COUNTRY OF BIRTH") == ["FRANCE"]
    assert printed.after("COUNTRY OF CITIZENSHIP") == ["BRAZIL"]
    assert printed.after("DATE OF BIRTH") == ["04 FEBRUARY 2003"]
    assert printed.after("CLASS OF ADMISSION") == ["F-2"]
    assert printed.after("PROGRAM START/END DATE") == ["20 AUGUST 2026 - 21 MAY 2030"]
    assert printed.after("REMARKS") == ["Travels in May."]
    assert "$" not in printed.first
    assert "Aunt in Ohio" not in printed.first
    assert "Sample Works" not in printed.first
    assert "SEPTEMBER" not in printed.first


DS2019_LINES = {
    "PURPOSE OF THIS FORM": ["Begin new program"],
    "SURNAME/PRIMARY NAME": ["VISITOR"],
    "GIVEN NAME": ["ADA II"],
    "GENDER": ["FEMALE"],
    "DATE OF BIRTH": ["05-06-1990"],
    "CITY OF BIRTH": ["Lyon"],
    "COUNTRY OF BIRTH": ["FRANCE"],
    "CITIZENSHIP COUNTRY CODE AND COUNTRY": ["BR BRAZIL"],
    "PERMANENT RESIDENCE COUNTRY CODE AND COUNTRY": ["CA CANADA"],
    "POSITION CODE AND POSITION": ["215 UNIVERSITY UNDERGRADUATE STUDENTS"],
    "PRIMARY SITE OF ACTIVITY": ["Sample Lab", "1 Lab Way, Floor 2", "Boulder, CO 80301"],
    "PROGRAM SPONSOR": ["Sample Exchange Council"],
    "PROGRAM NUMBER": ["P-1-12345"],
    "OFFICIAL DESCRIPTION OF PARTICIPATING PROGRAM": ["PROFESSOR; STUDENT MASTERS"],
    "FROM (MM-DD-YYYY)": ["06-01-2026"],
    "TO (MM-DD-YYYY)": ["05-31-2027"],
    "CATEGORY": ["STUDENT MASTERS"],
    "SUBJECT/FIELD CODE": ["11.0701 Computer Science"],
    "SUBJECT/FIELD CODE REMARKS": ["Compiler construction"],
    "NAME AND TITLE": ["Alex Example", "Responsible Officer"],
    "ADDRESS": ["200 Program Street", "Arlington, VA 22201"],
    "TELEPHONE": ["703-555-0111"],
    "DATE (MM-DD-YYYY)": ["03-09-2026"],
    "PLACE": ["Arlington, VA"],
}


@pytest.mark.parametrize("label", DS2019_LINES)
def test_a_field_of_the_ds2019_prints_on_the_line_below_its_label(label):
    assert Printed(forms.render(ds2019())).after(label, len(DS2019_LINES[label])) == DS2019_LINES[label]


def test_support_on_the_ds2019_prints_one_line_per_source_then_the_total():
    text = " ".join(Printed(forms.render(ds2019())).lines)
    agency, organization = table("us-government-agency").words("DOD"), table("international-organization").words("ECA")
    for shown in (
        "Current Program Sponsor funds $25,001.00",
        f"U.S. Government agency: {agency} $3,002.00",
        "U.S. Government agency: Sample Bureau $103.00",
        f"International organization: {organization} $404.00",
        "International organization: World Sample Body $505.00",
        "The exchange visitor's government $606.00",
        "The binational commission of the visitor's country $707.00",
        "Other organization: Sample Trust $808.00",
        "Personal funds $909.00",
        "Total $32,045.00",
    ):
        assert shown in text


def test_a_source_of_support_that_is_absent_takes_no_line():
    data = visitor_data()
    data["FinancialInfo"] = {"ReceivedUSGovtFunds": "false", "OtherFunds": {"Personal": "5000"}}
    text = Printed(forms.render(ds2019(data))).first
    assert "Personal funds $5,000.00" in text.replace("\n", " ")
    assert "U.S. Government" not in text
    assert "Current Program Sponsor" not in text


@pytest.mark.parametrize(
    ("kind", "words"),
    [("EXEMPT", "Exempt"), ("AddSEEKINGEMP", "Seeking employment"), ("AddONTRAVEL", "On travel")],
)
def test_a_site_without_address_prints_its_kind(kind, words):
    request = ds2019()
    request.record["sites"] = [{"site_id": "777003", "data": {"@type": kind}}]
    assert Printed(forms.render(request)).after("PRIMARY SITE OF ACTIVITY") == [words]


@pytest.mark.parametrize("path", ["AddSiteOfActivity/SiteOfActivity", "AddTIPP/TippSite"])
def test_the_primary_site_is_found_in_the_create_where_no_site_is_stored_yet(path):
    outer, inner = path.split("/")
    data = visitor_data()
    data[outer] = {inner: [{"SiteName": "Other", "PrimarySite": "0"}, {"SiteName": "Main Lab", "PrimarySite": "1"}]}
    request = ds2019(data)
    request.record["sites"] = []
    assert Printed(forms.render(request)).after("PRIMARY SITE OF ACTIVITY") == ["Main Lab"]


def test_a_dependents_ds2019_is_a_j2_with_the_visitors_number_and_program():
    printed = Printed(forms.render(child_ds2019()))
    assert printed.after("EXCHANGE VISITOR'S SEVIS ID:") == [VISITOR_ID]
    assert printed.after("EXCHANGE VISITOR'S NAME") == ["ADA VISITOR II"]
    assert printed.after("RELATIONSHIP") == ["CHILD"]
    assert printed.after("CLASS OF ADMISSION") == ["J-2"]
    assert printed.after("CITY OF BIRTH") == ["Porto"]
    assert printed.after("COUNTRY OF BIRTH") == ["PORTUGAL"]
    assert printed.after("CATEGORY") == ["STUDENT MASTERS"]
    assert "$" not in printed.first


def test_the_last_page_lists_the_element_behind_each_value():
    text = Printed(forms.render(i20())).pages[-1]
    for source in (
        "PersonalInfo/FullName/LastName", "EducationalInfo/PrgStartDate, less 30 days", "FinancialInfo/Expense/Tuition",
        "EducationalInfo/EngProficiency/NotRequiredReason", "Registration/CurrentSessionStartDate",
        "sum of the costs above", "school's profile: address", "day of processing",
    ):  # fmt: skip
        assert source in text.replace("\n", "")


def test_printed_values_are_json_in_the_metadata_and_readable_with_any_pdf_library():
    pdf = forms.render(i20())
    values = forms.printed_values(pdf)
    assert Printed(pdf).reader.metadata["/SimulatedValues"].startswith("{")
    assert (values["form"], values["sevis_id"], values["edition"], values["simulated"]) == (
        "I-20", STUDENT_ID, "SIM-I20 v1", True,
    )  # fmt: skip
    assert values["values"]["FINANCIALS"]["TOTAL COSTS"] == "$53,210"
    assert values["values"]["PROGRAM OF STUDY"]["PROGRAM START/END DATE"] == "20 AUGUST 2026 - 21 MAY 2030"


@pytest.mark.parametrize("value", ["(", ")", "\\", "\\)", "/SimulatedValues (x)", "a\nb", '"', "é(ü)\\"])
def test_printed_values_survive_every_special_character(value):
    data = student_data()
    data["Remarks"] = value
    del data["FinancialInfo"]["Funding"]["School"]
    assert forms.printed_values(forms.render(i20(data)))["values"]["REMARKS"]["REMARKS"] == value


def test_printed_values_of_another_file_are_refused():
    with pytest.raises(ValueError, match="not a form of sevis-sim"):
        forms.printed_values(b"%PDF-1.4 nothing")


PRINTED_TABLES = [
    ("birth-country", "PersonalInfo/BirthCountryCode", i20),
    ("country", "PersonalInfo/CitizenshipCountryCode", i20),
    ("class-of-admission", "PersonalInfo/VisaType", i20),
    ("education-level", "EducationalInfo/EduLevel/Level", i20),
    ("subject", "EducationalInfo/MajorCode1", i20),
    ("gender", "Biographical/Gender", ds2019),
    ("ev-category", "CategoryCode", ds2019),
    ("ev-position", "PositionCode", ds2019),
    ("us-government-agency", "FinancialInfo/OtherFunds/USGovt/Org1", ds2019),
    ("international-organization", "FinancialInfo/OtherFunds/International/Org1", ds2019),
]


@pytest.mark.parametrize(("name", "path", "request_for"), PRINTED_TABLES, ids=[row[0] for row in PRINTED_TABLES])
def test_every_code_of_a_printed_table_prints_its_words_or_the_bare_code(name, path, request_for):
    *parents, last = path.split("/")
    request = request_for()
    data = request.record["data"]
    owner = document.child(data, "/".join(parents)) if parents else data
    for code in (*table(name), "??"):
        owner[last] = code
        owner["OtherName1"] = "Sample Agency"
        values = str(fill(request).values | {"labels": labels_of(fill(request))})
        # A country, level or category prints in upper case whatever its table says.
        expected = "Sample Agency" if code == "OTHER" else table(name).words(code)
        assert expected in values or expected.upper() in values, code


def labels_of(printout):
    """The labels of a form, each as one line: on the DS-2019 the source of support is in the label."""
    rows = (placed.row for page in printout.pages for placed in page)
    return [" ".join(labels) for row in rows for labels, _ in row.lines]


@pytest.mark.parametrize(
    ("template", "name"),
    [
        ("{sevis_id}.pdf", "N9904705123.pdf"),
        ("TEST_{sevis_id}_{form}_{issued}.pdf", "TEST_N9904705123_I-20_2026-03-09.pdf"),
        ("{org_id}/{sevis_id}.pdf", "ABC214F00012000/N9904705123.pdf"),
    ],
)
def test_file_names_follow_a_template(template, name):
    assert forms.file_name(i20(), template) == name


def test_the_file_name_is_the_sevis_id_by_default():
    assert forms.file_name(spouse_i20()) == "N9904705124.pdf"


@pytest.mark.parametrize("template", ["{batch}.pdf", "{0}.pdf", "{sevis_id"])
def test_a_file_name_template_with_another_placeholder_is_refused(template):
    with pytest.raises(ValueError, match=r"it may use \{sevis_id\}"):
        forms.file_name(i20(), template)


def test_a_form_without_layout_is_refused_with_those_that_exist():
    with pytest.raises(forms.LayoutError, match="no layout for the form 'I-94'; there are I-20, DS-2019"):
        forms.render(i20(form="I-94"))
