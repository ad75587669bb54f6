"""Runs one headless command and answers with its exit code."""

import argparse
import asyncio
import logging
import time

from tui.cli import change, clean, codes, heketi, kube, past, topology
from tui.cli.asker import TerminalAsker
from tui.cli.kube_parser import KUBE_KINDS
from tui.cli.output import note, show
from tui.cli.rows import rows, worst
from tui.config import ConfigError, SiteConfig
from tui.core.model import Freshness
from tui.core.plan import Refused
from tui.ops.journal_schema import JournalError
from tui.remote.errors import RemoteError
from tui.site import Site

log = logging.getLogger(__name__)

_COMMANDS = {
    ("topology", "load"): topology.load,
    ("topology", "check"): topology.check,
    ("operations", ""): past.operations,
    ("undo", ""): past.undo,
    ("resume", ""): past.resume,
    ("doctor", ""): kube.doctor,
    ("explain", ""): kube.explain,
    ("fix", ""): kube.fix,
}


def run(args: argparse.Namespace, config: SiteConfig) -> int:
    """Run the command that was typed on a site; returns the exit code, raises nothing an admin should see."""
    try:
        return asyncio.run(_run(args, config))
    except (change.WrongInput, ConfigError) as error:
        note(str(error))
        return codes.USAGE
    except JournalError as error:
        note(f"{error.reason}\n    what to do: {error.remedy}")
        return codes.FAILED
    except Refused as refused:
        note("\n".join([refused.sentence, *(f"  {detail}" for detail in refused.details)]))
        return codes.FAILED
    except RemoteError as error:
        note(f"{error.node}: {error.reason}" + (f"\n    what to do: {error.remedy}" if error.remedy else ""))
        return codes.UNREACHED
    except OSError as error:
        note(f"{error.filename or 'the output'}: {error.strerror or error}")
        return codes.FAILED
    except Exception as error:
        log.exception("unexpected")
        note(f"brickyard itself failed: {error!r}. Please report it; the same with --log FILE writes the details.")
        return codes.FAILED


async def _run(args: argparse.Namespace, config: SiteConfig) -> int:
    site = Site(config, TerminalAsker(), read_only=config.read_only)
    try:
        if args.command == "get":
            return await (kube.get if args.kind in KUBE_KINDS else _get)(args, site)
        if args.command == "heketi":
            return await heketi.heketi(args, site)
        if args.command == "clean":
            return await clean.clean(args, site)
        command = _COMMANDS.get((args.command, getattr(args, "action", "")), change.volume)
        return await command(args, site)
    finally:
        await site.close()


async def _get(args: argparse.Namespace, site: Site) -> int:
    await site.open(watch=False)
    await site.refresh()
    if args.copies and args.kind == "volumes":
        await site.compare_copies()
    snapshot, facts = site.store.snapshot, site.store.heketi
    nobody = not snapshot.nodes and facts is None
    if not nobody or args.output != "table":
        show(args.kind, rows(snapshot, args.kind, time.time()), args.output)
    if nobody:
        note(f"{args.kind} are unknown here: {change.NO_STORAGE}")
        return codes.UNREACHED
    missing = [node for node in snapshot.nodes.values() if node.source.freshness is not Freshness.LIVE]
    told = args.kind == "nodes" and args.output == "table"  # the table has the reason
    for node in missing:
        if not told:
            note(f"{node.name}: {node.source.freshness}: {node.source.reason}")
        if node.source.remedy:
            note(f"{node.name}: what to do: {node.source.remedy}" if told else f"    what to do: {node.source.remedy}")
    if facts is not None and not facts.is_live:
        heketi.tell_unreached(facts)
        return codes.UNREACHED
    if missing:
        return codes.UNREACHED
    return codes.FAILED if worst(snapshot, args.kind) == 2 else codes.DONE
