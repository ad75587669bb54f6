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
from tui.core.plan import Refused
from tui.core.units import format_age
from tui.ops.export import as_json, as_text
from tui.ops.history import Entry, open_ends
from tui.ops.past import failed_steps
from tui.site import Site

_OPEN = ("broken off", "failed", "cancelled")


async def operations(args: argparse.Namespace, site: Site) -> int:
    """`operations [OPERATION]`: the audit log, or all of one operation."""
    if args.operation:
        record = await site.record(args.operation)
        if args.output == "table":
            say(as_text(record))
        else:
            show_data(as_json(record), args.output)
        return codes.DONE
    show("operations", [_row(entry) for entry in await site.history()], args.output)
    return codes.DONE


async def undo(args: argparse.Namespace, site: Site) -> int:
    """`undo [OPERATION]`: by default the newest that was not taken back."""
    wanted = args.operation or _newest(await site.history(), ("done", *_OPEN), ("do",), "taken back").id
    await site.open(watch=False)
    id_, plan = await site.undo_plan(wanted)
    return await run_plan(args, site, plan, undoes=id_)


async def resume(args: argparse.Namespace, site: Site) -> int:
    """`resume [OPERATION]`: by default the newest that did not come to a good end."""
    wanted = args.operation or _newest(await site.history(), _OPEN, ("do", "undo"), "resumed").id
    record = await site.record(wanted)
    if args.dry_run:
        say(as_text(record))
        return codes.DONE
    left_out = failed_steps(record) if args.skip_failed else ()
    note(f"going on with: {record.entry.title} ({record.entry.state}, {_when(record.entry)})")
    for step in record.plan.steps:
        if step.id in left_out:
            note(f"  left out: {step.node}: {step.title}")
    await site.open(watch=False)
    return await watch(args, await site.resume(record.entry.id, skip_failed=args.skip_failed))


def _newest(entries: Sequence[Entry], states: Sequence[str], kinds: Sequence[str], what: str) -> Entry:
    found = next((e for e in open_ends(entries, states) if e.kind in kinds), None)
    if found is None:
        raise Refused(f"there is no operation that can be {what}", ("`brickyard operations` lists them all",))
    return found


def _row(entry: Entry) -> dict[str, Any]:
    return {
        "id": entry.id, "started": timestamp(entry.started), "ended": timestamp(entry.ended),
        "duration": None if entry.ended is None else format_age(entry.ended - entry.started),
        "state": "undone" if entry.undone_by else entry.state, "kind": entry.kind, "title": entry.title,
        "operator": f"{entry.operator}@{entry.host}", "undoes": entry.undoes or None,
        "undone_by": entry.undone_by or None, "version": entry.version, "site": entry.site,
    }  # fmt: skip


def _when(entry: Entry) -> str:
    day = datetime.fromtimestamp(entry.started, UTC).strftime("%Y-%m-%d %H:%M UTC")
    return f"{day}, {format_age(time.time() - entry.started)} ago"
