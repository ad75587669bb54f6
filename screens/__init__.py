"""What the admin sees: one file for each pane and dialog. `house()` hands them to the app.

Only the dashboard is imported for the first paint; the dialogs are when they are opened, or by `prepare` before.
"""

import asyncio
import importlib
import pkgutil
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from tui.app import BrickyardApp, FirstRun, House, MakeSite

if TYPE_CHECKING:
    from textual.app import App
    from textual.screen import Screen

    from tui.core.asker import Asker
    from tui.site import Site


def house() -> House:
    """The screens that the app opens by itself, for the composition root."""
    from screens.dashboard import STYLES, DashboardScreen
    from screens.theme import THEMES

    return House(
        dashboard=DashboardScreen,
        prepare=prepare,
        first_run=_first_run,
        begin=_begin,
        help=_help,
        error=_error,
        quit=_quit,
        asker=_asker,
        themes=THEMES,
        css=STYLES,
    )


async def prepare() -> None:
    """Import all dialogs in a thread, so that no key has to wait for one."""
    for module in pkgutil.iter_modules(__path__, "screens."):
        await asyncio.to_thread(importlib.import_module, module.name)


def _first_run(first_run: FirstRun) -> "Screen[MakeSite]":
    from screens.first_run import FirstRunDialog

    return FirstRunDialog(first_run)


def _begin(app: BrickyardApp) -> None:
    from screens.unfinished import begin

    begin(app)


def _help(contexts: Sequence[str]) -> "Screen[None]":
    from screens.help import HelpDialog

    return HelpDialog(contexts)


def _error(sentence: str, details: str) -> "Screen[None]":
    from screens.error import ErrorDialog

    return ErrorDialog(sentence, details)


def _quit(site: "Site") -> "Screen[bool]":
    from screens.quit import QuitDialog

    return QuitDialog(site)


def _asker(app: "App[Any]") -> "Asker":
    from screens.asker import ScreenAsker

    return ScreenAsker(app)
