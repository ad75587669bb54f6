"""The claims of one namespace: walked through once for each state of the tables."""

from collections.abc import Sequence
from functools import lru_cache

from tui.core.kube_tables import KubeTables


def names_in(tables: KubeTables, namespace: str) -> Sequence[str]:
    """The names of all claims of a namespace."""
    return _by_namespace(tables, tables.revision).get(namespace, ())


@lru_cache(maxsize=1)
def _by_namespace(tables: KubeTables, _revision: int) -> dict[str, list[str]]:
    """The names by namespace. The revision makes the cache forget what has changed."""
    found: dict[str, list[str]] = {}
    for namespace, name in tables.claims:
        found.setdefault(namespace, []).append(name)
    return found
