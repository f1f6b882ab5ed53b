"""Students of a file as a program reads them."""

import gzip
import io
from datetime import date

import pytest

from udir_sim.checker import InputError
from udir_sim.directory.reader import NotAccepted, read_records
from udir_sim.generator import Plan, data_records, file_lines
from udir_sim.rules import Mode
from udir_sim.rules.examples import sample

READ = date(1999, 9, 2)


def read(edit: str, mode: Mode = Mode.STRICT):
    return list(read_records(io.BytesIO(sample(edit).content), as_of=READ, mode=mode))


def test_a_student_comes_without_padding_and_with_days():
    first, second = read("base")
    assert (first.location, first.net_id, first.campus_id, first.vendor_id) == ("06", "1234567", "A00012345", "1234567")
    assert (first.last_name, first.first_name) == ("O'Neil", "Mary Ann")
    assert (first.eligibility_begin, first.term_end) == (date(1999, 9, 15), date(1999, 12, 11))
    assert (second.ssn, second.campus_id, second.release_flag) == ("", "", "N")
    assert "O'Neil" not in repr(first)


def test_lenient_mode_repairs_drops_and_leaves_out():
    first, *_ = read("D1@3=690492e0893d28afa4e2b6c9ae8885bebe69307b", Mode.LENIENT)
    assert first.student_id == "690492E0893D28AFA4E2B6C9AE8885BEBE69307B"
    assert [each.net_id for each in read("D1@213=Q", Mode.LENIENT)] == ["7654321"]
    assert [each.student_type for each in read("copy D1; D3@213=X; D3@43=·······; count", Mode.LENIENT)] == ["U", "G"]


def test_a_file_that_is_held_gives_nobody_and_says_why():
    with pytest.raises(NotAccepted, match="the file: HELD: UD-D10-ENUM") as caught:
        read("D1@213=Q")
    assert caught.value.report.result("UD-D10-ENUM") is not None


def test_packed_files_pipes_and_large_ones_are_read_whole(tmp_path):
    plan = Plan(20_000, created=date(1999, 9, 1))
    expected = [each[121:131].decode().strip() for each in data_records(plan)]
    content = b"".join(file_lines(plan))
    packed = tmp_path / "file.gz"
    packed.write_bytes(gzip.compress(content, 1))

    class Pipe(io.BytesIO):
        def seekable(self) -> bool:
            return False

    for source in (packed, Pipe(content)):
        assert [each.net_id for each in read_records(source, as_of=READ)] == expected


def test_a_file_that_is_not_there_is_named(tmp_path):
    with pytest.raises(InputError, match="none"):
        list(read_records(tmp_path / "none", as_of=READ))
