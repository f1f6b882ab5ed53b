from collections.abc import AsyncIterator

import pytest
from wire_peers import Site


@pytest.fixture
async def site() -> AsyncIterator[Site]:
    async with Site() as running:
        yield running
        assert running.failures.empty(), running.failures.get_nowait()
