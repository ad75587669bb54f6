"""The pane of claims, PersistentVolumes and StorageClasses: one table at a time."""

from dataclasses import replace
from time import monotonic
from typing import Any, ClassVar, Final

from textual import on
from textual.app import ComposeResult
from textual.widgets import Static

from screens.dialog import plain
from screens.kube_health import banner, source_parts
from screens.kube_view import KubeView
from screens.kube_views import ClaimsView, ClassesView, PersistentView
from screens.marks import Marks, Thing, for_pane
from screens.pane_base import OPENING, DashboardPane, ThingSelected
from screens.words import DIM
from tui.core.kube import Key
from tui.core.kube_source import KubeSource
from tui.core.model import Snapshot

NO_KUBERNETES: Final = (
    "No Kubernetes cluster is configured for this site, so claims are unknown here (not: none).\n\n"
    "Where it goes: under your site in ~/.config/brickyard/config.yaml,\n"
    "    kubeconfig: ~/.kube/config\n"
    "    context: NAME\n"
    "    namespace: NAME      # only where your rights do not reach further\n\n"
    "Then this pane tells of every claim why it is not bound, and Enter shows its whole chain from the pods that wait "
    "down to the disks. Reading is all that it needs; a part that may not be read is named and the rest is shown."
)
FOLLOW_SECONDS: Final = 120.0
WARNED_SECONDS: Final = 15.0
"""So long after a repair a bound claim may still be told of what was wrong before."""
HEADINGS: Final = ("Claims", "PersistentVolumes", "StorageClasses")


class ClaimsText(Static, can_focus=True):
    """Takes the focus of its pane where there is no table."""


class ClaimsPane(DashboardPane):
    """Three tables one key apart, or why there is none. After a repair it follows a claim until that is well."""

    number: ClassVar[int] = 4
    heading: ClassVar[str] = "Claims"

    def __init__(self, pane_id: str) -> None:
        super().__init__(pane_id)
        self.source: KubeSource | None = None
        self.claims_view = ClaimsView()
        self.views: list[KubeView[Any]] = [self.claims_view, PersistentView(), ClassesView()]
        self._place = 0
        self._follow_until = self._warned_until = 0.0

    def compose_body(self) -> ComposeResult:
        """The explanation, the line about what can't be read, the tables."""
        yield ClaimsText(markup=False)
        line = Static(id="kube-banner", markup=False)
        line.display = False
        yield line
        for view in self.views:
            view.display = False
            yield view

    def on_mount(self) -> None:
        """Until a cluster is known the title says so."""
        self._draw()

    @property
    def view(self) -> KubeView[Any]:
        """The table on the screen."""
        return self.views[self._place]

    def watch_source(self, source: KubeSource | None) -> None:
        """Another cluster, or none."""
        if source is self.source:
            return
        self.source = source
        self.set_class(source is not None, "-kube")
        for view in self.views:
            view.watch_source(source)
        self._turn_to(self._place)

    def turn(self, step: int = 1) -> None:
        """To the next table."""
        if self.source is not None:
            self._turn_to((self._place + step) % len(HEADINGS))

    def _turn_to(self, place: int) -> None:
        had_focus = self.has_focus_within
        self._place = place
        self.query_one(ClaimsText).display = self.source is None
        for number, view in enumerate(self.views):
            view.display = self.source is not None and number == place
        self.title = f"{self.number} {HEADINGS[place]}"
        if self.source is not None:
            self.view.update_rows(self.now)
        self._draw()
        if had_focus:
            self.focus_body()
            self.post_message(ThingSelected(self.selected))

    def show(self, snapshot: Snapshot, now: float) -> None:
        """Take in what Kubernetes said since."""
        super().show(snapshot, now)
        if self.source is not None:
            self.view.update_rows(now)
        self._draw()

    def tick(self, now: float) -> None:
        """Ages grew."""
        super().tick(now)
        if self.source is not None:
            self.view.tick(now)
            self._draw()
            self._check_followed()

    def _draw(self) -> None:
        """Title and banner."""
        line = self.query_one("#kube-banner", Static)
        if self.source is None:
            line.display = False
            self._draw_without()
            return
        tables = self.source.tables
        self.show_health([*source_parts(tables, self.view.kind, self.now), *self.view.health()])
        text, tone = banner(tables, self.now)
        if bool(text) != bool(line.display):
            line.display = bool(text)
        if text and text != str(line.content):
            line.update(plain((text, tone)), layout=False)

    def _draw_without(self) -> None:
        """Whether there is a cluster is known once the site is open."""
        is_open = self.app.site is not None
        opening = OPENING if self.app.opening else "No site is open. r tries again."
        self.show_health([("Kubernetes is not configured", DIM)] if is_open else [])
        text = self.query_one(ClaimsText)
        wanted = NO_KUBERNETES if is_open else opening
        if str(text.content) != wanted:
            text.update(wanted)

    def mark(self, marks: Marks) -> None:
        """Light up what belongs to the row selected in another pane."""
        if self.source is not None:
            self.view.mark(for_pane(marks, "claims"))

    def set_faults_only(self, faults_only: bool) -> None:
        """Hide what is well, or show it again."""
        for view in self.views:
            view.set_view(replace(view.view, faults_only=faults_only))

    def open_filter(self) -> None:
        """Let the admin type a filter."""
        if self.source is not None:
            self.view.open_filter()

    def sort_next(self) -> None:
        """Sort by the next column."""
        self.view.sort_next()

    def sort_turn(self) -> None:
        """Turn the order around."""
        self.view.sort_turn()

    def go_back(self) -> bool:
        """Drop the filter; else back to the claims."""
        if self.source is None:
            return False
        if self.view.go_back():
            return True
        if self._place:
            self._turn_to(0)
            return True
        return False

    @property
    def selected(self) -> Thing | None:
        """The object under the cursor."""
        return None if self.source is None else self.view.selected

    def focus_body(self) -> None:
        """Take the focus."""
        if self.source is None:
            self.query_one(ClaimsText).focus()
        else:
            self.view.table.focus()

    # After a repair

    def follow(self, key: Key) -> None:
        """Show the claim and say what becomes of it, until it is well or FOLLOW_SECONDS are over."""
        self._turn_to(0)
        self._wait_from_now()
        self.claims_view.follow(key)

    def _wait_from_now(self) -> None:
        self._follow_until, self._warned_until = monotonic() + FOLLOW_SECONDS, monotonic() + WARNED_SECONDS

    def _check_followed(self) -> None:
        view = self.claims_view
        key = view.following
        if key is None:
            return
        if self.app.site is not None and any(operation.running for operation in self.app.site.operations):
            self._wait_from_now()
            return
        row = view.rows.get(key)
        name = "/".join(key)
        if row is not None and row.severity == 0 and row.state == "bound":
            volume = row.claim.volume_name if row.claim else ""
            self.app.notify(f"Claim {name} is bound to {volume}.", markup=False)
            view.follow(None)
        elif row is not None and row.severity == 1 and row.state == "bound" and monotonic() > self._warned_until:
            self.app.notify(f"Claim {name} is bound, with a warning: {row.reason}", markup=False)
            view.follow(None)
        elif monotonic() > self._follow_until:
            said = row.text if row is not None else "it does not exist"
            self.app.notify(f"Claim {name} is still not well: {said}", severity="warning", markup=False)
            view.follow(None)

    @on(KubeView.Shown)
    def _shown(self, event: KubeView.Shown) -> None:
        event.stop()
        self._draw()
        self.claims_view.find_followed()
        if self.claims_view.following is not None:
            self._check_followed()
        if self.has_focus_within:
            self.post_message(ThingSelected(self.selected))
