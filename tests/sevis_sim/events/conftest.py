from pathlib import Path

import pytest

REFERENCE = Path(__file__).resolve().parents[4] / "shared" / "reference"


@pytest.fixture
def reference():
    """The reference folder beside the checkout; skips where it is not there."""
    if not REFERENCE.is_dir():
        pytest.skip(f"{REFERENCE} is not here to compare with")
    return REFERENCE
