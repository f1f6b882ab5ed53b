"""``sevis-sim explain`` as a user runs it, most of it inside this process."""

import io
import json
import subprocess
import sys
from datetime import UTC, datetime

import pytest
from support import FILES, ROOT

from sevis_sim.cli import main
from sevis_sim.codes import catalogue
from sevis_sim.codes.meaning import meaning
from sevis_sim.domain.outcomes import Finding, RecordOutcome
from sevis_sim.results import LogHeader, ProcessStage, UploadStage, archive, transaction_log

NOON = datetime(2029, 3, 6, 17, 0, tzinfo=UTC)
UPLOADED = FILES / "two-students.xml"


@pytest.fixture
def explain(capsys, monkeypatch):
    """Runs the command; gives exit code, output, errors."""

    def run(*arguments, stdin=b""):
        monkeypatch.setattr(sys, "argv", ["sevis-sim", "explain", *map(str, arguments)])
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin)))
        code = 0
        try:
            main()
        except SystemExit as stop:
            code = stop.code or 0
        out, err = capsys.readouterr()
        return code, out, err

    return run


def log(*codes):
    outcomes = [
        RecordOutcome(
            f"STU-10{number}",
            "pdso000001",
            "CreateStudent",
            NOON,
            None if code else f"N991234567{number}",
            finding=Finding(code) if code else None,
            message=catalogue.message(code) if code else "",
        )
        for number, code in enumerate(codes, start=1)
    ]
    return transaction_log(
        LogHeader("BATCH000000001", "ABC214F00012000"),
        status=True,
        upload=UploadStage("S0000", NOON, "two-students.xml"),
        process=ProcessStage.of(NOON, outcomes),
        download="S0000",
    )


def words(text):
    return " ".join(text.split())


def test_a_code_is_explained(explain):
    code, out, err = explain("S1042")
    assert (code, err) == (0, "")
    assert catalogue.message("S1042") in words(out)
    assert meaning("S1042").condition in words(out)
    assert meaning("S1042").mend in words(out)


def test_several_codes_are_explained_in_the_order_given(explain):
    code, out, _ = explain("S2284", "S0012")
    assert code == 0
    assert out.index("S2284  “") < out.index("S0012  “")


def test_an_unknown_code_ends_with_one_and_does_not_hide_the_others(explain):
    code, out, err = explain("S1005", "S1024")
    assert code == 1
    assert "S1024" in out
    assert "S1005 is no code of SEVIS" in err
    assert "S1004" in err


def test_all_codes_are_explained(explain):
    code, out, _ = explain("--all")
    assert code == 0
    assert all(f"{one}  “" in out for one in catalogue.entries())


def test_codes_come_as_json(explain):
    code, out, _ = explain("--all", "--json")
    rows = json.loads(out)
    assert code == 0
    assert [row["code"] for row in rows] == list(catalogue.entries())
    assert all(row["condition"] and row["mend"] and row["trigger"] for row in rows)


def test_the_codes_of_an_event_are_listed_for_both_populations(explain):
    code, out, _ = explain("--event", "Program/Extension")
    assert code == 0
    assert out.index("of students") < out.index("S1042") < out.index("of exchange visitors") < out.index("S2236")


def test_the_codes_of_an_event_come_as_json(explain):
    _, out, _ = explain("--event", "Program/Extension", "--json")
    found = json.loads(out)
    assert set(found) == {"student", "exchangeVisitor"}
    assert "S1042" in [row["code"] for row in found["student"]]


def test_an_unknown_event_gets_the_nearest(explain):
    code, _, err = explain("--event", "Program/Extention")
    assert code == 1
    assert "Program/Extension" in err


def test_a_result_with_a_failure_ends_with_one_and_shows_the_values(explain, tmp_path):
    file = tmp_path / "BATCH000000001.zip"
    file.write_bytes(archive(log("", "S1024"), [("N9912345671.pdf", b"%PDF")], NOON))
    code, out, err = explain(file, "--batch", UPLOADED)
    assert (code, err) == (1, "")
    assert "1 stored, 1 failed" in out
    assert "STU-101 (Lin Sample, CreateStudent, line 10): stored as N9912345671" in out
    assert "N9912345671.pdf" in out
    assert "STU-102 (Minh Mockup, CreateStudent" in out
    assert "FinancialInfo/Expense/Tuition = 33000" in out
    assert meaning("S1024").mend in words(out)


def test_a_result_without_failures_ends_with_zero(explain, tmp_path):
    file = tmp_path / "log.xml"
    file.write_bytes(log("", ""))
    code, out, _ = explain(file)
    assert code == 0
    assert "2 stored, 0 failed" in out


def test_a_result_comes_as_json(explain, tmp_path):
    file = tmp_path / "log.xml"
    file.write_bytes(log("", "S1024"))
    code, out, _ = explain(file, "--batch", UPLOADED, "--json")
    (found,) = json.loads(out)
    assert code == 1
    assert found["good"] is False
    good, bad = found["records"]
    assert (good["succeeded"], good["sevis_id"]) == (True, "N9912345671")
    assert {"path": "FinancialInfo/Expense/Tuition", "value": "33000"}.items() <= bad["sent"][0].items()


def test_a_refused_upload_is_explained(explain, tmp_path):
    file = tmp_path / "reply.xml"
    file.write_bytes(
        transaction_log(LogHeader("B", "O"), status=False, upload=UploadStage("S0013", NOON, "two-students.xml"))
    )
    code, out, _ = explain(file)
    assert code == 1
    assert meaning("S0013").mend in words(out)


def test_several_results_are_explained_under_their_names(explain, tmp_path):
    for name, codes in (("a.xml", ("",)), ("b.xml", ("S1024",))):
        (tmp_path / name).write_bytes(log(*codes))
    code, out, _ = explain(tmp_path / "a.xml", tmp_path / "b.xml")
    assert code == 1
    assert out.index("a.xml") < out.index("b.xml")


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04", b"\xff\xfe\x00", b"<TransactionLog>", b"{}", b"<a/>" * 9])
def test_a_damaged_result_is_one_line_and_does_not_hide_the_others(explain, tmp_path, content):
    (tmp_path / "bad.zip").write_bytes(content)
    (tmp_path / "good.xml").write_bytes(log(""))
    code, out, err = explain(tmp_path / "bad.zip", tmp_path / "good.xml")
    assert code == 1
    assert "1 stored, 0 failed" in out
    assert len(err.splitlines()) == 1
    assert "bad.zip" in err


def test_a_damaged_batch_is_one_line(explain, tmp_path):
    (tmp_path / "log.xml").write_bytes(log(""))
    (tmp_path / "batch.xml").write_bytes(b"<SEVISBatch")
    code, _, err = explain(tmp_path / "log.xml", "--batch", tmp_path / "batch.xml")
    assert code == 1
    assert len(err.splitlines()) == 1
    assert "batch.xml" in err


def test_an_upload_in_place_of_a_result_gets_a_hint(explain):
    code, _, err = explain(UPLOADED)
    assert code == 1
    assert "--batch" in err


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["--all", "S1042"],
        ["--all", "--event", "Registration"],
        ["S1042", "--batch", UPLOADED],
        ["S1042", UPLOADED],
        [UPLOADED, UPLOADED, "--batch", UPLOADED],
        ["no-such-file.zip"],
        ["--no-such-option"],
    ],
)
def test_wrong_usage_ends_with_two_and_one_reason(explain, arguments):
    code, out, err = explain(*arguments)
    assert (code, out) == (2, "")
    assert err


def test_a_result_may_come_from_standard_input_and_so_may_the_batch(explain, tmp_path):
    code, out, err = explain("-", stdin=log("S1024"))
    assert (code, err) == (1, "")
    assert "S1024" in out
    (tmp_path / "result.xml").write_bytes(log("S1024"))
    code, out, err = explain(tmp_path / "result.xml", "--batch", "-", stdin=UPLOADED.read_bytes())
    assert (code, err) == (1, "")
    assert "sent" in out
    code, _, err = explain("-", "--batch", "-", stdin=log(""))
    assert (code, "can be read once only" in err) == (2, True)
    code, out, err = explain("-", stdin=b"")
    assert (code, out, err) == (1, "", "sevis-sim: -: the transaction log is empty\n")


def test_with_a_release_the_log_is_compared_with_its_schema(explain, tmp_path):
    good = log("")
    assert "agrees with its schema" in explain("-", "--release", "6.31", stdin=good)[1]
    odd = good.replace(b"<BatchHeader>", b"<Odd/><BatchHeader>")
    code, out, _ = explain("-", "--release", "6.31", stdin=odd)
    assert code == 0
    assert "The log departs from its schema: line 3: TransactionLog holds no element Odd" in words(out)
    assert "schema" not in explain("-", stdin=odd)[1].partition("Note")[2]
    code, _, err = explain("S1024", "--release", "6.31")
    assert (code, "go with a result" in err) == (2, True)


def test_a_folder_is_no_result(explain, tmp_path):
    code, _, err = explain(tmp_path)
    assert code == 2
    assert f"{tmp_path}: a folder; give a result zip or a transaction log" in err


def test_a_file_that_is_named_like_a_word_is_still_a_file(explain, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "sample").write_bytes(log(""))
    code, out, _ = explain("sample")
    assert code == 0
    assert "1 stored" in out


@pytest.mark.parametrize("what", [["S1042"], ["--event", "Registration"], ["log.xml", "--batch", str(UPLOADED)]])
def test_nothing_heavy_is_imported(tmp_path, what):
    (tmp_path / "log.xml").write_bytes(log("", "S1024"))
    program = (
        "import sys; from sevis_sim.cli import main\n"
        "try: main()\n"
        "except SystemExit: pass\n"
        "heavy = {'aiohttp', 'sqlalchemy', 'reportlab', 'xmlschema', 'holidays', 'trustme', 'rich'}\n"
        "print(heavy & set(sys.modules), file=sys.stderr)"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, "explain", *what],
        cwd=tmp_path,
        env={"PYTHONPATH": str(ROOT), "PATH": ""},
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.stderr.strip() == "set()"
    assert done.stdout
