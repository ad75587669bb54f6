"""A site of simulated nodes, and what stood on their disks before."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.site.helpers import Bench, open_bench


@pytest.fixture
async def bench(tmp_path: Path) -> AsyncIterator[Bench]:
    """Three simulated nodes with three blank disks each, and the site that administers them."""
    async with open_bench(tmp_path, nodes=3, disks=3) as opened:
        yield opened
