"""`get claims|pvs|classes`, `doctor`, `explain`, `fix`: what Kubernetes says, what is wrong, and the repair."""

import argparse
import time
from typing import Final

from tui.cli import codes
from tui.cli.heketi_fix import fix_drift
from tui.cli.kube_explain import explain_claim, finding_lines
from tui.cli.kube_find import claim_key, finding, findings, need_namespace, no_such_claim
from tui.cli.kube_fix import fix_finding
from tui.cli.kube_read import heketi_left_out, look, source_rows, tell_missing, unread
from tui.cli.kube_rows import finding_row, kube_rows, worst_first
from tui.cli.output import note, say, say_all, show, show_long
from tui.core.finding import Finding, Severity
from tui.core.plan import Refused
from tui.site import Site
from tui.sync.kube import KubeSource

# what is found only where the copies of volumes were compared
_OF_COPIES: Final = ("H6", "H13")
# what every diagnosis needs: without one of these, that nothing was found says nothing
_NEEDED: Final = frozenset(("persistentvolumeclaims", "persistentvolumes", "storageclasses"))
_TABLES: Final = {"claims": "persistentvolumeclaims", "pvs": "persistentvolumes", "classes": "storageclasses"}


async def get(args: argparse.Namespace, site: Site) -> int:
    """`get claims|pvs|classes`."""
    # none of the columns is from the heketi of the site
    source = await look(site, heketi=False)
    need_namespace(source, args.namespace or "")
    rows = kube_rows(source, args.kind, args.namespace or "", time.time())
    if rows or args.output != "table" or source.tables.is_listed(_TABLES[args.kind]):
        show(args.kind, rows, args.output)
    tell_missing(source)
    if source.tables.parts[_TABLES[args.kind]].state != "live":
        return codes.UNREACHED
    return codes.FAILED if any(row["findings"] for row in rows) else codes.DONE


async def doctor(args: argparse.Namespace, site: Site) -> int:
    """`doctor`: all findings, the worst first."""
    source = await look(site, copies=args.copies)
    need_namespace(source, args.namespace or "")
    found = worst_first([*findings(source, args.namespace or ""), *site.findings(), *site.heketi_findings()])
    faults = [finding for finding in found if finding.severity is not Severity.INFO]
    if args.output == "table":
        say_all(f"{line}\n" for finding in found for line in finding_lines(finding))
        say(_sum(source, site, faults, args.namespace or ""))
        tell_missing(source)
    else:
        show_long({"findings": map(finding_row, found), "sources": source_rows(source, site)}, args.output)
    if not source.tables.is_listed("persistentvolumeclaims"):
        return codes.UNREACHED
    return codes.FAILED if faults else codes.DONE


async def explain(args: argparse.Namespace, site: Site) -> int:
    """`explain claim NAMESPACE/NAME`: the chain of a claim and what is wrong with it."""
    key = claim_key(args.object, args.namespace or "")
    source = await look(site, copies=args.copies)
    if key not in source.tables.claims and not source.findings(key):
        if not source.tables.is_listed("persistentvolumeclaims"):
            tell_missing(source)
            return codes.UNREACHED
        raise no_such_claim(source, key)
    broken = explain_claim(source, site.store.snapshot, key, args.output)
    if any(finding.severity is not Severity.INFO for finding in source.findings(key)):
        return codes.FAILED
    if broken is not None and broken.state == "unknown":
        tell_missing(source)
        return codes.UNREACHED
    return codes.FAILED if broken is not None else codes.DONE


async def fix(args: argparse.Namespace, site: Site) -> int:
    """`fix CODE OBJECT`: the plan of a remedy, shown, confirmed and run."""
    if args.code.upper().startswith("R"):
        return await fix_drift(args, site)
    source = await look(site, copies=args.code.upper() in _OF_COPIES)
    try:
        one = finding(source, args.code, args.object, args.namespace or "")
    except Refused as refused:
        if not _NEEDED & set(unread(source)):
            raise
        note(f"{refused.sentence}, but not all could be read:")
        tell_missing(source)
        return codes.UNREACHED
    return await fix_finding(args, site, one)


def _sum(source: KubeSource, site: Site, faults: list[Finding], namespace: str) -> str:
    claims = [one for one in source.tables.claims.values() if namespace in ("", one.namespace)]
    homes = [one.claim.namespace if one.claim else None for one in source.tables.volumes.values()]
    if not source.tables.is_listed("persistentvolumeclaims"):
        return "the claims could not be read: nothing is known of them"
    bound = sum(claim.is_bound for claim in claims)
    volumes = homes.count(namespace) if namespace else len(homes)
    said = f"{len(claims)} claims, {bound} bound; {volumes} PersistentVolume{'s' * (volumes != 1)}"
    if not source.world().is_known("persistentvolumes"):
        said = f"{len(claims)} claims, {bound} bound; PersistentVolumes unknown"
    said = f"namespace {namespace}: {said}" if namespace else said
    return f"{said}; {len(faults)} finding{'s' * (len(faults) != 1)}" if faults else f"{said}; {_well(source, site)}"


def _well(source: KubeSource, site: Site) -> str:
    whole = not unread(source) and heketi_left_out(site) is None
    return "nothing is wrong" if whole else "nothing is wrong as far as it could be read"
