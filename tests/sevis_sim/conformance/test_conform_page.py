"""docs/conform.md holds: what is to be pasted into a shell works, and what it says of client files can be read."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from sevis_sim.conformance import parse_client
from sevis_sim.conformance.client_file import MEANINGS, PLACES, VARIABLES

PAGE = (Path(__file__).parents[3] / "docs" / "conform.md").read_text(encoding="utf-8")


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", PAGE, re.S | re.M)


@pytest.mark.skipif(shutil.which("curl") is None, reason="curl is not installed")
def test_everything_that_is_to_be_pasted_works(tmp_path: Path) -> None:
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    for block in blocks("sh"):
        ran = subprocess.run(
            ["sh", "-e"],
            input=block,
            cwd=tmp_path,
            env={**os.environ, "PATH": path},
            capture_output=True,
            text=True,
            check=False,
        )
        assert ran.returncode == 0, ran.stdout + ran.stderr
    assert (tmp_path / "report.html").is_file()


def test_the_client_that_runs_by_itself_is_a_client() -> None:
    assert parse_client(next(each for each in blocks("yaml") if each.startswith("run:"))).run is not None


def test_the_page_names_all_meanings_and_places() -> None:
    for word, text in MEANINGS.items():
        assert f"| `{word}` | {text} |" in PAGE
    assert [name for name in PLACES if f"{{{name}}}" not in PAGE] == []
    shown = {name for name in VARIABLES if name in PAGE or f"…_{name.rpartition('CLIENT_')[2]}" in PAGE}
    assert shown == set(VARIABLES)
