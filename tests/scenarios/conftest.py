"""The nodes of a bad load."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.scenarios.stage import Stage, open_stage


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[Stage]:
    """Nodes that nothing was done to yet."""
    with open_stage(tmp_path) as opened:
        yield opened
