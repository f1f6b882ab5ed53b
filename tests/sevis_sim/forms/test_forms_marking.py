"""Nobody can take a form of ours for a real one (reference forms.md §10, F-W1 to F-W5 and F-W10)."""

import inspect
import io
import re
from pathlib import Path

import pytest
from form_samples import EVERY_FORM, STUDENT_ID, Printed, i20
from PIL import Image

import sevis_sim.forms
from sevis_sim import forms
from sevis_sim.forms import layout, watermark
from sevis_sim.forms.errors import LayoutError
from sevis_sim.forms.styles import PAGE_HEIGHT, PAGE_WIDTH

every_form = pytest.mark.parametrize("request_for", EVERY_FORM.values(), ids=EVERY_FORM)
MARK = "SPECIMEN - TEST ONLY"
FORBIDDEN = (
    "OMB", "1653-0038", "1405-0119", "1405-0170", "Homeland", "Department of State", "perjury", "Immigration",
    "Bureau", "Customs",
)  # fmt: skip


def long_record():
    """A student with so many authorizations that page 2 runs over."""
    request = i20()
    request.record["data"]["CPTEmployment"] = [
        {"StartDate": "2026-09-01", "EndDate": "2026-12-01", "FullPartTimeIndicator": "02", "EmployerName": f"Shop {n}"}
        for n in range(60)
    ]
    return request


@every_form
def test_every_page_says_specimen_in_head_and_foot_and_statement(request_for):
    for page in Printed(forms.render(request_for())).pages:
        assert page.count(MARK) >= 3
        assert "TEST ONLY" in page.split("\n")[0]
        assert "not valid for anything: visa, entry, status, work" in page


def test_pages_that_a_long_record_adds_are_marked_too():
    printed = Printed(forms.render(long_record()))
    assert len(printed.pages) > 3
    assert all(page.count(MARK) >= 3 for page in printed.pages)
    assert all(f"SEVIS ID: {STUDENT_ID} (F-1)" in page for page in printed.pages)


@every_form
def test_the_mark_is_drawn_first_on_every_page_as_paths_without_text(request_for):
    for page in Printed(forms.render(request_for())).reader.pages:
        assert page.get_contents().get_data().startswith(b"/Mark Do\n")
        mark = page["/Resources"]["/XObject"]["/Mark"].get_data()
        assert not re.search(rb"BT|Tj", mark)
        assert mark.count(b" m\n") >= len("SPECIMEN-TESTONLY")


@every_form
def test_the_mark_can_be_seen_along_the_diagonal_of_every_page(request_for, poppler, tmp_path: Path):
    pdf = forms.render(request_for())
    for number in range(1, len(Printed(pdf).pages) + 1):
        picture = poppler("pdftoppm", pdf, "-r", "60", "-f", str(number), "-l", str(number), "-singlefile")
        image = Image.open(io.BytesIO(picture)).convert("RGB")
        width, height = image.size
        coloured = 0
        steps = range(10, 90)
        for step in steps:
            x, y = width * step // 100, height - height * step // 100
            around = [image.getpixel((x + dx, y + dy)) for dx in range(-3, 4) for dy in range(-3, 4)]
            coloured += any(red > 220 and 190 < green < 225 and blue < 215 for red, green, blue in around)
        assert coloured / len(steps) > 0.6


def test_the_mark_stays_within_the_page():
    segments, width = watermark.segments()
    xs = [x for _, points in segments for x in points[::2]]
    ys = [y for _, points in segments for y in points[1::2]]
    assert min(xs) > width / 2
    assert max(xs) < PAGE_WIDTH - width / 2
    assert min(ys) > width / 2
    assert max(ys) < PAGE_HEIGHT - width / 2


@every_form
def test_no_agency_issues_the_form_and_no_official_wording_is_on_it(request_for):
    request = request_for()
    if request.form == "DS-2019":
        # Names of US agencies and of organizations that pay are data of the record, not standing text.
        request.record["data"]["FinancialInfo"] = {"ProgramSponsorFunds": "5000"}
    text = "\n".join(Printed(forms.render(request)).pages)
    assert [word for word in FORBIDDEN if word.lower() in text.lower()] == []


@every_form
def test_nothing_on_it_can_be_signed(request_for):
    text = Printed(forms.render(request_for())).first
    assert text.count("NOT FOR SIGNATURE") >= 2
    assert text.count("VOID - TEST ONLY") >= 11


@every_form
def test_there_are_no_images_and_no_annotations(request_for, poppler):
    pdf = forms.render(request_for())
    for page in Printed(pdf).reader.pages:
        assert list(page.images) == []
        assert "/Annots" not in page
    assert poppler("pdfimages", pdf, "-list").count(b"\n") == 2


@every_form
def test_pages_are_letter_and_every_font_is_embedded(request_for, poppler):
    pdf = forms.render(request_for())
    reader = Printed(pdf).reader
    assert len(reader.pages) == (3 if request_for().form == "I-20" else 2)
    for page in reader.pages:
        assert [float(edge) for edge in page.mediabox] == [0, 0, 612, 792]
    fonts = poppler("pdffonts", pdf).decode().splitlines()[2:]
    assert fonts
    assert all(re.search(r"OpenSans-\w+ +TrueType +\w+ +yes yes yes", line) for line in fonts)


@every_form
def test_metadata_begin_with_test_only_and_name_the_simulator(request_for):
    metadata = Printed(forms.render(request_for())).reader.metadata
    assert metadata.subject.startswith("TEST ONLY")
    assert metadata.title.startswith("TEST ONLY")
    assert metadata.producer == "sevis-sim"
    assert "simulated" in metadata["/Keywords"]


def test_there_is_no_switch_that_drops_the_mark():
    assert list(inspect.signature(forms.render).parameters) == ["request"]
    sources = "".join(path.read_text() for path in Path(sevis_sim.forms.__file__).parent.glob("*.py"))
    assert not re.search(r"os\.environ|getenv|watermark\s*=|specimen\s*=\s*(True|False)", sources)


@pytest.mark.parametrize("key", ["title", "subject"])
def test_a_layout_that_does_not_say_test_only_is_refused(key):
    text = (Path(layout.__file__).parent / "layouts" / "i20.toml").read_text()
    changed = re.sub(rf'^{key} = ".*"$', f'{key} = "STUDENT RECORD"', text, flags=re.MULTILINE)
    assert changed != text
    with pytest.raises(LayoutError, match=f"mine.toml: {key} must say TEST ONLY"):
        layout.parse(changed, "principal", "mine.toml")
