"""The zip of a result: its order, its names, its bytes; and reading one that may be damaged or hostile."""

import io
import struct
import zipfile
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sevis_sim.clock import EASTERN
from sevis_sim.results import (
    LOG_NAME,
    ArchiveError,
    LogHeader,
    archive,
    read_archive,
    transaction_log,
)

NIGHT = datetime(2026, 3, 9, 22, 0, 1, 500_000, tzinfo=EASTERN)
LOG = transaction_log(LogHeader("BATCH000000001", "ABC214F00012000"), status=True, download="S0000")


def opened(content: bytes) -> zipfile.ZipFile:
    found = zipfile.ZipFile(io.BytesIO(content))
    assert found.testzip() is None
    return found


def names(forms: list[tuple[str, bytes]]) -> list[str]:
    return opened(archive(LOG, forms, NIGHT)).namelist()[1:]


def test_the_log_comes_first_deflated_and_forms_are_stored_in_their_order() -> None:
    entries = opened(archive(LOG, [("N2.pdf", b"two"), ("N1.pdf", b"one")], NIGHT)).infolist()
    assert [(e.filename, e.compress_type) for e in entries] == [
        ("sevis_transaction_log.xml", zipfile.ZIP_DEFLATED),
        ("N2.pdf", zipfile.ZIP_STORED),
        ("N1.pdf", zipfile.ZIP_STORED),
    ]


def test_what_was_packed_is_read_back() -> None:
    found = read_archive(archive(LOG, [("N1.pdf", b"%PDF"), ("N2.pdf", b"")], NIGHT))
    assert found.log_bytes == LOG
    assert found.log.download_code == "S0000"
    assert found.forms == {"N1.pdf": b"%PDF", "N2.pdf": b""}


def test_a_result_without_forms_holds_only_the_log() -> None:
    assert opened(archive(LOG, [], NIGHT)).namelist() == [LOG_NAME]


def test_the_same_arguments_give_the_same_bytes() -> None:
    forms = [("N1.pdf", b"one")]
    assert archive(LOG, forms, NIGHT) == archive(bytes(bytearray(LOG)), list(forms), NIGHT)


def test_entries_bear_the_wall_time_of_the_instant_in_steps_of_two_seconds() -> None:
    assert {e.date_time for e in opened(archive(LOG, [("a.pdf", b"")], NIGHT)).infolist()} == {(2026, 3, 9, 22, 0, 0)}


@pytest.mark.parametrize(
    ("stamp", "date_time"),
    [
        (datetime(1970, 1, 1, tzinfo=UTC), (1980, 1, 1, 0, 0, 0)),
        (datetime(1979, 12, 31, 23, 59, 59, tzinfo=UTC), (1980, 1, 1, 0, 0, 0)),
        (datetime(2107, 12, 31, 23, 59, 59, tzinfo=UTC), (2107, 12, 31, 23, 59, 58)),
        (datetime(2200, 6, 1, tzinfo=UTC), (2107, 12, 31, 23, 59, 58)),
    ],
)
def test_dates_that_a_zip_does_not_know_become_its_first_or_last(stamp: datetime, date_time: tuple[int, ...]) -> None:
    assert {e.date_time for e in opened(archive(LOG, [], stamp)).infolist()} == {date_time}


def test_a_name_that_is_taken_gets_a_number_whatever_its_case() -> None:
    forms = [(name, b"") for name in ("N1.pdf", "n1.PDF", "N1.pdf", "N1_2.pdf", LOG_NAME, "N1", "N1")]
    assert names(forms) == [
        "N1.pdf",
        "n1_2.PDF",
        "N1_3.pdf",
        "N1_2_2.pdf",
        "sevis_transaction_log_2.xml",
        "N1",
        "N1_2",
    ]


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        ("../../etc/passwd", "_.._etc_passwd"),
        ("C:\\forms\\N1.pdf", "C__forms_N1.pdf"),
        ("N1\x00\r\n.pdf", "N1___.pdf"),
        ("con.pdf", "_con.pdf"),
        ("  .pdf. ", "pdf"),
        ("", "form.pdf"),
        ("...", "form.pdf"),
        ("Žižka.pdf", "Žižka.pdf"),
        ("x" * 500 + ".pdf", "x" * 116 + ".pdf"),
    ],
)
def test_names_are_made_safe_for_every_file_system(name: str, safe: str) -> None:
    assert names([(name, b"")]) == [safe]


@settings(max_examples=150, deadline=None)
@given(
    forms=st.lists(st.tuples(st.text(max_size=12) | st.sampled_from(["N1.pdf", "n1.pdf"]), st.binary()), max_size=5),
    stamp=st.datetimes(timezones=st.just(UTC)),
)
def test_every_zip_is_sound_and_keeps_every_form(forms: list[tuple[str, bytes]], stamp: datetime) -> None:
    content = archive(LOG, forms, stamp)
    opened(content)
    assert list(read_archive(content).forms.values()) == [form for _, form in forms]


def test_many_forms_of_one_name_are_all_kept() -> None:
    found = names([("N1.pdf", b"")] * 3000)
    assert (len(set(found)), found[-1]) == (3000, "N1_3000.pdf")


def test_more_forms_than_a_plain_zip_can_hold_are_refused() -> None:
    with pytest.raises(ValueError, match="at most 65534"):
        archive(LOG, [("a", b"")] * 0xFFFF, NIGHT)


# --- reading what may be damaged or hostile --------------------------------------------------------------------------


def made(*entries: tuple[str, bytes], method: int = zipfile.ZIP_STORED) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as out:
        for name, content in entries:
            out.writestr(zipfile.ZipInfo(name), content, method)
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "damaged"),
        (b"<html>404</html>", "damaged"),
        (archive(LOG, [("a.pdf", b"x")], NIGHT)[:-30], "damaged"),
        (archive(LOG, [("a.pdf", b"right")], NIGHT).replace(b"right", b"wrong"), "damaged: Bad CRC"),
        (made(("a.pdf", b"x")), "no sevis_transaction_log.xml; it holds a.pdf"),
        (made((LOG_NAME, b"<TransactionLog>")), "cannot be read: .*not well-formed"),
        (made((LOG_NAME, LOG), ("../a.pdf", b"")), "'../a.pdf', which is no plain file name"),
        (made((LOG_NAME, LOG), ("C:a.pdf", b"")), "no plain file name"),
        (made((LOG_NAME, LOG), ("..", b"")), "no plain file name"),
        (made((LOG_NAME, LOG), ("sub/", b"")), "no plain file name"),
        (made((LOG_NAME, LOG), method=zipfile.ZIP_BZIP2), "other than stored or deflated"),
    ],
)
def test_a_zip_that_cannot_be_trusted_is_an_error_of_one_line(content: bytes, reason: str) -> None:
    with pytest.raises(ArchiveError, match=reason) as caught:
        read_archive(content)
    assert "\n" not in str(caught.value)


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_two_entries_of_one_name_are_refused() -> None:
    with pytest.raises(ArchiveError, match="two entries"):
        read_archive(made((LOG_NAME, LOG), ("a.pdf", b"1"), ("a.pdf", b"2")))


def test_an_encrypted_entry_is_refused() -> None:
    content = bytearray(archive(LOG, [], NIGHT))
    flags = content.index(b"PK\1\2") + 8
    struct.pack_into("<H", content, flags, 1)
    with pytest.raises(ArchiveError, match="encrypted"):
        read_archive(bytes(content))


def test_a_bomb_is_refused_before_it_is_unpacked() -> None:
    bomb = made((LOG_NAME, LOG), ("a.pdf", bytes(3_000_000)), method=zipfile.ZIP_DEFLATED)
    assert len(bomb) < 10_000
    with pytest.raises(ArchiveError, match=r"more than 1000000 bytes at 'a\.pdf'"):
        read_archive(bomb, max_total=1_000_000)


def test_an_entry_that_lies_about_its_size_yields_no_more_than_it_announced() -> None:
    content = bytearray(made((LOG_NAME, LOG), ("a.pdf", bytes(3_000_000)), method=zipfile.ZIP_DEFLATED))
    size = content.rindex(b"PK\1\2") + 24
    struct.pack_into("<L", content, size, 10)
    with pytest.raises(ArchiveError, match="damaged"):
        read_archive(bytes(content), max_total=1_000_000)


SOUND = archive(LOG, [("N1.pdf", b"%PDF-1.4 one"), ("N2.pdf", b"%PDF-1.4 two")], NIGHT + timedelta(days=1))


@settings(max_examples=300, deadline=None)
@given(st.lists(st.tuples(st.integers(0, len(SOUND) - 1), st.integers(0, 255)), min_size=1, max_size=4))
def test_a_zip_with_damaged_bytes_is_read_or_refused(damage: list[tuple[int, int]]) -> None:
    content = bytearray(SOUND)
    for place, byte in damage:
        content[place] = byte
    try:
        found = read_archive(bytes(content))
    except ArchiveError:  # any other error fails the test
        return
    assert found.log_bytes == LOG
