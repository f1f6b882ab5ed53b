"""Long values wrap, long tables continue, nothing is cut off (reference forms.md §10, F-W8)."""

import re
from dataclasses import replace

import pytest
from form_samples import STUDENT_ID, Printed, ds2019, i20, spouse_data, student_data, visitor_data

from sevis_sim import forms
from sevis_sim.codes.tables import table
from sevis_sim.forms.flow import BOTTOM, TOP, fill
from sevis_sim.forms.fonts import typeface
from sevis_sim.forms.marks import marks_of, shape_of
from sevis_sim.forms.styles import MARGIN, PAGE_WIDTH


def squeezed(text: str) -> str:
    return re.sub(r"\s+", "", text)


def longest_student():
    data = student_data()
    data["PersonalInfo"]["FullName"] = {
        "LastName": "W" * 40,
        "FirstName": "Maximiliana Wilhelmina Augusta Theodora Friederike Josephine Charlotte Luise".ljust(80, "w"),
        "Suffix": "III",
        "PreferredName": "Preferred " * 14 + "Name!",
        "PassportName": "PASSPORT<" * 4 + "END",
    }
    data["EducationalInfo"]["EngProficiency"] = {"EngRequired": "false", "NotRequiredReason": "Reason words " * 38}
    data["EducationalInfo"]["EduLevel"] = {"Level": "11", "OtherRemarks": "Level remark " * 38}
    data["FinancialInfo"]["Expense"] = {
        "Tuition": "99999999",
        "LivingExpense": "99999999",
        "DependentExp": "99999999",
        "Other": {"Amount": "99999999", "Remarks": "Cost remark " * 41},
    }
    data["FinancialInfo"]["Funding"]["Other"] = {"Amount": "99999999", "Remarks": "x" * 500}
    data["Remarks"] = "Unbroken" * 62 + "End."
    return data


def assert_nothing_leaves_its_place(request):
    """Every line lies between the bands, and none runs into the next cell or the margin."""
    for page in fill(request).pages:
        for placed in page:
            row = placed.row
            assert placed.y <= TOP
            assert placed.y - row.height >= BOTTOM - 0.01
            texts, _ = marks_of(row.printer.row, shape_of(row.lines))
            for text in texts:
                cell = row.printer.row[text.cell]
                line = row.lines[text.cell][text.part][text.line]
                width = typeface(text.face).width(line, text.size)
                left = text.x - width if text.right else text.x
                edges = [
                    MARGIN + step * (PAGE_WIDTH - 2 * MARGIN) / 12 for step in (cell.column, cell.column + cell.span)
                ]
                assert edges[0] <= left
                assert left + width <= edges[1] + 0.01


def test_the_longest_values_of_a_student_wrap_and_all_their_text_prints():
    data = longest_student()
    request = i20(data)
    assert_nothing_leaves_its_place(request)
    text = squeezed(Printed(forms.render(request)).first)
    name = data["PersonalInfo"]["FullName"]
    for value in (*name.values(), data["Remarks"], data["FinancialInfo"]["Expense"]["Other"]["Remarks"], "x" * 500):
        assert squeezed(value) in text
    assert squeezed("Reason words " * 38) in text
    assert "$399,999,996" in text


def test_the_longest_values_of_an_exchange_visitor_wrap_and_all_their_text_prints():
    data = visitor_data()
    data["Biographical"]["BirthCity"] = "Llanfairpwllgwyngyllgogerychwyrndrobwllllantysiliogogogoch " * 4
    data["SubjectField"]["Remarks"] = "Subject remark " * 33
    data["FinancialInfo"]["OtherFunds"]["Other"]["Name"] = "Foundation " * 10
    request = ds2019(data)
    request.organization["categories"] = frozenset(table("ev-category"))
    assert_nothing_leaves_its_place(request)
    text = Printed(forms.render(request)).squeezed
    for value in (data["Biographical"]["BirthCity"], "Subject remark " * 33, "Foundation " * 10):
        assert squeezed(value) in text


def test_a_value_longer_than_a_page_continues_on_the_next_pages():
    data = visitor_data()
    # Common.xsd sets no upper length for a city of birth.
    data["Biographical"]["BirthCity"] = " ".join(f"city{number}" for number in range(3000))
    request = ds2019(data)
    assert_nothing_leaves_its_place(request)
    printed = Printed(forms.render(request))
    assert len(printed.pages) > 4
    assert "1. EXCHANGE VISITOR (CONTINUED)" in printed.pages[1]
    found = [int(number) for number in re.findall(r"city(\d+)", printed.first)]
    assert found == list(range(3000))


def test_a_long_table_continues_with_its_heading_and_column_labels():
    data = student_data()
    data["AuthDropBelowFC"] = [
        {"Reason": "01", "StartDate": f"{2000 + number}-01-10", "EndDate": f"{2000 + number}-05-10"}
        for number in range(120)
    ]
    request = i20(data)
    assert_nothing_leaves_its_place(request)
    printed = Printed(forms.render(request))
    continued = [page for page in printed.pages if "AUTHORIZED REDUCED COURSE LOAD (CONTINUED)" in page]
    assert len(continued) >= 2
    assert all(page.count("REASON") == 1 for page in continued)
    assert [f"10 JANUARY {2000 + number}" in printed.first for number in range(120)] == [True] * 120
    assert printed.pages[-1].rstrip().endswith(f"PAGE {len(printed.pages)} OF {len(printed.pages)}")


def test_twenty_five_dependents_get_a_form_each_and_the_student_their_number():
    dependents = [
        {
            "sevis_id": f"N99047052{number:02d}",
            "status": "TERMINATED" if number == 3 else "ACTIVE",
            "data": spouse_data(),
        }
        for number in range(25)
    ]
    record = i20().record | {"dependents": dependents}
    requests = [i20(record=record)]
    requests += [i20(record=record, sevis_id=one["sevis_id"], dependent=one) for one in dependents]
    pdfs = forms.render_all(requests)
    assert "EXPENSES OF DEPENDENTS (24)" in Printed(pdfs[0]).first
    for pdf, one in zip(pdfs[1:], dependents, strict=True):
        printed = Printed(pdf)
        assert f"SEVIS ID: {one['sevis_id']} (F-2)" in printed.first
        assert printed.after("STUDENT'S SEVIS ID:") == [STUDENT_ID]


def test_of_twenty_five_sites_only_the_primary_one_prints():
    sites = [
        {"site_id": str(number), "data": {"SiteName": f"Site{number:02d}", "PrimarySite": str(number == 17).lower()}}
        for number in range(25)
    ]
    text = Printed(forms.render(ds2019(record=ds2019().record | {"sites": sites}))).first
    assert re.findall(r"Site\d+", text) == ["Site17"]


@pytest.mark.parametrize("field", ["purpose", "sevis_id"])
def test_an_absurdly_long_request_still_gives_a_form(field):
    printed = Printed(forms.render(replace(i20(), **{field: "9" * 4000})))
    assert "9" * 4000 in printed.squeezed
