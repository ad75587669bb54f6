"""`heketi enable|disable|remove|...`: what is meant, its plan, and then as every change."""

import argparse
from collections.abc import Iterable
from typing import TypeVar

from tui.cli import codes
from tui.cli.change import WrongInput, run_plan
from tui.cli.output import note, say, show_data
from tui.core.heketi_links import block_name, node_names
from tui.core.heketi_model import (
    HeketiBlockVolume,
    HeketiBrick,
    HeketiDevice,
    HeketiNode,
    HeketiOperation,
    HeketiSite,
    HeketiVolume,
)
from tui.core.plan import Plan, Refused
from tui.core.units import parse_size
from tui.plans import heketi_members as members
from tui.plans import heketi_server as server
from tui.plans.heketi_blocks import BlockRequest, plan_block_delete
from tui.plans.heketi_clean import HeketiTarget, plan_heketi_clean
from tui.plans.heketi_volumes import plan_clone, plan_expand
from tui.site import Site

_T = TypeVar("_T")


async def change(args: argparse.Namespace, site: Site) -> int:
    """Plan and run an action, or show what it would change where nothing is to be changed."""
    known = site.heketi_site()
    if args.action in ("enable", "disable", "remove", "delete", "resync", "tags"):
        member = find_member(known, args.thing, args.path)
        if args.action == "tags" and not (args.set or args.drop):
            return _show(dict(member.tags), args.output)
        return await run_plan(args, site, _member_plan(args, known, member))
    if args.action in ("mode", "loglevel"):
        return await _server(args, site)
    if args.action == "flags" and not (args.files or args.block):
        cluster = known.clusters[_cluster(site, known, args.cluster)]
        flags = {"file": cluster.takes_files, "block": cluster.takes_blocks}
        return _show({name: "on" if taken else "off" for name, taken in flags.items()}, args.output)
    if args.action == "leave":
        return await _leave(args, site)
    return await run_plan(args, site, _plan(args, site, known))


async def _leave(args: argparse.Namespace, site: Site) -> int:
    """The plan, and what is left to be done by hand once it is through."""
    if args.report:
        if args.output == "table":
            say("\n".join(site.leave_report(args.cluster)))
        else:
            show_data(site.leave_data(args.cluster), args.output)
        return codes.DONE
    code = await run_plan(args, site, site.leave_plan(args.cluster, freeze=args.freeze))
    if code == codes.DONE and args.output == "table" and not args.dry_run:
        await site.refresh()
        say("\n".join(["", *site.leave_report(args.cluster)]))
    return code


def _member_plan(args: argparse.Namespace, known: HeketiSite, member: HeketiNode | HeketiDevice) -> Plan:
    if args.action == "enable":
        return members.plan_enable(known, member)
    if args.action == "disable":
        return members.plan_disable(known, member)
    if args.action == "remove":
        return members.plan_remove(known, member, heal_check=not args.no_heal_check)
    if args.action == "delete":
        kind = "node" if isinstance(member, HeketiNode) else "device"
        return plan_heketi_clean(known, HeketiTarget(kind, member.id, moves=True))  # type: ignore[arg-type]
    if args.action == "resync":
        return members.plan_resync(known, member.devices if isinstance(member, HeketiNode) else (member,))
    return members.plan_tags(known, member, dict(_pair(text) for text in args.set), args.drop)


def _plan(args: argparse.Namespace, site: Site, known: HeketiSite) -> Plan:
    if args.action == "operations":
        return server.plan_cleanup(_operations(known, args.ids))
    if args.action == "evict":
        return members.plan_evict(known, find_brick(known, args.brick), heal_check=not args.no_heal_check)
    if args.action == "blockvolume":
        return _block(args, site, known)
    if args.action == "expand":
        volume = find_volume(known, args.volume)
        return plan_expand(volume, _more(args.size, volume.size))
    if args.action == "clone":
        return plan_clone(known, find_volume(known, args.volume), args.name)
    cluster = known.clusters[_cluster(site, known, args.cluster)]
    file = args.files == "on" if args.files else cluster.takes_files
    block = args.block == "on" if args.block else cluster.takes_blocks
    return server.plan_flags(cluster, file=file, block=block)


def _block(args: argparse.Namespace, site: Site, known: HeketiSite) -> Plan:
    if args.verb == "delete":
        return plan_block_delete(find_block(known, args.name))
    try:
        size = parse_size(args.size)
    except ValueError as error:
        raise WrongInput(str(error)) from None
    if args.ha < 0:
        raise WrongInput(f"--ha takes a number of nodes, not {args.ha}")
    return site.block_create_plan(BlockRequest(args.name, size, args.ha, args.auth, args.cluster))


async def _server(args: argparse.Namespace, site: Site) -> int:
    old = site.heketi_facts().mode if args.action == "mode" else await site.heketi_log_level()
    if args.value is None:
        return _show(old, args.output)
    make = server.plan_mode if args.action == "mode" else server.plan_log_level
    return await run_plan(args, site, make(old, args.value))


def find_member(known: HeketiSite, thing: str, path: str = "") -> HeketiNode | HeketiDevice:
    """A node by its name, or a device by that and its path, or either by the beginning of its id. Raises Refused."""
    names = node_names(known)
    nodes = [node for node in known.nodes.values() if thing in (names[node.id], node.name, *node.storage)]
    if not path and not nodes:
        both: list[HeketiNode | HeketiDevice] = [*known.nodes.values(), *known.devices.values()]
        return _only([one for one in both if one.id.startswith(thing)], "node or device", thing, names.values())
    node = _only(
        nodes or [one for one in known.nodes.values() if one.id.startswith(thing)], "node", thing, names.values()
    )
    if not path:
        return node
    found = [device for device in node.devices if path in (device.name, *device.paths)]
    return _only(found, "device", f"{path} on {node.name}", (device.name for device in node.devices))


def find_brick(known: HeketiSite, name: str) -> HeketiBrick:
    """A brick by its path or the beginning of its id. Raises Refused."""
    bricks = {brick.id: brick for device in known.devices.values() for brick in device.bricks}
    found = [one for one in bricks.values() if one.path == name or one.id.startswith(name.removeprefix("brick_"))]
    return _only(found, "brick", name, ())


def find_volume(known: HeketiSite, name: str) -> HeketiVolume:
    """A volume by its name, or the beginning of its id. Raises Refused."""
    named = [one for one in known.volumes.values() if one.name == name]
    by_id = [one for one in known.volumes.values() if one.id.startswith(name)]
    return _only(named or by_id, "volume", name, sorted(one.name for one in known.volumes.values()))


def find_block(known: HeketiSite, name: str) -> HeketiBlockVolume:
    """A block volume by its name, that with its host's before it, or the beginning of its id. Raises Refused."""
    blocks = {block_name(one, known): one for one in known.block_volumes.values()}
    named = [one for full, one in blocks.items() if name in (one.name, full)]
    by_id = [one for one in known.block_volumes.values() if one.id.startswith(name)]
    return _only(named or by_id, "block volume", name, blocks)


def _only(found: list[_T], kind: str, name: str, known: Iterable[str]) -> _T:
    if len(found) == 1:
        return found[0]
    if found:
        raise Refused(f"heketi has {len(found)} of what '{name}' may be; give more of the id.")
    listed = ", ".join(sorted(known)[:20])
    raise Refused(f"heketi has no {kind} {name}.", (f"it has {listed}",) if listed else ())


def _operations(known: HeketiSite, ids: list[str]) -> list[HeketiOperation]:
    wanted = [one for one in known.operations if not ids or any(one.id.startswith(ident) for ident in ids)]
    for ident in ids:
        if not any(one.id.startswith(ident) for one in wanted):
            raise Refused(f"heketi has no pending operation {ident}.", tuple(one.id for one in known.operations))
    return wanted


def _cluster(site: Site, known: HeketiSite, name: str) -> str:
    found = [ident for ident in known.clusters if ident.startswith(name)]
    return found[0] if len(found) == 1 else site.heketi_cluster_of(name)


def _more(text: str, old: int) -> int:
    """How many bytes more: of "+10GiB" or of a new size."""
    try:
        size = parse_size(text.removeprefix("+"))
    except ValueError as error:
        raise WrongInput(str(error)) from None
    return size if text.startswith("+") else size - old


def _pair(text: str) -> tuple[str, str]:
    key, sign, value = text.partition("=")
    if not key or not sign:
        raise WrongInput(f"--set takes KEY=VALUE, not '{text}'")
    if problem := members.why_no_tag(key, value):
        raise WrongInput(problem)
    return key, value


def _show(value: str | dict[str, str], output: str) -> int:
    if output != "table":
        show_data(value, output)
    elif isinstance(value, str):
        say(value or "unknown")
    elif value:
        say("\n".join(f"{key}={text}" for key, text in sorted(value.items())))
    else:
        note("no tags")
    return codes.DONE
