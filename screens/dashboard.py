"""The dashboard: four panes at once, the details of the selected row, what runs, and the keys that work."""

import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, Final

from textual import events, getters, on, work
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Container, Horizontal
from textual.reactive import Reactive
from textual.widget import Widget

from screens.breakpoints import wear_width
from screens.claim_rows import ClaimRow
from screens.columns_classes import ClassRow
from screens.commands import SiteCommands
from screens.details import Line, details_of
from screens.details_panel import DetailsDialog, DetailsPanel
from screens.heketi_commands import HeketiCommands
from screens.heketi_health import heketi_details
from screens.kube_commands import KubeCommands, kube_of
from screens.living import LivingScreen
from screens.marks import Marks, Thing, marks_of
from screens.pane_base import DashboardPane, ThingSelected
from screens.pane_bricks import BricksPane
from screens.pane_claims import ClaimsPane
from screens.pane_topology import TopologyPane
from screens.pane_volumes import VolumesPane
from screens.strips import Header, KeyHints, OperationStrip
from screens.unsettled import Unfinished
from screens.wizard_commands import WizardCommands
from tui.actions import ANYWHERE, CLAIMS, DASHBOARD, TABLE, TOPOLOGY, VOLUMES, bindings
from tui.app import BrickyardApp
from tui.core.kube import PersistentVolume
from tui.core.model import Snapshot
from tui.widgets.filter_bar import FilterBar
from tui.widgets.pane import Pane

if TYPE_CHECKING:
    from tui.site import Site

REDRAW_SECONDS: Final = 0.1
AGES_SECONDS: Final = 4.0
STYLES: Final = tuple(Path(__file__).with_name(name) for name in ("dashboard.tcss", "panes.tcss"))
PANES: Final = ("topology", "bricks", "volumes", "claims")


class DashboardScreen(SiteCommands, KubeCommands, WizardCommands, HeketiCommands, LivingScreen[None]):
    """Reads the store and the cluster of the site; a burst of changes costs one redraw in REDRAW_SECONDS."""

    app = getters.app(BrickyardApp)
    action_contexts: ClassVar[tuple[str, ...]] = (DASHBOARD, TOPOLOGY, VOLUMES, CLAIMS, TABLE)
    BINDINGS: ClassVar[list[BindingType]] = [*bindings(DASHBOARD, TOPOLOGY, VOLUMES, CLAIMS, TABLE)]
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (110, "-side"), (170, "-grid")]
    AUTO_FOCUS = ""

    # who gains or loses the focus is drawn anew anyhow; Textual would draw the whole screen with it
    focused: Reactive[Widget | None] = Reactive(None, repaint=False)

    def __init__(self) -> None:
        super().__init__()
        self.snapshot = Snapshot()
        self.active = "topology"
        self._details_wanted = True
        self._faults_only = False
        self._redraw_waits = False
        self._unfinished = Unfinished()
        self._unsubscribe: list[Callable[[], None]] = []

    def compose(self) -> ComposeResult:
        """The floor plan; where things stand is in dashboard.tcss."""
        wear_width(self)
        yield Header()
        with Horizontal(id="main"):
            with Container(id="panes"):
                yield TopologyPane("topology")
                yield BricksPane("bricks")
                yield VolumesPane("volumes")
                yield ClaimsPane("claims")
            yield DetailsPanel()
        yield OperationStrip()
        yield KeyHints()

    def on_mount(self) -> None:
        """Begin to watch."""
        self.watch(self.app, "site", self._watch_store)
        self.set_interval(1.0, self._tick)
        self.set_interval(AGES_SECONDS, self._tick_ages)
        self.action_pane(self.active)

    def on_screen_resume(self) -> None:
        """A dialog went away: what happened under it is shown at once."""
        self.redraw_soon()
        self._look_for_unfinished()

    def on_unmount(self) -> None:
        """End watching."""
        self._unwatch()

    @property
    def site(self) -> "Site | None":
        """The site, once it is there."""
        return self.app.site

    def _watch_store(self, site: "Site | None") -> None:
        self._unwatch()
        if site is not None:
            self._unsubscribe = [site.store.subscribe(self.redraw_soon)]
        kube = kube_of(site)
        if kube is not None:
            self._unsubscribe.append(kube.subscribe(self.claims_soon))
        self._claims.watch_source(kube)
        self._look_for_unfinished()
        self.redraw()

    @work(group="unfinished", exclusive=True, exit_on_error=False)
    async def _look_for_unfinished(self) -> None:
        if self.site is not None:
            await self._unfinished.look(self.site)

    def _unwatch(self) -> None:
        for end in self._unsubscribe:
            end()
        self._unsubscribe = []

    def redraw_soon(self) -> None:
        """Something changed; may be called as often as one likes."""
        if not self._redraw_waits:
            self._redraw_waits = True
            self.set_timer(REDRAW_SECONDS, self.redraw)

    def redraw(self) -> None:
        """Hand the present snapshot to all that draws."""
        self._redraw_waits = False
        now = time.time()
        if self.site is not None:
            self.snapshot = self.site.store.snapshot
        for pane in self.panes:
            pane.show(self.snapshot, now)
        self._draw_strips(now)
        self._draw_selection()

    def _tick(self) -> None:
        now = time.time()
        if self.site is not None and self._unfinished.is_due(self.site, now):
            self._look_for_unfinished()
        self._draw_strips(now)

    def _tick_ages(self) -> None:
        """Ages grew; drawing all of them each second would be most of what an idle dashboard costs."""
        now = time.time()
        for pane in self.panes:
            pane.tick(now)
        self._draw_details(now)

    def on_resize(self, event: events.Resize) -> None:
        """The strips are drawn to measure."""
        self.call_after_refresh(lambda: self._draw_strips(time.time()))

    def _draw_strips(self, now: float) -> None:
        site = self.site
        name = site.name if site else "opening the site…" if self.app.opening else "no site"
        read_only = bool(site and site.read_only)
        self.query_one(Header).show(name, read_only, self.snapshot, now, faults_only=self._faults_only)
        self.query_one(OperationStrip).show(site.operations if site else [], self._unfinished.entries)

    @property
    def panes(self) -> list[DashboardPane]:
        """All panes."""
        return [self.pane(name) for name in PANES]

    def pane(self, name: str) -> DashboardPane:
        """One pane."""
        return self.query_one(f"#{name}", DashboardPane)

    @property
    def selected(self) -> Thing | None:
        """The object under the cursor of the active pane."""
        return self.pane(self.active).selected

    @on(ThingSelected)
    def _thing_selected(self, event: ThingSelected) -> None:
        self._draw_selection()
        if event.opened and isinstance(event.thing, ClaimRow | PersistentVolume | ClassRow):
            self.action_chain()
        elif event.opened:
            self._open_details()

    def _draw_selection(self) -> None:
        kube = kube_of(self.site)
        marks = marks_of(self.snapshot, self.selected, kube.tables if kube is not None else None)
        for pane in self.panes:
            pane.mark(Marks() if pane.id == self.active else marks)
        self._draw_details(time.time())

    def _draw_details(self, now: float) -> None:
        panel = self.query_one(DetailsPanel)
        if panel.display:
            panel.show(*self._details(now))

    def _details(self, now: float) -> tuple[str, list[Line]]:
        title, lines = details_of(self.snapshot, self.selected, now, kube_of(self.site))
        return title, [*lines, *heketi_details(self.snapshot, self.selected, now)]

    @property
    def _has_side(self) -> bool:
        return not self.has_class("-narrow")

    def _open_details(self) -> None:
        if self._has_side and self._details_wanted:
            self.query_one(DetailsPanel).focus()
        elif self._has_side:
            self.action_toggle_details()
        else:
            self.app.push_screen(DetailsDialog(*self._details(time.time())))

    def action_toggle_details(self) -> None:
        """Show or hide the panel; where there is no room for one, a dialog."""
        if not self._has_side:
            self._open_details()
            return
        self._details_wanted = not self._details_wanted
        self.set_class(not self._details_wanted, "-no-details")
        if not self._details_wanted:
            self.pane(self.active).focus_body()
        self.call_after_refresh(self._draw_selection)

    def action_pane(self, name: str) -> None:
        """Go to a pane."""
        self.pane(name).focus_body()
        self._activate(name)

    def action_next_pane(self, step: int) -> None:
        """Go to the pane after or before this one."""
        self.action_pane(PANES[(PANES.index(self.active) + step) % len(PANES)])

    def on_descendant_focus(self, event: events.DescendantFocus) -> None:
        """A click went into another pane."""
        pane = next((node for node in event.widget.ancestors if isinstance(node, DashboardPane)), None)
        if pane is not None and pane.id and pane.id != self.active:
            self._activate(pane.id)

    def _activate(self, name: str) -> None:
        self.active = name
        for pane in self.panes:
            pane.set_class(pane.id == name, "-active")
        own = {"volumes": (VOLUMES,), "topology": (TOPOLOGY,), "claims": (CLAIMS,)}.get(name, ())
        self.query_one(KeyHints).show(*own, DASHBOARD, ANYWHERE)
        self._draw_selection()

    def action_zoom(self) -> None:
        """The active pane alone, or all again."""
        self.toggle_class("-zoomed")

    @on(Pane.ZoomRequested)
    def _zoom_requested(self, event: Pane.ZoomRequested) -> None:
        self.action_zoom()

    def action_filter(self) -> None:
        """Filter the active pane."""
        self.pane(self.active).open_filter()

    def action_faults_only(self) -> None:
        """Hide what is well in all panes, or show it again."""
        self._faults_only = not self._faults_only
        for pane in self.panes:
            pane.set_faults_only(self._faults_only)
        self._draw_strips(time.time())

    def action_sort_next(self) -> None:
        """Sort the active pane by its next column."""
        self.pane(self.active).sort_next()

    def action_sort_turn(self) -> None:
        """Turn the order of the active pane around."""
        self.pane(self.active).sort_turn()

    def go_back(self) -> None:
        """Escape: out of the details, the filter, the zoom, faults only; in this order."""
        if not self.pane(self.active).has_focus_within and not isinstance(self.focused, FilterBar):
            self.pane(self.active).focus_body()
        elif self.pane(self.active).go_back():
            pass
        elif self.has_class("-zoomed"):
            self.action_zoom()
        elif self._faults_only:
            self.action_faults_only()

    def check_action(self, action: str, parameters: tuple[Any, ...]) -> bool | None:
        """Everything can be pressed, what can't be done now says why; D deletes what the pane shows."""
        if action == "heketi":
            return self.snapshot.heketi is not None
        return action != ("delete_volume" if self.active == "claims" else "delete_claim")
