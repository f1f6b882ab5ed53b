"""``sevis-sim sandbox`` and ``snapshot``, as a user types them."""

import json

from support import FILES

LATER = "2027-01-04T09:00-05:00"


def variables(file) -> dict[str, str]:
    lines = (line.removeprefix("export ").partition("=") for line in file.read_text().splitlines())
    return {name: text for name, _, text in lines}


def test_a_sandbox_is_made_entered_kept_put_back_and_deleted(shell):
    made = shell("sandbox", "create", "ci-1", "--clock", LATER)
    assert (made.returncode, made.stderr) == (0, "")
    inside = variables(shell.folder / "ci-1" / "sevis-sim.env")
    assert shell("upload", FILES / "students.xml", **inside).returncode == 0
    assert shell("status").stdout.strip() == "no batches yet"
    assert "took a" in shell("snapshot", "take", "a", **inside).stdout
    assert "processed: 4" in shell("clock", "advance", "next-business-day", **inside).stdout
    assert "2027-01-04T14:00:00Z" in shell("snapshot", "restore", "a", **inside).stdout
    [batch] = json.loads(shell("status", "--json", **inside).stdout)
    assert batch["status"] == "accepted"
    kept = json.loads(shell("snapshot", "list", "--json", **inside).stdout)
    assert {row["name"] for row in kept} == {"initial", "a"}
    copy = json.loads(shell("sandbox", "branch", "ci-1", "what-if", "--json").stdout)
    assert copy["folder"] == str(shell.folder / "what-if")
    names = [row["name"] for row in json.loads(shell("sandbox", "list", "--json").stdout)]
    assert names == ["default", "ci-1", "what-if"]
    assert shell("snapshot", "delete", "a", **inside).returncode == 0
    assert "standing still" in shell("sandbox", "reset", "ci-1").stdout
    assert shell("status", **inside).stdout.strip() == "no batches yet"
    for name in ("ci-1", "what-if"):
        assert shell("sandbox", "delete", name).returncode == 0
    assert "ci-1" in shell("sandbox", "show", "ci-1").stderr


def test_what_cannot_be_is_said_in_one_line(shell):
    for arguments, words in (
        (("sandbox", "create", "No/Path"), "name"),
        (("sandbox", "create", "x", "--clock", "noon"), "clock"),
        (("sandbox", "create", "x", "--scenario", "none.yaml"), "no such file"),
        (("sandbox", "delete", "default"), "reset"),
        (("snapshot", "restore", "never"), "never"),
    ):
        done = shell(*arguments)
        assert done.returncode in (1, 2, 3)
        assert len(done.stderr.splitlines()) == 1
        assert words in done.stderr
