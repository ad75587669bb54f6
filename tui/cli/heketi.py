"""`heketi ...`: what heketi has and says, its database, and where it and the nodes disagree."""

import argparse
from dataclasses import asdict
from typing import Final

from tui.cli import codes, heketi_change
from tui.cli.change import WrongInput
from tui.cli.heketi_parser import OFFLINE_ACTIONS
from tui.cli.heketi_prepare import prepare
from tui.cli.heketi_rows import info_data, info_lines, operation_row
from tui.cli.kube_explain import finding_lines
from tui.cli.kube_rows import finding_row
from tui.cli.output import note, say, show_data
from tui.cli.table import table
from tui.core.finding import Severity
from tui.core.heketi_facts import HeketiFacts
from tui.core.heketi_model import HeketiSite
from tui.dialects.heketi_export import bricks_in_use, import_steps, repair_export
from tui.dialects.heketi_json import lint_heketi_json
from tui.site import Site


async def heketi(args: argparse.Namespace, site: Site) -> int:
    """Any action of `heketi`. Raises Refused, WrongInput, RemoteError."""
    if args.action == "export-repair" and args.nodes:
        return await _export_repair_beside(args, site)
    if args.action in OFFLINE_ACTIONS:
        return _FILES[args.action](args)
    if args.action == "prepare":
        return await prepare(args, site)
    await site.open(watch=False)
    # a site without one says so before anything is asked for
    await site.heketi_client()
    if args.action in ("drift", "leave"):
        await site.refresh()
        if site.kube is not None:
            await site.look_at_claims()
    else:
        await site.refresh_heketi()
    facts = site.store.heketi
    if facts is None or not facts.is_live:
        tell_unreached(facts)
        return codes.UNREACHED
    look = _LOOKS.get(args.action)
    if look is not None and not getattr(args, "what", None):
        return await look(args, site, facts)
    return await heketi_change.change(args, site)


def tell_unreached(facts: HeketiFacts | None) -> None:
    """Say why heketi could not be asked."""
    if facts is not None:
        note(f"heketi at {facts.source.name}: {facts.source.freshness}: {facts.source.reason}")
        if facts.source.remedy:
            note(f"    what to do: {facts.source.remedy}")


async def _info(args: argparse.Namespace, site: Site, facts: HeketiFacts) -> int:
    known, skew = site.heketi_site(), (await site.heketi_client()).skew
    if args.output == "table":
        say("\n".join(info_lines(facts, known, skew)))
    else:
        show_data(info_data(facts, known, skew), args.output)
    return codes.FAILED if facts.stuck or known.missing else codes.DONE


async def _operations(args: argparse.Namespace, site: Site, facts: HeketiFacts) -> int:
    known: HeketiSite = site.heketi_site()
    rows = [operation_row(one) for one in known.operations]
    if args.output != "table":
        show_data(rows, args.output)
    elif rows:
        shown = [{**row, "changes": row["changes"][:3]} for row in rows]
        say("\n".join(table(("id", "type", "state", "changes"), shown)))
        if facts.stuck:
            note("what to do: brickyard heketi operations cleanup")
    else:
        note("no pending operations")
    return codes.FAILED if facts.stuck else codes.DONE


async def _drift(args: argparse.Namespace, site: Site, facts: HeketiFacts) -> int:
    found = site.heketi_findings()
    faults = [finding for finding in found if finding.severity is not Severity.INFO]
    if args.output == "table":
        for finding in found:
            say("\n".join(finding_lines(finding)))
        notes = len(found) - len(faults)
        more = f", and {notes} to know of" if notes else ""
        count = f"{len(faults)} finding{'s' * (len(faults) != 1)}"
        say(f"{count}{more}" if faults else f"heketi and what was read agree{more}")
        for node in site.store.storage.nodes.values():
            if node.source.reason:
                note(f"{node.name}: {node.source.freshness}: {node.source.reason}")
        if not site.store.nodes:
            note("only heketi was looked at: the site names no nodes for SSH")
    else:
        show_data([finding_row(finding) for finding in found], args.output)
    return codes.FAILED if faults else codes.DONE


async def _check(args: argparse.Namespace, site: Site, facts: HeketiFacts) -> int:
    check = facts.check
    if check is None:
        note("this heketi does not tell: GET /db/check has no answer")
        return codes.UNREACHED
    if args.output == "table":
        rows = [{"table": one.name, "total": one.total, "pending": one.pending, "broken": one.broken}
                for one in check.tables]  # fmt: skip
        say("\n".join([*table(("table", "total", "pending", "broken"), rows), *check.words]))
        say(f"{check.inconsistencies} inconsistencies" if check.inconsistencies else "heketi finds nothing wrong")
    else:
        tables = [{"table": one.name, "total": one.total, "pending": one.pending, "broken": one.broken,
                   "inconsistencies": list(one.words)} for one in check.tables]  # fmt: skip
        show_data({"total_inconsistencies": check.inconsistencies, "tables": tables}, args.output)
    return codes.FAILED if check.inconsistencies else codes.DONE


async def _export_repair_beside(args: argparse.Namespace, site: Site) -> int:
    """The repair keeps what Gluster has of operations that heketi did not end."""
    await site.open(watch=False)
    await site.refresh()
    if not site.store.storage.volumes:
        note("no node told the volumes of Gluster: without --nodes the export is repaired by itself")
        return codes.UNREACHED
    return _export_repair(args, bricks_in_use(site.store.storage))


def _export_repair(args: argparse.Namespace, in_use: frozenset[str] | None = None) -> int:
    try:
        text = args.file.read_text(encoding="utf-8")
        repaired = repair_export(text, in_use)
    except (OSError, ValueError) as error:
        raise WrongInput(f"{args.file}: {getattr(error, 'strerror', None) or error}") from None
    say(repaired.text.removesuffix("\n"))
    for change in repaired.changes:
        note(f"changed: {change}")
    for loss in repaired.losses:
        note(f"may be lost: {loss}")
    for fault in repaired.left:
        note(f"still wrong: {fault}")
    if not repaired.changes:
        note("nothing was wrong: the export is printed as it was")
    else:
        note("what to do now:\n" + "\n".join(f"  {step}" for step in import_steps(devices=repaired.devices)))
    return codes.FAILED if repaired.left else codes.DONE


def _lint(args: argparse.Namespace) -> int:
    try:
        problems = lint_heketi_json(args.file.read_bytes(), str(args.file))
    except OSError as error:
        raise WrongInput(f"{args.file}: {error.strerror or error}") from None
    if args.output != "table":
        show_data([asdict(problem) for problem in problems], args.output)
        return codes.FAILED if any(problem.severity == "error" for problem in problems) else codes.DONE
    for problem in problems:
        note(str(problem))
    errors = sum(problem.severity == "error" for problem in problems)
    say(f"{args.file}: " + (f"{errors} error{'s' * (errors > 1)}" if errors else "good"))
    return codes.FAILED if errors else codes.DONE


_FILES: Final = {"export-repair": _export_repair, "lint": _lint}
_LOOKS: Final = {"info": _info, "operations": _operations, "drift": _drift, "check": _check}
