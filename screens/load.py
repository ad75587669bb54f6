"""Loading a topology: choose the file, see what is wrong with it, look at the nodes, review the plan.

And the way back: taking away all that a topology file names.
"""

import asyncio
from collections.abc import Awaitable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding
from textual.content import Content

from screens.clean import review_clean
from screens.dialog import Dialog, plain
from screens.error import ErrorDialog
from screens.findings import FindingsDialog
from screens.heketi_forms import NEW, home_form
from screens.problems import ProblemsDialog
from screens.running import review, run_flow
from screens.waiting import WaitingDialog
from screens.words import DIM, one_line
from tui.app import BrickyardApp
from tui.core.topology import Topology
from tui.widgets.file_picker import FilePicker

if TYPE_CHECKING:
    from tui.core.topology_file import TopologyReading
    from tui.site import Site
    from tui.site_load import LoadProposal


@dataclass(frozen=True, slots=True)
class FileChoice:
    """A topology file, and whether what it names shall be made or taken away."""

    path: Path
    take_back: bool = False


def load_topology(app: BrickyardApp, path: Path | None = None, *, take_back: bool = False) -> None:
    """Begin the flow; without a path the admin chooses a file. `take_back` takes away what the file names."""
    if app.site is not None:
        choice = FileChoice(path, take_back) if path is not None else None
        run_flow(app, _flow(app, app.site, choice, take_back), "loading a topology")


async def _flow(app: BrickyardApp, site: "Site", choice: FileChoice | None, take_back: bool) -> None:
    if choice is None:
        choice = await app.push_screen_wait(FileDialog(start_folder(site.config.topology), take_back=take_back))
    if choice is None:
        return
    topology = await _read(app, site, choice.path)
    if topology is not None and choice.take_back:
        await review_clean(app, site, topology)
    elif topology is not None:
        await _load(app, site, topology)


async def _load(app: BrickyardApp, site: "Site", topology: Topology) -> None:
    home = await _home(app, site, topology)
    if home is None:
        return
    while True:
        proposal = await app.push_screen_wait(PreflightDialog(site, topology, home))
        if proposal is None:
            return
        again = bool(proposal.findings) and await app.push_screen_wait(
            FindingsDialog(proposal.findings, plan=proposal.plan)
        )
        if again is None:
            return
        if not again:
            review(app, proposal.plan)
            return


async def _home(app: BrickyardApp, site: "Site", topology: Topology) -> str | None:
    """The cluster of heketi's that new nodes go into, `NEW` for a further one, "" where it is clear; None: given up."""
    clusters = site.clusters_to_choose(topology)
    if not clusters:
        return ""
    answers = await app.push_screen_wait(home_form(clusters))
    return answers["home"] if answers is not None else None


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


def start_folder(topology: str) -> Path | None:
    """The folder of the site's own topology file; None (the working directory) where it has none."""
    folder = Path(topology).parent
    return folder if topology and folder.is_dir() else None


class FileDialog(Dialog[FileChoice]):
    """Which file, and what for? F8 is no letter, since letters are typed into the path."""

    BINDINGS = [Binding("f8", "turn", "Take it back", show=False)]

    def __init__(self, start: Path | None = None, *, take_back: bool = False) -> None:
        super().__init__()
        self._start, self._take_back = start, take_back
        self.heading, self.keys = self._words()

    def _words(self) -> tuple[str, tuple[tuple[str, str], ...]]:
        heading = "Take back what a topology file names" if self._take_back else "Load a topology file"
        other = ("F8", "load it instead" if self._take_back else "take it back instead")
        return heading, (("Enter", "choose"), ("Tab", "complete"), ("↓", "list"), other, ("Esc", "back"))

    def compose_body(self) -> ComposeResult:
        """The picker."""
        yield FilePicker(self._start)

    def on_mount(self) -> None:
        """It takes the whole height."""
        self.query_one(".box").add_class("-tall")

    def action_turn(self) -> None:
        """Load or take back."""
        self._take_back = not self._take_back
        heading, keys = self._words()
        self.set_heading(heading)
        self.set_keys(keys)

    @on(FilePicker.Selected)
    def _chosen(self, event: FilePicker.Selected) -> None:
        self.dismiss(FileChoice(event.path, self._take_back))


class PreflightDialog(WaitingDialog["LoadProposal"]):
    """Looks at every node and device. Escape gives up: nothing was changed."""

    def __init__(self, site: "Site", topology: Topology, home: str = "") -> None:
        def ask() -> "Awaitable[LoadProposal]":
            into = home if home != NEW else ""
            return site.propose_load(topology, into=into, new_cluster=home == NEW)

        super().__init__("Looking at the nodes", _asked(topology), ask)


def _asked(topology: Topology) -> Content:
    nodes = topology.nodes
    devices = sum(len(node.devices) for node in nodes)
    names = ", ".join(one_line(node.manage) for node in nodes[:12]) + (" …" if len(nodes) > 12 else "")
    return plain(
        f"{len(nodes)} nodes with {devices} devices are asked what is there already, what is on each disk, "
        "and what stands in the way.\n\n", (names, DIM),
    )  # fmt: skip
