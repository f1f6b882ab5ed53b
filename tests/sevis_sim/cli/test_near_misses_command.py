"""``sevis-sim generate near-misses`` as a user calls it; of the files only some, for time."""

import json
import sys

import pytest
from schema_variants import alpha

from sevis_sim.cli import main
from sevis_sim.generation import near_misses


class Few(near_misses.NearMisses):
    def __init__(self, *arguments, **options):
        super().__init__(*arguments, **options)
        self._plan = self._plan[::200]


@pytest.fixture
def generate(monkeypatch, capsys):
    """Calls the command; gives exit code, output and errors."""
    monkeypatch.setattr(near_misses, "NearMisses", Few)

    def call(*arguments):
        monkeypatch.setattr(sys, "argv", ["sevis-sim", "generate", *map(str, arguments)])
        code = 0
        try:
            main()
        except SystemExit as end:
            code = int(end.code or 0)
        out, err = capsys.readouterr()
        return code, out, err

    return call


def test_files_expectations_and_an_index_are_written(generate, tmp_path):
    code, out, err = generate("near-misses", "student", "-o", tmp_path / "misses")
    assert (code, err) == (0, "")
    index = json.loads((tmp_path / "misses" / "index.json").read_text())
    assert out.startswith(f"{len(index['files'])} near misses of 38 good documents written to {tmp_path / 'misses'}\n")
    assert all((tmp_path / "misses" / row["file"]).is_file() for row in index["files"])


def test_both_populations_get_a_folder_each(generate, tmp_path):
    assert generate("--near-misses", "-o", tmp_path)[0] == 0
    assert sorted(each.name for each in tmp_path.iterdir()) == ["exchange-visitor", "student"]


def test_they_may_be_those_of_another_release(generate, tmp_path):
    source = alpha(tmp_path / "alpha")
    assert generate("near-misses", "student", "--schemas", source, "-o", tmp_path / "misses")[0] == 0
    code, _, err = generate("near-misses", "student", "--release", "7.0", "-o", tmp_path / "misses")
    assert (code, "there is no schema release '7.0'" in err) == (2, True)


@pytest.mark.parametrize(
    ("arguments", "word"),
    [
        (["near-misses", "student"], "with -o DIR"),
        (["near-misses", "student", "-o", "a-file"], "a-file: not a folder"),
    ],
)
def test_without_a_folder_to_write_to_it_is_one_line(generate, tmp_path, monkeypatch, arguments, word):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "a-file").write_text("x")
    code, out, err = generate(*arguments)
    assert (code, out, err.count("\n")) == (2, "", 1)
    assert word in err


def test_the_alias_takes_the_same_options(generate, tmp_path, monkeypatch):
    asked = []
    monkeypatch.setattr(near_misses, "NearMisses", lambda *given, **more: asked.append((given, more)) or Few(*given))
    source = alpha(tmp_path / "alpha")
    options = ["--near-misses", "--everywhere", "--schemas", source, "-o", tmp_path / "misses"]
    assert generate("students", *options)[0] == 0
    (((release, document), more),) = asked
    assert (release.folder, document, more) == (source, "student", {"everywhere": True})
