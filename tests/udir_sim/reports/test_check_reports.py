"""Reports: what they say, that they never show a personal value, and that they are the same each time."""

import csv
import io
import json
from datetime import date
from html.parser import HTMLParser

import jsonschema_rs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from udir_sim.checker import check
from udir_sim.reports import (
    ReportError,
    as_document,
    compare_reports,
    comparison_text,
    read_summary,
    report_schema,
    to_csv,
    to_html,
    to_json,
    to_text,
)
from udir_sim.rules import Mode, catalogue
from udir_sim.rules.examples import Draft, apply_edit, base_records, sample

READ = date(1999, 9, 2)
RENDER = {"text": to_text, "json": to_json, "csv": to_csv, "html": to_html}
EDITS = [
    example.edit
    for rule in catalogue().values()
    for example in rule.fails
    if example.edit.startswith(("D1", "copy")) and "previous" not in example.edit
]


def report_of(edit: str, **options):
    return check(io.BytesIO(sample(edit).content), as_of=READ, name="file.txt", **options)


BROKEN = report_of("D1@50=900123456·×31; D1@133=900-12-3456; D1@215=19990931; D1@90=a00012345")


def test_the_text_begins_with_the_verdict_and_names_rule_record_columns_and_remedy():
    text = to_text(BROKEN)
    assert text.startswith("HELD\n")
    assert "ERROR UD-D12-REAL  Term begin is no day  1x" in text
    assert "record 2, columns 215-222, term begin: 19990931" in text
    assert "mend: Write a day that exists" in text
    assert "record 2, columns 50-89, SSN: 9(9)·(31)" in text


def test_the_ruler_marks_the_columns_of_the_first_sample():
    lines = to_text(BROKEN).splitlines()
    place = next(number for number, line in enumerate(lines) if "UR1999093119991211" in line)
    start = lines[place].index("19990931")
    assert lines[place + 1] == " " * start + "^" * 8


def test_the_json_holds_receipt_counts_and_findings():
    document = json.loads(to_json(BROKEN))
    assert document["verdict"] == "HELD"
    assert document["receipt"]["sha256"] == BROKEN.receipt.sha256
    assert document["counts"]["bySeverity"]["ERROR"] == 4
    finding = next(each for each in document["findings"] if each["rule"] == "UD-D12-REAL")
    assert finding["samples"][0]["columns"] == [215, 222]


@pytest.mark.parametrize("mode", Mode)
def test_every_report_fits_the_published_schema(mode):
    schema = jsonschema_rs.validator_for(json.loads(report_schema()), validate_formats=True)
    for rule in catalogue().values():
        for example in rule.fails:
            file = sample(example.edit)
            report = check(io.BytesIO(file.content), as_of=file.as_of, mode=mode, timed=rule.family == "F")
            schema.validate(as_document(report))
    base = io.BytesIO(sample().content)
    with_difference = check(io.BytesIO(sample("D1@214=W").content), as_of=READ, previous=base, mode=mode)
    schema.validate(as_document(with_difference))
    assert not schema.is_valid(as_document(with_difference) | {"verdict": "GOOD"})


def test_the_csv_has_one_line_a_finding_in_the_order_of_the_file():
    rows = list(csv.DictReader(io.StringIO(to_csv(BROKEN))))
    assert [(row["record"], row["first column"], row["rule"]) for row in rows] == [
        ("2", "50", "UD-S01-SSN9"),
        ("2", "90", "UD-D05-UPPER"),
        ("2", "133", "UD-S15-SSNELSEWHERE"),
        ("2", "215", "UD-D12-REAL"),
    ]


def test_the_page_is_one_file_without_scripts_and_addresses():
    class Tags(HTMLParser):
        open_tags: list[str] = []  # noqa: RUF012 - one parser
        seen: set[str] = set()  # noqa: RUF012

        def handle_starttag(self, tag, attrs):
            self.seen.add(tag)
            assert not {"src", "href", "onclick"} & {name for name, _ in attrs}

    parser = Tags()
    page = to_html(BROKEN)
    parser.feed(page)
    assert "script" not in parser.seen
    assert "://" not in page
    assert page.count("<details") == len(BROKEN.results)


def test_the_page_counts_codes_that_are_none_too():
    page = to_html(report_of("D2@214=Q"))
    assert "<th scope=col>?</th>" in page
    row = page.split("<th scope=row>G graduate</th>")[1].split("</tr>")[0]
    assert row.count('<td class="number">1</td>') == 1


def test_a_record_that_cannot_be_shown_leaves_no_empty_frame():
    assert "<pre></pre>" not in to_html(report_of("D1 cut 245"))


def test_what_a_file_is_called_cannot_become_markup():
    report = check(io.BytesIO(sample().content), as_of=READ, name="<script>alert(1)</script>")
    assert "<script>" not in to_html(report)


@pytest.mark.parametrize("kind", RENDER)
def test_the_same_file_gives_the_same_report(kind):
    assert RENDER[kind](report_of("D1@213=Q")) == RENDER[kind](report_of("D1@213=Q"))


@pytest.mark.parametrize("kind", RENDER)
@given(edits=st.lists(st.sampled_from(EDITS), min_size=1, max_size=3), mode=st.sampled_from(Mode))
@settings(max_examples=40)
def test_no_report_shows_a_hashed_or_personal_value(kind, edits, mode):
    draft = Draft(base_records())
    for edit in edits:
        apply_edit(draft, edit)
    file = draft.sample()
    text = RENDER[kind](check(io.BytesIO(file.content), as_of=READ, mode=mode, name="f"))
    personal: set[str] = set()
    for name, record in draft.records:
        if name.startswith("D"):
            for first, last in ((3, 42), (43, 49), (50, 89), (90, 121), (122, 131), (133, 172), (173, 212)):
                value = record[first - 1 : last].decode("latin-1").strip()
                personal |= {value, value[:10]} if len(value) >= 6 else set()
    # Words of the rules themselves are no values.
    rules = to_json(check(io.BytesIO(sample("nothing").content), as_of=READ)) + str(list(catalogue().values()))
    assert [value for value in personal if value in text and value not in rules] == []


def test_two_reports_are_compared_by_rule():
    before = read_summary(to_json(BROKEN), "old")
    after = read_summary(to_json(report_of("D1@213=Q; D1@215=19990931; D2@215=19990931")), "new")
    comparison = compare_reports(before, after)
    assert {change.rule: change.kind for change in comparison.changes} == {
        "UD-D05-UPPER": "gone",
        "UD-D10-ENUM": "new",
        "UD-D12-REAL": "more",
        "UD-S01-SSN9": "gone",
        "UD-S15-SSNELSEWHERE": "gone",
    }
    assert comparison.worse
    assert comparison_text(comparison).splitlines()[2].startswith("new     ERROR    UD-D10-ENUM")
    assert not compare_reports(before, before).worse


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"format": "udir-sim report 1"}', "[" * 100_000])
def test_what_is_no_report_is_an_error_that_names_the_file(text):
    with pytest.raises(ReportError, match=r"^old\.json: "):
        read_summary(text, "old.json")
