"""Text in Latin, Greek and Cyrillic letters prints and can be extracted; what the typeface lacks is marked."""

import unicodedata

import pytest
from form_samples import Printed, i20, student_data
from hypothesis import example, given, settings
from hypothesis import strategies as st

from sevis_sim import forms
from sevis_sim.forms.fonts import MISSING, Typeface, typeface

SCRIPTS = {
    "western": "ÀÉÎÕÜßçñøÿ ÅÆŒœ",
    "central european": "ŁÓDŹ Škvorecký Ďurďák Őrségi Ğüneş Țepeș",
    "vietnamese": "Nguyễn Thị Phương Ấu",
    "greek": "Παπαδόπουλος Ελευθερία ΰΐώ",
    "cyrillic": "Ковальчук Їжакевич Щёголев Ђорђевић Ќирил",
    "punctuation": "O’Brien – “d’Été” — №1 €5",
}


def with_remarks(text: str):
    data = student_data()
    data["Remarks"] = text
    del data["FinancialInfo"]["Funding"]["School"]
    return i20(data)


@pytest.mark.parametrize("text", SCRIPTS.values(), ids=SCRIPTS)
def test_letters_of_a_script_can_be_extracted_again(text, poppler):
    pdf = forms.render(with_remarks(text))
    assert Printed(pdf).after("REMARKS") == [text]
    assert text in poppler("pdftotext", pdf, "-layout").decode()


@pytest.mark.parametrize("text", SCRIPTS.values(), ids=SCRIPTS)
def test_bold_values_know_the_same_letters(text):
    shown = Printed(forms.render(i20(purpose=text))).after("FORM ISSUE REASON")
    assert shown == [unicodedata.normalize("NFC", text.upper())]


def test_combining_accents_are_composed():
    assert Printed(forms.render(with_remarks("E\u0301lodie"))).after("REMARKS") == ["Élodie"]


@pytest.mark.parametrize("text", ["王小明", "سارة", "עברית", "हिन्दी", "😀", "\u200d", "\x07"])
def test_a_character_that_the_typeface_lacks_prints_a_visible_mark_and_stays_in_the_metadata(text):
    pdf = forms.render(with_remarks(f"<{text}>"))
    shown = Printed(pdf).after("REMARKS")[0]
    assert shown == f"<{MISSING * len(unicodedata.normalize('NFC', text))}>"
    assert forms.printed_values(pdf)["values"]["REMARKS"]["REMARKS"] == f"<{text}>"


def test_a_plain_form_embeds_two_pieces_and_a_greek_name_adds_one():
    data = student_data()
    data["PersonalInfo"]["FullName"] = {"LastName": "ΠΑΠΑΣ"}
    plain, greek = (Printed(forms.render(i20(one))).reader for one in (None, data))
    assert list(plain.pages[0]["/Resources"]["/Font"]) == ["/B0", "/R0"]
    assert len(greek.pages[0]["/Resources"]["/Font"]) == 3


@pytest.mark.parametrize("key", ["R", "B"])
def test_every_character_of_the_typeface_has_one_code_in_one_piece(key):
    face = Typeface(key)
    seen: set[tuple[int, str]] = set()
    for char in sorted(face._widths):
        used: set[tuple[str, int]] = set()
        shown = face.show(char, 8, used)
        piece = next(iter(used))[1] if used else 0
        assert (piece, shown) not in seen
        seen.add((piece, shown))


@given(st.text(max_size=200), st.floats(min_value=12, max_value=300))
@example(text="/\x1f0", width=12.0)
@settings(max_examples=150, deadline=None)
def test_wrapping_loses_no_character_and_no_line_is_too_wide(text, width):
    face = typeface("R")
    lines = face.wrap(text, 8, width)
    expected = "".join(face.clean(part) for part in text.split("\n"))
    assert "".join(lines).replace(" ", "") == expected.replace(" ", "")
    assert all(face.width(line, 8) <= width or len(line) == 1 for line in lines)


def test_a_long_path_breaks_behind_a_slash():
    lines = typeface("R").wrap("FinancialInfo/OtherFunds/International/OtherName1", 8, 130)
    assert lines == ["FinancialInfo/OtherFunds/", "International/OtherName1"]
