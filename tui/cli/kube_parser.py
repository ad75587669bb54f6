"""What can be typed about claims: doctor, explain, fix."""

import argparse
from collections.abc import Callable
from pathlib import Path
from typing import Final

KUBE_KINDS: Final = ("claims", "pvs", "classes")
KUBE_COMMANDS: Final = ("doctor", "explain", "fix")

_DOCTOR: Final = """\
Without configuration it looks at the cluster that kubectl would use. With storage nodes or a heketi
configured (--site, --node) it looks there too. Exit code 1: something was found.

examples:
  brickyard doctor
  brickyard doctor --kubeconfig ~/.kube/prod --namespace shop -o json
"""
_EXPLAIN: Final = """\
examples:
  brickyard explain claim shop/db       the whole chain of a claim, what is wrong with it, what to do
  brickyard explain C1                  the page behind a code
  brickyard explain                     all codes
"""
_FIX: Final = """\
CODE is what doctor or explain printed for OBJECT: NAMESPACE/NAME of a claim, or the name of a
PersistentVolume or StorageClass. Where several remedies can be run, the first is taken.

examples:
  brickyard fix C1 shop/db --dry-run
  brickyard fix B8 pv-old --remedy 2
  brickyard fix F2 wiki/pages --set addresses=10.0.0.11,10.0.0.12
  brickyard fix D4 ci/artifacts --key-file heketi.key
"""


def add_kube_options(parser: argparse.ArgumentParser, default: object) -> None:
    """Which Kubernetes is meant, as options of every command."""
    add = parser.add_argument_group("kubernetes options").add_argument
    add("--kubeconfig", type=Path, metavar="FILE", default=default, help="kubeconfig of the cluster with the claims")
    add("--context", metavar="NAME", default=default, help="context of the kubeconfig")
    add("--namespace", "-n", metavar="NAME", default=default,
        help="show this namespace; where rights reach no further, only it is read")  # fmt: skip


def copies_option(parser: argparse.ArgumentParser) -> None:
    """Whether to wait for what is too slow for each look."""
    parser.add_argument(
        "--copies", action="store_true",
        help="compare the copies of the Gluster volumes too (heal, split-brain): 1 to 2 seconds a volume",
    )  # fmt: skip


def add_kube_commands(
    command: Callable[..., argparse.ArgumentParser],
    formats: Callable[[argparse.ArgumentParser], None],
    change: Callable[[argparse.ArgumentParser], None],
    site: Callable[[argparse.ArgumentParser], None],
) -> None:
    """Add the commands; `command` makes one from names, usage, text and examples, the others add options."""
    doctor = command(
        "doctor", "[--copies] [-o FORMAT]", "find what is wrong with claims, PersistentVolumes and classes", _DOCTOR
    )
    copies_option(doctor)
    formats(doctor)
    site(doctor)
    explain = command(
        "explain", "[claim NAMESPACE/NAME | CODE] [--copies] [-o FORMAT]", "say why a claim is as it is", _EXPLAIN
    )
    explain.add_argument("what", nargs="?", default="", metavar="claim|CODE", help="'claim', or the code of a finding")
    explain.add_argument("object", nargs="?", default="", metavar="NAMESPACE/NAME", help="the claim")
    copies_option(explain)
    formats(explain)
    site(explain)
    usage = "CODE OBJECT [--remedy N] [--set NAME=VALUE] [--key-file FILE] [--dry-run] [--yes] [-o FORMAT]"
    fix = command("fix", usage, "repair what was found", _FIX)
    fix.add_argument("code", metavar="CODE", help="the code of the finding, for example C1")
    fix.add_argument("object", metavar="OBJECT", help="NAMESPACE/NAME of a claim, or the name of another object")
    fix.add_argument("--remedy", type=int, default=0, metavar="N", help="which of the remedies, counted from 1")
    fix.add_argument("--set", action="append", default=[], metavar="NAME=VALUE", help="what the repair has to know")
    fix.add_argument("--key-file", type=Path, default=None, metavar="FILE", help="file with heketi's key, for a Secret")
    change(fix)
    site(fix)
