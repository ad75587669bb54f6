"""What can be typed after `heketi prepare`; in a room of its own, since every start of brickyard makes the parser."""

import argparse
from collections.abc import Callable
from pathlib import Path
from typing import Final

_KEY: Final = "~/.ssh/heketi_ed25519"
MakeCommand = Callable[..., argparse.ArgumentParser]
AddOptions = Callable[[argparse.ArgumentParser], None]


def add_prepare(actions: object, under: MakeCommand, change: AddOptions, site: AddOptions) -> None:
    """Add the action and its options."""
    parser = under(
        actions, "heketi prepare", "TOPOLOGY [--dry-run] [--yes] [-o FORMAT]",
        "make a key pair, put it onto the nodes, write a heketi.json, and check the nodes' disks and LVM filters",
    )  # fmt: skip
    parser.add_argument("file", type=Path, metavar="TOPOLOGY", help="topology.json with the nodes and devices")
    parser.add_argument(
        "--pair", type=Path, default=Path(_KEY), metavar="FILE", help=f"heketi's private key (default {_KEY})"
    )
    parser.add_argument("--write", type=Path, default=Path("heketi.json"), metavar="FILE",
                        help="where heketi.json is written; one that is there is only checked")  # fmt: skip
    parser.add_argument("--login", default="", metavar="NAME", help="the user heketi logs in as (default: the site's)")
    parser.add_argument("--home", default="", metavar="FOLDER", help="its home folder on the nodes")
    change(parser)
    site(parser)
