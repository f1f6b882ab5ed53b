"""The generated pages, and what the how-to promises."""

import re
import shlex
import sys

import pytest
from support import ROOT

from udir_sim.rules import catalogue, docs
from udir_sim.rules.profile import Profile

HOW_TO = (ROOT / "docs" / "udir-howto.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", docs.PAGES)
def test_a_generated_page_is_up_to_date(name):
    assert (ROOT / "docs" / name).read_text(encoding="utf-8") == docs.PAGES[name](), "python -m udir_sim.rules.docs"


def test_every_rule_and_every_key_of_the_profile_is_on_the_rules_page():
    page = docs.rules_page()
    assert all(f"### {rule_id}\n" in page for rule_id in catalogue())
    assert all(f"| `{key}` |" in page for key in Profile.model_fields if key != "name")


def test_the_how_to_names_rules_that_exist():
    assert set(re.findall(r"UD-[A-Z]\d\d-[A-Z0-9]+", HOW_TO)) <= set(catalogue())


def test_the_commands_of_the_how_to_work(tmp_path, monkeypatch, capfd):
    """All lines that begin with udir-sim and need no terminal, in order, in one folder."""
    from udir_sim.cli import main

    monkeypatch.chdir(tmp_path)
    (tmp_path / "campus.yaml").write_text("term_days: 400\n")
    (tmp_path / "numbers.txt").write_text("900123456\n")
    blocks = re.findall(r"```sh\n(.*?)```", HOW_TO, re.S)
    commands = [line for block in blocks for line in block.splitlines() if line.startswith("udir-sim ")]
    assert len(commands) >= 8
    for command in commands:
        if command == "udir-sim hash":
            continue
        monkeypatch.setattr(sys, "argv", shlex.split(command, comments=True))
        code: object = 0
        try:
            main()
        except SystemExit as end:
            code = end.code
        assert code in (0, 1, None), (command, capfd.readouterr().err)
