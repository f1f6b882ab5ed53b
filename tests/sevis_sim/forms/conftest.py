"""Poppler's tools, where they are installed."""

import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest


@pytest.fixture
def poppler(tmp_path: Path) -> Callable[..., bytes]:
    """Run a poppler tool on a PDF and return what it writes; skips where poppler-utils is not installed."""

    def run(tool: str, pdf: bytes, *options: str) -> bytes:
        if shutil.which(tool) is None:
            pytest.skip(f"{tool} (poppler-utils) is not installed")
        path = tmp_path / "form.pdf"
        path.write_bytes(pdf)
        after = [] if tool != "pdftotext" else ["-"]
        return subprocess.run([tool, *options, str(path), *after], check=True, capture_output=True).stdout

    return run
