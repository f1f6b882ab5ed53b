"""What changed since the last accepted file."""

import hashlib
import io
from datetime import date

import pytest

from udir_sim.checker import InputError, compare
from udir_sim.generator import Plan, data_records, header, trailer
from udir_sim.rules import Severity
from udir_sim.rules.examples import sample

YESTERDAY = Plan(200, created=date(1999, 9, 1))
TODAY = Plan(200, created=date(1999, 9, 2))
RECORDS = list(data_records(YESTERDAY))


def file_of(plan: Plan, records: list[bytes]) -> io.BytesIO:
    lines = [header(plan), *records, trailer(plan, len(records))]
    return io.BytesIO(b"".join(line + b"\r\n" for line in lines))


def differences(records: list[bytes], before: list[bytes] = RECORDS):
    difference, results = compare(file_of(YESTERDAY, before), file_of(TODAY, records))
    return difference, {result.rule: result for result in results}


def test_the_example_of_the_reference_is_one_deleted_student_and_a_jump_of_volume(checked, tmp_path):
    yesterday = tmp_path / "yesterday.txt"
    yesterday.write_bytes(sample().content)
    report = checked(sample("H@12=19990902; drop D2; count").content, previous=yesterday)
    assert {result.rule: result.count for result in report.results} == {"UD-A03-DEL": 1, "UD-F22-VOLUME": 1}
    assert report.difference is not None
    assert (report.difference.deleted, report.difference.unchanged) == (1, 1)


def test_the_same_students_are_unchanged_in_any_order():
    difference, found = differences(RECORDS[::-1])
    assert (difference.added, difference.changed, difference.deleted, difference.unchanged) == (0, 0, 0, 200)
    assert found == {}


def test_added_changed_and_deleted_students_are_counted_by_student_id_and_field():
    new = [*RECORDS[3:], *data_records(Plan(2, created=date(1999, 9, 2)), 5000)]
    new[0] = new[0][:213] + (b"W" if new[0][213:214] != b"W" else b"B") + new[0][214:]
    new[1] = new[1][:172] + b"Someone Else".ljust(40) + new[1][212:]
    difference, found = differences(new)
    assert (difference.added, difference.changed, difference.deleted, difference.unchanged) == (2, 2, 3, 195)
    assert difference.changed_fields == {"D09": 1, "D11": 1}
    assert [finding.record for finding in found["UD-A01-ADD"].samples] == [199, 200]
    assert [finding.note for finding in found["UD-A02-CHG"].samples] == ["student status", "first name"]
    assert [finding.record for finding in found["UD-A03-DEL"].samples] == [2, 3, 4]


def test_more_than_five_percent_deleted_is_a_warning_unless_the_volume_says_it():
    _, found = differences(RECORDS[11:])
    assert found["UD-A04-DELMANY"].samples[0].note == "11 of 200 students are missing (5.5 %)"
    _, found = differences(RECORDS[50:])
    assert "UD-F22-VOLUME" in found
    assert "UD-A04-DELMANY" not in found


def test_a_net_id_of_another_student_is_a_warning_with_both_records():
    place = next(place for place, record in enumerate(RECORDS) if record[121:131].strip())
    new = list(RECORDS)
    taken = RECORDS[place][121:131]
    new[place] = new[place][:121] + b" " * 10 + new[place][131:]
    new[100] = new[100][:121] + taken + new[100][131:]
    _, found = differences(new)
    assert [(finding.record, finding.note) for finding in found["UD-A05-NETMOVED"].samples] == [
        (102, f"was in record {place + 2} of the last file")
    ]


def test_many_changed_release_flags_are_a_warning():
    new = [record[:131] + (b"N" if record[131:132] == b"Y" else b"Y") + record[132:] for record in RECORDS]
    _, found = differences(new)
    assert found["UD-A06-FLAGFLIP"].samples[0].note == "200 of 200 release flags changed (100.0 %)"


def test_new_digests_under_the_same_names_are_an_error_and_the_only_one():
    def rehashed(record: bytes) -> bytes:
        return record[:2] + hashlib.sha1(record[2:42]).hexdigest().upper().encode() + record[42:]

    _, found = differences([rehashed(record) for record in RECORDS])
    assert found["UD-A07-ALLNEWHASH"].severity is Severity.ERROR
    assert {rule for rule, result in found.items() if result.severity > Severity.INFO} == {"UD-A07-ALLNEWHASH"}


def test_the_names_of_a_few_among_many_others_say_nothing_about_digests():
    twin = [record[:2] + hashlib.sha1(record[2:42]).hexdigest().upper().encode() + record[42:] for record in RECORDS]
    few = twin[:3]
    names = {record[132:212] for record in few}
    assert sum(record[132:212] in names for record in RECORDS) < 100
    difference, found = compare(file_of(YESTERDAY, few), file_of(TODAY, RECORDS))
    assert difference.added == 200
    assert "UD-A07-ALLNEWHASH" not in {each.rule for each in found}


def test_the_case_of_a_digest_makes_no_other_student():
    difference, _ = differences([record[:2] + record[2:42].lower() + record[42:] for record in RECORDS])
    assert (difference.added, difference.deleted, difference.unchanged) == (0, 0, 200)
    lower = [record[:132].lower() + record[132:212] + record[212:].lower() for record in RECORDS]
    assert differences(lower)[0].unchanged == 200
    difference, _ = differences([record[:132] + record[132:172].swapcase() + record[172:] for record in RECORDS])
    assert difference.changed_fields == {"D08": 200}


def test_files_of_two_campuses_are_not_compared():
    other = Plan(1, location="07", created=date(1999, 9, 2))
    with pytest.raises(InputError, match="different locations: 06 and 07"):
        compare(file_of(YESTERDAY, RECORDS), file_of(other, list(data_records(other))))


def test_what_has_no_header_is_no_earlier_file():
    with pytest.raises(InputError, match="no UDIRSTUD file that could have been accepted"):
        compare(io.BytesIO(b"nothing of the kind"), file_of(TODAY, RECORDS))
