"""What is personal goes, whatever a client makes of its XML; the rest stays."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sevis_sim.journal import Entry, Message, Messages
from sevis_sim.sandbox.redaction import PersonalRedaction

REDACTION = PersonalRedaction()
NAMES = st.text(st.characters(exclude_characters="<>&\0", codec="utf-8"), min_size=4, max_size=30)


@given(NAMES)
def test_the_text_of_a_personal_element_goes(name):
    text = f"<A><LastName>{name}zz9</LastName><IssueReason>C</IssueReason></A>"
    assert REDACTION.text(text) == "<A><LastName>[redacted]</LastName><IssueReason>C</IssueReason></A>"


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("<s:LastName a='1'>Lin</s:LastName>", "<s:LastName a='1'>[redacted]</s:LastName>"),
        ("<LastName><![CDATA[Lin]]></LastName >x", "<LastName>[redacted]</LastName >x"),
        ("<LastName>Lin", "<LastName>[redacted]"),
        ("<LastName/>kept", "<LastName/>kept"),
        ("<LastNames>kept</LastNames>", "<LastNames>kept</LastNames>"),
        ("write to lin.sample@example.edu now", "write to [redacted] now"),
        ('sevisID="N9904705123"', 'sevisID="N9904705123"'),
    ],
)
def test_every_way_of_writing_it(text, left):
    assert REDACTION.text(text) == left


def test_what_is_no_text_is_not_kept():
    for body in (b"PK\x03\x04\x00\xff", "<LastName>Lin</LastName>".encode("utf-16")):
        kept = REDACTION.messages(Messages(Message(b"H\r\n\r\n", body, len(body))))
        assert (kept.request.body, kept.request.size, kept.response) == (b"", len(body), None)
    cut = "<City>Köln".encode()[:-3]
    assert REDACTION.messages(Messages(Message(b"", cut, 99))).request.body == b"<City>[redacted]"


def test_the_holder_of_a_certificate_goes_from_the_entry():
    entry = Entry("one", datetime(2026, 3, 6, tzinfo=UTC), "certificate.registered", "certificate CN=Jo registered")
    clean = REDACTION.entry(Entry(entry.sandbox, entry.instant, entry.kind, entry.summary, {}, {"name": "CN=Jo"}))
    assert clean.summary == "certificate [redacted] registered"
    assert clean.detail == {"name": "[redacted]"}


def test_how_to_mend_a_personal_value_goes_with_it():
    wrong = {"path": "/a/Student[2]/BirthDate", "message": "BirthDate is '05/01/2004'", "remedy": "Write 2004-05-01."}
    plain = {"path": "/a/Student[2]/Gender", "message": "Gender is 'm'", "remedy": "Write M (MALE)."}
    entry = Entry("one", datetime(2026, 3, 6, tzinfo=UTC), "upload.answered", "s", {}, {"violations": [wrong, plain]})
    first, second = REDACTION.entry(entry).detail["violations"]
    assert "2004" not in str(first)
    assert second == plain
    assert wrong["remedy"]
