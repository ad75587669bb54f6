"""Real storage nodes for the tests in this folder, started once."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.lab import nodes


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """All tests in this folder run on real nodes; they may take long, on a busy machine much longer."""
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.lab)
            if item.get_closest_marker("timeout") is None:
                item.add_marker(pytest.mark.timeout(1800))


@pytest.fixture(scope="session")
def lab() -> Iterator[nodes.Lab]:
    """The running nodes: those that run already, or new ones, which are ended unless LAB_KEEP=1."""
    reason = nodes.why_not_here()
    if reason and os.environ.get("CI") == "true":
        pytest.fail(reason)
    if reason:
        pytest.skip(reason)
    with nodes.running_lab() as running:
        yield running


@pytest.fixture
def clean_lab(lab: nodes.Lab) -> nodes.Lab:
    """All nodes up, no pool, no volumes, blank disks."""
    lab.wipe()
    return lab
