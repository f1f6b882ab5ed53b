"""``sevis-sim fault`` and ``sevis-sim user``, as a user types them."""

import json

from support import FILES


def test_a_fault_is_added_seen_and_cleared(shell):
    done = shell("fault", "add", "upload", "first=1", "do=disposition:S0001", "organization=ABC214F*")
    assert (done.returncode, done.stdout, done.stderr) == (0, "fault-1 added\n", "")
    refused = shell("upload", FILES / "students.xml")
    assert (refused.returncode, "S0001" in refused.stdout + refused.stderr) == (1, True)
    listed = shell("fault", "list").stdout
    assert listed.split() == [
        "fault-1", "struck", "1", "of", "1", "upload", "do=disposition:S0001", "first=1", "organization=ABC214F*",
    ]  # fmt: skip
    assert shell("fault", "clear", "fault-1").stdout == "cleared fault-1\n"
    assert shell("fault", "list").stdout == "no faults\n"


def test_a_preset_is_shown_and_armed_with_whom_and_when(shell):
    shown = shell("fault", "presets", "december-2011").stdout
    assert "What a good client does" in shown
    assert "december-2011" in shell("fault", "presets").stdout
    assert json.loads(shell("fault", "presets", "hang", "--json").stdout)[0]["name"] == "hang"
    added = json.loads(shell("fault", "add", "--preset", "server-down", "ttl=2h", "user=pdso*", "--json").stdout)
    assert [each["name"] for each in added] == ["server-down", "server-down-2"]
    assert shell("fault", "clear").stdout == "cleared server-down, server-down-2\n"
    assert shell("fault", "clear").stdout == "cleared nothing: there were no faults\n"


def test_what_cannot_be_is_said_in_one_line(shell):
    for arguments, words in (
        (("add",), "say what shall go wrong"),
        (("add", "uplod", "do=drop"), "did you mean 'upload'"),
        (("add", "upload", "do=dorp"), "did you mean 'drop'"),
        (("add", "--preset", "decembr-2011"), "did you mean 'december-2011'"),
        (("presets", "decembr-2011"), "did you mean 'december-2011'"),
        (("clear", "fault-9"), "there is no fault 'fault-9'"),
    ):
        done = shell("fault", *arguments)
        assert done.returncode == 2, arguments
        assert len(done.stderr.splitlines()) == 1
        assert words in done.stderr


def test_an_official_logs_in_to_rti(shell):
    done = shell("user", "login", "ABC214F00012000", "pdso000001")
    assert done.stdout == "pdso000001 of ABC214F00012000 logged in to RTI on 2026-03-06\n"
    assert "last log-in 2026-03-06" in shell("user", "list").stdout
    assert json.loads(shell("user", "list", "--json").stdout)[0]["organization"]
    wrong = shell("user", "login", "ABC214F00012000", "nobody0001")
    assert (wrong.returncode, len(wrong.stderr.splitlines())) == (2, 1)
