"""What was changed, and what can still be done about it: `operations`, `undo`, `resume`."""

import argparse
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from tui.cli import codes
from tui.cli.change import run_plan, watch
from tui.cli.output import note, say, show, show_data
from tui.cli.rows import timestamp
from tui.core.plan import Plan, Refused, Step
from tui.core.runner import KUBERNETES
from tui.core.units import format_age
from tui.ops.export import as_json, as_text
from tui.ops.history import Entry, Record, open_ends
from tui.ops.past import ChangedNothing, failed_steps, undo_of
from tui.plans.volume_users import lost_volumes, with_users
from tui.site import Site

_OPEN = ("broken off", "failed", "cancelled")


async def operations(args: argparse.Namespace, site: Site) -> int:
    """`operations [OPERATION]`: the audit log, or all of one operation."""
    if args.operation:
        _show_record(await site.record(args.operation), args.output)
        return codes.DONE
    show("operations", [_row(entry) for entry in await site.history()], args.output)
    return codes.DONE


def _show_record(record: Record, output: str) -> None:
    if output == "table":
        say(as_text(record))
    else:
        show_data(as_json(record), output)


async def undo(args: argparse.Namespace, site: Site) -> int:
    """`undo [OPERATION]`: by default the newest that can be taken back."""
    await site.open(watch=False)
    chosen = await _chosen(args.operation, site)
    steps = undo_of(chosen).steps
    if {step.node for step in steps} - {KUBERNETES}:
        # volumes may have been made since on what goes
        await site.refresh()
    await _know_claims(site, steps)
    id_, plan = await site.undo_plan(chosen.entry.id)
    return await run_plan(args, site, plan, undoes=id_)


async def resume(args: argparse.Namespace, site: Site) -> int:
    """`resume [OPERATION]`: by default the newest that did not come to a good end."""
    wanted = args.operation or _newest(await site.history(), _OPEN, ("do", "undo"), "resumed")[0].id
    record = await site.record(wanted)
    if args.dry_run:
        _show_record(record, args.output)
        return codes.DONE
    left_out = failed_steps(record) if args.skip_failed else ()
    note(f"going on with: {_named(record.entry)}")
    for step in record.plan.steps:
        if step.id in left_out:
            note(f"  left out: {step.node}: {step.title}")
    await site.open(watch=False)
    ended = {id_ for id_, report in record.reports.items() if report.status.lets_on}
    left = tuple(step for step in record.plan.steps if step.id not in ended and step.id not in left_out)
    await _know_claims(site, left)
    await site.know_whom_to_lock(record.plan)
    for text in with_users(site.with_lock_words(Plan(record.plan.title, left)), site.tables()).warnings:
        note(f"warning: {text}")
    return await watch(args, await site.resume(record.entry.id, skip_failed=args.skip_failed))


async def _chosen(wanted: str, site: Site) -> Record:
    """The operation that is meant; without a name the newest that left something to take back."""
    if wanted:
        return await site.record(wanted)
    for entry in _newest(await site.history(), ("done", *_OPEN), ("do",), "taken back"):
        record = await site.record(entry.id)
        try:
            undo_of(record)
        except ChangedNothing:
            note(f"left out, since it left nothing to take back: {_named(entry)}")
            continue
        note(f"taking back: {_named(entry)}")
        return record
    raise _nothing("taken back")


async def _know_claims(site: Site, steps: tuple[Step, ...]) -> None:
    """Wait for what Kubernetes says of claims and pods, where they may lose a volume."""
    if any(lost_volumes(steps)):
        await site.look_at_claims()


def _newest(entries: Sequence[Entry], states: Sequence[str], kinds: Sequence[str], what: str) -> list[Entry]:
    found = [entry for entry in open_ends(entries, states) if entry.kind in kinds]
    if not found:
        raise _nothing(what)
    return found


def _nothing(what: str) -> Refused:
    return Refused(f"there is no operation that can be {what}", ("`brickyard operations` lists them all",))


def _row(entry: Entry) -> dict[str, Any]:
    return {
        "id": entry.id, "started": timestamp(entry.started), "ended": timestamp(entry.ended),
        "duration": None if entry.ended is None else format_age(entry.ended - entry.started),
        "state": "undone" if entry.undone_by else entry.state, "kind": entry.kind, "title": entry.title,
        "operator": f"{entry.operator}@{entry.host}", "undoes": entry.undoes or None,
        "undone_by": entry.undone_by or None, "version": entry.version, "site": entry.site,
    }  # fmt: skip


def _named(entry: Entry) -> str:
    """ "Load topology.json (done, 2026-05-04 12:30 UTC, 3m ago)"."""
    return f"{entry.title} ({entry.state}, {_when(entry)})"


def _when(entry: Entry) -> str:
    day = datetime.fromtimestamp(entry.started, UTC).strftime("%Y-%m-%d %H:%M UTC")
    return f"{day}, {format_age(time.time() - entry.started)} ago"
