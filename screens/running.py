"""From a plan to its result: review, run, watch. And the one place where a flow's errors become a screen."""

import logging
from collections.abc import Awaitable, Callable

from screens.operation import OperationDialog
from screens.plan_review import PlanReviewDialog
from tui.app import BrickyardApp
from tui.core.plan import Plan, Refused

log = logging.getLogger(__name__)

Done = Callable[[], object]


def review(app: BrickyardApp, plan: Plan, on_started: Done | None = None) -> None:
    """Show the plan; when it is confirmed run it, call `on_started`, and show its progress."""
    site = app.site

    def confirmed(run: bool | None) -> None:
        if not run or site is None:
            return
        try:
            operation = site.start(plan)
        except Refused as error:
            app.refused(error)
            return
        if on_started is not None:
            on_started()
        app.push_screen(OperationDialog(operation))

    app.push_screen(PlanReviewDialog(plan, read_only=bool(site and site.read_only)), confirmed)


def run_flow(app: BrickyardApp, flow: Awaitable[None], name: str) -> None:
    """Run a chain of dialogs beside the screens; whatever it can't do is said."""
    app.run_worker(_guarded(app, flow, name), group="flow", name=name, exit_on_error=False)


async def _guarded(app: BrickyardApp, flow: Awaitable[None], name: str) -> None:
    try:
        await flow
    except Refused as error:
        app.refused(error)
    except Exception as error:
        log.exception("flow '%s'", name)
        app.refused(Refused(f"{name} failed: {error}", ("This is a fault of brickyard; its log says more.",)))
