"""Records and organizations from the shell."""

import json

import pytest

RECORDS = """
- sevisID: N9904705123
  org: ABC214F00012000
  status: INITIAL
  PersonalInfo: {VisaType: "01", FullName: {LastName: SAMPLE, FirstName: LIN}}
  EducationalInfo: {PrgStartDate: 2026-02-20, PrgEndDate: 2027-05-20}
  Dependents: [{sevisID: N9904705124, Relationship: "02", BirthDate: 2005-04-01}]
- sevisID: N9904705125
  org: P-1-12345
  status: ACTIVE
  PrgStartDate: 2026-02-20
  PrgEndDate: 2026-06-20
"""


@pytest.fixture(scope="module", autouse=True)
def added(shell):
    file = shell.folder / "records.yaml"
    file.write_text(RECORDS)
    done = shell("record", "add", file)
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines() == [
        "N9904705123 added to ABC214F00012000, INITIAL",
        "N9904705125 added to P-1-12345, ACTIVE",
    ]
    return file


def test_records_are_listed_and_shown_with_what_the_calendar_will_do(shell):
    listed = shell("record", "list", "--status", "INITIAL").stdout
    assert listed == "N9904705123  ABC214F00012000  INITIAL      SAMPLE, LIN  next change 2026-04-01\n"
    shown = shell("record", "show", "N9904705124").stdout
    assert "2026-04-01  the calendar: TERMINATED of N9904705124: CHILD OVER 21 (student-child-21)" in shown
    record = json.loads(shell("record", "show", "N9904705125", "--json").stdout)
    assert [each["becomes"] for each in record["upcoming"]] == ["INACTIVE"]
    assert shell("record", "list", "--population", "student", "--org", "P-1-12345").stdout == "no records\n"


def test_facts_are_told_shown_and_taken_back(shell):
    assert "arrived" in shell("record", "facts").stdout
    told = shell("record", "facts", "N9904705124", "arrived=2026-02-01", "visaIssued=true")
    assert told.stdout == "arrived: 2026-02-01\nvisaIssued: yes\n"
    assert shell("record", "facts", "N9904705124").stdout == told.stdout
    assert shell("record", "facts", "N9904705124", "arrived=", "visaIssued=").stdout == (
        "no facts are known of N9904705124\n"
    )


def test_the_journal_of_one_record_is_shown(shell):
    shown = shell("journal", "list", "--record", "N9904705125").stdout
    assert "N9904705125 added to P-1-12345, ACTIVE" in shown
    assert "N9904705123" not in shown


def test_a_decision_is_taken(shell):
    decided = shell("record", "decide", "N9904705125", "ChangeOfStatus", "Pending")
    assert decided.stdout == "N9904705125: Decision on ChangeOfStatus: PENDING\n"


def test_what_the_calendar_does_is_told(shell):
    assert "student-canceled          CANCELED   60 days after program start" in shell("record", "jobs").stdout
    assert json.loads(shell("record", "jobs", "--json").stdout)["at"] == "01:00"


def test_a_school_is_withdrawn_and_active_again(shell):
    assert shell("org", "withdraw", "ABC214F00012000").stdout == "ABC214F00012000 is withdrawn or ended\n"
    assert "ABC214F00012000  school   not active" in shell("org", "list").stdout
    assert shell("org", "activate", "ABC214F00012000").stdout == "ABC214F00012000 is active\n"


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (["record", "show", "N9"], 2, "production has no record of N9"),
        (["record", "show", "a/b"], 2, "production has no record of a/b"),
        (["record", "facts", "N9904705123", "arived=true"], 2, "did you mean 'arrived'?"),
        (["record", "facts", "N9904705123", "arrived"], 2, "expected NAME=VALUE"),
        (["record", "decide", "N9904705123", "OPTEmployment", "approved"], 2, "it has none"),
        (["record", "decide", "N9904705123", "OPTEmployment", "granted"], 2, "decision"),
        (["record", "decide", "N9904705123", "OPTEmployment", "approved", "--start", "soon"], 2, "start"),
        (["record", "correct", "N9904705123", "initial"], 2, "INITIAL cannot become INITIAL in RTI"),
        (["record", "add", "missing.yaml"], 2, "missing.yaml"),
        (["record", "add", "records.yaml"], 2, "N9904705123 is somebody's SEVIS ID already"),
        (["record", "list", "--population", "students"], 2, "expected student, exchangeVisitor"),
        (["org", "withdraw", "XYZ"], 2, "there is no organization 'XYZ'"),
        (["record", "list", "--control", "http://127.0.0.1:9"], 3, "127.0.0.1:9"),
    ],
)
def test_what_goes_wrong_is_told_in_one_line_with_its_exit_code(shell, arguments, code, words):
    done = shell(*arguments)
    assert (done.returncode, done.stdout) == (code, "")
    assert words in done.stderr
    assert done.stderr.count("\n") == 1
