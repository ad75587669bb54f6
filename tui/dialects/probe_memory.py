"""What the last probe of each node read: an answer that did not change needs no second reading.

A probe comes every few seconds and most of its twenty answers are the same as before.
"""

from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from tui.core.facts import NodeFacts
from tui.core.plan import Result

MOST_NODES: Final = 1000
Key = tuple[str, ...]
_Text = tuple[int | None, str, str]


@dataclass(slots=True)
class Remembered:
    """One node: the text of each answer with the fields it gave (or why it gave none), and the facts of all."""

    texts: dict[Key, _Text] = field(default_factory=dict)
    read: dict[Key, dict[str, Any] | str] = field(default_factory=dict)
    facts: NodeFacts | None = None

    def take(self, answers: Mapping[Key, Result]) -> None:
        """Forget what was read from answers that are not as they were."""
        texts = {key: (result.code, result.stdout, result.stderr) for key, result in answers.items()}
        if texts == self.texts:
            return
        self.read = {key: read for key, read in self.read.items() if texts.get(key) == self.texts.get(key)}
        self.texts, self.facts = texts, None


class ProbeMemory:
    """Holds the last probe of at most MOST_NODES nodes.

    `key` is any name of a node; two nodes under one name cost time and nothing else.
    """

    def __init__(self) -> None:
        self._nodes: OrderedDict[object, Remembered] = OrderedDict()

    def of(self, key: object, answers: Mapping[Key, Result]) -> Remembered:
        """What still holds of the last probe of a node that gave these answers."""
        known = self._nodes.setdefault(key, Remembered())
        self._nodes.move_to_end(key)
        if len(self._nodes) > MOST_NODES:
            self._nodes.popitem(last=False)
        known.take(answers)
        return known
