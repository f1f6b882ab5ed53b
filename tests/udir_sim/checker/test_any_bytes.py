"""Whatever the bytes are, the answer is a report."""

import gzip
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from udir_sim.checker import InputError, reading
from udir_sim.generator import Plan, file_lines
from udir_sim.rules import Mode, Verdict

LINES = list(file_lines(Plan(30, created=date(1999, 9, 1))))
GOOD = b"".join(LINES)
GZIP = b"\x1f\x8b"


@given(content=st.binary(max_size=2000).filter(lambda content: content[:2] != GZIP), mode=st.sampled_from(Mode))
@settings(max_examples=100)
def test_any_bytes_end_in_a_report(checked_bytes, content, mode):
    report = checked_bytes(content, mode=mode)
    assert report.verdict in (Verdict.REFUSED, Verdict.HELD)


@given(content=st.binary(max_size=200), place=st.integers(0, 60), byte=st.integers(0, 255))
@settings(max_examples=100)
def test_a_damaged_gz_file_ends_in_a_report_or_in_one_clear_error(checked_bytes, content, place, byte):
    packed = bytearray(gzip.compress(content + GOOD[:500]))
    packed[2 + place] = byte
    said = ""
    try:
        checked_bytes(bytes(packed))
    except InputError as error:
        said = str(error)
    assert not said or said.startswith("the file: ")


@given(cut=st.integers(0, GOOD.index(b"T06UDIRSTUD") + 18))
@settings(max_examples=60)
def test_a_file_that_was_cut_off_is_refused(checked_bytes, cut):
    assert checked_bytes(GOOD[:cut]).verdict is Verdict.REFUSED


@given(
    places=st.lists(
        st.tuples(st.integers(0, len(GOOD) - 1), st.binary(max_size=3), st.integers(0, 300)), min_size=1, max_size=5
    ),
    mode=st.sampled_from(Mode),
)
@settings(max_examples=100)
def test_damage_anywhere_ends_in_a_report_with_exact_counts(checked_bytes, places, mode):
    content = bytearray(GOOD)
    for place, insert, gone in places:
        content[place : place + gone] = insert
    report = checked_bytes(bytes(content), mode=mode)
    if report.receipt.bytes and report.receipt.line_end != "none":
        assert report.receipt.records == len(bytes(content).removesuffix(b"\n").split(b"\n"))
    assert all(result.count >= len(result.samples) > 0 for result in report.results)


@pytest.mark.parametrize("mode", Mode)
def test_a_line_too_long_for_memory_is_one_record_of_the_wrong_length(checked, monkeypatch, mode):
    monkeypatch.setattr(reading, "LONGEST", 4096)
    monkeypatch.setattr(reading, "BLOCK", 8192)
    long = b"06" + b"X" * 1_000_000
    report = checked(b"".join([*LINES[:5], long + b"\r\n", *LINES[5:]]), mode=mode)
    length = report.result("UD-F09-LEN")
    assert length is not None
    assert [(finding.record, finding.note) for finding in length.samples] == [(6, "1000003 bytes")]
    assert {result.rule for result in report.results} - {"UD-D03-UBLANK", "UD-D06-NONE"} == {
        "UD-F09-LEN",
        "UD-T05-COUNT",
    }


def test_two_short_lines_that_fill_the_place_of_one_record_are_seen(checked):
    lines = [line.replace(b"\r\n", b"\n") for line in LINES]
    lines[3] = lines[3][:100] + b"\n" + lines[3][101:]
    report = checked(b"".join(lines))
    length = report.result("UD-F09-LEN")
    assert length is not None
    assert [finding.record for finding in length.samples] == [4]
    assert report.result("UD-F17-RECTYPE") is not None
    assert report.receipt.records == 33


def test_fixed_blocks_without_line_ends_are_read_in_lenient_mode(checked):
    report = checked(b"".join(line.rstrip(b"\r\n") for line in LINES), mode=Mode.LENIENT)
    assert report.verdict is Verdict.ACCEPTED_WITH_WARNINGS
    assert report.receipt.data_records == 30


def test_a_record_with_surplus_blanks_is_checked_like_any_other(checked):
    lines = LINES.copy()
    lines[2] = lines[2][:213] + b"Q" + lines[2][214:246] + b"   \r\n"
    report = checked(b"".join(lines), mode=Mode.LENIENT)
    found = {(result.rule, finding.record) for result in report.results for finding in result.samples}
    assert {("UD-F09-LEN", 3), ("UD-D11-ENUM", 3)} <= found
    assert list(report.plan.held) == [3]
