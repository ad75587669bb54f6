"""One situation of the corpus: how to build it, which claim is asked about, and what has to be found."""

from collections.abc import Callable
from dataclasses import dataclass

from tests.corpus.build import Cluster


@dataclass(frozen=True, slots=True)
class Case:
    """A situation by name. `build` makes it; `claim` is "namespace/name" or a name in "default".

    `first` is the code that has to stand first, `others` are codes that have to be found too; both are empty
    for healthy ones.
    """

    name: str
    build: Callable[[], Cluster]
    claim: str
    first: str = ""
    others: tuple[str, ...] = ()

    def __str__(self) -> str:
        return f"{self.first or 'healthy'}-{self.name}"


class Cases:
    """Collects the situations of one file: `@cases("C1", "db", "a mistyped class")` before the function that builds."""

    def __init__(self) -> None:
        self.all: list[Case] = []

    def __call__(
        self, first: str, claim: str, name: str, *others: str
    ) -> Callable[[Callable[[], Cluster]], Callable[[], Cluster]]:
        """Take a builder in."""

        def take(build: Callable[[], Cluster]) -> Callable[[], Cluster]:
            self.all.append(Case(name, build, claim, first, others))
            return build

        return take
