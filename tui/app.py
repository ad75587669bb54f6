"""The Textual App: paints first, then opens the site, and keeps what all screens share. No domain logic.

It knows no screen by name: the composition root hands it a `House`, made by `screens.house()`.
"""

import logging
import os
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from textual.app import App, SystemCommand
from textual.binding import BindingType
from textual.reactive import reactive
from textual.screen import Screen
from textual.theme import Theme

from tui import terminal
from tui.actions import ANYWHERE, SAY_HOW_TO_QUIT, ActionProvider, bindings
from tui.core.asker import Asker
from tui.core.plan import Refused
from tui.widgets.keys_in_order import KeysInOrder

if TYPE_CHECKING:
    from tui.site import Site

log = logging.getLogger(__name__)

MakeSite = Callable[[Asker], Awaitable["Site"]]


@dataclass(frozen=True, slots=True)
class SiteDraft:
    """What the first-run form gathers: enough to write a configuration."""

    name: str
    nodes: tuple[str, ...]
    user: str
    key: str
    topology: str
    kubeconfig: str = ""


@dataclass(frozen=True, slots=True)
class FirstRun:
    """What can be done where nothing is configured.

    `save` writes the configuration and returns what makes its site (raises Refused, OSError or
    ValueError with a sentence); `demo` makes a simulated site; `where` is the file that is written.
    """

    save: Callable[[SiteDraft], MakeSite]
    demo: MakeSite
    where: str


@dataclass(frozen=True, slots=True)
class House:
    """The screens that the app opens by itself, the colours it can wear, and the style of its floor.

    `prepare` is awaited before the site is made, after the first paint; `begin` is called when it has opened.
    """

    dashboard: Callable[[], Screen[None]]
    prepare: Callable[[], Awaitable[None]]
    first_run: Callable[[FirstRun], Screen[MakeSite]]
    begin: Callable[["BrickyardApp"], None]
    help: Callable[[Sequence[str]], Screen[None]]
    error: Callable[[str, str], Screen[None]]
    quit: Callable[["Site"], Screen[bool]]
    asker: Callable[[App[None]], Asker]
    themes: Sequence[Theme]
    css: Sequence[Path]


class BrickyardApp(KeysInOrder[None], inherit_bindings=False):
    """One site on the screen.

    `make_site` is awaited after the first paint, so that it may import what is slow; without it
    the first-run screen comes up. `topology` is a file to load as soon as the site is open.
    """

    TITLE = "brickyard"
    COMMANDS: ClassVar[set[Any]] = {ActionProvider}
    BINDINGS: ClassVar[list[BindingType]] = [*bindings(ANYWHERE), SAY_HOW_TO_QUIT]

    site: "reactive[Site | None]" = reactive(None)

    def __init__(
        self,
        house: House,
        make_site: MakeSite | None,
        *,
        first_run: FirstRun | None = None,
        topology: Path | None = None,
        theme: str = "",
    ) -> None:
        super().__init__(css_path=list(house.css))
        self.house, self.first_run, self.topology = house, first_run, topology
        self._make_site = make_site
        self.opening = make_site is not None
        for known in house.themes:
            self.register_theme(known)
        self.theme = theme if theme in self.available_themes else house.themes[0].name
        if os.environ.get("SSH_CONNECTION") or os.environ.get("TMUX"):
            self.animation_level = "none"

    def get_default_screen(self) -> Screen[None]:
        """The dashboard is the floor: everything else lies on it and is taken away again."""
        return self.house.dashboard()

    def on_mount(self) -> None:
        """Paint, and only then begin to work."""
        self.call_after_refresh(self._begin)
        if not self.is_headless:
            # then the app ends as with `q`: what runs comes to a safe point
            terminal.watch(lambda code: self.exit(return_code=code), self._drop_output)

    def _drop_output(self) -> None:
        """Take what is drawn: the thread that writes it has ended with the terminal, and drawing would wait for it."""
        queue = getattr(getattr(self._driver, "_writer_thread", None), "_queue", None)
        while queue is not None and not queue.empty():
            queue.get()

    def _begin(self) -> None:
        if self._make_site is not None:
            self._open(self._make_site)
        elif self.first_run is not None:
            self.push_screen(self.house.first_run(self.first_run), self._after_first_run)

    def _after_first_run(self, make_site: MakeSite | None) -> None:
        if make_site is None:
            self.exit()
        else:
            self._open(make_site)

    def reopen(self) -> bool:
        """Try once more to open a site that did not open; False where there is nothing to try."""
        if self.site is not None or self.opening or self._make_site is None:
            return False
        self._open(self._make_site)
        return True

    def _open(self, make_site: MakeSite) -> None:
        self._make_site, self.opening = make_site, True
        self.run_worker(self._open_site(make_site), group="site", exit_on_error=False)

    async def _open_site(self, make_site: MakeSite) -> None:
        site: Site | None = None
        try:
            await self.house.prepare()
            site = await make_site(self.house.asker(self))
            await site.open()
        except Exception as error:
            log.exception("opening the site")
            self.opening = False
            if site is not None:
                await site.close()
            self.push_screen(self.house.error("The site could not be opened", f"{error}\n\nr tries again."))
            return
        self.site, self.opening = site, False
        self.house.begin(self)

    def get_system_commands(self, screen: Screen[Any]) -> Iterable[SystemCommand]:
        """None: the palette offers the registry of actions and nothing else."""
        return []

    async def action_back(self) -> None:
        """Escape: every screen knows its own way back."""
        go_back = getattr(self.screen, "go_back", None)
        if go_back is not None:
            go_back()

    def action_help(self) -> None:
        """All keys, those of the present screen first."""
        self.push_screen(self.house.help(getattr(self.screen, "action_contexts", ())))

    async def action_quit(self) -> None:
        """Leave; while an operation runs the admin is asked first."""
        site = self.site
        if site is not None and any(operation.running for operation in site.operations):
            self.push_screen(self.house.quit(site), lambda leave: self.exit() if leave else None)
        else:
            self.exit()

    def action_how_to_quit(self) -> None:
        """Ctrl-C ends nothing: what runs would break off. In a field it copies."""
        way = "q quits." if len(self.screen_stack) == 1 else "Escape goes back, q on the dashboard quits."
        self.notify(f"Ctrl-C ends nothing here. {way}", markup=False)

    def refused(self, error: Refused) -> None:
        """Show why something can't be done."""
        self.push_screen(self.house.error(error.sentence, "\n".join(error.details)))

    async def on_unmount(self) -> None:
        """Close the site; connections end with the screen."""
        if self.site is not None:
            await self.site.close()
