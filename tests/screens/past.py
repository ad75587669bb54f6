"""Records of operations as the journal gives them."""

from tests.screens.fake_site import step
from tui.core.plan import Plan
from tui.ops.events import Status, StepReport
from tui.ops.history import CommandRun, Entry, Record

AT = 1_800_000_000.0
HOSTILE = "[b]no[/b] \x1b[31mred"


def record(
    id_: str,
    state: str = "failed",
    *,
    title: str = "Load lab.json",
    undoes: str = "",
    undone_by: str = "",
    ago: int = 0,
) -> Record:
    """Three steps: done, failed (or, where it broke off, begun and not known), not tried."""
    plan = Plan(title, tuple(step(f"s{n}", f"node{n}") for n in (1, 2, 3)))
    second = StepReport("s2", Status.FAILED, f"the device is in use {HOSTILE}", "lsof /dev/sdb", 2.0, begun=True)
    if state == "broken off":
        second = StepReport("s2", Status.RUNNING, begun=True)
    reports = {
        "s1": StepReport("s1", Status.DONE, seconds=1.0, begun=True),
        "s2": second,
        "s3": StepReport("s3", Status.BLOCKED, "'step s2' did not succeed"),
    }
    if state == "done":
        reports = {name: StepReport(name, Status.DONE, seconds=1.0, begun=True) for name in reports}
    ended = None if state in ("running", "broken off") else AT + 75.5 - ago
    entry = Entry(
        id_, "lab", title, "undo" if undoes else "do", undoes, "anna", "desk", "0.1", AT - ago, ended, state, undone_by
    )
    said = f"  Can't open {HOSTILE}\nsecond line\n"
    runs = (
        CommandRun("s1", "change", "lvm vgcreate vg_a /dev/sdb", 0, "", AT + 1, 0.5),
        CommandRun("s2", "change", "lvm vgcreate vg_b /dev/sdb", 5, said, AT + 3, 0.25),
    )
    return Record(entry, plan, reports, runs)
