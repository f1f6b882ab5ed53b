"""``udir-sim serve`` and the commands that talk to it, as a user has them."""

import json
import os
import re
import shlex
import shutil
import signal
import subprocess
import sys
import urllib.request
from pathlib import Path

import pytest
from udir_world import file_of, student

COMMAND = [sys.executable, "-c", "from udir_sim.cli import main; main()"]
SERVE = ("serve", "--port", "0", "--control-port", "0", "--sftp-port", "0", "--clock", "1999-09-02T12:00-07:00")


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    return tmp_path_factory.mktemp("serve")


@pytest.fixture(scope="module")
def server(place):
    """A server in a folder of its own, and what it printed until it was ready."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("UDIR_SIM_")}
    process = subprocess.Popen(
        [*COMMAND, *SERVE, "--env-file", "client.env", "--fault", "report first=1 do=status:500"],
        cwd=place,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    lines = []
    for line in process.stdout:
        lines.append(line)
        if line.startswith("  cp "):
            break
    else:
        pytest.fail(process.stderr.read())
    yield process, "".join(lines)
    process.terminate()
    process.communicate()


@pytest.fixture
def udir(place, server):
    def call(*arguments: str, code: int = 0) -> str:
        environment = {name: value for name, value in os.environ.items() if not name.startswith("UDIR_SIM_")}
        done = subprocess.run([*COMMAND, *arguments], cwd=place, env=environment, capture_output=True, text=True)
        assert done.returncode == code, done.stderr + done.stdout
        return done.stdout + done.stderr

    return call


def pasted(place: Path, printed: str, program: str) -> str:
    """Run the line that begins with a program, as pasted into a shell."""
    (line,) = re.findall(rf"^  ({program} .*)$", printed, re.MULTILINE)
    done = subprocess.run(["sh", "-c", line], cwd=place, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_it_says_when_it_is_ready_and_where(server):
    _, printed = server
    assert re.match(r"udir-sim is ready \(\d+\.\d\d s\)\n", printed)
    assert "standing still at 1999-09-02T12:00" in printed
    assert "https://localhost:" in printed


@pytest.mark.skipif(shutil.which("curl") is None, reason="curl is not installed")
def test_the_curl_line_works_when_pasted(place, server, udir):
    assert pasted(place, server[1], "curl").startswith("ACCEPTED\n\ndelivery  06-")
    history = udir("loads")
    assert re.match(r"06    1  1999-09-02T19:00:00Z  file        06-[0-9a-f]{16}  100 students: \+100 ~0 -0", history)


@pytest.mark.skipif(shutil.which("sftp") is None, reason="OpenSSH's sftp is not installed")
def test_the_sftp_line_works_when_pasted(place, server):
    (line,) = re.findall(r"^  (echo put .*)$", server[1], re.MULTILINE)
    batch = line.replace("sftp -P", "sftp -F /dev/null -o IdentityAgent=none -o StrictHostKeyChecking=yes -P")
    done = subprocess.run(["sh", "-c", batch], cwd=place, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def test_the_variables_are_in_the_file_that_was_asked_for(place, server):
    assert "export UDIR_SIM_FILES_URL=https://localhost:" in (place / "client.env").read_text()
    done = subprocess.run(
        ["sh", "-c", ". ./client.env && test -s \"$UDIR_SIM_CLIENT_KEY\" && echo $UDIR_SIM_LOCATION"],
        cwd=place, capture_output=True, text=True,
    )  # fmt: skip
    assert done.stdout == "06\n"


def test_held_files_are_listed_released_and_refused(place, udir):
    assert udir("held", "list") == "none\n"
    for name, number in (("one", 1), ("two", 2)):
        content = file_of(student(number, "07", D11="Q"), student(9, "07"), location="07")
        (place / ".udir-sim" / "watch" / "07" / f"{name}.txt").write_bytes(content)
    udir("journal", "--kind", "file.received", "--wait", "0")
    deliveries: list[str] = []
    while len(deliveries) < 2:  # the journal wakes us when a file was received; nothing is timed
        entries = json.loads(udir("journal", "--kind", "file.received", "--json", "--limit", "1000"))
        deliveries = [each["subjects"]["delivery"] for each in entries if each["subjects"]["location"] == "07"]
        if len(deliveries) < 2:
            last = str(max((each["id"] for each in entries), default=0))
            udir("journal", "--kind", "file.received", "--after", last, "--wait", "30")
    listed = udir("held", "list", "--location", "07", code=1)
    assert all(delivery in listed for delivery in deliveries)
    assert "see UD-D11-ENUM in the report" in listed
    released = udir("held", "release", deliveries[0], "--note", "known")
    assert released == f"{deliveries[0]}: LOADED as load 1 of location 07: 1 added, 0 changed, 0 deleted\n"
    assert udir("held", "refuse", deliveries[1]).endswith("REFUSED, not loaded: refused by hand\n")
    assert "is REFUSED, not HELD" in udir("held", "release", deliveries[1], code=1)
    assert "location 07 has no load 9" in udir("roll-back", "07", "9", code=1)
    assert len(json.loads(udir("held", "list", "--all", "--json", "--location", "07"))) == 2


def test_faults_are_added_listed_and_cleared(udir):
    assert udir("fault", "add", "upload", "first=1", "do=status:503", "name=down") == "down added\n"
    assert "down        struck 0 of 0" in udir("fault", "list")
    assert udir("fault", "clear", "down") == "cleared: down\n"
    assert "did you mean 'upload'" in udir("fault", "add", "uplod", "do=drop", code=2)
    assert "interrupt:BYTES" in udir("fault", "kinds")


def test_a_second_server_on_the_same_folder_is_told_who_has_it(server, udir):
    said = udir(*SERVE, code=3)
    assert re.search(rf"in use by process {server[0].pid} \(https://localhost:\d+\); stop that one", said)
    assert "Traceback" not in said


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (("--clock", "soon"), 2, "'soon' is no clock"),
        (("--data", "other", "--fault", "nowhere do=drop"), 2, "there is no place 'nowhere'"),
        (("--mode", "kind"), 2, "--mode is strict or lenient"),
        (("--data", "client.env"), 3, "is a file; choose a folder"),
        (("--data", "other", "--host", "nowhere.invalid"), 3, "is not known on this machine"),
    ],
)
def test_what_cannot_be_served_is_one_line(udir, arguments, code, said):
    output = udir("serve", "--no-sftp", "--port", "0", "--control-port", "0", *arguments, code=code)
    assert said in output
    assert output.count("\n") == 1


def test_without_a_server_commands_say_how_to_start_one(udir):
    said = udir("held", "list", "--control", "http://127.0.0.1:1", code=3)
    assert "start the server with: udir-sim serve" in said
    assert "is not the address" in udir("held", "list", "--control", "ftp://x", code=2)


def test_the_help_shows_examples(udir):
    for command in (("serve",), ("held", "release"), ("fault", "add"), ("loads",), ("roll-back",), ("journal",)):
        assert re.search(rf"Examples:\n +udir-sim {command[0]}", udir(*command, "--help"))


def test_a_signal_stops_it_and_everything_is_kept(tmp_path):
    process = subprocess.Popen([*COMMAND, *SERVE, "--no-sftp"], cwd=tmp_path, stdout=subprocess.PIPE, text=True)
    for line in process.stdout:
        if line.startswith("  cp "):
            break
    control = re.search(r"UDIR_SIM_CONTROL_URL=(\S+)", (tmp_path / ".udir-sim" / "udir-sim.env").read_text())[1]
    with urllib.request.urlopen(f"{shlex.split(control)[0]}/healthz") as answer:
        assert answer.read() == b"ok\n"
    process.send_signal(signal.SIGTERM)
    rest, _ = process.communicate()
    assert process.returncode == 0
    assert rest.endswith("stopped; the data directory keeps everything\n")
