"""A store with one sandbox."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from sevis_sim.store import Store


@pytest.fixture(params=["memory", "file"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    """Of each kind; its sandbox is called ``default``."""
    opened = Store.open("sqlite://" if request.param == "memory" else f"sqlite:///{tmp_path}/store.db")
    with opened.transaction() as tx:
        tx.sandboxes.create("default", 1, {})
    yield opened
    opened.close()
