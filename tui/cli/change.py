"""Commands that change something: show the plan, ask, run it, say what came of it."""

import argparse
import asyncio
import signal
from dataclasses import replace
from typing import Any

from tui.cli import codes
from tui.cli.asker import confirm, confirm_name
from tui.cli.output import note, show_result
from tui.cli.progress import Progress
from tui.core.document import Problem
from tui.core.finding import Finding, Severity
from tui.core.plan import Plan, describe
from tui.core.topology import Topology
from tui.core.units import parse_size
from tui.core.volume_request import VolumeRequest, why_no_request
from tui.ops.events import Outcome, Status
from tui.site import Site


class WrongInput(Exception):
    """What was typed or read can't be used; the message is for the admin."""


def read_topology(args: argparse.Namespace, site: Site) -> Topology:
    """The topology of the file named; its problems go to standard error. Raises WrongInput."""
    try:
        reading = site.read_topology(args.file)
    except OSError as error:
        raise WrongInput(f"{args.file}: {error.strerror or error}") from None
    tell_problems(reading.problems)
    if reading.topology is None or not reading.ok:
        raise WrongInput(f"{args.file}: nothing was loaded: correct what stands above")
    return reading.topology


async def topology_check(args: argparse.Namespace, site: Site) -> int:
    """`topology check`: the file alone, or with --nodes its nodes and devices too."""
    topology = read_topology(args, site)
    if not args.nodes:
        print(f"{args.file}: {len(topology.nodes)} nodes, {sum(len(n.devices) for n in topology.nodes)} devices: good")
        return codes.DONE
    await site.open(watch=False)
    proposal = await site.propose_load(topology)
    tell_findings(proposal.findings)
    return codes.FAILED if any(f.severity is Severity.ERROR for f in proposal.findings) else codes.DONE


async def topology_load(args: argparse.Namespace, site: Site) -> int:
    """`topology load`."""
    topology = read_topology(args, site)
    await site.open(watch=False)
    proposal = await site.propose_load(topology)
    code = await run_plan(args, site, proposal.plan)
    unreachable = {f.node for f in proposal.findings if f.code == "node-unreachable"}
    return codes.UNREACHED if unreachable == {node.manage for node in topology.nodes} else code


async def volume(args: argparse.Namespace, site: Site) -> int:
    """`volume create|start|stop|delete|mount-test`."""
    request = _request(args) if args.action == "create" else None
    await site.open(watch=False)
    await site.refresh()
    if not site.reached:
        note("no node could be reached")
        return codes.UNREACHED
    if request is not None:
        plan = site.volume_create_plan(request)
    elif args.action == "start":
        plan = site.volume_start_plan(args.name)
    elif args.action == "stop":
        plan = site.volume_stop_plan(args.name)
    elif args.action == "delete":
        plan = site.volume_delete_plan(args.name)
    else:
        plan = await site.mount_test_plan(args.name, args.on)
    return await run_plan(args, site, plan)


async def run_plan(args: argparse.Namespace, site: Site, plan: Plan) -> int:
    """Print or run a plan; the answer is the exit code."""
    faults = any(skip.is_fault for skip in plan.skipped)
    if args.dry_run:
        print("\n".join(describe(plan)))
        return codes.FAILED if faults else codes.DONE
    if not plan.steps:
        for line in describe(plan)[1:]:
            note(line)
        print("nothing to do" if not faults else "nothing was done")
        return codes.FAILED if faults else codes.DONE
    if not args.yes:
        note("\n".join(describe(plan)))
        agreed = (
            await asyncio.to_thread(confirm_name, plan.confirm)
            if plan.confirm
            else await asyncio.to_thread(confirm, "Do it?")
        )
        if not agreed:
            note("cancelled: nothing was changed (--yes runs a plan without asking)")
            return codes.CANCELLED
    elif plan.warnings:
        note("\n".join(f"warning: {text}" for text in plan.warnings))
    outcome = await _run(site, plan)
    show_result(_result(outcome), args.output)
    if outcome.cancelled:
        return codes.CANCELLED
    return codes.DONE if outcome.ok else codes.FAILED


async def _run(site: Site, plan: Plan) -> Outcome:
    operation = site.start(plan)
    progress = Progress(operation)
    loop = asyncio.get_running_loop()

    def interrupted() -> None:
        note("\nending at a safe point: what runs comes to its end, nothing new is begun")
        operation.cancel()

    loop.add_signal_handler(signal.SIGINT, interrupted)
    try:
        return await operation.wait()
    finally:
        loop.remove_signal_handler(signal.SIGINT)
        progress.close()


def _request(args: argparse.Namespace) -> VolumeRequest:
    try:
        size, brick_min = parse_size(args.size), parse_size(args.brick_min)
    except ValueError as error:
        raise WrongInput(str(error)) from None
    if args.gid < 0:
        raise WrongInput(f"--gid {args.gid}: a group id is 0 or more")
    request = VolumeRequest(name=args.name, size=size, durability=args.durability, gid=args.gid, brick_min=brick_min)
    request = replace(request, replica=args.replica, cluster=args.cluster)
    if problem := why_no_request(replace(request, name=request.name or "vol")):
        raise WrongInput(problem)
    return request


def tell_problems(problems: tuple[Problem, ...]) -> None:
    """Problems of a file, a line each."""
    for problem in problems:
        note(str(problem))


def tell_findings(findings: tuple[Finding, ...]) -> None:
    """What preflight found, with what can be done about it."""
    for finding in findings:
        note(f"{finding.severity}: {finding.subject}: {finding.sentence}")
        for remedy in finding.remedies:
            note(f"    {remedy.title}")


def _result(outcome: Outcome) -> dict[str, Any]:
    """What was done and what was not."""
    steps = []
    for step in outcome.plan.steps:
        report = outcome.reports[step.id]
        steps.append(
            {
                "node": step.node, "subject": step.subject, "title": step.title, "status": str(report.status),
                "reason": report.reason, "remedy": report.remedy, "seconds": round(report.seconds, 2),
            }
        )  # fmt: skip
    skipped = [
        {"subject": s.subject, "reason": s.reason, "refused": s.is_fault, "remedy": s.remedy}
        for s in outcome.plan.skipped
    ]
    counts = {status: sum(r.status is status for r in outcome.reports.values()) for status in Status}
    return {
        "title": outcome.plan.title, "ok": outcome.ok, "cancelled": outcome.cancelled,
        "seconds": round(outcome.seconds, 2), "counts": {str(k): v for k, v in counts.items() if v},
        "steps": steps, "skipped": skipped,
    }  # fmt: skip
