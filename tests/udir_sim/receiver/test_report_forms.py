"""Which form of a report a client gets, and what stands above the report."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from udir_world import SECOND, campus_client, put, running, students

from udir_sim.receiver.https import plain_name
from udir_sim.receiver.outcome import form_wanted


@pytest.mark.parametrize(
    ("accept", "form"),
    [
        ("", "txt"),
        ("*/*", "txt"),
        ("text/*", "txt"),
        ("application/*", "json"),
        ("application/json, text/plain, */*", "json"),
        ("text/html;q=0.5, application/json;q=0.4", "html"),
        ("application/json;q=0, text/html", "html"),
        ("application/json;q=nonsense, text/html;q=0.1", "html"),
        ("image/png", None),
        ("text/html;q=0", None),
    ],
)
def test_the_form_that_is_liked_best_is_given(accept, form):
    assert form_wanted(accept) == form


@pytest.mark.parametrize(("asked", "form"), [("json", "json"), ("TEXT", "txt"), ("html", "html"), ("pdf", None)])
def test_the_query_goes_before_the_header(asked, form):
    assert form_wanted("text/html", asked) == form


@given(st.text())
def test_no_accept_header_breaks_it(accept):
    assert form_wanted(accept) in (None, "txt", "json", "html")


@given(st.text())
def test_a_shown_name_has_no_path_is_not_hidden_and_says_itself_again(name):
    shown = plain_name(name)
    assert shown
    assert not shown.startswith(".")
    assert not set(shown) & set("/\\\0\n~")
    assert plain_name(shown) == shown


async def test_the_answer_says_what_became_of_the_file_and_the_kept_report_never_changes():
    async with running() as udir, campus_client(udir) as client:
        _, answer = await put(client, students(range(3)))
        delivery = answer["delivery"]["id"]
        kept = udir.directory.archive.report_path(delivery, "html").read_text()
        assert delivery not in kept
        async with client.get(f"/v1/files/{delivery}?format=html") as page:
            text = await page.text()
        assert f"<tr><th scope=row>Delivery</th><td>{delivery}</td></tr>" in text
        assert "LOADED as load 1 of location 06: 3 added, 0 changed, 0 deleted" in text
        assert udir.directory.archive.report_path(delivery, "html").read_text() == kept


async def test_a_good_file_that_is_not_loaded_does_not_begin_with_accepted():
    async with running() as udir, campus_client(udir) as client:
        await udir.add_fault("file first=1 do=hold")
        _, held = await put(client, students(range(3)), Accept="*/*")
        _, foreign = await put(client, students(range(3), location="09"), Accept="*/*")
        _, page = await put(client, students(range(3), location="09"), Accept="text/html")
    assert held.startswith("HELD\n\ndelivery  06-")
    assert foreign.startswith("REFUSED\n\ndelivery  06-")
    assert "<title>REFUSED: udirstud.txt</title>" in page
    assert "<h1>REFUSED</h1>" in page
    assert "ACCEPTED" not in held + foreign + page


async def test_who_sends_a_file_again_is_told_that_another_one_is_in_force():
    async with running() as udir, campus_client(udir) as client:
        _, first = await put(client, students(range(3)), Accept="*/*")
        _, answer = await put(client, students(range(3), SECOND))
        second = answer["delivery"]["id"]
        _, again = await put(client, students(range(3)), Accept="*/*")
        await udir.intake.roll_back("06", 1)
        _, back = await put(client, students(range(3)), Accept="*/*")
        _, page = await put(client, students(range(3), SECOND), Accept="text/html")
    assert f"now       load 2 is in force, of the file {second}" in again
    assert "is in force" not in first + back
    assert "<td>load 3 is in force, of the file 06-" in page
