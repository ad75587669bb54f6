"""`get claims|pvs|classes`, `doctor`, `explain`, `fix`: what Kubernetes says, what is wrong, and the repair."""

import argparse
import time
from typing import Any, Final

from tui.cli import codes
from tui.cli.heketi_fix import fix_drift
from tui.cli.kube_explain import explain_claim, finding_lines
from tui.cli.kube_find import claim_key, finding, findings, need_namespace, no_such_claim
from tui.cli.kube_fix import fix_finding
from tui.cli.kube_rows import finding_row, kube_rows, worst_first
from tui.cli.output import note, say, say_all, show, show_long
from tui.cli.rows import Row
from tui.core.finding import Finding, Severity
from tui.core.kube import KINDS
from tui.core.model import Freshness
from tui.core.plan import Refused
from tui.site import Site
from tui.sync.kube import KubeSource

# what is found only where the copies of volumes were compared
_OF_COPIES: Final = ("H6", "H13")
_TABLES: Final = {"claims": "persistentvolumeclaims", "pvs": "persistentvolumes", "classes": "storageclasses"}


async def get(args: argparse.Namespace, site: Site) -> int:
    """`get claims|pvs|classes`."""
    source = await _look(site)
    need_namespace(source, args.namespace or "")
    rows = kube_rows(source, args.kind, args.namespace or "", time.time())
    if rows or args.output != "table" or source.tables.is_listed(_TABLES[args.kind]):
        show(args.kind, rows, args.output)
    _tell_missing(source)
    if source.tables.parts[_TABLES[args.kind]].state != "live":
        return codes.UNREACHED
    return codes.FAILED if any(row["findings"] for row in rows) else codes.DONE


async def doctor(args: argparse.Namespace, site: Site) -> int:
    """`doctor`: all findings, the worst first."""
    source = await _look(site, copies=args.copies)
    need_namespace(source, args.namespace or "")
    found = worst_first([*findings(source, args.namespace or ""), *site.findings(), *site.heketi_findings()])
    faults = [finding for finding in found if finding.severity is not Severity.INFO]
    if args.output == "table":
        say_all(f"{line}\n" for finding in found for line in finding_lines(finding))
        say(_sum(source, faults, args.namespace or ""))
        _tell_missing(source)
    else:
        show_long({"findings": map(finding_row, found), "sources": _sources(source, site)}, args.output)
    if not source.tables.is_listed("persistentvolumeclaims"):
        return codes.UNREACHED
    return codes.FAILED if faults else codes.DONE


async def explain(args: argparse.Namespace, site: Site) -> int:
    """`explain claim NAMESPACE/NAME`: the chain of a claim and what is wrong with it."""
    key = claim_key(args.object, args.namespace or "")
    source = await _look(site, copies=args.copies)
    if key not in source.tables.claims and not source.findings(key):
        if not source.tables.is_listed("persistentvolumeclaims"):
            _tell_missing(source)
            return codes.UNREACHED
        raise no_such_claim(source, key)
    explain_claim(source, site.store.snapshot, key, args.output)
    found = [finding for finding in source.findings(key) if finding.severity is not Severity.INFO]
    return codes.FAILED if found else codes.DONE


async def fix(args: argparse.Namespace, site: Site) -> int:
    """`fix CODE OBJECT`: the plan of a remedy, shown, confirmed and run."""
    if args.code.upper().startswith("R"):
        return await fix_drift(args, site)
    source = await _look(site, copies=args.code.upper() in _OF_COPIES)
    try:
        one = finding(source, args.code, args.object, args.namespace or "")
    except Refused as refused:
        if source.tables.is_listed("persistentvolumeclaims"):
            raise
        note(refused.sentence)
        _tell_missing(source)
        return codes.UNREACHED
    return await fix_finding(args, site, one)


async def _look(site: Site, *, copies: bool = False) -> KubeSource:
    """Everything read once: the cluster, and the storage nodes where there are any. Raises Refused.

    The `copies` of Gluster volumes are compared only when it is asked for: that takes seconds a volume.
    """
    await site.open(watch=False)
    if site.kube is None:
        raise Refused(
            f"site '{site.name}' names no Kubernetes cluster",
            ("give --kubeconfig FILE, or write kubeconfig: and context: under the site in the configuration",),
        )
    # storage nodes first: the diagnosis goes down to their bricks
    await site.refresh()
    if copies:
        await site.compare_copies()
    await site.look_at_claims()
    return site.kube


def _sum(source: KubeSource, faults: list[Finding], namespace: str) -> str:
    claims = [one for one in source.tables.claims.values() if namespace in ("", one.namespace)]
    homes = [one.claim.namespace if one.claim else None for one in source.tables.volumes.values()]
    if not source.tables.is_listed("persistentvolumeclaims"):
        return "the claims could not be read: nothing is known of them"
    bound = sum(claim.is_bound for claim in claims)
    volumes = homes.count(namespace) if namespace else len(homes)
    said = f"{len(claims)} claims, {bound} bound; {volumes} PersistentVolume{'s' * (volumes != 1)}"
    said = f"namespace {namespace}: {said}" if namespace else said
    return f"{said}; {len(faults)} finding{'s' * (len(faults) != 1)}" if faults else f"{said}; {_well(source)}"


def _well(source: KubeSource) -> str:
    unread = any(source.tables.parts[kind].state != "live" for kind in KINDS)
    return "nothing is wrong as far as it could be read" if unread else "nothing is wrong"


def _tell_missing(source: KubeSource) -> None:
    """Say which parts could not be read."""
    missing = [kind for kind in KINDS if source.tables.parts[kind].state != "live"]
    reasons: dict[str, list[str]] = {}
    for kind in missing:
        reasons.setdefault(source.tables.parts[kind].reason or source.tables.parts[kind].state, []).append(kind)
    for reason, kinds in reasons.items():
        is_told = len(kinds) == len(KINDS) or all(kind in reason for kind in kinds)
        note(reason if is_told else f"{', '.join(kinds)}: {reason}")


def _sources(source: KubeSource, site: Site) -> list[Row]:
    rows: list[dict[str, Any]] = [
        {"name": f"kubernetes/{kind}", "state": part.state, "reason": part.reason, "server": source.server}
        for kind, part in source.tables.parts.items()
    ]
    for node in site.store.snapshot.nodes.values():
        live = node.source.freshness is Freshness.LIVE
        rows.append(
            {"name": f"node/{node.name}", "state": str(node.source.freshness), "reason": node.source.reason}
            | ({} if live else {"remedy": node.source.remedy})
        )
    return rows
