"""``sevis-sim journal``, as a user types it."""

import json
import os
import subprocess

import pytest
from support import FILES, ROOT

from sevis_sim.cli.conditions import match_of
from sevis_sim.cli.report import CommandError
from sevis_sim.control.routes import ROUTES


def test_a_refused_upload_is_listed_shown_downloaded_and_verified(shell):
    assert shell("upload", FILES / "students.xml").returncode == 0
    assert shell("upload", FILES / "students.xml").returncode == 1
    listed = shell("journal", "list", "--kind", "upload.*", "--batch", "BATCH000000003")
    assert "S0010" in listed.stdout
    [first, second] = json.loads(shell("journal", "list", "--kind", "upload.answered", "--json").stdout)
    assert [first["detail"]["code"], second["detail"]["code"]] == ["S0000", "S0010"]
    shown = shell("journal", "show", second["id"]).stdout
    assert "BATCH000000003" in shown
    assert f"exchange: {second['subjects']['exchange']}" in shown
    assert (FILES / "students.xml").read_text() in shell("journal", "body", second["id"]).stdout
    answer = shell("journal", "body", second["id"], "--response", "--headers").stdout
    assert answer.startswith("HTTP/1.1 200 OK")
    file = shell.folder / "answer.xml"
    assert shell("journal", "body", second["id"], "--response", "-o", file).stdout == ""
    assert 'resultCode="S0010"' in file.read_text()

    met = shell("journal", "verify", "kind=upload.answered", "batch=BATCH000000003", "code=S0010", "--exactly", "1")
    assert (met.returncode, met.stdout.startswith("as expected")) == (0, True)
    wrong = shell("journal", "verify", "kind=upload.answered", "batch=BATCH000000003", "code=S0013")
    assert wrong.returncode == 1
    assert "detail.code: expected S0013, found S0010" in wrong.stdout
    after = shell("journal", "verify", "code=S0000", "kind=upload.answered", "--after", "code=S0010", "--json")
    assert (after.returncode, json.loads(after.stdout)["met"]) == (1, False)
    assert shell("journal", "verify", "--never", "kind=batch.processed").returncode == 0

    assert shell("journal", "wait", "--kind", "batch.accepted", "--after", "0").returncode == 0
    none = shell("journal", "wait", "--kind", "batch.processed", "--timeout", "1")
    assert (none.returncode, len(none.stderr.splitlines())) == (1, 1)
    assert "upload.answered" in shell("journal", "kinds").stdout


def test_a_tail_goes_on_with_what_comes(shell):
    command = [*_command(), "journal", "tail", "-f", "-n", "0", "--json", "--kind", "clock.moved"]
    environment = os.environ | {"PYTHONPATH": str(ROOT)} | shell.variables
    with subprocess.Popen(command, cwd=shell.folder, env=environment, stdout=subprocess.PIPE, text=True) as tail:
        try:
            # The reader may come late: entries are told by id, so none is lost once it has begun; until then move on.
            line = None
            while line is None:
                assert shell("clock", "advance", "1s").returncode == 0
                line = _line_if_any(tail)
            assert json.loads(line)["kind"] == "clock.moved"
        finally:
            tail.terminate()
    assert len(shell("journal", "tail", "-n", "2").stdout.splitlines()) >= 2


def _command():
    import sys

    return [sys.executable, "-m", "sevis_sim"]


def _line_if_any(process):
    import select

    ready, _, _ = select.select([process.stdout], [], [], 0.1)
    return process.stdout.readline() if ready else None


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("list", "--kind", "upload.answred"), "did you mean 'upload.answered'?"),
        (("list", "--since", "noon"), "noon"),
        (("list", "--subject", "batch"), "NAME:VALUE"),
        (("show", "99999"), "no entry '99999'"),
        (("body", "99999"), "no entry '99999'"),
        (("verify", "code"), "no condition"),
        (("verify", "--never", "--exactly", "1", "kind=clock.moved"), "contradict"),
        (("verify",), "say which entries"),
        (("verify", "summary~("), "no regular expression"),
        (("tail", "--kind", "x"), "'x'"),
        (("list", "--sandbox", "nobody"), "nobody"),
    ],
)
def test_what_cannot_be_is_said_in_one_line(shell, arguments, words):
    done = shell("journal", *arguments)
    assert done.returncode == 2
    assert len(done.stderr.splitlines()) == 1
    assert words in done.stderr


def test_conditions_are_read_as_they_are_written():
    assert match_of(["kind=a.b,c.*", "batch=B1", "code=S0000", "reason~^line", "remedy!", "notes?", "active=true"]) == {
        "kind": ["a.b", "c.*"],
        "subjects": {"batch": "B1"},
        "detail": {
            "code": "S0000",
            "reason": {"matches": "^line"},
            "remedy": {"absent": True},
            "notes": {"absent": False},
            "active": True,
        },
    }
    match = match_of(["summary=x", "detail.batch=1", "subjects.code=2"], ["kind=a", "kind='b c'"])
    assert match["after"] == {"kind": ["a"], "after": {"kind": ["b c"]}}
    assert (match["detail"], match["subjects"]) == ({"batch": "1"}, {"code": "2"})
    for words in (["=x"], ["kind~x"], ["a b=c"]):
        with pytest.raises(CommandError, match=words[0][0]):
            match_of(words)


TWINS = {
    "show_clock": "clock show",
    "set_clock": "clock set",
    "advance_clock": "clock advance",
    "plan": "clock plan",
    "list_batches": "status",
    "list_records": "record list",
    "add_records": "record add",
    "show_record": "record show",
    "tell_facts": "record facts",
    "take_decision": "record decide",
    "correct_status": "record correct",
    "list_facts": "record facts",
    "show_life_cycle": "record jobs",
    "list_listeners": "listener list",
    "open_listener": "listener open",
    "close_listener": "listener close",
    "read_journal": "journal list",
    "list_kinds": "journal kinds",
    "verify_journal": "journal verify",
    "show_entry": "journal show",
    "show_request": "journal body",
    "show_response": "journal body",
    "stream_events": "journal tail",
    "list_faults": "fault list",
    "add_fault": "fault add",
    "clear_fault": "fault clear",
    "clear_all_faults": "fault clear",
    "list_presets": "fault presets",
    "log_user_in": "org login",
    "list_organizations": "org list",
    "change_organization": "org withdraw",
    "list_certificates": "cert list",
    "register_certificate": "cert register",
    "issue_certificate": "cert issue",
    "show_certificate": "cert export",
    "revoke_certificate": "cert revoke",
    "unregister_certificate": "cert unregister",
    "delete_certificate": "cert delete",
    "list_sandboxes": "sandbox list",
    "create_sandbox": "sandbox create",
    "show_sandbox": "sandbox show",
    "delete_sandbox": "sandbox delete",
    "reset_sandbox": "sandbox reset",
    "branch_sandbox": "sandbox branch",
    "list_snapshots": "snapshot list",
    "take_snapshot": "snapshot take",
    "restore_snapshot": "snapshot restore",
    "delete_snapshot": "snapshot delete",
}
NO_TWIN = {
    "show_server": "its facts are in the variables that serve and sandbox create write",
    "list_versions": "record show prints the history; the versions are for programs",
}


@pytest.mark.parametrize("name", sorted({route.handler.__name__ for route in ROUTES}))
def test_every_route_has_a_command_or_a_reason(name):
    from typer.main import get_command

    from sevis_sim.cli.app import application

    assert name in TWINS or name in NO_TWIN, f"give {name} a command, or a reason in NO_TWIN"
    if name in NO_TWIN:
        return
    command = get_command(application())
    for word in TWINS[name].split():
        command = command.commands[word]
    assert "Example" in command.help


def test_an_official_logs_in(shell):
    done = shell("org", "login", "ABC214F00012000", "pdso000001")
    assert (done.returncode, done.stdout) == (0, "pdso000001 of ABC214F00012000 logged in\n")
    assert shell("org", "login", "ABC214F00012000", "nobody").returncode == 2
