"""``sevis-sim generate for-code`` as a user calls it."""

import sys

import pytest

from sevis_sim.cli import main
from sevis_sim.scenarios import load_scenario


@pytest.fixture
def run(monkeypatch, capfd, tmp_path):
    """Calls sevis-sim in an empty folder; gives exit code, output and errors."""
    monkeypatch.chdir(tmp_path)

    def call(*arguments: object) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["sevis-sim", *map(str, arguments)])
        code = 0
        try:
            main()
        except SystemExit as end:
            code = int(end.code or 0)
        out, err = capfd.readouterr()
        return code, out, err

    return call


def files(folder):
    return sorted(path.name for path in folder.iterdir())


def test_it_writes_batch_and_state_and_says_how_to_use_them(run, tmp_path):
    code, out, err = run("generate", "for-code", "s1068")
    assert (code, err) == (0, "")
    assert files(tmp_path / "s1068") == ["S1068.state.yaml", "S1068.xml"]
    assert "s1068/S1068.xml: S1068 Next session start date is required" in out
    check = next(line for line in out.splitlines() if "sevis-sim check" in line)
    code, out, _ = run(*check.split()[1:])
    assert code == 1
    assert "S1068 record 1 (UPD-1)" in out


def test_the_near_miss_stands_beside_it_and_is_good(run, tmp_path):
    code, out, _ = run("generate", "--for-code", "S1068", "--near", "-o", "here")
    assert code == 0
    assert files(tmp_path / "here") == ["S1068-near.state.yaml", "S1068-near.xml", "S1068.state.yaml", "S1068.xml"]
    check = next(line for line in out.splitlines() if "sevis-sim check here/S1068-near.xml" in line)
    code, out, _ = run(*check.split()[1:])
    assert (code, out) == (0, "here/S1068-near.xml: good: 1 record\n")


def test_a_forced_code_says_that_the_scenario_forces_it_and_why(run, tmp_path):
    code, out, _ = run("generate", "for-code", "S2101")
    assert code == 0
    assert "forces the code by its key 'outcomes': the watch list is not public" in out
    assert "sevis-sim check" not in out
    assert load_scenario(tmp_path / "s2101" / "S2101.state.yaml").forced_codes() == {"EV-001": "S2101"}


def test_settings_that_the_code_needs_are_written(run, tmp_path):
    code, out, _ = run("generate", "for-code", "S1025")
    assert code == 0
    assert "S1025.settings.yaml" in files(tmp_path / "s1025")
    assert "--config s1025/S1025.settings.yaml" in out


def test_a_file_name_that_is_wrong_on_purpose_has_a_state_of_a_good_name(run, tmp_path):
    run("generate", "for-code", "S0011")
    assert "S0011.state.yaml" in files(tmp_path / "s0011")


@pytest.mark.parametrize(
    ("arguments", "exit_code", "said"),
    [
        (("for-code", "S9998"), 2, "S9998 is no code of SEVIS (did you mean 'S9999'?)"),
        (("for-code", "S0001"), 1, "S0001 is an answer to a request, whatever the file"),
        (("for-code", "S2101", "--near"), 1, "S2101 has no near miss: the watch list is not public"),
        (("for-code", "S1068", "-o", "taken"), 2, "taken: not a folder"),
        (("--near",), 2, "--near goes with --for-code CODE"),
    ],
)
def test_what_cannot_be_written_is_told_in_a_line(run, tmp_path, arguments, exit_code, said):
    (tmp_path / "taken").write_text("a file")
    code, out, err = run("generate", *arguments)
    assert (code, out) == (exit_code, "")
    assert said in err
    assert len(err.splitlines()) == 1


def test_a_folder_that_cannot_be_written_is_told(run, tmp_path):
    (tmp_path / "S1001.xml").mkdir()
    code, _, err = run("generate", "for-code", "S1001", "-o", ".")
    assert code == 3
    assert err.startswith("sevis-sim: .: ")
