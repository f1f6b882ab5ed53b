"""``sevis-sim generate students``, ``exchange-visitors`` and ``updates`` as a user calls them."""

import re
import sys
from pathlib import Path

import pytest
from lxml import etree
from support import FILES

from sevis_sim.cli import main
from sevis_sim.scenarios import load_scenario

STATE = Path(__file__).parents[1] / "generation" / "known-records.yaml"
DAY = ("--date", "2026-11-25")


@pytest.fixture
def run(monkeypatch, capfd, tmp_path):
    """Calls sevis-sim in an empty folder; gives exit code, output and errors."""
    monkeypatch.chdir(tmp_path)

    def call(*arguments: object) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["sevis-sim", *map(str, arguments)])
        code = 0
        try:
            main()
        except SystemExit as end:
            code = int(end.code or 0)
        out, err = capfd.readouterr()
        return code, out, err

    return call


def test_students_go_to_a_file_that_check_finds_good(run):
    code, out, err = run("generate", "students", *DAY, "-o", "students.xml")
    assert (code, err) == (0, "")
    assert re.fullmatch(r"10 students in batch G[A-Z2-9]{9}0001: students\.xml\n", out)
    assert run("check", "students.xml", *DAY) == (0, "students.xml: good: 10 records\n", "")


def test_without_a_file_they_go_to_standard_output_and_nothing_else_does(run, tmp_path):
    code, out, err = run("generate", "exchange-visitors", *DAY, "--count", 3)
    assert (code, err) == (0, "")
    root = etree.fromstring(out.encode())
    assert (root.tag, len(root.find("CreateEV"))) == ("SEVISBatchCreateUpdateEV", 3)
    assert list(tmp_path.iterdir()) == []


def test_the_header_says_what_the_options_say(run):
    options = ("--org", "XYZ214F00099000", "--user", "dsouser001", "--batch-id", "MYBATCH0000001", "--no-forms")
    root = etree.fromstring(run("generate", "students", *DAY, "--count", 1, *options)[1].encode())
    assert root.findtext("BatchHeader/OrgID") == "XYZ214F00099000"
    assert root.findtext("BatchHeader/BatchID") == "MYBATCH0000001"
    student = root.find("CreateStudent/Student")
    assert {root.get("userID"), student.get("userID")} == {"dsouser001"}
    assert student.get("printForm") == "false"


def test_the_same_seed_and_date_give_the_same_bytes(run):
    one, other = (run("generate", "students", *DAY, "--seed", 9)[1] for _ in range(2))
    assert one == other
    assert one != run("generate", "students", "--date", "2026-11-26", "--seed", 9)[1]


def test_more_than_250_records_go_to_a_folder_under_their_batch_ids(run, tmp_path):
    options = (*DAY, "--count", 251, "--profile", "minimal", "--batch-id", "BATCH000000009")
    code, out, _ = run("generate", "students", *options, "-o", "outbox")
    assert (code, out) == (0, "251 students in 2 batches: outbox\n")
    assert sorted(p.name for p in (tmp_path / "outbox").iterdir()) == ["BATCH000000009.xml", "BATCH000000010.xml"]
    code, out, _ = run("check", "outbox", *DAY)
    assert code == 0
    assert "250 records" in out


@pytest.mark.parametrize("place", [("-o", "students.xml"), ("-o", "-"), ()])
def test_more_than_250_records_are_refused_where_only_one_file_can_be(run, tmp_path, place):
    code, out, err = run("generate", "students", "--count", 251, *place)
    assert (code, out) == (2, "")
    assert "a batch holds at most 250 records, so this takes several files: give a folder" in err
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (("--visa", "J-1"), "--visa J-1: expected F-1 or M-1"),
        (("--level", "99"), "--level 99: no code of the table `education-level`; it has 01 PRIMARY"),
        (("--level", "09", "--visa", "F-1"), "no education level is left"),
        (("--org", "P-1-12345"), "--org P-1-12345: expected a school code such as ABC214F00012000"),
        (("--user", "short"), "--user short: a user ID has 10 characters, this one 5"),
        (("--batch-id", "short"), "'short' is no batch ID; expected 14 characters, such as BATCH000000001"),
        (("--date", "25.11.2026"), "--date '25.11.2026' is no day; expected YYYY-MM-DD"),
        (("--date", "0001-01-01"), "--date 0001-01-01: the year must be from 1950 to 2150"),
    ],
)
def test_what_cannot_be_is_one_line(run, options, message):
    code, out, err = run("generate", "students", *options)
    assert (code, out) == (2, "")
    assert err.startswith(f"sevis-sim: {message}")
    assert err.count("\n") == 1


def test_the_category_must_be_one_of_the_table(run):
    code, _, err = run("generate", "exchange-visitors", "--category", "J1")
    assert code == 2
    assert "--category J1: no code of the table `ev-category`; it has 1A STUDENT SECONDARY" in err


def test_a_file_that_cannot_be_written_is_one_line(run):
    code, out, err = run("generate", "students", *DAY, "-o", "there/is/no/such.xml")
    assert (code, out) == (3, "")
    assert err == "sevis-sim: No such file or directory (there/is/no/such.xml)\n"


def test_near_misses_can_be_asked_for_by_the_words_of_either_command(run, tmp_path):
    code, _, err = run("generate", "students", "--near-misses")
    assert (code, err) == (2, "sevis-sim: give the folder to write the files to with -o DIR\n")


def test_updates_are_made_for_a_state_file_on_the_day_of_its_clock(run):
    code, out, err = run("generate", "updates", "--state", STATE, "-o", "updates.xml")
    assert code == 0
    assert re.fullmatch(r"\d+ updates in batch G\w{13}: updates\.xml\n", out)
    assert err.endswith("  for processing on 2027-05-20\n")
    assert "       1  Program/CancelExtension\n" in err
    code, out, _ = run("check", "updates.xml", "--state", STATE, "--date", "2027-05-20")
    assert code == 0
    assert re.fullmatch(r"updates\.xml: good: \d+ records\n", out)


def test_only_the_events_asked_for_are_made(run):
    events = ("--event", "Registration", "--event", "PersonalInfo")
    root = etree.fromstring(run("generate", "updates", "--state", STATE, *events, "--count", 3)[1].encode())
    assert [record[-1].tag for record in root.iterfind("UpdateStudent/*")] == [
        "Registration",
        "PersonalInfo",
        "Registration",
    ]


def test_an_event_that_no_record_can_have_is_told_with_its_code_and_exit_code_1(run):
    run("generate", "students", *DAY, "--count", 2, "-o", "new.xml", "--write-state", "new.yaml")
    code, out, err = run("generate", "updates", "--state", "new.yaml", "--event", "Status/Complete")
    assert (code, out) == (1, "")
    assert "none  Status/Complete: S1054: Student status must be active for this action" in err
    assert err.endswith("sevis-sim: none of the 2 records of ABC214F00012000 can have such an update\n")


@pytest.mark.parametrize(
    ("options", "code", "message"),
    [
        (("--event", "Program/Nonsense"), 2, "--event Program/Nonsense: no event that can be made; there are: "),
        (("--org", "P-1-12345"), 1, "P-1-12345 has no records to update"),
        (("--org", "P-1-99999"), 2, "--org P-1-99999: not there; these are: ABC214F00012000, P-1-12345"),
    ],
)
def test_what_cannot_be_updated_is_one_line(run, options, code, message):
    done = run("generate", "updates", "--state", STATE, *options)
    assert done[:2] == (code, "")
    assert done[2].startswith(f"sevis-sim: {message}")


def test_a_broken_state_file_is_told_with_its_place(run, tmp_path):
    (tmp_path / "state.yaml").write_text("scenario: broken\nrecord: []\n")
    code, _, err = run("generate", "updates", "--state", "state.yaml")
    assert code == 2
    assert err.startswith("sevis-sim: state.yaml:2:1: ")


@pytest.mark.parametrize("kind", ["students", "exchange-visitors"])
def test_the_state_afterwards_is_the_state_for_the_next_batch(run, tmp_path, kind):
    run("generate", kind, *DAY, "--profile", "full", "--count", 12, "-o", "new.xml", "--write-state", "one.yaml")
    assert len(load_scenario(tmp_path / "one.yaml").to_records()) == 12
    known, day = "one.yaml", ("--date", "2026-12-28")
    for name in ("two", "three"):
        made = run("generate", "updates", "--state", known, *day, "-o", "next.xml", "--write-state", f"{name}.yaml")
        assert made[0] == 0, made
        code, out, _ = run("check", "next.xml", "--state", known, *day)
        assert code == 0, out
        known, day = f"{name}.yaml", ("--date", "2027-02-01")


def test_a_running_simulator_takes_what_was_made_for_it_by_its_clock(shell):
    made = shell("generate", "students", "--control", shell.variables["SEVIS_SIM_CONTROL_URL"], "-o", "made.xml")
    assert made.returncode == 0, made.stderr
    xml = (shell.folder / "made.xml").read_bytes()
    starts = [each.text for each in etree.fromstring(xml).iterfind(".//PrgStartDate")]
    assert all("2026-04" <= start < "2027" for start in starts)
    assert shell("upload", "made.xml", "--system", "alpha").returncode == 0
    shell("clock", "advance", "+1m")
    batch = etree.fromstring(xml).findtext("BatchHeader/BatchID")
    assert "failed" not in shell("download", batch, "--system", "alpha").stdout
    made = shell("generate", "updates", "--system", "alpha", "-o", "updates.xml")
    assert made.returncode == 0, made.stderr
    assert "for processing on 2026-03-06" in made.stderr
    sent = shell("upload", "updates.xml", "--system", "alpha")
    assert "S0000" in sent.stdout
    shell("clock", "advance", "+1m")
    batch = etree.parse(shell.folder / "updates.xml").findtext("BatchHeader/BatchID")
    found = shell("download", batch, "--system", "alpha")
    assert found.returncode == 0, found.stdout
    lines = [line for line in found.stdout.splitlines() if " U0" in line]
    assert len(lines) == len(etree.parse(shell.folder / "updates.xml").findall("UpdateStudent/*"))
    assert all(" stored" in line for line in lines)


def test_without_a_simulator_it_says_how_to_start_one(run, monkeypatch):
    monkeypatch.setenv("SEVIS_SIM_CONTROL_URL", "http://127.0.0.1:1")
    code, _, err = run("generate", "updates")
    assert code == 3
    assert "no simulator answers at http://127.0.0.1:1" in err


def test_the_shipped_files_have_no_batch_id_that_is_derived():
    assert not any(re.search(rb"<BatchID>G[A-Z2-9]{9}\d{4}<", file.read_bytes()) for file in FILES.glob("*.xml"))


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--near-misses", "--count", "3"], "--count does not go with --near-misses"),
        (["--everywhere"], "--everywhere goes only with --near-misses"),
        (["--release", "6.31"], "--release goes only with --near-misses"),
        (["--near-misses", "--release", "7.0"], "there is no schema release '7.0'"),
        (["--near-misses"], "-o DIR"),
    ],
)
@pytest.mark.parametrize("people", ["students", "exchange-visitors"])
def test_near_misses_have_options_of_their_own(run, people, options, said):
    code, out, err = run("generate", people, *options)
    assert (code, out, err.count("\n")) == (2, "", 1)
    assert said in err


def test_an_event_that_is_none_gets_the_nearest_one(run):
    code, _, err = run(
        "generate", "updates", "--state", STATE, "--org", "ABC214F00012000", "--event", "Program/Extenson"
    )
    assert (code, err.count("\n")) == (2, 1)
    assert "did you mean 'Program/Extension'?" in err
