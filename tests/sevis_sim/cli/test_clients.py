"""The commands that talk to a simulator, called in this process against one that runs in another thread."""

import asyncio
import json
import os
import threading
from pathlib import Path

import pytest
from support import FILES, SCHOOL

from sevis_sim import Simulator
from sevis_sim.cli import app, main, report, serve
from sevis_sim.cli.serve import curl_lines
from sevis_sim.journal import HandshakeFailed
from sevis_sim.simulator import environment


class Running:
    """A simulator on a thread of its own, with its data directory in ``<folder>/.sevis-sim``."""

    def __init__(self, folder: Path) -> None:
        self.loop = asyncio.new_event_loop()
        self.thread = threading.Thread(target=self.loop.run_forever)
        self.thread.start()
        self.sim = Simulator(clock="2026-03-06T14:00-05:00", data_dir=folder / ".sevis-sim")
        self.do(self.sim.start())
        self.sim.write_environment()

    def do(self, work):
        return asyncio.run_coroutine_threadsafe(work, self.loop).result(60)

    def stop(self) -> None:
        self.do(self.sim.stop())
        self.loop.call_soon_threadsafe(self.loop.stop)
        self.thread.join(60)
        self.loop.close()


@pytest.fixture
def running(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for name in [name for name in os.environ if name.startswith("SEVIS_SIM_")]:
        monkeypatch.delenv(name)
    running = Running(tmp_path)
    yield running
    running.stop()


@pytest.fixture
def shell(running, capsys, monkeypatch):
    """Run a command; returns exit code, standard output, standard error."""

    def run(*words: object) -> tuple[int, str, str]:
        monkeypatch.setattr("sys.argv", ["sevis-sim", *map(str, words)])
        with pytest.raises(SystemExit) as stopped:
            main()
        out, err = capsys.readouterr()
        return int(stopped.value.code or 0), out, err

    return run


def test_commands_find_the_simulator_of_this_folder_without_being_told(shell, running):
    assert shell("ready")[:2] == (0, f"ready at {running.sim.control_url}\n")
    assert shell("clock", "show")[1].startswith("Fri 2026-03-06 14:00:00 EST  (standing still; a business day)")
    assert shell("status")[1] == "no batches yet\n"
    assert shell("upload", FILES / "students.xml")[1] == "BATCH000000003: S0000 Success\n"
    assert shell("status")[1].startswith("BATCH000000003  ABC214F00012000  production  accepted   due 2026-03-07T03:00")


@pytest.mark.parametrize(
    ("asked", "reached"),
    [
        (["30s"], "Fri 2026-03-06 14:00:30 EST"),
        (["+2h"], "Fri 2026-03-06 16:00:00 EST"),
        (["+1d12h"], "Sun 2026-03-08 03:00:00 EDT"),
        (["+3bd"], "Wed 2026-03-11 14:00:00 EDT"),
        (["2026-03-06T21:50-05:00"], "Fri 2026-03-06 21:50:00 EST"),
        (["2026-03-07T02:50:00Z"], "Fri 2026-03-06 21:50:00 EST"),
        (["next-window"], "Fri 2026-03-06 22:00:00 EST"),
        (["next-business-day"], "Mon 2026-03-09 06:00:00 EDT"),
        (["next-business-day", "09:30"], "Mon 2026-03-09 09:30:00 EDT"),
        (["next-event"], "Fri 2026-03-06 22:00:00 EST"),
    ],
)
@pytest.mark.parametrize("verb", ["set", "advance"])
def test_every_form_of_an_instant_moves_the_clock(shell, verb, asked, reached):
    shell("upload", FILES / "students.xml")
    code, out, err = shell("clock", verb, *asked)
    assert (code, err) == (0, "")
    assert f"{reached}  (standing still" in out
    code, out, _ = shell("clock", verb, "+1s", "--json")
    assert (code, json.loads(out)["clock"]["mode"]) == (0, "frozen")


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (["clock", "advance", "next-window", "--system", "alpha"], 2, "no processing windows"),
        (["clock", "advance", "next-event"], 2, "nothing is due"),
        (["clock", "advance", "--", "-3h"], 2, "only moves forward"),
        (["clock", "plan", "nexxt-event"], 2, "did you mean 'next-event'"),
        (["clock", "plan", "--system", "gamma"], 2, "gamma"),
        (["status", "--system", "gamma"], 2, "gamma"),
        (["status", "--sandbox", "other"], 2, "no sandbox 'other'"),
        (["status", "--control", "http://127.0.0.1:1"], 3, "nothing listens there"),
        (["status", "--control", "no address"], 3, "no address"),
        (["ready", "--control", "no address"], 2, "not the address of a control API"),
        (["journal", "list", "--kind", "upload"], 2, "expected some of batch.accepted"),
        (["download", "B", "--cert", "missing.pem"], 3, "missing.pem"),
        (["download", "BATCH000000003", "-o", "no/such/folder.zip"], 1, ""),
        (["cert", "register", "missing.cer", "--org", SCHOOL], 2, "no such file"),
        (["cert", "register", ".", "--org", SCHOOL], 2, "this is a folder; name the .cer or .pem file in it"),
        (["cert", "register", ".sevis-sim/client.key", "--org", SCHOOL], 1, "private key"),
        (["cert", "register", ".sevis-sim/server.cer", "--org", "XYZ214F00099000"], 2, "no organization"),
    ],
)
def test_what_cannot_be_done_is_one_line_and_an_exit_code(shell, words, code, said):
    got, out, err = shell(*words)
    assert (got, said in out + err) == (code, True), out + err
    assert "Traceback" not in err


def test_a_certificate_is_registered_from_its_file(shell, running):
    other = running.sim.authority.issue_client("Another Client")
    Path("other.cer").write_bytes(other.certificate_pem)
    code, out, _ = shell("cert", "register", "other.cer", "--org", SCHOOL)
    assert (code, out.endswith(f"for {SCHOOL}\n")) == (0, True)
    listed = json.loads(shell("cert", "list", "--json")[1])
    assert [c["organizations"] for c in listed if c["name"] == "other"] == [[SCHOOL]]


def test_a_refusal_leads_to_the_journal_which_says_why_and_what_to_do(shell):
    document = (FILES / "students.xml").read_bytes().replace(b"<BirthDate>", b"<BirthDate>x", 1)
    Path("bad.xml").write_bytes(document)
    code, out, err = shell("upload", "bad.xml")
    assert (code, out.split()[1]) == (1, "S0013")
    assert err == "sevis-sim: to see why: sevis-sim journal list --batch BATCH000000003\n"
    told = shell("journal", "list", "--batch", "BATCH000000003")[1]
    assert "BirthDate" in told
    assert "→ Mend the document" in told
    for number in range(3):
        shell("clock", "advance", f"+{number}s")
    last = shell("journal", "list", "--limit", "2")[1].splitlines()
    assert len(last) == 2
    assert all("clock moved" in line for line in last)


def test_failed_handshakes_are_shown_with_causes_and_remedies_by_client(shell, running):
    happening = HandshakeFailed(
        peer="127.0.0.1:1", failure="x", title="failed", reason="r", causes=["a cause"], remedies={"curl": "--cacert"}
    )
    running.do(running.sim.journal.record(happening.entry(None, running.sim.clock.now())))
    assert shell("journal", "list")[1] == ""
    told = shell("journal", "list", "--server")[1]
    assert "perhaps: a cause" in told
    assert "→ curl: --cacert" in told


def test_a_file_that_is_no_batch_can_be_sent_when_its_fields_are_named(shell):
    Path("junk.xml").write_bytes(b"this is no XML")
    code, _, err = shell("upload", "junk.xml")
    assert (code, "name organization, batch and user yourself" in err) == (1, True)
    named = ["--org", SCHOOL, "--user", "pdso000001", "--batch", "BATCH-JUNK-001"]
    assert shell("upload", "junk.xml", *named)[1].startswith("BATCH-JUNK-001: S0012")


def test_a_result_goes_to_a_file_named_after_its_batch(shell):
    shell("upload", FILES / "students.xml", "--system", "alpha")
    shell("clock", "advance", "6s")
    assert shell("download", "BATCH000000003", "--system", "alpha")[0] == 0
    content = Path("BATCH000000003.zip").read_bytes()
    assert content.startswith(b"PK")


def test_a_result_goes_to_standard_output(running, monkeypatch, capfdbinary):
    def run(*words: object) -> int:
        monkeypatch.setattr("sys.argv", ["sevis-sim", *map(str, words)])
        with pytest.raises(SystemExit) as stopped:
            main()
        return int(stopped.value.code or 0)

    run("upload", FILES / "students.xml", "--system", "alpha")
    run("clock", "advance", "6s")
    capfdbinary.readouterr()
    assert run("download", "BATCH000000003", "--system", "alpha", "-o", "-") == 0
    assert capfdbinary.readouterr().out.startswith(b"PK")


def test_the_clock_line_names_the_control_address_only_where_it_would_not_be_found(running, monkeypatch, tmp_path):
    party, file = running.sim.school(), FILES / "students.xml"
    assert curl_lines(running.sim, party, file, "B")[1] == "sevis-sim clock advance next-business-day"
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path / "elsewhere")
    assert curl_lines(running.sim, party, file, "B")[1].endswith(f"--control {running.sim.control_url}")


def test_ready_waits_for_the_address_that_serve_is_about_to_write(shell, running, monkeypatch):
    file = Path(".sevis-sim/sevis-sim.env")
    written = file.read_text()
    environment.write(file, {"SEVIS_SIM_CONTROL_URL": "http://127.0.0.1:1"})

    def look(given: str | None) -> str:
        found = report.control_url(given)
        file.write_text(written)
        return found

    monkeypatch.setattr(serve, "control_url", look)
    assert shell("ready", "--wait")[:2] == (0, f"ready at {running.sim.control_url}\n")


def test_a_fault_of_ours_is_one_line_that_asks_for_a_report(shell, monkeypatch):
    def broken(*_: object) -> None:
        raise KeyError("oops")

    monkeypatch.setattr(app, "application", lambda _wanted: broken)
    code, _, err = shell("status")
    assert code == 3
    assert err.startswith("sevis-sim: a fault of sevis-sim, please report it: KeyError: 'oops' (test_clients.py:")
