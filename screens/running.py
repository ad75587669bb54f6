"""From a plan to its result: review, run, watch, take back, go on. And where a flow's errors become a screen."""

import logging
import time
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Final

from screens.dialog import plain
from screens.operation import OperationDialog
from screens.past import careful, what_is_left
from screens.plan_review import PlanReviewDialog
from screens.words import one_line
from tui.app import BrickyardApp
from tui.core.plan import Plan, Refused
from tui.ops.journal_schema import JournalError
from tui.ops.past import check_resumable, failed_steps, undo_of
from tui.plans.volume_users import lost_volumes

if TYPE_CHECKING:
    from tui.ops.operation import Operation
    from tui.site import Site

log = logging.getLogger(__name__)

_PLANNING: Final = ("planning ", "resuming ")

Done = Callable[[], object]


def review(
    app: BrickyardApp, plan: Plan, on_started: Done | None = None, *, undoes: str = "", cuts_clients: bool = False
) -> None:
    """Show the plan; when it is confirmed run it, call `on_started`, and show its progress.

    `undoes` is the id of the operation that the plan takes back.
    """
    site = app.site
    if site is not None and site.config.heketi is not None:
        plan = site.with_lock_words(plan)

    def confirmed(run: bool | None) -> None:
        if not run or site is None:
            return
        try:
            operation = site.start(plan, undoes=undoes)
        except Refused as error:
            app.refused(error)
            return
        if on_started is not None:
            on_started()
        watch(app, operation)

    read_only = bool(site and site.read_only)
    app.push_screen(PlanReviewDialog(plan, read_only=read_only, cuts_clients=cuts_clients), confirmed)


def watch(app: BrickyardApp, operation: "Operation") -> None:
    """Show an operation of this session, and do what the admin wants done about it in the end."""

    def left(wish: str | None) -> None:
        if wish == "undo":
            undo(app, operation.id)
        elif wish in ("resume", "skip"):
            resume(app, operation.id, skip_failed=wish == "skip")

    app.push_screen(OperationDialog(operation), left)


def undo(app: BrickyardApp, operation: str) -> None:
    """Review the plan that takes an operation back; run it when the admin says so."""
    if app.site is not None:
        run_flow(app, _undo(app, app.site, operation), "planning the undo")


async def _undo(app: BrickyardApp, site: "Site", operation: str) -> None:
    from screens.waiting import WaitingDialog

    record = await site.record(operation)

    async def look() -> Plan:
        # who loses a volume is known once claims and pods were read
        if any(lost_volumes(undo_of(record).steps)):
            await site.know_users()
        return (await site.undo_plan(record.entry.id))[1]

    text = plain(
        "What stands on it by now is looked at, and what would be lost.\n\n", (one_line(record.plan.title), "bold")
    )
    plan = await app.push_screen_wait(WaitingDialog[Plan]("Undo", text, look))
    if plan is not None:
        review(app, careful(plan, record, time.time()), undoes=record.entry.id)


def resume(app: BrickyardApp, operation: str, *, skip_failed: bool = False) -> None:
    """Review what is left of an operation, and go on with it when the admin says so."""
    if app.site is not None:
        run_flow(app, _resume(app, app.site, operation, skip_failed), "resuming the operation")


async def _resume(app: BrickyardApp, site: "Site", operation: str, skip_failed: bool) -> None:
    record = await site.record(operation)
    check_resumable(record)
    left = what_is_left(record, failed_steps(record) if skip_failed else ())
    # where all that is left was to be skipped there is nothing to look at
    if not left.steps or await app.push_screen_wait(PlanReviewDialog(left, read_only=site.read_only)):
        watch(app, await site.resume(record.entry.id, skip_failed=skip_failed))


def is_planning(app: BrickyardApp) -> bool:
    """Whether the review of a plan will come up as soon as the plan is made."""
    return any(worker.name.startswith(_PLANNING) and worker.is_running for worker in app.workers)


def run_flow(app: BrickyardApp, flow: Awaitable[None], name: str) -> None:
    """Run a chain of dialogs beside the screens; whatever it can't do is said."""
    app.run_worker(_guarded(app, flow, name), group="flow", name=name, exit_on_error=False)


async def _guarded(app: BrickyardApp, flow: Awaitable[None], name: str) -> None:
    try:
        await flow
    except Refused as error:
        app.refused(error)
    except JournalError as error:
        app.refused(Refused(error.reason, (f"what to do: {error.remedy}",)))
    except Exception as error:
        log.exception("flow '%s'", name)
        app.refused(Refused(f"{name} failed: {error}", ("This is a fault of brickyard; its log says more.",)))
