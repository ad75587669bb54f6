"""One link of the chain from a pod to the disks below it."""

from dataclasses import dataclass
from typing import Final

WELL: Final = 0
WARNS: Final = 1
BROKEN: Final = 2


@dataclass(frozen=True, slots=True)
class Link:
    """One object on the way. `key` tells it apart from all others of the chain, `depth` is its place in the tree.

    `state` is a word, `severity` WELL, WARNS or BROKEN, `reason` says more of either. Where the chain breaks first
    `is_first_broken` is set.
    """

    key: tuple[str, ...]
    depth: int
    kind: str
    name: str
    state: str
    severity: int
    reason: str = ""
    is_first_broken: bool = False
