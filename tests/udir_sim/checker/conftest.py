import io
from datetime import date

import pytest

from udir_sim.checker import Report, check

READ = date(1999, 9, 2)


@pytest.fixture
def checked():
    """Checks bytes as of 2 September 1999; returns the report."""

    def call(content: bytes, **options) -> Report:
        return check(io.BytesIO(content), **{"as_of": READ, **options})

    return call


@pytest.fixture(scope="session")
def checked_bytes():
    """The same for hypothesis, which wants no fixtures that are made anew for each test."""

    def call(content: bytes, **options) -> Report:
        return check(io.BytesIO(content), **{"as_of": READ, **options})

    return call
