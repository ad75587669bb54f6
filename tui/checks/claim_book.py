"""The findings of all claims, kept up to date claim by claim."""

import logging
from collections.abc import Iterable, Iterator
from itertools import islice

from tui.checks.claim_case import ClaimCase, ClaimWorld, found
from tui.checks.claims import diagnose
from tui.core.finding import Finding, Severity
from tui.core.kube import Key

log = logging.getLogger(__name__)


class FindingsBook:
    """What was found for each claim. What changed is marked; `work` looks again, as much at once as is asked for.

    Claims without findings take no room in it.
    """

    def __init__(self) -> None:
        self._marked: dict[Key, None] = {}
        self._findings: dict[Key, tuple[Finding, ...]] = {}

    @property
    def waiting(self) -> int:
        """How many claims are marked and were not looked at again yet."""
        return len(self._marked)

    def mark(self, keys: Iterable[Key]) -> None:
        """Note that these claims have to be looked at again; those marked first are looked at first."""
        self._marked.update(dict.fromkeys(keys))

    def work(self, world: ClaimWorld, limit: int) -> set[Key]:
        """Diagnose `limit` marked claims at most; the keys of those whose findings changed."""
        changed: set[Key] = set()
        claims = world.tables.claims
        for key in list(islice(self._marked, limit)):
            del self._marked[key]
            found = _found(ClaimCase(world, key, claims.get(key)))
            if found != self._findings.get(key, ()):
                changed.add(key)
                if found:
                    self._findings[key] = found
                else:
                    del self._findings[key]
        return changed

    def of(self, key: Key) -> tuple[Finding, ...]:
        """The findings of a claim when it was last looked at, the decisive one first."""
        return self._findings.get(key, ())

    def all(self) -> Iterator[Finding]:
        """All findings of all claims, by the names of the claims."""
        for key in sorted(self._findings):
            yield from self._findings[key]

    def keys(self) -> Iterable[Key]:
        """The claims that have findings."""
        return self._findings.keys()

    def drop(self, keys: Iterable[Key] | None = None) -> None:
        """Forget the findings and marks of claims, of all without `keys`."""
        if keys is None:
            self._marked.clear()
            self._findings.clear()
            return
        for key in keys:
            self._marked.pop(key, None)
            self._findings.pop(key, None)


def _found(case: ClaimCase) -> tuple[Finding, ...]:
    """The findings of one claim. A fault of a rule may neither stop the others nor let the claim look well."""
    try:
        return diagnose(case)
    except Exception as error:
        log.exception("diagnosis of %s/%s", *case.key)
        text = "it could not be diagnosed: brickyard itself failed"
        return (found("Z1", case.ref, text, cause=repr(error), severity=Severity.WARNING, definite=False),)
