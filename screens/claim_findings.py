"""What is wrong with what is selected in the claims pane: of a claim at hand, of the others looked for when asked."""

from collections.abc import Callable
from itertools import islice
from typing import TYPE_CHECKING, Final, Protocol, runtime_checkable

from screens.claim_rows import ClaimRow
from screens.columns_classes import ClassRow
from screens.marks import Thing
from tui.core.finding import Finding
from tui.core.kube import PersistentVolume, StorageClass
from tui.core.kube_source import KubeSource

if TYPE_CHECKING:
    from tui.checks.claim_case import ClaimWorld


MOST_CLAIMS: Final = 5
"""Of so many claims that wait for a class is told what is wrong with them."""


@runtime_checkable
class HasWorld(Protocol):
    """A source that can show all that a diagnosis looks at."""

    def world(self) -> "ClaimWorld":
        """All pictures as they are now."""


def page(code: str) -> str:
    """The page behind a code. Raises KeyError where there is none."""
    from tui import pages

    return pages.page(code)


def findings_of(source: KubeSource, thing: Thing | None) -> tuple[Finding, ...]:
    """The findings of a claim, a PersistentVolume or a StorageClass, the definite first."""
    from tui.checks.claims import diagnose_volume  # all rules: not before the first paint

    tables = source.tables
    if isinstance(thing, ClaimRow):
        return source.findings(thing.key)
    if isinstance(thing, PersistentVolume):
        now = tables.volumes.get(thing.key)
        own = tuple(diagnose_volume(source.world(), now)) if now is not None and isinstance(source, HasWorld) else ()
        return own or (source.findings(thing.claim.key) if thing.claim is not None else ())
    if isinstance(thing, ClassRow):
        one = tables.classes.get(("", thing.name))
        if one is None:
            return _of_those_that_wait(source, thing.name)
        return class_faults(source)(one)
    return ()


def class_faults(source: KubeSource) -> Callable[[StorageClass], tuple[Finding, ...]]:
    """What is wrong with StorageClasses as all is now."""
    from tui.checks.claims import diagnose_class

    if not isinstance(source, HasWorld):
        return lambda one: ()
    world = source.world()
    return lambda one: diagnose_class(world, one)


def _of_those_that_wait(source: KubeSource, name: str) -> tuple[Finding, ...]:
    """What is wrong with a class that is not there is known by the claims that ask for it."""
    waiting = islice(source.tables.pending_of_class(name), MOST_CLAIMS)
    return tuple(finding for claim in waiting for finding in source.findings(claim.key))
