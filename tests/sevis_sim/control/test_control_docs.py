"""docs/control-api.md and docs/journal.md are up to date, and what they show works."""

import json
import re
import shlex

import pytest
from support import ROOT, sample, upload

from sevis_sim.control import docs
from sevis_sim.journal import Expectation

JOURNAL = (ROOT / "docs" / "journal.md").read_text(encoding="utf-8")


def test_the_pages_are_up_to_date(capsys):
    assert docs.main(["--check"]) == 0, capsys.readouterr().err


def test_an_outdated_page_is_told_and_written_anew(tmp_path, capsys):
    for name in docs.PARTS:
        text = (docs.FOLDER / name).read_text(encoding="utf-8")
        (tmp_path / name).write_text(re.sub("(?m)^.*batch.*$\n", "", text), encoding="utf-8")
    assert docs.main(["--check"], tmp_path) == 1
    assert capsys.readouterr().err.count("python -m sevis_sim.control.docs") == 2
    assert docs.main([], tmp_path) == 0
    assert docs.main(["--check"], tmp_path) == 0
    with pytest.raises(ValueError, match="are missing"):
        docs.filled("no marks", "routes", "")


def test_the_expectation_that_the_page_shows_can_be_read():
    [shown] = re.findall(r"```json\n(.*?)```", JOURNAL, re.DOTALL)
    content = json.loads(shown)
    assert Expectation.read({name: content[name] for name in ("match", "exactly")}).least == 1


def test_the_commands_that_the_page_shows_are_ones(monkeypatch):
    from typer.main import get_command

    from sevis_sim.cli.app import application

    app = get_command(application())
    lines = re.findall(r"(?m)^sevis-sim (journal .*)$", JOURNAL)
    assert len(lines) > 10
    for line in lines:
        words = shlex.split(line.partition("   ")[0])
        command = app.commands["journal"].commands[words[1]]
        command.make_context(words[1], words[2:])


async def test_what_the_page_says_of_python_works(sim):
    await upload(sim, sample("students.xml"))
    verdict = await sim.journal.verify("default", {"match": {"kind": "download.answered"}, "never": True})
    assert verdict, verdict.words
