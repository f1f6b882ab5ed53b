"""Programs that read forms by text extraction find what they look for (reference forms.md §9.3)."""

import re

import pytest
from form_samples import EVERY_FORM, STUDENT_ID, i20

from sevis_sim import forms

MODES = {"reading order": (), "layout": ("-layout",), "raw": ("-raw",)}


@pytest.mark.parametrize("mode", MODES.values(), ids=MODES)
def test_values_stand_on_the_line_of_their_label_or_the_next_in_every_mode_of_pdftotext(mode, poppler):
    lines = [line for line in poppler("pdftotext", forms.render(i20()), *mode).decode().split("\n") if line.strip()]

    def follows(label: str, value: str) -> bool:
        start = next(number for number, line in enumerate(lines) if label in line)
        return any(value in line for line in lines[start : start + 2])

    for label, value in {
        "SEVIS ID:": STUDENT_ID,
        "FORM ISSUE REASON": "INITIAL ATTENDANCE",
        "SURNAME/PRIMARY NAME": "SAMPLE",
        "GIVEN NAME": "LIN MEI Jr.",
        "PROGRAM START/END DATE": "20 AUGUST 2026 - 21 MAY 2030",
        "MAJOR 1": "Computer Science 11.0701",
        "TUITION AND FEES": "$32,001",
        "DATE OF BIRTH": "01 MAY 2004",
    }.items():
        assert follows(label, value), label


def test_merged_forms_can_be_cut_every_three_pages_by_the_line_with_the_sevis_id(poppler):
    for request_for in (EVERY_FORM["I-20"], EVERY_FORM["I-20 spouse"]):
        request = request_for()
        pages = poppler("pdftotext", forms.render(request)).decode().split("\f")[:-1]
        assert len(pages) == 3
        for page in pages:
            assert re.search(r"^SEVIS ID: (N\d{10}) \(F-[12]\)", page, re.MULTILINE)[1] == request.sevis_id


def test_pages_are_numbered(poppler):
    pages = poppler("pdftotext", forms.render(i20()), "-layout").decode().split("\f")
    assert [f"PAGE {number} OF 3" in page for number, page in enumerate(pages[:3], start=1)] == [True] * 3
