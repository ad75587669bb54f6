"""Loading a topology: choose the file, see what is wrong with it, look at the nodes, review the plan."""

import asyncio
import time
from pathlib import Path
from typing import TYPE_CHECKING

from textual import on
from textual.app import ComposeResult
from textual.widgets import Static

from screens.dialog import Dialog, plain
from screens.error import ErrorDialog
from screens.findings import FindingsDialog
from screens.problems import ProblemsDialog
from screens.running import review, run_flow
from screens.words import ACCENT, DIM, one_line
from tui.app import BrickyardApp
from tui.core.topology import Topology
from tui.core.units import format_age
from tui.widgets.file_picker import FilePicker

if TYPE_CHECKING:
    from tui.core.topology_file import TopologyReading
    from tui.site import LoadProposal, Site


def load_topology(app: BrickyardApp, path: Path | None = None) -> None:
    """Begin the flow; without a path the admin chooses a file."""
    if app.site is not None:
        run_flow(app, _flow(app, app.site, path), "loading a topology")


async def _flow(app: BrickyardApp, site: "Site", path: Path | None) -> None:
    if path is None:
        path = await app.push_screen_wait(FileDialog())
    if path is None:
        return
    topology = await _read(app, site, path)
    while topology is not None:
        proposal = await app.push_screen_wait(PreflightDialog(site, topology))
        if proposal is None:
            return
        again = bool(proposal.findings) and await app.push_screen_wait(FindingsDialog(proposal))
        if again is None:
            return
        if not again:
            review(app, proposal.plan)
            return


async def _read(app: BrickyardApp, site: "Site", path: Path) -> Topology | None:
    """The topology of this file; None when the admin gave up on it."""
    while True:
        try:
            reading: TopologyReading = await asyncio.to_thread(site.read_topology, path)
        except OSError as error:
            await app.push_screen_wait(ErrorDialog(f"{path} can't be read: {error.strerror or error}"))
            return None
        if not reading.problems:
            return reading.topology
        again = await app.push_screen_wait(ProblemsDialog(str(path), reading.problems, can_go_on=reading.ok))
        if again is None:
            return None
        if not again:
            return reading.topology


class FileDialog(Dialog[Path]):
    """Which file?"""

    keys = (("Enter", "choose"), ("Tab", "complete"), ("↓", "list"), ("Backspace", "folder above"), ("Esc", "back"))
    heading = "Load a topology file"

    def compose_body(self) -> ComposeResult:
        """The picker."""
        yield FilePicker()

    def on_mount(self) -> None:
        """It takes the whole height."""
        self.query_one(".box").add_class("-tall")

    @on(FilePicker.Selected)
    def _chosen(self, event: FilePicker.Selected) -> None:
        self.dismiss(event.path)


class PreflightDialog(Dialog["LoadProposal"]):
    """Looks at every node and device. Escape gives up: nothing was changed."""

    keys = (("Esc", "cancel; looking changes nothing"),)
    heading = "Looking at the nodes"

    def __init__(self, site: "Site", topology: Topology) -> None:
        super().__init__()
        self._site, self._topology = site, topology
        self._began = time.monotonic()
        self._looking: asyncio.Task[LoadProposal] | None = None

    def compose_body(self) -> ComposeResult:
        """What is looked at, and for how long."""
        yield Static(id="preflight", classes="body", markup=False)

    def on_mount(self) -> None:
        """Begin."""
        self._draw()
        self.set_interval(0.5, self._draw)
        run_flow(self.app, self._look(), "looking at the nodes")

    async def _look(self) -> None:
        task = asyncio.create_task(self._site.propose_load(self._topology))
        self._looking = task
        try:
            proposal = await task
        except asyncio.CancelledError:
            return
        except BaseException:
            self._leave(None)
            raise
        self._leave(proposal)

    def _leave(self, proposal: "LoadProposal | None") -> None:
        if self.is_attached:
            self.dismiss(proposal)

    def go_back(self) -> None:
        """Give up."""
        if self._looking is not None:
            self._looking.cancel()
        self.dismiss(None)

    def _draw(self) -> None:
        nodes = self._topology.nodes
        devices = sum(len(node.devices) for node in nodes)
        names = ", ".join(one_line(node.manage) for node in nodes[:12]) + (" …" if len(nodes) > 12 else "")
        elapsed = format_age(time.monotonic() - self._began)
        self.query_one("#preflight", Static).update(
            plain(
                f"{len(nodes)} nodes with {devices} devices are asked what is there already, what is on each disk, "
                "and what stands in the way.\n\n", (names, DIM), "\n\n", (f"asking… {elapsed}", ACCENT),
            )
        )  # fmt: skip
