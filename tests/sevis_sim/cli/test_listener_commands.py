"""``sevis-sim listener``, as a user types it."""

import json


def test_a_port_is_opened_listed_and_closed(shell):
    made = json.loads(shell("listener", "open", "--certificate", "expired", "--tls", "1.2", "--json").stdout)
    assert (made["certificate"], made["tls"]) == ("expired", "1.2")
    listed = shell("listener", "list").stdout
    assert made["name"] in listed
    assert f":{made['port']}/sevisbatch/" in listed
    assert shell("listener", "close", made["name"]).returncode == 0
    assert shell("listener", "list").stdout.strip() == "none but the first"


def test_what_cannot_be_is_said_in_one_line(shell):
    for arguments, words in (
        (("open", "--certificate", "nonsense"), "nonsense"),
        (("open", "--tls", "1.1"), "1.1"),
        (("close", "nobody"), "nobody"),
    ):
        done = shell("listener", *arguments)
        assert done.returncode == 2
        assert len(done.stderr.splitlines()) == 1
        assert words in done.stderr
