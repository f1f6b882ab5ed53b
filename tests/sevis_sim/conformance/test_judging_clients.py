"""`sevis-sim conform` as a whole: a good client passes, poor ones are caught for what is poor about them."""

import asyncio
import shutil
import sys
from pathlib import Path

import pytest

from sevis_sim import resources
from sevis_sim.conformance import CaseReport, ClientFile, ConformError, chosen, client_of, conform, parse_client
from sevis_sim.conformance.cases import for_running
from sevis_sim.conformance.cut_points import cut_cases, cut_points
from sevis_sim.conformance.reports import cut_lines

CLIENTS = Path(__file__).with_name("clients")
REFERENCE = f"""
upload:
  command: {sys.executable} -m sevis_sim upload {{file}} --batch {{batch}} --org {{org}} --user {{user}} --json
  outcomes:
    - {{exit: 0, means: accepted}}
    - {{stdout: '"code": "S0001"', means: again}}
    - {{stdout: '"code": "S0010"', means: ask}}
    - {{stdout: '"status": 5\\d\\d', means: again}}
    - {{exit: 3, means: ask}}
    - {{exit: 1, means: refused}}
download:
  command: {sys.executable} -m sevis_sim download {{batch}} --json -o {{output}}
  records:
    failed: '"requestID": "([^"]*)",\\s*"sevisID": (?:"[^"]*"|null),\\s*"success": false'
    stored: '"requestID": "([^"]*)",\\s*"sevisID": "[^"]*",\\s*"success": true'
  outcomes:
    - {{exit: 0, stdout: '"success": false', means: partly}}
    - {{exit: 0, means: received}}
    - {{stdout: '"code": "S0030"', means: again}}
    - {{stdout: '"status": (200|5\\d\\d)', means: again}}
    - {{exit: 3, means: again}}
    - {{exit: 1, means: refused}}
"""


def plain(name: str) -> ClientFile:
    return client_of([sys.executable, str(CLIENTS / f"{name}.py")])


def play(client: ClientFile, *names: str) -> list[CaseReport]:
    return asyncio.run(conform(client, chosen(names)))


def failures(cases: list[CaseReport]) -> set[tuple[str, str]]:
    return {
        (case.transcript.case, finding.check)
        for case in cases
        for finding in case.findings
        if finding.outcome in ("fail", "error")
    }


def skipped(cases: list[CaseReport]) -> set[str]:
    return {finding.check for case in cases for finding in case.findings if finding.outcome == "skip"}


def test_the_reference_client_passes_every_check_that_there_is() -> None:
    cases = play(parse_client(REFERENCE))
    assert failures(cases) == set()
    assert skipped(cases) == set()
    passed = {finding.check for case in cases for finding in case.findings if finding.outcome == "pass"}
    assert passed == {finding.check for case in cases for finding in case.findings}


def test_a_plain_client_that_goes_by_exit_codes_passes() -> None:
    cases = play(plain("plain_client"))
    assert failures(cases) == set()


def test_a_malformed_form_is_caught_and_nothing_else() -> None:
    cases = play(plain("malformed_form"), "first-steps", "lost-reply", "lost-upload")
    assert failures(cases) == {(each.transcript.case, "form.well-formed") for each in cases}
    lines = next(each for each in cases[0].findings if each.check == "form.well-formed").lines
    assert any("delimiter-inside-line" in line for line in lines)


def test_records_that_are_sent_again_after_a_lost_reply_are_caught_and_nothing_else() -> None:
    cases = play(plain("sends_again"), "first-steps", "records", "lost-reply", "lost-upload")
    assert {check for _, check in failures(cases)} == {"upload.lost-reply"}
    found = next(
        finding
        for case in cases
        for finding in case.findings
        if case.transcript.case == "lost-reply" and finding.check == "upload.lost-reply"
    )
    assert any("is stored 2 times, by the batches CONFORM0000013, CONFORM000001A" in line for line in found.lines)


def test_record_errors_that_are_ignored_are_caught_and_nothing_else() -> None:
    cases = play(plain("ignores_errors"), "first-steps", "records", "not-ready", "lost-reply")
    assert failures(cases) == {("records", "download.records")}
    found = next(each for each in cases[1].findings if each.check == "download.records")
    assert found.lines == ("action 2, download CONFORM0000002: it says that all is stored; these records failed: bad",)


def test_a_client_that_trusts_any_server_is_caught() -> None:
    cases = play(plain("trusts_anybody"), "server-expired", "server-unknown-issuer")
    assert failures(cases) == {(each.transcript.case, "tls.refuses-wrong-server") for each in cases}


def test_a_client_that_forgets_its_certificate_is_caught() -> None:
    cases = play(plain("forgets_certificate"), "first-steps")
    assert ("first-steps", "tls.presents-certificate") in failures(cases)
    assert "it presented no certificate" in str(cases[0].findings[0].lines)


@pytest.mark.parametrize("name", ["create-student", "certificate-none", "s0011-path", "lost-reply", "at-once"])
def test_shipped_scenarios_can_be_played_with_any_client(name: str) -> None:
    assert failures(play(plain("plain_client"), name)) == set()


def test_a_client_that_waits_for_ever_is_stopped_and_told_of(tmp_path: Path) -> None:
    client = plain("plain_client")
    assert client.download is not None
    client = client.model_copy(update={"download": client.download.model_copy(update={"timeout": 1.0})})
    slow = tmp_path / "slow.yaml"
    shutil.copy(resources.folder("scenarios") / "files" / "students.xml", tmp_path)
    slow.write_text(SLOW)
    cases = play(client, str(slow))
    assert ("slow", "download.spoilt") in failures(cases)
    assert "it did not end within 1 seconds" in str(cases[0].findings)


SLOW = """
scenario: slow
clock: 2026-03-03T10:00:00-05:00
faults:
  - {at: download, do: {drip: 16}}
steps:
  - upload: {file: students.xml, batchId: SLOW0000000001}
  - wait: {batchId: SLOW0000000001}
  - download: {batchId: SLOW0000000001, expect: no-answer}
"""


def test_a_client_that_cannot_be_started_is_an_error_and_no_failure() -> None:
    cases = play(client_of(["/no/such/client"]), "first-steps")
    assert cases[0].outcome == "error"
    assert "cannot be started" in "".join(line for each in cases[0].findings for line in each.lines)


def test_an_end_that_no_rule_explains_leaves_checks_out_and_says_so() -> None:
    script = "import sys; sys.exit(42)"
    cases = play(client_of([sys.executable, "-c", script]), "forbidden")
    assert not skipped(cases), "nothing came in, so that nothing could be meant"
    client = plain("plain_client").model_copy(update={"upload": parse_client(ODD).upload})
    assert "access.forbidden" in skipped(play(client, "forbidden"))


ODD = f"""
upload: {{command: {sys.executable} {CLIENTS / "plain_client.py"} upload, outcomes: [{{exit: 99, means: accepted}}]}}
download: {{command: {sys.executable} {CLIENTS / "plain_client.py"} download}}
"""


def test_a_good_client_delivers_once_wherever_the_way_breaks_and_a_poor_one_doubles_and_loses() -> None:
    cases = cut_cases(chosen(["first-steps"]))
    assert [each.point for each in cases] == [each.name for each in cut_points()]
    good = asyncio.run(conform(plain("plain_client"), cases))
    assert failures(good) == set()
    assert {line.partition(": ")[2].partition(" (")[0] for line in cut_lines(good)} == {"delivered once"}
    some = [each for each in cases if each.point in ("after-commit", "mid-upload", "download-no-answer")]
    told = "\n".join(cut_lines(asyncio.run(conform(plain("sends_again"), some))))
    assert "mid-upload: lost" in told
    assert "after-commit: doubled" in told
    assert "download-no-answer: delivered once" in told


RUNS = f"""
run:
  command: {sys.executable} {CLIENTS / "runs_by_itself.py"}
  records: {{failed: '^failed: (.*?)$'}}
  quiet: 0.5
  timeout: 60
pause: 0.1
"""


def test_a_client_that_runs_by_itself_is_judged_by_what_it_does_while_the_clock_moves_on() -> None:
    names = ("records", "trouble-http-503", "lost-reply", "lost-upload", "spoilt-zip-corrupt", "late-result")
    cases = asyncio.run(conform(parse_client(RUNS), for_running(chosen(names), named=True)))
    assert failures(cases) == set()
    assert not [each for each in skipped(cases) if each != "download.records"]
    passed = {finding.check for case in cases for finding in case.findings if finding.outcome == "pass"}
    assert {"upload.lost-reply", "upload.tries-again", "download.records", "download.waits", "download.late"} <= passed


def test_the_clock_can_run_fast_for_a_client_that_runs_by_itself() -> None:
    client = parse_client(RUNS.replace("quiet: 0.5", "quiet: 5\n  scale: 36000"))
    cases = asyncio.run(conform(client, for_running(chosen(["first-steps"]), named=True)))
    assert failures(cases) == set()
    assert cases[0].transcript.actions[-1].outcome == "S0000"


def test_what_cannot_be_left_to_a_client_that_runs_by_itself_is_told() -> None:
    with pytest.raises(ConformError, match="rollover: a client that runs by itself can go through"):
        for_running(chosen(["rollover"]), named=True)
    assert "rollover" not in {each.name for each in for_running(chosen([]), named=False)}


@pytest.mark.parametrize("server", ["expired", "wrong-name", "unknown-issuer", "self-signed"])
def test_every_kind_of_wrong_server_has_a_drill(server: str) -> None:
    assert [each.server for each in chosen([f"server-{server}"])] == [server]
