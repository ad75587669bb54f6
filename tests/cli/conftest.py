"""A blank site for each test, and one site with a volume that tests only look at."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from tests.cli.heketi import HeketiCli
from tests.cli.running import Cli
from tui.demo.heketi import SimHeketi
from tui.demo.site import start_site


@pytest.fixture
async def cli(tmp_path: Path) -> AsyncIterator[Cli]:
    """Three nodes with two blank disks each."""
    async with await start_site(3, 2, folder=tmp_path / "demo") as demo:
        yield Cli(demo, tmp_path)


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def loaded(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Cli]:
    """Three nodes, loaded, with the volume "db" on them."""
    home = tmp_path_factory.mktemp("loaded")
    async with await start_site(3, 2, folder=home / "demo") as demo:
        cli = Cli(demo, home)
        for words in (("topology", "load", demo.topology_path), ("volume", "create", "db", "--size", "1GiB")):
            ended = await cli(*words, "--yes")
            assert ended.code == 0, ended
        yield cli
        await asyncio.sleep(0)


@pytest.fixture
async def far(tmp_path: Path) -> AsyncIterator[HeketiCli]:
    """A heketi without anything."""
    async with SimHeketi() as server:
        yield HeketiCli(server, tmp_path)
