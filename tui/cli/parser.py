"""The command line: what can be typed, with its help."""

import argparse
from pathlib import Path

from tui import __version__
from tui.cli.output import FORMATS
from tui.cli.rows import KINDS

EXIT_CODES = """\
exit codes:
  0    done, or healthy
  1    something failed, was refused, or was found
  2    wrong input or usage: nothing was tried
  3    could not look, or a node could not be reached
  130  cancelled
"""


def make_parser() -> argparse.ArgumentParser:
    """The parser of `brickyard`."""
    parser = _parser(
        prog="brickyard",
        description="The storage of Kubernetes clusters on GlusterFS. Without a command it opens the screen.",
        epilog=EXIT_CODES,
    )
    parser.add_argument("--version", action="version", version=f"brickyard {__version__}")
    parser.add_argument("--load", metavar="FILE", type=Path, help="open the screen and load this topology file")
    _site_options(parser, default=None)
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", title="commands")
    _command(commands, "demo", "open the screen on a simulated site, which ends with it")
    _add_topology(commands)
    _add_get(commands)
    _add_volume(commands)
    return parser


def _parser(**options: object) -> argparse.ArgumentParser:
    return argparse.ArgumentParser(formatter_class=argparse.RawDescriptionHelpFormatter, **options)  # type: ignore[arg-type]


def _site_options(parser: argparse.ArgumentParser, default: object = argparse.SUPPRESS) -> None:
    """Options that stand before or after the command; after it they don't undo what stood before."""
    group = parser.add_argument_group("site")
    add = group.add_argument
    add(
        "--config",
        type=Path,
        metavar="FILE",
        default=default,
        help="configuration instead of ~/.config/brickyard/config.yaml",
    )
    add("--site", metavar="NAME", default=default, help="the site of the configuration to work on")
    add("--node", action="append", metavar="[USER@]HOST[:PORT]", default=default,
        help="work on this node and its pool, without configuration (may be given again)")  # fmt: skip
    add("--key", type=Path, metavar="FILE", default=default, help="SSH private key")
    add("--known-hosts", type=Path, metavar="FILE", default=default, help="SSH host keys instead of ~/.ssh/known_hosts")
    add("--read-only", action="store_true", default=False if default is None else default, help="refuse every change")
    add("--log", type=Path, metavar="FILE", default=default, help="write a debug log")


def _command(
    commands: "argparse._SubParsersAction[argparse.ArgumentParser]", name: str, text: str
) -> argparse.ArgumentParser:
    parser = commands.add_parser(
        name, help=text, description=text[0].upper() + text[1:] + ".", epilog=EXIT_CODES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )  # fmt: skip
    _site_options(parser)
    return parser


def _group(commands: "argparse._SubParsersAction[argparse.ArgumentParser]", name: str, text: str, dest: str):  # type: ignore[no-untyped-def]  # argparse hides the type
    parser = _command(commands, name, text)
    return parser.add_subparsers(dest=dest, metavar="ACTION", title="actions", required=True)


def _add_topology(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    actions = _group(commands, "topology", "check and load topology files", "action")
    load = _command(actions, "load", "load a topology onto its nodes: join the peers, set up the devices")
    load.add_argument("file", type=Path, metavar="FILE")
    _change_options(load)
    check = _command(actions, "check", "check a topology file, without asking any node")
    check.add_argument("file", type=Path, metavar="FILE")
    check.add_argument("--nodes", action="store_true", help="ask the nodes too whether each device can be used")


def _add_get(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    get = _command(commands, "get", "show nodes, devices, bricks or volumes")
    get.add_argument("kind", choices=KINDS)
    get.add_argument("-o", "--output", choices=FORMATS, default="table")


def _add_volume(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    actions = _group(commands, "volume", "create, start, stop, test and delete volumes", "action")
    create = _command(actions, "create", "create and start a volume")
    create.add_argument("name", nargs="?", default="", metavar="NAME", help="default: vol_ and a fresh id")
    create.add_argument("--size", required=True, metavar="SIZE", help="as 100, 100GiB (a bare number is GiB) or 512MiB")
    create.add_argument("--durability", choices=("none", "replicate"), default="replicate")
    create.add_argument("--replica", type=int, choices=(2, 3), default=3)
    create.add_argument("--gid", type=int, default=0, help="group that owns the volume's root (0: none)")
    create.add_argument("--cluster", default="", metavar="ID", help="the cluster, where the site has several")
    create.add_argument("--brick-min", default="1GiB", metavar="SIZE", help="smallest brick (default 1GiB)")
    _change_options(create)
    for name, text in (
        ("start", "start a volume"),
        ("stop", "stop a volume: its clients lose it"),
        ("delete", "delete a volume with all its bricks and their data"),
        ("mount-test", "mount a volume on a node, write, read back, compare, unmount"),
    ):
        parser = _command(actions, name, text)
        parser.add_argument("name", metavar="NAME")
        _change_options(parser)
        if name == "mount-test":
            parser.add_argument("--on", default="", metavar="NODE", help="the node to mount it on")


def _change_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--dry-run", action="store_true", help="print the plan and change nothing")
    parser.add_argument("--yes", action="store_true", help="don't ask; needed where there is no terminal")
    parser.add_argument("-o", "--output", choices=FORMATS, default="table", help="form of the result")
