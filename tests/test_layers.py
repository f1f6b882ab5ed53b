"""The layers of docs/architecture.md, as import-linter sees them."""

import subprocess
import sys
from pathlib import Path

import pytest
from support import ROOT


def test_imports_go_downward_only():
    linter = Path(sys.executable).with_name("lint-imports")
    if not linter.exists():
        pytest.skip("import-linter is not installed beside this Python")
    done = subprocess.run([linter, "--no-cache"], cwd=ROOT, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stdout
