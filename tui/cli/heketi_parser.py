"""What can be typed about heketi: where it is, and the command `heketi` with its actions."""

import argparse
from collections.abc import Callable
from pathlib import Path
from typing import Final

from tui.cli.heketi_prepare_parser import add_prepare
from tui.plans.heketi_server import LEVELS, MODES

OFFLINE_ACTIONS: Final = ("lint", "export-repair")
"""Actions on files: no heketi is asked."""

_HEKETI: Final = """\
NODE is a node's manage name, PATH a device of it; heketi's own ids do as well. Where a site has a heketi, `topology
load`, `volume create`, `volume delete` and `clean` go through it too, unless --direct is given.

examples:
  brickyard --heketi http://heketi:8080 heketi info
  brickyard heketi drift -o json
  brickyard heketi remove node2 /dev/sdc --dry-run
  brickyard heketi operations cleanup
  brickyard heketi tags node1 /dev/sdb --set arbiter=required
  brickyard heketi blockvolume create blk --size 10GiB --ha 3
"""

MakeCommand = Callable[..., argparse.ArgumentParser]
AddOptions = Callable[[argparse.ArgumentParser], None]


def add_heketi_options(parser: argparse.ArgumentParser, default: object) -> None:
    """Which heketi is meant, as options of every command."""
    add = parser.add_argument_group("heketi options").add_argument
    add("--heketi", metavar="URL", default=default,
        help="heketi's address (default: the site's; without one $HEKETI_CLI_SERVER)")  # fmt: skip
    add("--heketi-class", metavar="NAME", default=default,
        help="the heketi that a StorageClass names, with the user and key of its Secret")  # fmt: skip
    add("--heketi-user", metavar="NAME", default=default, help="its user (default: the site's, or admin)")
    add("--heketi-key-file", type=Path, metavar="FILE", default=default,
        help="file with the user's key (default: the site's, or $HEKETI_CLI_KEY, or asked for)")  # fmt: skip
    add("--heketi-ca", type=Path, metavar="FILE", default=default, help="certificate of the CA that signed heketi's")
    add("--direct", action="store_true", default=False if default is None else default,
        help="change things over SSH even where the site has a heketi")  # fmt: skip


def add_heketi_commands(
    command: MakeCommand, under: Callable[..., argparse.ArgumentParser], formats: AddOptions, change: AddOptions,
    site: AddOptions,
) -> None:  # fmt: skip
    """Add `heketi`; `command` makes it, `under` an action of it, the others add options."""
    group = command("heketi", "ACTION ...", "what only heketi knows and does", _HEKETI)
    site(group)
    actions = group.add_subparsers(dest="action", metavar="ACTION", title="actions", required=True)
    _add_looks(actions, under, formats, change, site)
    _add_members(actions, under, change, site)
    _add_volumes(actions, under, change, site)
    _add_blocks(actions, under, change, site)
    _add_server(actions, under, change, site)
    _add_leave(actions, under, change, site)
    add_prepare(actions, under, change, site)


def _add_looks(actions: object, under: MakeCommand, formats: AddOptions, change: AddOptions, site: AddOptions) -> None:
    for name, text in (
        ("info", "what heketi has: clusters, nodes, devices, volumes, block volumes, operations"),
        ("drift", "where heketi, Gluster, LVM and Kubernetes disagree, with the repairs"),
        ("check", "heketi's own check of its database"),
    ):
        parser = under(actions, f"heketi {name}", "[-o FORMAT]", text)
        formats(parser)
        site(parser)
    parser = under(
        actions, "heketi operations", "[cleanup [ID ...]] [--dry-run] [--yes] [-o FORMAT]",
        "what heketi works on and what it left behind; cleanup lets it clean that up",
    )  # fmt: skip
    parser.add_argument("what", nargs="?", choices=("cleanup",), metavar="cleanup")
    parser.add_argument("ids", nargs="*", metavar="ID", help="only these operations, by the beginning of their ids")
    change(parser)
    site(parser)
    for name, text in (
        ("lint", "check a heketi.json: FILE:LINE:COL: error: MESSAGE"),
        ("export-repair", "print a repaired copy of what `heketi db export` wrote"),
    ):
        more = "[--nodes]" if name == "export-repair" else "[-o FORMAT]"
        parser = under(actions, f"heketi {name}", f"FILE {more}", text)
        parser.add_argument("file", type=Path, metavar="FILE")
        if name == "export-repair":
            parser.add_argument("--nodes", action="store_true", help="ask the nodes, and keep what Gluster has")
        else:
            formats(parser)
        site(parser)


def _add_members(actions: object, under: MakeCommand, change: AddOptions, site: AddOptions) -> None:
    for name, text in (
        ("enable", "let heketi put bricks on a node or device again"),
        ("disable", "let heketi put no more bricks on a node or device"),
        ("remove", "move all bricks off a node or device, and use it no more"),
        ("delete", "take a node or device out of heketi: its bricks are moved away first"),
        ("resync", "let heketi read the space of a device, or of all of a node, from LVM again"),
        ("tags", "show or change the tags of a node or device"),
    ):
        more = {"remove": "[--no-heal-check] ", "tags": "[--set KEY=VALUE] [--drop KEY] "}.get(name, "")
        parser = under(actions, f"heketi {name}", f"NODE [PATH] {more}[--dry-run] [--yes] [-o FORMAT]", text)
        parser.add_argument("thing", metavar="NODE", help="a node, or heketi's id of a node or device")
        parser.add_argument("path", nargs="?", default="", metavar="PATH", help="a device of the node")
        if name == "remove":
            _heal_check(parser)
        if name == "tags":
            parser.add_argument("--set", action="append", default=[], metavar="KEY=VALUE", help="may be given again")
            parser.add_argument("--drop", action="append", default=[], metavar="KEY", help="may be given again")
        change(parser)
        site(parser)
    parser = under(
        actions, "heketi evict", "BRICK [--no-heal-check] [--dry-run] [--yes] [-o FORMAT]",
        "move one brick to another device",
    )  # fmt: skip
    parser.add_argument("brick", metavar="BRICK", help="its path, or the beginning of its id")
    _heal_check(parser)
    change(parser)
    site(parser)


def _add_volumes(actions: object, under: MakeCommand, change: AddOptions, site: AddOptions) -> None:
    parser = under(actions, "heketi expand", "VOLUME SIZE [--dry-run] [--yes] [-o FORMAT]", "make a volume greater")
    parser.add_argument("volume", metavar="VOLUME")
    parser.add_argument("size", metavar="SIZE", help="its new size as 200GiB, or how much more as +100GiB")
    change(parser)
    site(parser)
    parser = under(actions, "heketi clone", "VOLUME NAME [--dry-run] [--yes] [-o FORMAT]", "copy a volume as it is now")
    parser.add_argument("volume", metavar="VOLUME")
    parser.add_argument("name", metavar="NAME", help="the name of the copy")
    change(parser)
    site(parser)


def _add_blocks(actions: object, under: MakeCommand, change: AddOptions, site: AddOptions) -> None:
    group = under(actions, "heketi blockvolume", "create|delete ...", "make and delete block volumes")
    verbs = group.add_subparsers(dest="verb", metavar="create|delete", title="actions", required=True)
    parser = under(
        verbs, "heketi blockvolume create",
        "[NAME] --size SIZE [--ha N] [--auth] [--cluster ID] [--dry-run] [--yes] [-o FORMAT]", "make a block volume",
    )  # fmt: skip
    parser.add_argument("name", nargs="?", default="", metavar="NAME", help="default: blockvol_ and a fresh id")
    parser.add_argument("--size", required=True, metavar="SIZE", help="as 100GiB; heketi counts whole GiB")
    parser.add_argument("--ha", type=int, default=0, metavar="N", help="how many nodes serve it (default: all)")
    parser.add_argument("--auth", action="store_true", help="let gluster-block make a user and a password for it")
    parser.add_argument("--cluster", default="", metavar="ID", help="the cluster that it has to be in (default: any)")
    change(parser)
    site(parser)
    parser = under(
        verbs, "heketi blockvolume delete", "NAME [--dry-run] [--yes] [-o FORMAT]",
        "delete a block volume with all its data",
    )  # fmt: skip
    parser.add_argument("name", metavar="NAME", help="its name, HOSTING VOLUME/NAME, or the beginning of its id")
    change(parser)
    site(parser)
    site(group)


def _add_server(actions: object, under: MakeCommand, change: AddOptions, site: AddOptions) -> None:
    parser = under(
        actions, "heketi flags", "CLUSTER [--file on|off] [--block on|off] [--dry-run] [--yes] [-o FORMAT]",
        "show or change what a cluster takes: volumes, block volumes",
    )  # fmt: skip
    parser.add_argument("cluster", metavar="CLUSTER", help="its id, or the beginning of it, or its name here")
    parser.add_argument("--file", choices=("on", "off"), default="", dest="files", help="whether it takes volumes")
    parser.add_argument("--block", choices=("on", "off"), default="", help="whether it takes block volumes")
    change(parser)
    site(parser)
    for name, kinds, text in (
        ("mode", MODES, "show or change what heketi takes requests for"),
        ("loglevel", LEVELS, "show or change how much heketi logs"),
    ):
        parser = under(actions, f"heketi {name}", f"[{name.upper()}] [--dry-run] [--yes] [-o FORMAT]", text)
        parser.add_argument("value", nargs="?", choices=kinds, metavar=name.upper(), help=", ".join(kinds))
        change(parser)
        site(parser)


def _add_leave(actions: object, under: MakeCommand, change: AddOptions, site: AddOptions) -> None:
    parser = under(
        actions, "heketi leave", "[CLUSTER] [--freeze] [--report] [--dry-run] [--yes] [-o FORMAT]",
        "manage a cluster of heketi's over SSH from now on, without moving a byte",
    )  # fmt: skip
    parser.add_argument("cluster", nargs="?", default="", metavar="CLUSTER", help="default: the only one")
    parser.add_argument("--freeze", action="store_true", help="make heketi read-only first")
    parser.add_argument("--report", action="store_true", help="only say what is there and what still points at heketi")
    change(parser)
    site(parser)


def _heal_check(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--no-heal-check", action="store_true", help="move bricks even where others heal from them: data may be lost"
    )
