"""``sevis-sim check`` as a user calls it."""

import io
import json
import re
import shutil
import subprocess
import sys
import zipfile
from xml.etree import ElementTree

import pytest
from schema_variants import variant
from support import FILES, ROOT, sample

from sevis_sim.advice.check import Checker
from sevis_sim.cli import main
from sevis_sim.schemas.importing import import_release

STUDENTS = FILES / "two-students.xml"
GOOD = FILES / "students.xml"
DAY = ("--date", "2029-04-02")


@pytest.fixture
def check(monkeypatch, capfdbinary):
    """Calls the command; gives exit code, output and errors."""

    def call(*arguments: object, stdin: bytes = b"") -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["sevis-sim", "check", *map(str, arguments)])
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin)))
        code = 0
        try:
            main()
        except SystemExit as end:
            code = int(end.code or 0)
        out, err = capfdbinary.readouterr()
        return code, out.decode(), err.decode()

    return call


def test_a_good_file_is_exit_code_0_and_one_line(check):
    assert check(GOOD, *DAY) == (0, f"{GOOD}: good: 4 records\n", "")


def test_without_a_date_it_is_today(check):
    code, out, err = check(STUDENTS)
    assert (code, err) == (1, "")
    assert "S1024" in out


def test_a_finding_shows_place_record_message_line_pointer_and_remedy(check):
    code, out, _ = check(STUDENTS, *DAY)
    lines = out.splitlines()
    assert code == 1
    assert lines[0].startswith(f"{STUDENTS}:117:7: S1024 record 2 (STU-102, Minh Mockup): Financial expense")
    assert lines[1] == "  117 |       <FinancialInfo>"
    assert lines[2] == "      |       ^"
    assert lines[3].startswith("    → ")
    assert lines[4] == f"{STUDENTS}: 1 finding in 2 records"


def test_standard_input_folders_and_zips_are_checked_together(check, tmp_path):
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder" / "a.xml").write_bytes(sample("exchange-visitors.xml"))
    with zipfile.ZipFile(tmp_path / "b.zip", "w") as archive:
        archive.writestr("two.xml", sample("two-exchange-visitors.xml"))
    code, out, _ = check("-", tmp_path / "folder", tmp_path / "b.zip", *DAY, "--json", stdin=STUDENTS.read_bytes())
    files = {each["file"]: [finding["code"] for finding in each["findings"]] for each in json.loads(out)["files"]}
    assert code == 1
    assert files == {
        "stdin": ["S1024"],
        str(tmp_path / "folder" / "a.xml"): [],
        f"{tmp_path / 'b.zip'}/two.xml": ["S2152", "S2151"],
    }


def test_json_says_everything_of_a_finding(check):
    code, out, _ = check(STUDENTS, *DAY, "--json")
    read = json.loads(out)
    (file,) = read["files"]
    (finding,) = file["findings"]
    assert (code, read["good"], file["disposition"], file["total"], file["more"]) == (1, False, "S0000", 1, 0)
    assert (finding["line"], finding["column"], finding["record"]) == (117, 7, 2)
    assert (finding["requestID"], finding["person"]) == ("STU-102", "Minh Mockup")
    assert finding["path"] == "/SEVISBatchCreateUpdateStudent/CreateStudent/Student[2]/FinancialInfo"


def test_sarif_can_be_read_back(check, tmp_path):
    code, out, _ = check(STUDENTS, *DAY, "--sarif", "-o", tmp_path / "found.sarif")
    read = json.loads((tmp_path / "found.sarif").read_text(encoding="utf-8"))
    (run,) = read["runs"]
    (result,) = run["results"]
    assert (code, out, read["version"]) == (1, "", "2.1.0")
    assert run["tool"]["driver"]["rules"][result["ruleIndex"]]["id"] == result["ruleId"] == "S1024"
    place = result["locations"][0]["physicalLocation"]
    assert place["region"] == {"startLine": 117, "startColumn": 7}
    assert place["artifactLocation"]["uri"].endswith("two-students.xml")


def test_junit_can_be_read_back(check):
    code, out, _ = check(STUDENTS, GOOD, *DAY, "--junit")
    suites = ElementTree.fromstring(out)
    cases = suites.findall("testsuite/testcase")
    assert (code, suites.get("tests"), suites.get("failures")) == (1, "2", "1")
    assert [case.get("name") for case in cases] == [str(STUDENTS), str(GOOD)]
    assert "117:7: S1024" in cases[0].findtext("failure")
    assert cases[1].find("failure") is None


def test_reports_for_machines_tell_of_files_that_could_not_be_read(check, tmp_path):
    lost = tmp_path / "lost.xml"
    code, out, _ = check(GOOD, lost, *DAY, "--json")
    report = json.loads(out)
    assert (code, report["good"], len(report["files"])) == (2, False, 1)
    assert report["unread"] == [f"{lost}: there is no such file or folder"]
    code, out, _ = check(GOOD, lost, *DAY, "--junit")
    suites = ElementTree.fromstring(out)
    assert (code, suites.get("tests"), suites.get("failures"), suites.get("errors")) == (2, "2", "0", "1")
    assert suites.find("testsuite/testcase/error").get("message") == f"{lost}: there is no such file or folder"
    (run,) = json.loads(check(GOOD, lost, *DAY, "--sarif")[1])["runs"]
    assert run["invocations"][0]["executionSuccessful"] is False


def test_sarif_has_the_shape_of_its_standard(check, tmp_path):
    lost = tmp_path / "lost.xml"
    log = json.loads(check(STUDENTS, lost, "--sarif")[1])
    assert set(log) == {"$schema", "version", "runs"}
    assert log["version"] == "2.1.0"
    (run,) = log["runs"]
    assert set(run) <= {"tool", "columnKind", "invocations", "results"}
    assert run["columnKind"] in ("utf16CodeUnits", "unicodeCodePoints")
    rules = run["tool"]["driver"]["rules"]
    assert all(isinstance(rule["id"], str) and rule["shortDescription"]["text"] for rule in rules)
    for invocation in run["invocations"]:
        assert isinstance(invocation["executionSuccessful"], bool)
        assert all(each["message"]["text"] for each in invocation["toolExecutionNotifications"])
    assert run["results"]
    for result in run["results"]:
        assert result["level"] in ("none", "note", "warning", "error")
        assert result["message"]["text"]
        if "ruleId" in result:
            assert rules[result["ruleIndex"]]["id"] == result["ruleId"]
        for location in result["locations"]:
            uri = location["physicalLocation"]["artifactLocation"]["uri"]
            assert re.fullmatch(r"(file:///)?[A-Za-z0-9._~%/-]+", uri)
            region = location["physicalLocation"].get("region", {"startLine": 1})
            assert all(isinstance(number, int) and number >= 1 for number in region.values())
            assert all(each["fullyQualifiedName"] for each in location.get("logicalLocations", ()))


def test_a_file_that_vanishes_while_others_are_checked_is_one_line(check, tmp_path, monkeypatch):
    (tmp_path / "a.xml").write_bytes(GOOD.read_bytes())
    (tmp_path / "b.xml").write_bytes(GOOD.read_bytes())
    real = Checker.check

    def check_and_remove(self, source):
        (tmp_path / "b.xml").unlink(missing_ok=True)
        return real(self, source)

    monkeypatch.setattr(Checker, "check", check_and_remove)
    code, out, err = check(tmp_path, "--schema-only")
    assert (code, out.count("good:")) == (3, 1)
    assert err == f"sevis-sim: {tmp_path / 'b.xml'}: No such file or directory\n"


def test_text_goes_to_a_file_too(check, tmp_path):
    code, out, _ = check(GOOD, *DAY, "-o", tmp_path / "report.txt")
    assert (code, out) == (0, "")
    assert (tmp_path / "report.txt").read_text() == f"{GOOD}: good: 4 records\n"


def test_the_schemas_of_a_folder_or_of_an_imported_release_decide(check, tmp_path):
    issue = '<xs:element name="IssueReason" type="table:StudentCreationReason"/>'
    source = variant(tmp_path / "set", ("Create-UpdateStudent.xsd", issue, issue.replace("/>", ' minOccurs="0"/>')))
    import_release(source, tmp_path / "data", "mine")
    file = tmp_path / "batch.xml"
    file.write_bytes(GOOD.read_bytes().replace(b"<IssueReason>I</IssueReason>", b""))
    assert check(file, "--schema-only")[0] == 1
    assert check(file, "--schema-only", "--schemas", source) == (0, f"{file}: good: 4 records\n", "")
    by_name = ("--release", "mine", "--data", tmp_path / "data")
    assert check(file, "--schema-only", *by_name) == (0, f"{file}: good: 4 records\n", "")
    code, _, err = check(file, "--release", "other", "--data", tmp_path / "data")
    assert (code, "there are: 6.31, mine" in err, err.count("\n")) == (2, True, 1)
    code, _, err = check(file, "--schemas", source, *by_name)
    assert (code, "choose one of --schemas and --release" in err) == (2, True)


@pytest.mark.parametrize(
    ("damage", "word"),
    [
        (lambda folder: (folder / "Common.xsd").unlink(), "lacks Common.xsd"),
        (lambda folder: (folder / "Common.xsd").write_text("x"), "Common.xsd:1: the document holds no element"),
        (lambda folder: (folder / "Common.xsd").write_bytes(b"<a/>"), "Common.xsd: not an XML Schema"),
        (lambda folder: shutil.rmtree(folder), "there is no such folder"),
    ],
)
def test_schemas_that_cannot_be_used_are_one_line_that_names_the_file(check, tmp_path, damage, word):
    damage(variant(tmp_path / "set"))
    code, out, err = check(GOOD, "--schemas", tmp_path / "set")
    assert (code, out, err.count("\n")) == (2, "", 1)
    assert word in err


def test_a_state_file_decides_updates(check, tmp_path):
    update = tmp_path / "update.xml"
    update.write_text(
        '<SEVISBatchCreateUpdateStudent userID="pdso000001"><BatchHeader><BatchID>UPDATE00000001</BatchID>'
        '<OrgID>ABC214F00012000</OrgID></BatchHeader><UpdateStudent><Student sevisID="N9904705129" requestID="U-1" '
        'userID="pdso000001"><PersonalInfo printForm="false"><FullName><LastName>Changed</LastName></FullName>'
        "</PersonalInfo></Student></UpdateStudent></SEVISBatchCreateUpdateStudent>"
    )
    code, out, _ = check(update, *DAY)
    assert code == 0
    assert "note: record 1 (U-1, Changed): not decided" in out
    code, out, _ = check(update, *DAY, "--state", ROOT / "scenarios" / "friday-cutoff.yaml")
    assert code == 1
    assert "S1003" in out


def test_a_state_file_with_a_wrong_key_is_one_line_with_its_place(check, tmp_path):
    state = tmp_path / "state.yaml"
    state.write_text("scenario: s\nrecord: []\n")
    code, out, err = check(GOOD, "--state", state)
    assert (code, out) == (2, "")
    assert f"{state}:2" in err
    assert "records" in err


def test_missing_files_are_named_and_the_rest_is_checked(check, tmp_path):
    code, out, err = check(tmp_path / "none.xml", GOOD, *DAY)
    assert (code, out) == (2, f"{GOOD}: good: 4 records\n")
    assert err == f"sevis-sim: {tmp_path / 'none.xml'}: there is no such file or folder\n"


def test_an_empty_folder_is_named(check, tmp_path):
    code, _, err = check(tmp_path)
    assert code == 2
    assert "no *.xml" in err


def test_a_large_file_is_refused_with_the_limit(check, tmp_path):
    large = tmp_path / "large.xml"
    with large.open("wb") as file:
        file.truncate(2 * 1024 * 1024)
    code, out, _ = check(large, "--max-size", 1)
    assert code == 1
    assert "413" in out
    assert "1 MB" in out
    assert "--max-size" in out


def test_the_cap_counts_the_rest(check, tmp_path):
    wrong = tmp_path / "wrong.xml"
    wrong.write_bytes(STUDENTS.read_bytes().replace(b"<VisaType>01<", b"<VisaType>1<"))
    code, out, _ = check(wrong, "--max-findings", 1)
    assert code == 1
    assert out.count(" S0013 ") == 1
    assert "1 more finding;" in out
    assert "would be refused with S0013: 2 findings" in out


@pytest.mark.parametrize(
    ("flags", "word"),
    [
        (("--json", "--sarif"), "choose one"),
        (("--date", "tomorrow"), "YYYY-MM-DD"),
        (("--date", "0001-01-01"), "1900"),
        (("--schema-only", "--date", "2029-04-02"), "--schema-only"),
    ],
)
def test_wrong_use_is_exit_code_2_and_one_line(check, flags, word):
    code, out, err = check(GOOD, *flags)
    assert (code, out, err.count("\n")) == (2, "", 1)
    assert word in err


def test_a_valid_file_is_told_by_its_schema_without_the_heavy_parts():
    program = (
        "import sys; from sevis_sim.cli import main\n"
        f"sys.argv = ['sevis-sim', 'check', '--schema-only', {str(GOOD)!r}]\n"
        "try: main()\n"
        "except SystemExit as end: assert not end.code, end.code\n"
        "heavy = ('xmlschema', 'sevis_sim.events', 'sevis_sim.scenarios', 'sqlalchemy', 'aiohttp', 'reportlab')\n"
        "print([name for name in heavy if name in sys.modules])\n"
    )
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, timeout=60)
    assert done.stdout.splitlines() == [f"{GOOD}: good: 4 records", "[]"], done.stderr


def test_a_command_is_started_without_the_modules_of_the_others():
    program = (
        "import sys; from sevis_sim.cli import main\n"
        "sys.argv = ['sevis-sim', 'check', '--help']\n"
        "try: main()\n"
        "except SystemExit as end: assert not end.code, end.code\n"
        "print(sorted(name for name in sys.modules if name.startswith('sevis_sim.cli.') or name == 'asyncio'))\n"
    )
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, timeout=60)
    loaded = done.stdout.splitlines()[-1]
    assert loaded == str([f"sevis_sim.cli.{name}" for name in ("app", "check", "releases", "report")]), done.stderr
