"""`clean`: take away what was loaded or made, however it came there."""

import argparse
from pathlib import Path

from tui.cli import codes
from tui.cli.change import run_plan, tell_unreached
from tui.cli.output import note, say
from tui.cli.topology import read_topology
from tui.core.plan import Plan, Refused
from tui.plans.clean import CleanTarget
from tui.site import Site


async def clean(args: argparse.Namespace, site: Site) -> int:
    """`clean cluster|node|device|topology|leftovers`."""
    target = _target(args, site)
    await site.open(watch=False)
    if target is not None and target.topology is not None:
        site.declare(target.topology.nodes)
    await site.refresh()
    if not site.reached:
        tell_unreached(site)
        return codes.UNREACHED
    if target is None:
        return await _leftovers(args, site)
    if target.kind == "cluster" and not target.cluster:
        target = CleanTarget("cluster", cluster=_only_cluster(site))
    await site.look_at_claims()
    return await run_plan(args, site, await site.clean_plan(target))


def _target(args: argparse.Namespace, site: Site) -> CleanTarget | None:
    if args.action == "cluster":
        return CleanTarget("cluster", cluster=args.name or "")
    if args.action == "node":
        return CleanTarget("node", node=args.node_)
    if args.action == "device":
        return CleanTarget("device", node=args.node_, device=args.path)
    if args.action == "topology":
        args.file = Path(args.file)
        return CleanTarget("topology", topology=read_topology(args, site))
    return None


async def _leftovers(args: argparse.Namespace, site: Site) -> int:
    findings = site.findings()
    if not findings and args.output != "table":
        return await run_plan(args, site, Plan("Nothing is left over", ()))
    if not findings:
        say("nothing is left over")
        return codes.DONE
    for finding in findings:
        note(f"{finding.severity}: {finding.code}: {finding.sentence}")
    return await run_plan(args, site, site.clean_findings_plan(findings))


def _only_cluster(site: Site) -> str:
    clusters = [cluster for cluster in site.store.snapshot.clusters if cluster.id]
    if len(clusters) != 1:
        names = ", ".join(cluster.name for cluster in clusters) or "none"
        raise Refused("name the cluster that is to be cleaned", (f"clusters here: {names}",))
    return clusters[0].id
