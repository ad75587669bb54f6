"""heketi itself: what its clusters take, what it left undone, its mode and how much it logs."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Final

from tui.core.heketi_model import HeketiCluster, HeketiOperation
from tui.core.plan import Check, Command, Plan, Refused, Skipped, Step
from tui.core.runner import HEKETI
from tui.dialects import heketi_requests as requests
from tui.dialects.heketi_requests import Request
from tui.plans.heketi_steps import DEVICE_SECONDS, exists

MODES: Final = ("normal", "local-client", "read-only")
LEVELS: Final = ("none", "critical", "error", "warning", "info", "debug")
CLONE: Final = "clone-volume"
"""heketi 10 can't load these operations when it cleans up: only a repaired export gets rid of them."""
_AT_ONCE: Final = 32


def plan_flags(cluster: HeketiCluster, *, file: bool, block: bool) -> Plan:
    """What a cluster takes from now on: volumes (`file`), block volumes (`block`)."""
    title = f"Let cluster {cluster.id} take {_taken(file, block)}"
    if (cluster.takes_files, cluster.takes_blocks) == (file, block):
        return Plan(title, (), (Skipped(cluster.id, "it does already"),))
    fields = (("/file", _json(file)), ("/block", _json(block)))
    old = requests.set_cluster_flags(cluster.id, cluster.takes_files, cluster.takes_blocks)
    step = Step(
        id=f"flags {cluster.id}",
        node=HEKETI,
        title=f"let it take {_taken(file, block)}",
        commands=(requests.set_cluster_flags(cluster.id, file, block).command(),),
        subject=f"cluster {cluster.id}",
        done=exists(f"/clusters/{cluster.id}", "the cluster takes something else", *fields),
        undo=(old.command(),),
    )
    return Plan(title, (step,))


def plan_cleanup(operations: Sequence[HeketiOperation]) -> Plan:
    """Let heketi take back or end what it left behind. What it could not clean up shows as a failure."""
    stuck = [operation for operation in operations if operation.is_stuck]
    if not stuck:
        return Plan(
            "Let heketi clean up", (), (Skipped("heketi", "it left nothing behind: nothing is stale or failed"),)
        )
    able = [operation for operation in stuck if operation.type != CLONE]
    skipped = tuple(
        Skipped(
            f"{operation.type} {operation.id}",
            "heketi can't clean up a clone that broke off",
            is_fault=True,
            remedy="repair its database: brickyard heketi export-repair",
        )
        for operation in stuck
        if operation.type == CLONE
    )
    steps = tuple(_cleanup(able[start : start + _AT_ONCE]) for start in range(0, len(able), _AT_ONCE))
    words = f"{len(able)} stale or failed operation{'s' * (len(able) != 1)}"
    return Plan(f"Let heketi clean up {words}", steps, skipped)


def _cleanup(operations: Sequence[HeketiOperation]) -> Step:
    """heketi answers the same whether it could clean up or not: each operation is asked for afterwards."""
    left: Check | None = None
    for operation in reversed(operations):
        command = Command(("GET", f"/operations/pending/{operation.id}"), timeout=60.0, ok=(404,), sudo=False)
        left = Check(command, why=f"{operation.type} {operation.id} is still there: heketi's log says why", also=left)
    names = ", ".join(f"{operation.type} {operation.id[:6]}" for operation in operations[:3])
    more = f" and {len(operations) - 3} more" if len(operations) > 3 else ""
    return Step(
        id=f"operations {operations[0].id}",
        node=HEKETI,
        title=f"clean up {names}{more}",
        commands=(requests.clean_operations([one.id for one in operations]).command(DEVICE_SECONDS),),
        subject="operations",
        done=left,
        settled=left,
        settle_seconds=10.0,
        no_undo="heketi takes back or ends what it had begun",
    )


def plan_mode(old: str, new: str) -> Plan:
    """What heketi takes requests for. Raises Refused out of read-only: no request leads out of it."""
    if new not in MODES:
        raise Refused(f"heketi has no mode {new}; it is one of {', '.join(MODES)}.")
    title = f"Put heketi into the mode {new}"
    if new == old:
        return Plan(title, (), (Skipped("heketi", f"it is {old} already"),))
    if old == "read-only":
        raise Refused(
            "heketi is read-only, and takes no request to change that.",
            ("on its host: kill -USR2 of its process, or restart it",),
        )
    warnings = {
        "read-only": ("No request leads out of read-only: on heketi's host send USR2 to its process, or restart it.",),
        "local-client": ("From now on heketi takes changes from its own host alone, the way back too.",),
    }.get(new, ())
    no_undo = "no request leads out of read-only" if new == "read-only" else ""
    step = _setting("mode", f"put heketi from {old or 'its mode'} into {new}", requests.set_mode, "/admin", old, new)
    return Plan(title, (replace(step, undo=(), no_undo=no_undo) if no_undo else step,), warnings=warnings)


def plan_log_level(old: str, new: str) -> Plan:
    """How much heketi logs."""
    if new not in LEVELS:
        raise Refused(f"heketi has no log level {new}; it is one of {', '.join(LEVELS)}.")
    title = f"Let heketi log at level {new}"
    if new == old:
        return Plan(title, (), (Skipped("heketi", f"it logs at {old} already"),))
    words = f"log at {new} instead of {old or 'before'}"
    return Plan(title, (_setting("log level", words, requests.set_log_level, "/internal/logging", old, new),))


def _setting(ident: str, title: str, make: Callable[[str], Request], path: str, old: str, new: str) -> Step:
    """The step that sets something of the server; `old` may be unknown ("")."""
    command = Command(("GET", path), timeout=60.0, ok=(200,), sudo=False)
    field = "/state" if path == "/admin" else "/loglevel/glusterfs"
    return Step(
        id=ident,
        node=HEKETI,
        title=title,
        commands=(make(new).command(),),
        subject="heketi",
        done=Check(command, why=f"the {ident} is another", fields=((field, f'"{new}"'),)),
        undo=(make(old).command(),) if old else (),
        no_undo="" if old else f"the {ident} before is not known",
    )


def _json(value: bool) -> str:
    return "true" if value else "false"


def _taken(file: bool, block: bool) -> str:
    taken = [words for words, wanted in (("volumes", file), ("block volumes", block)) if wanted]
    return " and ".join(taken) or "nothing new"
