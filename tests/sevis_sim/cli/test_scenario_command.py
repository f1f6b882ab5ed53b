"""``sevis-sim scenario`` as a user calls it."""

import json
import sys

import pytest
from lxml import etree

from sevis_sim.cli import main

BAD = """scenario: t
sumary: x
steps:
  - downlod: {batchId: b}
"""
FAILING = """scenario: t
summary: x
clock: 2026-03-03T10:00:00-05:00
steps:
  - download: {batchId: NEVER000000001}
"""


@pytest.fixture
def run(monkeypatch, capfd, tmp_path):
    """Calls sevis-sim in an empty folder; gives exit code, output and errors."""
    monkeypatch.chdir(tmp_path)

    def call(*arguments: object) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["sevis-sim", "scenario", *map(str, arguments)])
        code = 0
        try:
            main()
        except SystemExit as end:
            code = int(end.code or 0)
        out, err = capfd.readouterr()
        return code, out, err

    return call


def test_a_new_scenario_is_written_linted_planned_and_played(run, tmp_path):
    code, out, _ = run("init", "my-first")
    assert code == 0
    assert "sevis-sim scenario run my-first.yaml" in out
    assert run("lint", "my-first.yaml")[:2] == (0, "1 scenarios: 0 errors, 0 warnings\n")
    code, out, _ = run("plan", "my-first.yaml")
    assert code == 0
    assert "sevis    processes TEST0000000001" in out
    code, out, err = run("run", "my-first.yaml", "--verbose", "--junit", "report.xml")
    assert (code, err) == (0, "")
    assert out.startswith("passed my-first (4 steps, 5 expectations")
    assert "2. download TEST0000000001: S0030" in out
    assert etree.parse(tmp_path / "report.xml").getroot()[0].get("failures") == "0"
    assert run("init", "my-first")[0] == 2
    assert run("init", "My First")[2].startswith("sevis-sim: 'My First' is no name of a scenario")


def test_what_is_wrong_is_told_with_its_place(run, tmp_path):
    (tmp_path / "bad.yaml").write_text(BAD)
    code, out, err = run("lint", "bad.yaml")
    assert (code, err) == (1, "")
    assert "bad.yaml:2:1: sumary: unknown key 'sumary' (did you mean 'summary'?) [error]" in out
    assert "bad.yaml:4:5: steps[0].downlod: unknown key 'downlod' (did you mean 'download'?) [error]" in out
    found = json.loads(run("lint", "bad.yaml", "--json")[1])
    assert [(each["line"], each["severity"]) for each in found][:1] == [(2, "error")]
    code, _, err = run("run", "bad.yaml")
    assert code == 2
    assert "bad.yaml:2:1: sumary: unknown key" in err


def test_a_scenario_that_fails_says_so_in_every_form(run, tmp_path):
    (tmp_path / "f.yaml").write_text(FAILING)
    code, out, _ = run("run", "f.yaml")
    assert code == 1
    assert "! step 1 (download NEVER000000001): expected S0000; got S0031" in out
    code, out, _ = run("run", "f.yaml", "--json")
    assert (code, json.loads(out)["failed"]) == (1, 1)
    code, out, _ = run("run", "f.yaml", "--junit", "-")
    assert code == 1
    assert etree.fromstring(out.encode())[0][0].find("failure") is not None
    assert run("plan", "f.yaml")[0] == 1


def test_shipped_scenarios_are_known_by_their_names(run, tmp_path):
    code, out, _ = run("run", "first-steps", "cut-off-at-cut-off")
    assert code == 0
    assert "passed cut-off-at-cut-off" in out
    assert out.endswith("2 scenarios: 2 passed\n")
    assert run("run", "frist-steps")[2].startswith(
        "sevis-sim: frist-steps:1:1: there is no such file, folder or shipped scenario (did you mean 'first-steps'?)"
    )
    code, _, _ = run("plan", "friday-cutoff", "--svg", "-o", "plan.svg")
    assert code == 0
    assert etree.parse(tmp_path / "plan.svg").getroot().tag.endswith("svg")
    assert run("plan", "cut-off", "--svg")[2].startswith("sevis-sim: cut-off stands for 4 scenarios; name one, as")


def test_scenarios_are_listed_by_their_tags(run):
    code, out, _ = run("list", "--tag", "certificates", "--json")
    rows = json.loads(out)
    assert code == 0
    assert {"certificate-expired", "certificate-rollover"} <= {row["scenario"] for row in rows}
    assert all("certificates" in row["tags"] and row["proves"] and row["source"] for row in rows)
    code, out, _ = run("list", "--name", "certificate-ex*")
    assert "certificate-expired  [certificates]" in out
    assert run("run", "--tag", "nonsense")[0] == 2


def test_the_schema_is_the_published_one(run):
    from sevis_sim.resources import folder

    assert run("schema")[1] == (folder("schemas") / "scenario.schema.json").read_text(encoding="utf-8")


def test_coverage_names_what_is_missing(run):
    code, out, _ = run("coverage", "first-steps", "--no-suggest")
    assert code == 0
    assert "dispositions     3 of 11" in out
    assert "sevis-sim generate for-code CODE" in out
    found = json.loads(run("coverage", "first-steps", "--no-suggest", "--json")[1])
    assert found["covered"]["codes"] == ["S1024"]
    assert "S1001" in found["generate_for_code"]
