"""`topology check` and `topology load`."""

import argparse
from dataclasses import asdict

from tui.cli import codes
from tui.cli.change import WrongInput, run_plan
from tui.cli.kube_rows import finding_row
from tui.cli.output import note, say, show_data
from tui.core.finding import Finding, Severity
from tui.core.runner import API_TARGETS
from tui.core.topology import Topology
from tui.core.topology_file import TopologyReading
from tui.site import Site
from tui.site_load import LoadProposal


async def check(args: argparse.Namespace, site: Site) -> int:
    """`topology check`: the file alone, or with --nodes its nodes and devices too."""
    if args.output != "table":
        return await _check_data(args, site)
    topology = read_topology(args, site)
    count = f"{len(topology.nodes)} nodes, {sum(len(n.devices) for n in topology.nodes)} devices"
    if not args.nodes:
        say(f"{args.file}: {count}: good")
        return codes.DONE
    await site.open(watch=False)
    proposal = await site.propose_load(topology)
    for finding in proposal.findings:
        if finding.severity is not Severity.INFO:
            tell(finding)
    errors = sum(finding.severity is Severity.ERROR for finding in proposal.findings)
    say(f"{args.file}: {count}: " + (f"{errors} error{'s' * (errors > 1)}" if errors else "good, on the nodes too"))
    if _none_reached(proposal):
        return codes.UNREACHED
    return codes.FAILED if errors else codes.DONE


async def _check_data(args: argparse.Namespace, site: Site) -> int:
    """The same as plain data: on standard output whatever comes of it, a file that can't be loaded included."""
    reading = _read(args, site)
    topology, found = reading.topology, list[Finding]()
    code = codes.DONE if topology is not None and reading.ok else codes.USAGE
    if topology is not None and reading.ok and args.nodes:
        await site.open(watch=False)
        proposal = await site.propose_load(topology)
        found = list(proposal.findings)
        code = codes.FAILED if any(finding.severity is Severity.ERROR for finding in found) else codes.DONE
        code = codes.UNREACHED if _none_reached(proposal) else code
    data = {
        "file": str(args.file), "ok": code == codes.DONE,
        "nodes": len(topology.nodes) if topology else None,
        "devices": sum(len(node.devices) for node in topology.nodes) if topology else None,
        "problems": [asdict(problem) for problem in reading.problems],
        "findings": [finding_row(finding) for finding in found] if args.nodes else None,
    }  # fmt: skip
    show_data(data, args.output)
    return code


async def load(args: argparse.Namespace, site: Site) -> int:
    """`topology load`."""
    topology = read_topology(args, site)
    await site.open(watch=False)
    proposal = await site.propose_load(topology, into=args.into, new_cluster=args.new_cluster)
    code = await run_plan(args, site, proposal.plan)
    return codes.UNREACHED if _none_reached(proposal) else code


def read_topology(args: argparse.Namespace, site: Site) -> Topology:
    """The topology of the file named; its problems go to standard error. Raises WrongInput."""
    reading = _read(args, site)
    for problem in reading.problems:
        note(str(problem))
    if reading.topology is None or not reading.ok:
        raise WrongInput(f"{args.file} can't be loaded; no node was asked")
    return reading.topology


def _read(args: argparse.Namespace, site: Site) -> TopologyReading:
    try:
        return site.read_topology(args.file)
    except OSError as error:
        raise WrongInput(f"{args.file}: {error.strerror or error}") from None


def _none_reached(proposal: LoadProposal) -> bool:
    if all(step.node in API_TARGETS for step in proposal.plan.steps) and proposal.plan.steps:
        return False
    unreachable = {finding.node for finding in proposal.findings if finding.code == "node-unreachable"}
    return unreachable == {node.manage for node in proposal.topology.nodes}


def tell(finding: Finding) -> None:
    """A finding with what can be done; its subject only where the sentence does not name it."""
    named = all(word in finding.sentence for word in finding.subject.split())
    note(f"{finding.severity}: " + ("" if named else f"{finding.subject}: ") + finding.sentence)
    for remedy in finding.remedies:
        note(f"    what to do: {remedy.title}")
