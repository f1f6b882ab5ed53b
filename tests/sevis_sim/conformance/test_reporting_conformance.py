"""Reports, baselines and evidence packs of `sevis-sim conform`, made from what a run has left."""

import asyncio
import json
import subprocess
import sys
import zipfile
from io import BytesIO
from pathlib import Path

import jsonschema_rs
import pytest
from lxml import etree

from sevis_sim.conformance import CaseReport, ConformError, Report, chosen, client_of, conform, load_client
from sevis_sim.conformance.baseline import Baseline, load_baseline, stale, text_of
from sevis_sim.conformance.catalogue import checks
from sevis_sim.conformance.evidence import pack, verify
from sevis_sim.conformance.html_report import as_html
from sevis_sim.conformance.judging import LAST, RULES, judge
from sevis_sim.conformance.report_schema import main as write_schemas
from sevis_sim.conformance.report_schema import report_schema
from sevis_sim.conformance.reports import as_json, as_junit
from sevis_sim.conformance.transcript import Transcript

CLIENTS = Path(__file__).with_name("clients")


@pytest.fixture(scope="module")
def played() -> list[CaseReport]:
    client = client_of([sys.executable, str(CLIENTS / "ignores_errors.py")])
    return asyncio.run(conform(client, chosen(["records", "lost-reply"]), called=["--client", "client.yaml"]))


@pytest.fixture
def report(played: list[CaseReport]) -> Report:
    return Report("a poor client", tuple(played), 7, versions={"sevis-sim": "0"})


def test_every_check_has_a_function_and_every_function_a_check() -> None:
    assert set(checks()) == {*RULES, LAST}


def test_a_transcript_comes_back_from_json_as_it_was_and_is_judged_the_same(played: list[CaseReport]) -> None:
    for case in played:
        again = Transcript.from_json(json.loads(json.dumps(case.transcript.to_json())))
        assert judge(again) == case.findings


def test_json_is_as_its_schema_says(report: Report) -> None:
    jsonschema_rs.validate(report_schema(), as_json(report))
    assert [each["outcome"] for each in as_json(report)["checks"] if each["id"] == "download.records"] == ["fail"]


def test_the_published_schemas_are_up_to_date() -> None:
    assert write_schemas(["--check"]) == 0


def test_junit_names_the_rule_that_was_broken_and_how_to_play_it_again(report: Report) -> None:
    root = etree.fromstring(as_junit(report).encode())
    failures = root.findall(".//failure")
    assert [each.getparent().get("name").partition(":")[0] for each in failures] == ["download.records"]
    assert "again: sevis-sim conform records --seed 7 --client client.yaml" in (failures[0].text or "")
    assert sum(int(each.get("failures", "0")) for each in root) == 1


def test_the_page_stands_for_itself_and_shows_the_exchange(report: Report) -> None:
    page = as_html(report)
    etree.HTML(page)
    assert "does not conform" in page
    assert "POST /sevisbatch/action/batchUpload HTTP/1.1" in page
    assert not [word for word in ("<script", "src=", "@import", "url(") if word in page]


def test_what_a_client_prints_is_text_on_the_page(played: list[CaseReport]) -> None:
    from dataclasses import replace

    case = played[0]
    odd = replace(case.transcript.actions[0], stdout="<script>alert(1)</script>", command="<b>")
    transcript = replace(case.transcript, actions=(odd, *case.transcript.actions[1:]))
    page = as_html(Report("<img>", (replace(case, transcript=transcript),), 7))
    assert "<script" not in page
    assert "<img" not in page


def test_a_baseline_lets_a_known_failure_pass(played: list[CaseReport], tmp_path: Path) -> None:
    file = tmp_path / "baseline.yaml"
    file.write_text(text_of(played))
    baseline = load_baseline(file)
    known = Report("x", tuple(played), 7, baseline.pairs, stale(baseline, played))
    assert known.passed
    assert not etree.fromstring(as_junit(known).encode()).findall(".//failure")


def test_an_entry_of_a_baseline_that_does_not_fail_fails_the_run(played: list[CaseReport]) -> None:
    baseline = Baseline.model_validate({"failures": [{"check": "download.records"}, {"check": "download.waits"}]})
    found = Report("x", tuple(played), 7, baseline.pairs, stale(baseline, played))
    assert found.stale == ("download.waits is expected to fail and does not, in no case: take it out of the baseline",)
    assert not found.passed


def test_a_baseline_that_names_no_check_says_where(tmp_path: Path) -> None:
    file = tmp_path / "baseline.yaml"
    file.write_text("failures:\n  - {check: download.record}\n")
    with pytest.raises(ConformError, match=r"baseline.yaml:2:\d+: .*did you mean 'download.records'"):
        load_baseline(file)


def test_a_pack_is_judged_again_and_says_the_same(report: Report, tmp_path: Path) -> None:
    file = tmp_path / "evidence.zip"
    file.write_bytes(pack(report, {"client.yaml": b"upload: x"}))
    verified = verify(file)
    assert verified.differences == ()
    assert [each.findings for each in verified.report.cases] == [each.findings for each in report.cases]


def test_a_pack_that_was_changed_is_found_out(report: Report, tmp_path: Path) -> None:
    out = BytesIO()
    with zipfile.ZipFile(BytesIO(pack(report, {}))) as old, zipfile.ZipFile(out, "w") as new:
        for each in old.infolist():
            content = old.read(each)
            if each.filename == "cases/records.json":
                content = content.replace(b'"means": "received"', b'"means": "partly"')
            new.writestr(each, content)
    file = tmp_path / "evidence.zip"
    file.write_bytes(out.getvalue())
    differences = verify(file).differences
    assert "cases/records.json has been changed" in differences
    assert "report.json has been changed" not in differences


@pytest.mark.parametrize("content", [b"", b"no zip", b"PK\5\6" + b"\0" * 18])
def test_what_is_no_pack_is_told_in_one_line(content: bytes, tmp_path: Path) -> None:
    file = tmp_path / "evidence.zip"
    file.write_bytes(content)
    with pytest.raises(ConformError, match=r"evidence\.zip: "):
        verify(file)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("uplod: x\n", "did you mean 'upload'"),
        ("upload: {command: 'a {fle}'}\ndownload: {command: b}\n", "'{fle}' stands for nothing"),
        ("upload: {command: a}\n", "the key 'download' is missing"),
        ("upload: {command: a}\ndownload: {command: b}\nrun: {command: c}\n", "either 'run'"),
        ("upload: {command: a, outcomes: [{means: again}]}\ndownload: {command: b}\n", "the key 'exit' is missing"),
        ("upload: {command: a, outcomes: [{exit: 0, means: acepted}]}\ndownload: {command: b}\n", "'accepted'"),
        ('upload: {command: "a \'b"}\ndownload: {command: b}\n', "cannot be split"),
        ("upload: {command: a, outcomes: [{stdout: '(', means: again}]}\ndownload: {command: b}\n", "regular expr"),
    ],
)
def test_a_client_file_that_is_wrong_says_where_and_what_was_expected(text: str, told: str, tmp_path: Path) -> None:
    file = tmp_path / "client.yaml"
    file.write_text(text)
    with pytest.raises(ConformError, match=r"client.yaml:\d+:\d+: ") as caught:
        load_client(file)
    assert told in str(caught.value)


def test_the_command_ends_with_1_where_a_client_does_not_conform_and_writes_all_reports(tmp_path: Path) -> None:
    names = ("junit", "json", "html", "pack", "write-baseline")
    options = [word for name in names for word in (f"--{name}", str(tmp_path / name))]
    words = [sys.executable, "-m", "sevis_sim", "conform", "records", *options]
    client = ["--", sys.executable, str(CLIENTS / "ignores_errors.py")]
    ran = subprocess.run([*words, *client], capture_output=True, text=True, check=False)
    assert ran.returncode == 1, ran.stderr
    assert "FAIL download.records" in ran.stdout
    assert all((tmp_path / name).stat().st_size for name in names)
    verified = subprocess.run(
        [*words[:4], "verify", str(tmp_path / "pack")], capture_output=True, text=True, check=False
    )
    assert verified.returncode == 1
    assert "judged again it says the same" in verified.stdout


def test_the_command_without_a_client_says_how_to_name_one() -> None:
    ran = subprocess.run(
        [sys.executable, "-m", "sevis_sim", "conform", "records"], capture_output=True, text=True, check=False
    )
    assert (ran.returncode, "--client client.yaml" in ran.stderr) == (2, True)
