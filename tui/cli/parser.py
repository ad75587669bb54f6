"""The command line: what can be typed, with its help."""

import argparse
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Final, TypeAlias

from tui import __version__
from tui.cli.heketi_parser import add_heketi_commands, add_heketi_options
from tui.cli.kube_parser import KUBE_KINDS, add_kube_commands, add_kube_options, copies_option
from tui.cli.output import FORMATS
from tui.cli.rows import KINDS

if TYPE_CHECKING:
    _Commands: TypeAlias = argparse._SubParsersAction[argparse.ArgumentParser]

EXIT_CODES: Final = """\
exit codes:
  0    done, or healthy
  1    something failed, was refused, or was found
  2    wrong input or usage: nothing was tried
  3    could not look: no node could be reached (with get: not every node)
  130  cancelled, with Ctrl-C or by saying no
"""
_CREATE: Final = """\
examples:
  brickyard volume create db --size 100GiB
  brickyard volume create scratch --size 1TiB --durability none --yes
  brickyard volume create logs --size 50GiB --gid 2000 --dry-run
"""
_LOAD: Final = """\
What is there already is left as it is, so that a load can be run again. A device with data on it is
refused, unless the file says "destroydata": true for it. Ctrl-C ends at a safe point.

examples:
  brickyard topology load topology.json --dry-run
  brickyard topology load topology.json
  brickyard topology load topology.json --yes -o json
"""
_GET: Final = """\
Sizes in JSON and YAML are bytes, times RFC 3339, unknown is null.

examples:
  brickyard get nodes
  brickyard --node root@10.0.0.11 get devices
  brickyard get volumes --copies -o json | jq '.[] | select(.split_brain)'
  brickyard get bricks -o json | jq '.[] | select(.state != "online")'
  brickyard get claims --kubeconfig ~/.kube/prod -n shop
"""


def make_parser() -> argparse.ArgumentParser:
    """The parser of `brickyard`."""
    parser = argparse.ArgumentParser(
        prog="brickyard", usage="brickyard [SITE OPTIONS] [COMMAND ...]", allow_abbrev=False,
        description="The storage of Kubernetes clusters on GlusterFS. Without a command it opens the screen.",
        epilog=EXIT_CODES, formatter_class=argparse.RawDescriptionHelpFormatter,
    )  # fmt: skip
    parser.add_argument("--version", action="version", version=f"brickyard {__version__}")
    parser.add_argument("--load", metavar="FILE", type=Path, help="open the screen and load this topology file")
    commands = parser.add_subparsers(
        dest="command", metavar="COMMAND", title="commands (brickyard COMMAND --help)", prog="brickyard"
    )
    _site_options(_command(commands, "demo", "", "open the screen on a simulated site, which ends with it"))
    _add_topology(commands)
    _add_get(commands)
    _add_volume(commands)
    _add_past(commands)
    _add_clean(commands)
    add_kube_commands(partial(_command, commands), _format_option, _change_options, _site_options)
    add_heketi_commands(partial(_command, commands), _command, _format_option, _change_options, _site_options)
    _site_options(parser, default=None)
    return parser


def _site_options(parser: argparse.ArgumentParser, default: object = argparse.SUPPRESS) -> None:
    """Options that stand before or after the command; after it they don't undo what stood before."""
    add = parser.add_argument_group("site options").add_argument
    add("--config", type=Path, metavar="FILE", default=default,
        help="configuration instead of ~/.config/brickyard/config.yaml")  # fmt: skip
    add("--site", metavar="NAME", default=default, help="the site of the configuration to work on")
    add("--node", action="append", metavar="[USER@]HOST[:PORT]", default=default,
        help="work on this node and its pool, without configuration (may be given again)")  # fmt: skip
    add("--key", type=Path, metavar="FILE", default=default, help="SSH private key")
    add("--known-hosts", type=Path, metavar="FILE", default=default, help="SSH host keys instead of ~/.ssh/known_hosts")
    add("--read-only", action="store_true", default=False if default is None else default, help="refuse every change")
    add("--log", type=Path, metavar="FILE", default=default, help="write a debug log")
    add_kube_options(parser, default)
    add_heketi_options(parser, default)


def _command(commands: "_Commands", names: str, usage: str, text: str, more: str = "") -> argparse.ArgumentParser:
    """A command ("volume start") under `commands`, with all of its usage on one short line."""
    parser: argparse.ArgumentParser = commands.add_parser(
        names.split()[-1], prog=f"brickyard {names}", help=text, description=text[0].upper() + text[1:] + ".",
        epilog=f"{more}\n{EXIT_CODES}".lstrip(),
        usage=f"brickyard {names} {usage} [SITE OPTIONS]".replace("  ", " "), allow_abbrev=False,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )  # fmt: skip
    return parser


def _add_topology(commands: "_Commands") -> None:
    group = _command(commands, "topology", "ACTION ...", "check and load topology files")
    actions = group.add_subparsers(dest="action", metavar="ACTION", title="actions", required=True)
    load = _command(
        actions, "topology load", "FILE [--dry-run] [--yes] [-o FORMAT]",
        "load a topology onto its nodes: join the peers, set up the devices", _LOAD,
    )  # fmt: skip
    load.add_argument("file", type=Path, metavar="FILE", help="heketi's topology.json, or the same as YAML")
    load.add_argument("--into", default="", metavar="ID", help="heketi's cluster that new nodes go into")
    load.add_argument("--new-cluster", action="store_true", help="let heketi make a further cluster for new nodes")
    _change_options(load)
    _site_options(load)
    check = _command(
        actions, "topology check", "FILE [--nodes] [-o FORMAT]", "check a topology file; with --nodes, its nodes too"
    )  # fmt: skip
    check.add_argument("file", type=Path, metavar="FILE", help="heketi's topology.json, or the same as YAML")
    check.add_argument("--nodes", action="store_true", help="ask the nodes whether each device can be used")
    _format_option(check)
    _site_options(check)
    _site_options(group)


def _add_get(commands: "_Commands") -> None:
    kinds = (*KINDS, *KUBE_KINDS)
    text = "show nodes, devices, bricks, volumes, claims, PersistentVolumes or StorageClasses"
    get = _command(commands, "get", f"{'|'.join(kinds)} [--copies] [-o FORMAT]", text, _GET)
    get.add_argument("kind", choices=kinds, metavar="KIND", help=", ".join(kinds[:-1]) + f" or {kinds[-1]}")
    copies_option(get)
    _format_option(get)
    _site_options(get)


def _add_volume(commands: "_Commands") -> None:
    group = _command(commands, "volume", "ACTION ...", "create, start, stop, test and delete volumes")
    actions = group.add_subparsers(dest="action", metavar="ACTION", title="actions", required=True)
    _add_create(actions)
    for name, text in (
        ("start", "start a volume"),
        ("stop", "stop a volume: its clients lose it"),
        ("delete", "delete a volume with all its bricks and their data"),
        ("mount-test", "mount a volume on a node, write, read back, compare, unmount"),
    ):
        on = " [--on NODE]" if name == "mount-test" else ""
        parser = _command(actions, f"volume {name}", f"NAME{on} [--dry-run] [--yes] [-o FORMAT]", text)
        parser.add_argument("name", metavar="NAME", help="the volume")
        if on:
            parser.add_argument("--on", default="", metavar="NODE", help="mount it on this node (default: any)")
        _change_options(parser)
        _site_options(parser)
    _site_options(group)


def _add_past(commands: "_Commands") -> None:
    listing = _command(
        commands, "operations", "[OPERATION] [-o FORMAT]", "what was changed here, or all of one operation"
    )
    listing.add_argument("operation", nargs="?", default="", metavar="OPERATION", help="the beginning of its id")
    _format_option(listing)
    _site_options(listing)
    for name, text in (
        ("undo", "take an operation back: what it did and nothing else"),
        ("resume", "go on with an operation that broke off, was cancelled or failed"),
    ):
        more = "[--skip-failed] " if name == "resume" else ""
        parser = _command(commands, name, f"[OPERATION] {more}[--dry-run] [--yes] [-o FORMAT]", text)
        parser.add_argument(
            "operation", nargs="?", default="", metavar="OPERATION", help="default: the newest possible"
        )
        if name == "resume":
            parser.add_argument(
                "--skip-failed", action="store_true", help="leave out the steps that failed, and go on without them"
            )
        _change_options(parser)
        _site_options(parser)


def _add_clean(commands: "_Commands") -> None:
    group = _command(commands, "clean", "WHAT ...", "take away what was loaded or made, however it came there")
    actions = group.add_subparsers(dest="action", metavar="WHAT", title="what to clean", required=True)
    for name, usage, text in (
        ("cluster", "[NAME]", "a cluster: volumes, bricks, volume groups, peers (default: the only one)"),
        ("node", "NODE", "a node, which leaves its pool"),
        ("device", "NODE PATH", "a device"),
        ("topology", "FILE", "what a topology file names"),
        ("leftovers", "", "what failed loads and vanished volumes left"),
    ):
        parser = _command(actions, f"clean {name}", f"{usage} [--dry-run] [--yes] [-o FORMAT]", f"clean {text}")
        for word in usage.replace("[", "").replace("]", "").split():
            # --node is an option of every command: the node that is meant here has another name inside
            parser.add_argument(
                "node_" if word == "NODE" else word.lower(), metavar=word, nargs="?" if "[" in usage else None
            )
        _change_options(parser)
        _site_options(parser)
    _site_options(group)


def _add_create(actions: "_Commands") -> None:
    create = _command(
        actions,
        "volume create",
        "[NAME] --size SIZE [OPTIONS]",
        "place a new volume's bricks, make them, start it",
        _CREATE,
    )
    add = create.add_argument
    add("name", nargs="?", default="", metavar="NAME", help="default: vol_ and a fresh id")
    add("--size", required=True, metavar="SIZE", help="as 100GiB, 512MiB or 2TiB; a bare number is GiB")
    add("--durability", choices=("none", "replicate"), default="replicate", help="default: replicate")
    add("--replica", type=int, choices=(2, 3), help="copies of all data (default: 3)")
    add("--gid", type=int, default=0, help="group that owns the volume's root (default: none)")
    add("--cluster", default="", metavar="ID", help="the cluster, where the site has several")
    add("--brick-min", default="1GiB", metavar="SIZE", help="smallest brick (default: 1GiB)")
    _change_options(create)
    _site_options(create)


def _change_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--dry-run", action="store_true", help="print the plan with all commands and change nothing")
    parser.add_argument("--yes", action="store_true", help="don't ask; needed where there is no terminal")
    _format_option(parser)


def _format_option(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "-o", "--output", choices=FORMATS, metavar="FORMAT", default="table",
        help=f"form of the result: {', '.join(FORMATS)} (default: table)",
    )  # fmt: skip
