"""The real nodes are the lab's."""

from tests.lab.conftest import lab

__all__ = ["lab"]
