"""Commands that change something: show the plan, ask, run it, say what came of it."""

import argparse
import asyncio
import signal
import sys
from dataclasses import replace
from typing import Final

from tui.cli import codes
from tui.cli.asker import confirm, confirm_name
from tui.cli.output import note, say, show_data
from tui.cli.progress import Progress
from tui.cli.review import plan_data, result_data, result_lines, review_lines
from tui.cli.table import short_ids
from tui.core.plan import Plan, describe
from tui.core.units import parse_size
from tui.core.volume_request import VolumeRequest, why_no_request
from tui.ops.events import Outcome
from tui.ops.journal_schema import JournalError
from tui.ops.operation import Operation
from tui.site import Site

NO_STORAGE: Final = (
    "no storage node is configured: name one (--node root@HOST, or nodes: or topology: of the site), or a heketi "
    "(--heketi URL, or heketi: of the site)"
)
_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class WrongInput(Exception):
    """What was typed or read can't be used; the message is for the admin."""


async def volume(args: argparse.Namespace, site: Site) -> int:
    """`volume create|start|stop|delete|mount-test`."""
    request = _request(args) if args.action == "create" else None
    await site.open(watch=False)
    await site.refresh()
    if not site.reached:
        tell_unreached(site)
        return codes.UNREACHED
    if request is not None:
        return await run_plan(args, site, site.volume_create_plan(request))
    if args.action in ("stop", "delete"):
        await site.look_at_claims()
    if args.action == "start":
        plan = site.volume_start_plan(args.name)
    elif args.action == "stop":
        plan = site.volume_stop_plan(args.name)
    elif args.action == "delete":
        plan = site.volume_delete_plan(args.name)
    else:
        plan = await site.mount_test_plan(args.name, args.on)
    return await run_plan(args, site, plan)


def tell_unreached(site: Site) -> None:
    """Say why neither a node nor heketi could be reached. Raises WrongInput where the site names neither."""
    nodes, facts = site.store.storage.nodes.values(), site.store.heketi
    if not nodes and facts is None:
        raise WrongInput(NO_STORAGE)
    if nodes:
        note("no node could be reached:")
    sources = [node.source for node in nodes]
    if facts is not None:
        sources.append(replace(facts.source, name=f"heketi at {facts.source.name}"))
    for source in sources:
        note(f"  {source.name}: {source.freshness}: {source.reason}")
        if source.remedy:
            note(f"    what to do: {source.remedy}")


async def run_plan(args: argparse.Namespace, site: Site, plan: Plan, *, undoes: str = "") -> int:
    """Print or run a plan; the answer is the exit code. `undoes` is the id of the operation that it takes back."""
    if not undoes:
        await _tell_broken_off(site)
    await site.know_whom_to_lock(plan)
    plan = site.with_lock_words(plan)
    faults = any(skip.is_fault for skip in plan.skipped)
    if args.dry_run:
        if args.output == "table":
            say("\n".join(describe(plan)))
        else:
            show_data(plan_data(plan), args.output)
        return codes.FAILED if faults else codes.DONE
    if not plan.steps:
        _tell_outcome(Operation(plan).end(), args.output)
        return codes.FAILED if faults else codes.DONE
    # in read-only mode nobody is asked: the start is refused
    if not args.yes and not site.read_only:
        text = "\n".join(review_lines(plan))
        note(short_ids(text) if sys.stderr.isatty() else text)
        if not await (confirm_name(plan.confirm) if plan.confirm else confirm("Do it?")):
            note("cancelled: nothing was changed (--yes runs a plan without asking)")
            return codes.CANCELLED
    elif plan.warnings:
        note("\n".join(f"warning: {text}" for text in plan.warnings))
    return await watch(args, site.start(plan, undoes=undoes))


async def _tell_broken_off(site: Site) -> None:
    """One line where an operation on this site broke off: what it left may be in the way."""
    try:
        left = await site.unfinished()
    except JournalError:
        return  # a run tells that by itself
    if left:
        id_, more = left[0].id[:8], f" (and {len(left) - 1} more)" if len(left) > 1 else ""
        back = "" if left[0].kind == "undo" else f", `brickyard undo {id_}` takes it back"
        note(f"note: '{left[0].title}' broke off on this site{more}: `brickyard resume {id_}` goes on with it{back}")


async def watch(args: argparse.Namespace, operation: Operation) -> int:
    """Show the progress of an operation and what came of it; the answer is the exit code."""
    outcome = await _to_its_end(operation)
    _tell_outcome(outcome, args.output)
    return exit_code(outcome)


def exit_code(outcome: Outcome) -> int:
    """Cancelled only where something was left out: a signal in the last step comes too late for that."""
    if outcome.cancelled and not all(report.status.lets_on for report in outcome.reports.values()):
        return codes.CANCELLED
    return codes.DONE if outcome.ok else codes.FAILED


def _tell_outcome(outcome: Outcome, output: str) -> None:
    if output == "table":
        text = "\n".join(result_lines(outcome))
        say(short_ids(text) if sys.stdout.isatty() else text)
    else:
        show_data(result_data(outcome), output)


async def _to_its_end(operation: Operation) -> Outcome:
    progress = Progress(operation)
    loop = asyncio.get_running_loop()

    def interrupted() -> None:
        if not operation.cancelled:
            note("\nending at a safe point: what runs comes to its end, nothing new is begun (again: end it too)")
            operation.cancel()
            return
        note("\nending what runs: look at what stands below as cancelled")
        for task in asyncio.all_tasks():
            if task.get_name() == operation.plan.title:
                task.cancel()

    # nohup has the hang-up ignored: that stays
    taken = [number for number in _SIGNALS if signal.getsignal(number) is not signal.SIG_IGN]
    for number in taken:
        loop.add_signal_handler(number, interrupted)
    try:
        return await operation.wait()
    finally:
        for number in taken:
            loop.remove_signal_handler(number)
        progress.close()


def _request(args: argparse.Namespace) -> VolumeRequest:
    try:
        size, brick_min = parse_size(args.size), parse_size(args.brick_min)
    except ValueError as error:
        raise WrongInput(str(error)) from None
    if args.replica is not None and args.durability == "none":
        text = f"--replica {args.replica} and --durability none contradict each other: one keeps copies, the other none"
        raise WrongInput(text)
    request = VolumeRequest(name=args.name, size=size, durability=args.durability, gid=args.gid, brick_min=brick_min)
    request = replace(request, replica=args.replica or request.replica, cluster=args.cluster)
    if problem := why_no_request(replace(request, name=request.name or "vol")):
        raise WrongInput(problem)
    return request
