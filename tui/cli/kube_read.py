"""Everything read once for a command: the cluster, the storage nodes, heketi as long as it is worth waiting for."""

import asyncio
from collections.abc import Coroutine
from dataclasses import replace
from typing import Any, Final

from tui.cli.output import note
from tui.cli.rows import Row
from tui.core.kube import KINDS
from tui.core.model import Freshness, Source
from tui.core.plan import Refused
from tui.site import Site
from tui.sync.kube import KubeSource

HEKETI_SECONDS: Final = 15.0
"""So long a command waits for a heketi: what it answers later is left out, and that is said."""
_QUIET_SECONDS: Final = 2.0


async def look(site: Site, *, copies: bool = False, heketi: bool = True) -> KubeSource:
    """Read everything once: the cluster, and storage nodes and heketi where there are any. Raises Refused.

    The `copies` of Gluster volumes are compared only when it is asked for: that takes seconds a volume. Without
    `heketi` that of the site is not asked; those of StorageClasses are, since claims wait for them.
    """
    await site.open(watch=False)
    if site.kube is None:
        raise Refused(
            f"site '{site.name}' names no Kubernetes cluster",
            ("give --kubeconfig FILE, or write kubeconfig: and context: under the site in the configuration",),
        )
    await asyncio.gather(_kubernetes(site, copies=copies), *([_heketi(site)] if heketi else []))
    if heketi and (source := heketi_left_out(site)) is not None:
        note(f"{source.name}: {source.reason}")
        if source.remedy:
            note(f"    what to do: {source.remedy}")
    return site.kube


async def _kubernetes(site: Site, *, copies: bool) -> None:
    # storage nodes first: the diagnosis goes down to their bricks
    await site.refresh_nodes()
    if copies:
        await site.compare_copies()
    await site.read_claims()
    await _told(site.ask_classes(HEKETI_SECONDS), "the heketi of the StorageClasses that claims wait for")


async def _heketi(site: Site) -> None:
    facts = site.store.heketi
    if facts is not None:
        await _told(site.refresh_heketi(HEKETI_SECONDS), f"heketi at {facts.source.name}")


async def _told(waited: Coroutine[Any, Any, None], what: str) -> None:
    """Wait, and say for what where that takes a while."""
    task = asyncio.create_task(waited)
    try:
        await asyncio.wait({task}, timeout=_QUIET_SECONDS)
        if not task.done():
            note(f"waiting for {what}, {HEKETI_SECONDS:g} s at most ...")
        await task
    finally:
        task.cancel()


def heketi_left_out(site: Site) -> Source | None:
    """The heketi of the site where it could not be read, with the reason; None where it was, or there is none."""
    facts = site.store.heketi
    if facts is None or facts.is_live:
        return None
    return replace(facts.source, name=f"heketi at {facts.source.name}")


def unread(source: KubeSource) -> list[str]:
    """The kinds of objects that could not be read."""
    return [kind for kind in KINDS if source.tables.parts[kind].state != "live"]


def tell_missing(source: KubeSource) -> None:
    """Say which parts could not be read."""
    missing = unread(source)
    reasons: dict[str, list[str]] = {}
    for kind in missing:
        reasons.setdefault(source.tables.parts[kind].reason or source.tables.parts[kind].state, []).append(kind)
    for reason, kinds in reasons.items():
        is_told = len(kinds) == len(KINDS) or all(kind in reason for kind in kinds)
        note(reason if is_told else f"{', '.join(kinds)}: {reason}")


def source_rows(source: KubeSource, site: Site) -> list[Row]:
    """Where the findings are from, and how well each could be read."""
    rows: list[dict[str, Any]] = [
        {"name": f"kubernetes/{kind}", "state": part.state, "reason": part.reason, "server": source.server}
        for kind, part in source.tables.parts.items()
    ]
    for node in site.store.snapshot.nodes.values():
        rows.append(_source_row(f"node/{node.name}", node.source))
    if (facts := site.store.heketi) is not None:
        rows.append(_source_row("heketi", facts.source) | {"server": facts.source.name})
    return rows


def _source_row(name: str, source: Source) -> Row:
    row: dict[str, Any] = {"name": name, "state": str(source.freshness), "reason": source.reason}
    return row if source.freshness is Freshness.LIVE else row | {"remedy": source.remedy}
