"""Duplicates: exact, in any number, and never by coincidence of keys."""

import random
from collections import defaultdict
from datetime import date

import numpy as np
import pytest

from udir_sim.checker import duplicates, keys
from udir_sim.generator import Plan, Rates, data_records, header, trailer
from udir_sim.rules import Mode, Verdict

PLAN = Plan(60, created=date(1999, 9, 1), rates=Rates(ssn=1, net_id=1, campus_id=1, vendor_id=1))
RECORDS = list(data_records(PLAN))


def file_of(records: list[bytes]) -> bytes:
    lines = [header(PLAN), *records, trailer(PLAN, len(records))]
    return b"".join(line + b"\n" for line in lines)


def found(report, rule: str) -> list[int]:
    result = report.result(rule)
    return [] if result is None else [finding.record for finding in result.samples]


def with_field(record: bytes, first: int, value: bytes) -> bytes:
    return record[: first - 1] + value + record[first - 1 + len(value) :]


def as_type(record: bytes, letter: bytes) -> bytes:
    record = with_field(record, 213, letter)
    return record if letter == b"U" else with_field(record, 43, b" " * 7)


def test_of_a_students_types_the_highest_is_kept_and_the_others_are_dropped(checked):
    one = RECORDS[0]
    report = checked(
        file_of([as_type(one, b"X"), RECORDS[1], as_type(one, b"P"), as_type(one, b"U")]), mode=Mode.LENIENT
    )
    assert found(report, "UD-G01-DUPID") == [2, 5]
    assert list(report.plan.dropped) == [2, 5]
    assert report.results[0].samples[0].note == "record 4, of type P, is kept"
    assert report.verdict is Verdict.ACCEPTED_WITH_WARNINGS


def test_copies_are_dropped_but_the_first_and_a_tie_holds_all_of_its_records(checked):
    one, other = RECORDS[0], RECORDS[1]
    tie = with_field(other, 132, b"N" if other[131:132] == b"Y" else b"Y")
    report = checked(file_of([one, other, one, tie, one]), mode=Mode.LENIENT)
    assert found(report, "UD-G03-EXACT") == [4, 6]
    assert found(report, "UD-G02-TIE") == [3, 5]
    assert list(report.plan.dropped) == [4, 6]
    assert list(report.plan.held) == [3, 5]


def test_hashes_and_ids_are_compared_without_regard_to_case(checked):
    lower = with_field(RECORDS[0], 3, RECORDS[0][2:42].lower())
    report = checked(file_of([RECORDS[0], lower]))
    assert found(report, "UD-G02-TIE") == [2, 3]
    net = with_field(with_field(RECORDS[0], 122, b"JDOE      "), 50, b" " * 40)
    other = with_field(with_field(RECORDS[1], 122, b"jdoe      "), 50, b" " * 40)
    assert found(checked(file_of([net, other])), "UD-G04-DUPNET") == [2, 3]


@pytest.mark.parametrize(
    ("rule", "first", "last"),
    [("UD-G04-DUPNET", 122, 131), ("UD-G05-DUPSSN", 50, 89), ("UD-G06-DUPCAMP", 90, 121), ("UD-G07-DUPVEN", 43, 49)],
)
def test_a_value_of_several_students_is_reported_for_each_of_them(checked, rule, first, last):
    records = [as_type(record, b"U") for record in RECORDS[:6]]
    records[4] = with_field(records[4], first, records[1][first - 1 : last])
    report = checked(file_of(records))
    assert found(report, rule) == [3, 6]


def test_four_students_share_an_ssn_with_a_warning_and_five_with_an_error(checked):
    def sharing(count: int) -> bytes:
        return file_of([with_field(record, 50, RECORDS[0][49:89]) for record in RECORDS[:count]])

    assert found(checked(sharing(4)), "UD-G05-DUPSSN") == [2, 3, 4, 5]
    five = checked(sharing(5))
    assert found(five, "UD-G08-MANYSSN") == [2, 3, 4, 5, 6]
    assert found(five, "UD-G05-DUPSSN") == []


def test_records_of_one_student_share_what_they_like(checked):
    one = RECORDS[0]
    report = checked(file_of([as_type(one, b"G"), as_type(one, b"E")]))
    assert [result.rule for result in report.results if result.rule.startswith("UD-G")] == ["UD-G01-DUPID"]


def test_blank_fields_and_broken_digests_are_nobodys_duplicates(checked):
    blank = [with_field(record, 50, b" " * 82) for record in RECORDS[:3]]
    broken = [with_field(record, 3, b"A00012345".ljust(40)) for record in RECORDS[3:6]]
    report = checked(file_of(blank + broken))
    assert [result.rule for result in report.results if result.rule.startswith("UD-G")] == []


def test_equal_keys_of_different_values_are_no_duplicates(checked, monkeypatch):
    """With keys of two bits nearly everything is equal by key; what is reported must not change."""
    records = [*RECORDS, RECORDS[3], as_type(RECORDS[4], b"X")]
    records[10] = with_field(records[10], 122, records[11][121:131])
    records[20] = with_field(records[20], 50, records[21][49:89])
    right = checked(file_of(records), samples=200)
    true_key = keys.key

    def poor(values):
        return (true_key(values) & np.uint64(3 << 62)) | np.uint64(1)

    for module in ("scan", "classify"):
        monkeypatch.setattr(f"udir_sim.checker.{module}.key", poor)
    monkeypatch.setattr(keys, "key", poor)
    assert checked(file_of(records), samples=200) == right


def test_many_duplicates_are_counted_exactly(checked):
    chooser = random.Random(5)
    records = [chooser.choice(RECORDS[:40]) for _ in range(20_000)]
    report = checked(file_of(records), samples=3)
    result = report.result("UD-G03-EXACT")
    assert result is not None
    first: dict[bytes, int] = {}
    copies = [number for number, record in enumerate(records, 2) if first.setdefault(record, number) != number]
    assert result.count == len(copies)
    assert [finding.record for finding in result.samples] == copies[:3]
    assert list(report.plan.dropped) == copies


def test_candidates_are_all_records_whose_key_is_repeated():
    chooser = np.random.default_rng(3)
    values = chooser.integers(0, 500, 1000).astype(np.uint64)
    groups = duplicates.candidates(values)
    places = defaultdict(list)
    for number, value in enumerate(values.tolist(), 1):
        places[value].append(number)
    expected = sorted(number for value, numbers in places.items() if value and len(numbers) > 1 for number in numbers)
    assert groups.records.tolist() == expected


def test_a_shared_value_is_shown_with_the_first_record_of_somebody_else(checked):
    campus = RECORDS[0][89:121]
    shared = [with_field(each, 90, campus) for each in RECORDS[:6]]
    report = checked(file_of([RECORDS[7], *shared, with_field(shared[0], 214, b"W")]))
    notes = {each.record: each.note for each in report.result("UD-G06-DUPCAMP").samples}
    assert notes == {3: "also in record 4", 9: "also in record 4"} | dict.fromkeys(range(4, 9), "also in record 3")
