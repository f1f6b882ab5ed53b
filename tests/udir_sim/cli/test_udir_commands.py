"""``udir-sim`` as a user calls it."""

import gzip
import hashlib
import io
import json
import subprocess
import sys

import pytest

from udir_sim.cli import main
from udir_sim.rules import catalogue
from udir_sim.rules.examples import sample

DAY = ("--as-of", "1999-09-02")


class Result:
    def __init__(self, code: int, out: str, err: str) -> None:
        self.code, self.out, self.err = code, out, err


@pytest.fixture
def udir(monkeypatch, capfdbinary, tmp_path):
    """Calls the command in an empty folder; gives exit code, output and errors."""
    monkeypatch.chdir(tmp_path)

    def call(*arguments: object, stdin: bytes = b"") -> Result:
        monkeypatch.setattr(sys, "argv", ["udir-sim", *map(str, arguments)])
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin)))
        code = 0
        try:
            main()
        except SystemExit as end:
            code = int(end.code or 0)
        out, err = capfdbinary.readouterr()
        return Result(code, out.decode(), err.decode())

    return call


@pytest.fixture
def file(tmp_path):
    def write(edit: str, name: str = "file.txt"):
        (tmp_path / name).write_bytes(sample(edit).content)
        return name

    return write


@pytest.mark.parametrize(
    ("edit", "options", "code", "verdict"),
    [
        ("base", (), 0, "ACCEPTED"),
        ("D1@133=SMITH2", (), 0, "ACCEPTED WITH WARNINGS"),
        ("D1@213=Q", (), 1, "HELD"),
        ("drop H", (), 1, "REFUSED"),
        ("D1@213=Q", ("--mode", "lenient"), 0, "ACCEPTED WITH WARNINGS"),
        ("D1@213=Q", ("--skip", "D10*"), 0, "ACCEPTED"),
        ("D1@213=Q", ("--only", "D11*"), 0, "ACCEPTED"),
    ],
)
def test_the_verdict_decides_the_exit_code(udir, file, edit, options, code, verdict):
    result = udir("check", file(edit), *DAY, *options)
    assert (result.code, result.out.splitlines()[0], result.err) == (code, verdict, "")


def test_standard_input_and_gz_are_read(udir, file, tmp_path):
    assert udir("check", "-", *DAY, stdin=sample().content).out.startswith("ACCEPTED\n\nfile      standard input\n")
    (tmp_path / "file.gz").write_bytes(gzip.compress(sample().content))
    assert udir("check", "file.gz", *DAY).code == 0


def test_reports_are_written_in_each_format(udir, file, tmp_path):
    name = file("D1@213=Q")
    assert json.loads(udir("check", name, *DAY, "--json").out)["verdict"] == "HELD"
    assert udir("check", name, *DAY, "--csv").out.startswith("record,")
    result = udir("check", name, *DAY, "--html", "-o", "report.html")
    assert result.out == "file.txt: HELD\n"
    assert (tmp_path / "report.html").read_text().startswith("<!doctype html>")


def test_several_files_are_one_json_list_and_the_worst_decides(udir, file):
    result = udir("check", file("base", "a"), file("D1@213=Q", "b"), *DAY, "--json")
    assert [document["verdict"] for document in json.loads(result.out)] == ["ACCEPTED", "HELD"]
    assert result.code == 1


def test_an_earlier_file_shows_what_changed(udir, file):
    file("base", "old")
    file("H@12=19990902; D1@214=B", "new")
    result = udir("check", "new", "--previous", "old", *DAY)
    assert result.code == 0
    assert "0 added, 1 changed, 0 deleted, 1 unchanged" in result.out


def test_a_profile_changes_severities(udir, file, tmp_path):
    (tmp_path / "p.yaml").write_text("severities: {UD-D10-ENUM: warning}\n")
    assert udir("check", file("D1@213=Q"), *DAY, "--profile", "p.yaml").out.startswith("ACCEPTED WITH WARNINGS")


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (("check",), 2, "name the files to check"),
        (("check", "file.txt", "--mode", "loose"), 2, "--mode is strict or lenient, not 'loose'"),
        (("check", "file.txt", "--json", "--csv"), 2, "choose one of"),
        (("check", "file.txt", "file.txt", "--csv"), 2, "take one file"),
        (("check", "-", "-"), 2, "standard input can be checked once"),
        (("check", "file.txt", "--as-of", "tomorrow"), 2, "'tomorrow' is no day"),
        (("check", "file.txt", "--skip", "Q1"), 2, "no rule is named 'Q1'"),
        (("check", "file.txt", "--profile", "none.yaml"), 2, "none.yaml:1:1: the file cannot be read"),
        (("check", "--explain", "Q1"), 2, "there is no rule 'Q1'"),
        (("check", "none.txt"), 3, "none.txt: No such file or directory"),
        (("check", "file.txt", "--previous", "none.txt", "--as-of", "19990902"), 3, "none.txt: No such file"),
        (("check", "."), 3, ".: Is a directory"),
        (("diff", "file.txt", "none.txt"), 3, "none.txt: No such file or directory"),
        (("report-diff", "file.txt", "file.txt"), 3, "file.txt: this is no JSON"),
        (("generate", "--records", "0"), 2, "1 to 99999999 data records, not 0"),
        (("generate", "--location", "11"), 2, "no location '11'"),
        (("generate", "--mutate", "A01"), 2, "say with --previous FILE where to write that one"),
        (("generate", "--mutate", "D02-HEX", "--previous", "p"), 2, "--previous is for --mutate with a rule that"),
        (("generate", "-o", "no/such/folder"), 3, "No such file or directory (no/such/folder)"),
        (("rules", "--explain", "D02"), 2, "beginning of several rules"),
        (("hash",), 2, "no terminal to ask"),
        (("hash", "none.txt"), 3, "there is no such file; a value is never an argument"),
    ],
)
def test_a_wrong_call_is_one_clear_error(udir, file, arguments, code, said):
    file("base")
    result = udir(*arguments)
    assert (result.code, result.out) == (code, "")
    assert said in " ".join(result.err.split())
    assert "Traceback" not in result.err


def test_a_generated_file_is_accepted_today(udir):
    assert udir("generate", "--records", "200", "--location", "03", "--seed", "7", "-o", "made.txt").code == 0
    result = udir("check", "made.txt")
    assert result.out.startswith("ACCEPTED\n")
    assert "location  03 Davis" in result.out


def test_a_broken_file_comes_with_the_command_that_shows_it(udir):
    result = udir("generate", "--records", "20", "--mutate", "x03", "-o", "broken.txt")
    command = result.err.split("udir-sim ")[1].split()
    shown = udir(*command)
    assert shown.code == 1
    assert "ERROR UD-X03-GRACEBEG" in shown.out


def test_a_rule_about_two_files_is_broken_by_a_pair_and_shown_by_the_command(udir):
    result = udir("generate", "--mutate", "UD-A03-DEL", "--previous", "before.txt", "-o", "after.txt")
    shown = udir(*result.err.split("udir-sim ")[1].split())
    assert shown.code == 0
    assert "INFO UD-A03-DEL" in shown.out


def test_diff_lists_students_and_is_1_if_a_rule_is_broken(udir, file):
    file("base", "old")
    assert udir("diff", "old", file("H@12=19990902; D1@214=B", "new")).code == 0
    result = udir("diff", "old", file("D1@214=B", "same-day"), "--json")
    assert result.code == 1
    assert json.loads(result.out)["difference"]["changedFields"] == {"D11": 1}


def test_report_diff_is_1_if_findings_are_new(udir, file):
    udir("check", file("base", "a"), *DAY, "--json", "-o", "a.json")
    udir("check", file("D1@213=Q", "b"), *DAY, "--json", "-o", "b.json")
    assert udir("report-diff", "a.json", "b.json").code == 1
    assert udir("report-diff", "b.json", "a.json").code == 0
    assert json.loads(udir("report-diff", "b.json", "a.json", "--json").out)["changes"][0]["kind"] == "gone"


def test_hashes_are_upper_case_and_an_empty_value_stays_blank(udir):
    result = udir("hash", "-", stdin=b"900123456\r\n\n SIM0000001 \n")
    expected = [hashlib.sha1(value).hexdigest().upper() for value in (b"900123456", b"SIM0000001")]
    assert result.out.splitlines() == [expected[0], " " * 40, expected[1]]
    assert result.err == "udir-sim: 1 empty value became 40 blanks\n"


def test_a_value_to_hash_is_never_an_argument(udir):
    result = udir("hash", "900123456")
    assert result.code == 3
    assert result.out == ""
    assert "900123456" not in result.err


def test_rules_are_listed_explained_and_exported(udir):
    listed = udir("rules").out
    assert all(rule_id in listed for rule_id in catalogue())
    assert "mend     Write the term begin date" in udir("rules", "--explain", "UD-X03-GRACEBEG").out
    exported = json.loads(udir("rules", "--json").out)
    assert [rule["id"] for rule in exported["rules"]] == list(catalogue())
    assert udir("check", "--rules").out == udir("rules", "--json").out


def test_the_layout_is_printed_for_people_programs_and_cobol(udir):
    assert "D15  239-246  date   eligibility end" in udir("layout").out
    fields = [field for record in json.loads(udir("layout", "--json").out)["records"] for field in record["fields"]]
    assert [(field["start"], field["end"]) for field in fields if field["id"] == "D07"] == [(132, 132)]
    assert "05  STU-ELIG-END             PIC X(08)." in udir("layout", "--cobol").out
    assert udir("layout", "--cobol", "--json").code == 2


COMMANDS = ["check", "diff", "report-diff", "generate", "hash", "rules", "layout", "query", "policies", "audit"]


@pytest.mark.parametrize("command", [*COMMANDS, "certificate issue", "certificate revoke"])
def test_help_has_examples(udir, command):
    result = udir(*command.split(), "--help")
    assert result.code == 0
    assert f"\n    udir-sim {command}" in result.out


def test_the_first_help_names_every_command(udir):
    shown = udir("--help").out
    assert all(f"\n  {command} " in shown for command in COMMANDS)


def test_a_reader_that_goes_away_is_no_error():
    command = f"{sys.executable} -c 'from udir_sim.cli import main; main()' rules --json | head -c 10"
    done = subprocess.run(command, shell=True, capture_output=True, text=True, check=True)
    assert (done.stdout, done.stderr) == ('{\n  "ruleS', "")


def test_a_long_file_has_a_bar_on_a_terminal_only(udir, file, monkeypatch):
    from udir_sim.cli import checking

    monkeypatch.setattr(checking, "_LONG", 1)
    assert udir("check", file("base"), *DAY).err == ""
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    assert udir("check", "file.txt", *DAY).code == 0
