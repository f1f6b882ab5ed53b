"""The same request gives the same bytes, and the fast way draws what the plain way draws."""

import io
import subprocess
import sys
from pathlib import Path

import pytest
from form_samples import EVERY_FORM, Printed, i20, student_data
from PIL import Image, ImageChops

from sevis_sim import forms
from sevis_sim.forms.plain import render_plain

every_form = pytest.mark.parametrize("request_for", EVERY_FORM.values(), ids=EVERY_FORM)

_IN_ANOTHER_PROCESS = """
import hashlib, sys
sys.path.insert(0, sys.argv[1])
from form_samples import EVERY_FORM
from sevis_sim import forms
print(*(hashlib.sha256(forms.render(make())).hexdigest() for make in EVERY_FORM.values()))
"""


@every_form
def test_the_same_request_gives_the_same_bytes(request_for):
    assert forms.render(request_for()) == forms.render(request_for())


def test_what_was_printed_before_changes_nothing():
    alone = forms.render(i20())
    data = student_data()
    data["Remarks"] = "Ковальчук 王 Nguyễn"
    forms.render(i20(data))
    assert forms.render(i20()) == alone


def test_other_processes_give_the_same_bytes_whatever_their_hash_seed():
    command = [sys.executable, "-c", _IN_ANOTHER_PROCESS, str(Path(__file__).parent)]
    answers = [
        subprocess.run(command, check=True, capture_output=True, env={"PYTHONHASHSEED": seed}).stdout
        for seed in ("1", "2")
    ]
    assert answers[0] == answers[1]
    assert len(answers[0].split()) == len(EVERY_FORM)


def test_the_creation_date_is_the_day_of_issue():
    metadata = Printed(forms.render(i20(issued="2031-12-24"))).reader.metadata
    assert metadata["/CreationDate"] == metadata["/ModDate"] == "D:20311224000000Z"


@every_form
def test_one_other_value_gives_other_bytes(request_for):
    request = request_for()
    before = forms.render(request)
    request.official["name"] = "Another Official"
    assert forms.render(request) != before


@every_form
def test_the_picture_and_the_text_are_those_of_plain_canvas_calls(request_for, poppler):
    fast, plain = forms.render(request_for()), render_plain(request_for())
    assert Printed(fast).pages[0].split() == Printed(plain).pages[0].split()
    for number in range(1, len(Printed(fast).pages) + 1):
        page = ("-r", "60", "-f", str(number), "-l", str(number), "-singlefile")
        pictures = [Image.open(io.BytesIO(poppler("pdftoppm", pdf, *page))).convert("L") for pdf in (fast, plain)]
        difference = ImageChops.difference(*pictures)
        histogram = difference.histogram()
        assert sum(histogram[64:]) < 0.0005 * sum(histogram)


def test_poppler_finds_no_fault_in_the_files(poppler):
    for request_for in EVERY_FORM.values():
        assert b"Pages:" in poppler("pdfinfo", forms.render(request_for()))
