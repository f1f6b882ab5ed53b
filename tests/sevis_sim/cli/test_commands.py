"""The commands as a user runs them: real processes, one server for the whole module."""

import json

import pytest
from support import FILES


def test_a_batch_goes_its_whole_way_from_the_shell(shell):
    assert shell("ready", "--wait").returncode == 0
    accepted = shell("upload", FILES / "two-students.xml")
    assert (accepted.returncode, accepted.stdout) == (0, "BATCH000000001: S0000 Success\n")
    again = shell("upload", FILES / "two-students.xml", "--json")
    assert (again.returncode, json.loads(again.stdout)["code"]) == (1, "S0010")
    early = shell("download", "BATCH000000001")
    assert early.returncode == 1
    assert "S0030" in early.stdout
    plan = shell("clock", "plan")
    assert "batch BATCH000000001 of ABC214F00012000 is processed" in plan.stdout
    moved = shell("clock", "advance", "next-business-day")
    assert moved.returncode == 0
    assert "Mon 2026-03-09 06:00:00 EDT" in moved.stdout
    done = shell("download", "BATCH000000001", "-o", "result.zip")
    assert done.returncode == 0
    assert "S1024" in done.stdout
    assert (shell.folder / "result.zip").read_bytes().startswith(b"PK")
    status = json.loads(shell("status", "--json").stdout)
    assert [(b["batch_id"], b["status"]) for b in status] == [("BATCH000000001", "available")]
    journal = shell("journal", "list", "--batch", "BATCH000000001")
    assert "S0010" in journal.stdout
    assert "batch BATCH000000001 processed: 1 succeeded, 1 failed, 1 forms" in journal.stdout


def test_a_batch_may_be_sent_under_another_id_and_to_another_system(shell):
    sent = shell("upload", FILES / "students.xml", "--batch", "BATCH-RENAMED1", "--system", "alpha")
    assert sent.stdout == "BATCH-RENAMED1: S0000 Success\n"
    assert shell("clock", "advance", "6s").returncode == 0
    received = shell("download", "BATCH-RENAMED1", "--system", "alpha", "--json", "-o", "alpha.zip")
    assert json.loads(received.stdout)["code"] == "S0000"


def test_certificates_are_listed_and_registered(shell):
    assert "ABC214F00012000, P-1-12345" in shell("cert", "list").stdout
    twice = shell("cert", "register", shell.folder / ".sevis-sim/client.cer", "--org", "P-1-12345")
    assert twice.returncode != 0
    assert "already" in twice.stderr
    wrong = shell("cert", "register", shell.folder / ".sevis-sim/client.p12", "--org", "P-1-12345")
    assert wrong.returncode == 1
    assert ".p12" in wrong.stderr


def test_a_second_server_on_the_same_data_directory_is_told_who_has_it(shell):
    second = shell("serve", "--port", "0", "--control-port", "0")
    assert second.returncode == 3
    assert "in use by process" in second.stderr


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (["upload", "nothing.xml"], 2, "no such file"),
        (["upload", "--org"], 2, "--org"),
        (["download", "BATCH-NEVER-001"], 1, "S0031"),
        (["clock", "advance", "yesterday"], 2, "yesterday"),
        (["clock", "advance", "2020-01-01T00:00-05:00"], 2, "never moves backward"),
        (["status", "--control", "http://127.0.0.1:9"], 3, "127.0.0.1:9"),
        (["ready", "--control", "http://127.0.0.1:9"], 1, "no simulator is ready"),
        (["serve", "--clock", "tomorrow", "--data", "d1"], 2, "tomorrow"),
        (["serve", "--fidelity", "reel", "--data", "d2"], 2, "real"),
        (["serve", "--scenario", "missing.yaml", "--data", "d3"], 2, "missing.yaml"),
        (["serve", "--data", "serve.log"], 3, "serve.log"),
        (["serve", "--data", "/proc/nowhere"], 3, "/proc/nowhere"),
        (["nonsense"], 2, "nonsense"),
    ],
)
def test_what_goes_wrong_is_told_in_one_line_with_its_exit_code(shell, arguments, code, words):
    done = shell(*arguments)
    assert (done.returncode, words in done.stdout + done.stderr) == (code, True), done.stdout + done.stderr


def test_a_port_in_use_is_told(shell):
    port = shell.variables["SEVIS_SIM_CONTROL_URL"].rpartition(":")[2]
    for option in ("--port", "--control-port"):
        others = {"--port": "0", "--control-port": "0"} | {option: port}
        done = shell("serve", "--data", "other", *(word for pair in others.items() for word in pair))
        assert done.returncode == 3
        assert port in done.stderr


def test_a_scenario_error_names_file_line_and_column(shell):
    (shell.folder / "bad.yaml").write_text("scenario: x\nclok: 2026-03-06T14:00-05:00\n")
    done = shell("serve", "--scenario", "bad.yaml", "--data", "d4")
    assert done.returncode == 2
    assert "bad.yaml:2:1" in done.stderr
    assert "clock" in done.stderr


@pytest.mark.parametrize("damage", [b"this is no database", b"SQLite format 3\0" + b"\xff" * 4000])
def test_a_damaged_database_is_told(shell, damage, tmp_path):
    (tmp_path / "sevis-sim.db").write_bytes(damage)
    done = shell("serve", "--data", tmp_path, "--port", "0", "--control-port", "0")
    assert done.returncode == 3
    assert "sevis-sim.db" in done.stderr


@pytest.mark.parametrize("command", ["demo", "serve", "ready", "upload", "download", "status", "clock advance"])
def test_help_shows_an_example(shell, command):
    done = shell(*command.split(), "--help")
    assert done.returncode == 0
    assert "sevis-sim " + command in done.stdout.replace("sevis-sim --", "")


def test_settings_are_shown_with_their_origin(shell):
    shown = shell("config", "show", "--json", SEVIS_SIM_PORT="9443", SEVIS_SIM_PROT="1")
    port = json.loads(shown.stdout)["port"]
    assert port == {"value": "9443", "origin": "environment SEVIS_SIM_PORT"}
    assert "SEVIS_SIM_PROT" in shown.stderr


def test_the_demo_leaves_everything_and_replaces_only_its_own_folder(shell):
    for _ in range(2):
        done = shell("demo")
        assert done.returncode == 0, done.stderr
    out = shell.folder / "demo-out"
    for batch in ("students", "exchange-visitors"):
        assert (out / batch / "sevis_transaction_log.xml").exists()
        assert list((out / batch).glob("N*.pdf"))
        assert list((out / batch).glob("BATCH*.zip"))
    foreign = shell("demo", "--out", shell.folder)
    assert foreign.returncode == 3
    assert "not empty" in foreign.stderr
