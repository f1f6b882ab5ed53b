"""What a file adds, changes, deletes and carries forward."""

import io
from array import array
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from udir_world import SECOND, file_of, student, student_id, students

from udir_sim.checker import LoadPlan, check
from udir_sim.directory import Delivery, Directory, DirectoryError, Load, State
from udir_sim.directory.loading import load
from udir_sim.rules import Mode

NOW = datetime(1999, 9, 2, 19, tzinfo=UTC)


@pytest.fixture
def directory():
    with Directory.open() as opened:
        yield opened


def put(directory: Directory, content: bytes, plan: LoadPlan | None = None, location: str = "06") -> Load:
    """Load a file as it stands; by default with the plan that lenient mode makes."""
    report = check(io.BytesIO(content), as_of=SECOND, mode=Mode.LENIENT)
    count = len(directory.deliveries(limit=10_000))
    delivery = Delivery(
        id=f"{location}-{count}",
        location=location,
        sha256=f"{count}",
        name="udirstud.txt",
        door="command",
        received=NOW,
        bytes=len(content),
        header_location=report.receipt.location,
        created=report.receipt.created,
        data_records=report.receipt.data_records,
        verdict=report.verdict.value,
        state=State.LOADED,
        note="",
        file="",
        file_sha256="",
        report_sha256="",
    )
    with directory.database.transaction() as tx:
        tx.deliveries.add(delivery)
        file = io.BytesIO(content)
        return load(tx.connection, tx.dialect, tx.loads, delivery, file, plan or report.plan, NOW)


def _count(directory: Directory) -> int:
    with directory.database.reading() as tx:
        return tx.records.count("06")


def counts(made: Load) -> tuple[int, int, int, int, int]:
    return made.added, made.changed, made.deleted, made.unchanged, made.carried


def test_the_first_file_adds_everybody(directory):
    made = put(directory, students(range(5)))
    assert (made.number, made.records, counts(made)) == (1, 5, (5, 0, 0, 0, 0))


def test_a_record_is_found_by_student_id_and_by_net_id_in_either_case(directory):
    put(directory, file_of(student(1, D08="O'Neil", D09="Mary Ann", D12="19990923")))
    record = directory.lookup_student("06", student_id(1).lower())
    assert record is not None
    assert (record.last_name, record.first_name, record.net_id) == ("O'Neil", "Mary Ann", "NET1")
    assert (record.student_type, record.release_flag, str(record.eligibility_begin)) == ("G", "Y", "1999-09-15")
    assert directory.lookup_net_id(" net1 ") == [record]


def test_blank_fields_are_empty_and_nobody_is_found_by_a_blank_net_id(directory):
    put(directory, file_of(student(1, D05="", D06="", D09="")))
    record = directory.lookup_student("06", student_id(1))
    assert (record.campus_id, record.net_id, record.first_name, record.vendor_id) == ("", "", "", "")
    assert directory.lookup_net_id("") == directory.lookup_net_id("   ") == []


def test_what_is_no_digest_and_who_is_not_there_are_not_found(directory):
    put(directory, students(range(3)))
    assert directory.lookup_student("06", "no digest") is None
    assert directory.lookup_student("06", student_id(9)) is None
    assert directory.lookup_student("09", student_id(1)) is None
    assert directory.lookup_net_id("NET9") == []


def test_the_representation_of_a_record_shows_nobody(directory):
    put(directory, file_of(student(1, D08="Geheim")))
    assert "Geheim" not in repr(directory.lookup_student("06", student_id(1)))


def test_the_next_file_is_compared_with_what_is_in_force(directory):
    put(directory, file_of(student(1), student(2), student(3)))
    made = put(directory, file_of(student(2), student(3, D11="W"), student(4)))
    assert (made.number, made.records, counts(made)) == (2, 3, (1, 1, 1, 1, 0))
    assert directory.lookup_student("06", student_id(1)) is None
    assert directory.lookup_student("06", student_id(3)).student_status == "W"


def test_the_same_file_changes_nothing(directory):
    put(directory, students(range(4)))
    assert counts(put(directory, students(range(4)))) == (0, 0, 0, 4, 0)


def test_one_location_never_touches_anothers_records(directory):
    put(directory, students(range(4)))
    made = put(directory, students(range(2), location="09"), location="09")
    assert (made.location, made.number, counts(made)) == ("09", 1, (2, 0, 0, 0, 0))
    assert len(directory.lookup_net_id("NET1")) == 2
    assert [record.location for record in directory.lookup_net_id("NET1")] == ["06", "09"]
    assert directory.lookup_net_id("NET3")[0].location == "06"


def test_a_record_of_another_location_is_not_loaded_whatever_the_plan_says(directory):
    made = put(directory, file_of(student(1), student(2, "09")), LoadPlan())
    assert made.records == 1
    assert directory.lookup_net_id("NET2") == []


def test_the_record_of_a_student_whose_new_one_is_held_is_carried_forward(directory):
    put(directory, file_of(student(1, D11="R"), student(2)))
    made = put(directory, file_of(student(1, D11="Q"), student(2)))
    assert counts(made) == (0, 0, 0, 1, 1)
    assert directory.lookup_student("06", student_id(1)).student_status == "R"


def test_a_held_record_of_a_new_student_is_simply_not_there(directory):
    made = put(directory, file_of(student(1, D11="Q"), student(2)))
    assert (made.records, counts(made)) == (1, (1, 0, 0, 0, 0))


def test_a_held_record_too_short_to_load_still_says_whose_it_is(directory):
    put(directory, file_of(student(1), student(2), student(3)))
    made = put(directory, file_of(student(1)[:-1], student(2)))
    assert counts(made) == (0, 0, 1, 1, 1)
    assert directory.lookup_student("06", student_id(1)) is not None


def test_nobody_is_deleted_while_a_held_record_does_not_say_whose_it_is(directory):
    put(directory, file_of(student(1), student(2), student(3)))
    made = put(directory, file_of(student(1, D02="NOT A DIGEST"), student(2)))
    assert counts(made) == (0, 0, 0, 1, 2)


def test_a_dropped_record_gives_way_to_the_one_of_the_higher_type(directory):
    made = put(directory, file_of(student(1, D10="U"), student(1, D10="G")))
    assert made.records == 1
    assert directory.lookup_student("06", student_id(1)).student_type == "G"


def test_of_two_records_that_a_profile_lets_pass_the_first_counts(directory):
    made = put(directory, file_of(student(1, D10="U"), student(1, D10="X"), student(2)), LoadPlan())
    assert made.records == 2
    assert directory.lookup_student("06", student_id(1)).student_type == "U"


def test_a_digest_in_lower_case_is_no_change_and_comes_out_in_upper_case(directory):
    put(directory, file_of(student(1)))
    assert counts(put(directory, file_of(student(1, D02=student_id(1).lower(), D06="net1")))) == (0, 0, 0, 1, 0)
    assert directory.lookup_net_id("NET1")[0].student_id == student_id(1)


def test_names_keep_their_case_and_their_latin_letters(directory):
    put(directory, file_of(student(1, D08="Muñoz")))
    assert directory.lookup_student("06", student_id(1)).last_name == "Muñoz"
    assert counts(put(directory, file_of(student(1, D08="MUÑOZ")))) == (0, 1, 0, 0, 0)


def test_surplus_blanks_are_cut_and_the_record_is_loaded(directory):
    made = put(directory, file_of(student(1) + b"  ", student(2)))
    assert made.records == 2


@pytest.mark.parametrize(
    "as_sent",
    [
        lambda content: content.replace(b"\r\n", b"\n"),
        lambda content: content.replace(b"\r\n", b"\r"),
        lambda content: content.replace(b"\r\n", b""),
        lambda content: b"\xef\xbb\xbf" + content,
        lambda content: content.removesuffix(b"\r\n"),
        lambda content: content.replace(b"\r\n", b"\n", 2),
        lambda content: content + b"\r\n\r\n",
        lambda content: content.replace(b" " * 227 + b"\r\n", b"\r\n"),
    ],
    ids=["LF", "CR", "fixed blocks", "mark", "no last end", "mixed ends", "empty lines", "short header and trailer"],
)
def test_whatever_lenient_mode_repairs_is_loaded_alike(directory, as_sent):
    made = put(directory, as_sent(students(range(5))))
    assert (made.records, made.added) == (5, 5)
    assert counts(put(directory, students(range(5)))) == (0, 0, 0, 5, 0)


def test_dates_that_a_profile_lets_pass_come_out_as_none(directory):
    put(directory, file_of(student(1, D12="", D13="19990231")), LoadPlan())
    record = directory.lookup_student("06", student_id(1))
    assert (record.term_begin, record.term_end) == (None, None)


def test_a_file_is_loaded_whole_or_not_at_all(directory):
    put(directory, students(range(3)))

    class LostDisk(io.BytesIO):
        """Can be read once, not twice: the second pass, which writes, fails."""

        ends = 0

        def read(self, size=-1):
            part = super().read(size)
            self.ends += not part
            if self.ends > 1:
                raise OSError("the disk is gone")
            return part

    delivery = directory.deliveries()[0]
    with pytest.raises(OSError, match="disk"), directory.database.transaction() as tx:
        load(tx.connection, tx.dialect, tx.loads, delivery, LostDisk(students(range(2, 6))), LoadPlan(), NOW)
    assert directory.in_force("06").number == 1
    assert directory.lookup_net_id("NET0")
    assert not directory.lookup_net_id("NET5")


def test_what_was_loaded_outlives_the_process(tmp_path):
    with Directory.open(tmp_path) as first:
        put(first, students(range(3)))
    with Directory.open(tmp_path) as second:
        assert second.in_force("06").records == 3
        assert second.lookup_net_id("NET2")[0].last_name == "Sample"


def test_an_earlier_load_comes_into_force_again_as_a_load_of_its_own(directory):
    put(directory, file_of(student(1), student(2, D11="R"), student(3)))
    put(directory, file_of(student(2, D11="W"), student(3), student(4)))
    made = directory.roll_back("06", 1, NOW)
    assert (made.number, made.kind, made.back_to, made.delivery) == (3, "roll-back", 1, "06-0")
    assert (made.records, counts(made)) == (3, (1, 1, 1, 1, 0))
    assert directory.lookup_student("06", student_id(2)).student_status == "R"
    assert directory.lookup_student("06", student_id(4)) is None
    assert [each.number for each in directory.loads("06")] == [1, 2, 3]


def test_a_roll_back_can_be_rolled_back(directory):
    put(directory, students(range(3)))
    put(directory, students(range(1, 5)))
    directory.roll_back("06", 1, NOW)
    made = directory.roll_back("06", 2, NOW)
    assert made.records == 4
    assert directory.lookup_net_id("NET4")


@pytest.mark.parametrize(
    ("location", "number", "said"),
    [("06", 9, "has no load 9; it has loads 1 to 2"), ("06", 2, "is the one in force"), ("07", 1, "it has none yet")],
)
def test_a_roll_back_that_cannot_be_says_why(directory, location, number, said):
    put(directory, students(range(3)))
    put(directory, students(range(4)))
    with pytest.raises(DirectoryError, match=said):
        directory.roll_back(location, number, NOW)


@settings(max_examples=25, deadline=None)
@given(
    st.lists(
        st.one_of(
            st.integers(1, 6),  # roll back to this load, if there is one
            st.dictionaries(st.integers(0, 9), st.sampled_from(["R", "W", "Q", "X"]), min_size=1, max_size=8),
        ),
        min_size=1,
        max_size=6,
    )
)
def test_a_plain_dictionary_comes_to_the_same_records_and_counts(steps):
    """Statuses R and W are good; Q is none, so the record is held; X leaves a Student ID that says nobody's."""
    history: list[dict[int, str]] = []
    with Directory.open() as directory:
        for step in steps:
            current = history[-1] if history else {}
            if isinstance(step, int):
                if step >= len(history):
                    continue
                expected = dict(history[step - 1])
                made = directory.roll_back("06", step, NOW)
            else:
                good = {number: status for number, status in step.items() if status in "RW"}
                held = {number for number, status in step.items() if status == "Q"}
                unknown = "X" in step.values()
                kept = {n: s for n, s in current.items() if n not in good and (unknown or n in held)}
                expected = good | kept
                records = [
                    student(n, D11="R", D02="?") if status == "X" else student(n, D11=status)
                    for n, status in step.items()
                ]
                plan = LoadPlan(held=array("I", [2 + p for p, s in enumerate(step.values()) if s in "QX"]))
                made = put(directory, file_of(*records), plan)
                assert made.carried == len(kept)
            history.append(expected)
            assert made.number == len(history)
            assert made.records == len(expected) == _count(directory)
            assert made.added == len(expected.keys() - current.keys())
            assert made.deleted == len(current.keys() - expected.keys())
            for number in range(10):
                found = directory.lookup_student("06", student_id(number))
                assert (found.student_status if found else None) == expected.get(number)
