"""Scenes that are taken down in the end."""

from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import pytest

from tests.sync.kube_api import KubeApi
from tests.sync.kube_world import QUICK, Scene, fill
from tui.sync.kube_pace import KubePace

MakeScene = Callable[..., Awaitable[Scene]]


@pytest.fixture
async def scene(tmp_path: Path) -> AsyncIterator[MakeScene]:
    """Makes a server with some of everything, and a feed that is not started."""
    made: list[Scene] = []

    async def make(*, namespace: str = "", claims: int = 20, pace: KubePace = QUICK) -> Scene:
        api = await KubeApi().start()
        fill(api, claims)
        made.append(Scene(api, tmp_path, namespace, pace))
        return made[-1]

    yield make
    for one in made:
        await one.close()
