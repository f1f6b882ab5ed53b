"""docs/udir-attributes.md: what it promises is there."""

import re
import shlex

import pytest
from support import ROOT
from typer.main import get_command

from udir_sim.attributes import Application, Policies, Reason
from udir_sim.attributes.openapi import own_part
from udir_sim.cli.app import app

PAGE = (ROOT / "docs" / "udir-attributes.md").read_text(encoding="utf-8")


def test_every_reason_and_test_is_on_the_page_in_order():
    rows = re.findall(r"^\| (\d+) \| .*? \| (\S+) \| (yes|no|refused)", PAGE, re.M)
    assert rows == [(str(reason.step), reason.code, reason.outside.value) for reason in Reason if reason.step]
    assert all(reason.code in PAGE for reason in Reason)


def test_every_key_of_the_policy_file_is_on_the_page():
    assert all(f"`{key}`" in PAGE for key in (*Application.model_fields, *Policies.model_fields) if key not in {
        "summary", "applications",
    })  # fmt: skip


def test_every_route_is_on_the_page():
    assert all(path in PAGE for path in own_part()["paths"])


@pytest.mark.parametrize("line", [line for line in PAGE.splitlines() if line.startswith("udir-sim ")])
def test_every_command_of_the_page_exists_with_its_options(line):
    words = shlex.split(line, comments=True)[1:]
    command = get_command(app)
    while words and hasattr(command, "commands"):
        command = command.commands[words.pop(0)]
    known = {option for parameter in command.params for option in parameter.opts}
    assert {word for word in words if word.startswith("-")} <= known
