"""On which node shall the volume be mounted and tried?"""

from typing import TYPE_CHECKING, Final

from textual import on
from textual.app import ComposeResult
from textual.widgets import Static

from screens.dialog import Dialog, plain
from screens.running import review, run_flow
from screens.words import freshness_text, freshness_tone, one_line, state_text, state_tone
from tui.core.model import Freshness, Node
from tui.widgets.cells import Cell
from tui.widgets.columns import Column
from tui.widgets.virtual_table import VirtualTable

if TYPE_CHECKING:
    from tui.site import Site

COLUMNS: Final = (
    Column("name", "NODE", grow=1, least=14),
    Column("zone", "ZONE", 5, align="right", priority=1),
    Column("state", "STATE", 12),
    Column("fresh", "FRESHNESS", grow=2, least=12),
)


class MountTestDialog(Dialog[None]):
    """Enter makes the plan for the selected node and shows it."""

    keys = (("Enter", "choose the node"), ("Esc", "back"))

    def __init__(self, site: "Site", volume: str, now: float) -> None:
        super().__init__()
        self._site, self._volume, self._now = site, volume, now
        self.heading = f"Mount test of {one_line(volume)}"

    def compose_body(self) -> ComposeResult:
        """What it does, and the nodes."""
        yield Static(
            plain("Mounts the volume on the node, writes a file, reads it back, compares, and takes all away."),
            markup=False, classes="body",
        )  # fmt: skip
        yield VirtualTable[Node](COLUMNS, lambda node: cells(node, self._now), lambda node: node.name,
                                 empty="No node of this volume's cluster is known.")  # fmt: skip

    def on_mount(self) -> None:
        """Nodes that answer come first."""
        self.query_one(".box").add_class("-tall")
        snapshot = self._site.store.snapshot
        volume = snapshot.volumes.get(self._volume)
        nodes = [node for node in snapshot.nodes.values() if volume is None or node.cluster == volume.cluster]
        nodes.sort(key=lambda node: (node.source.freshness is not Freshness.LIVE, node.state.severity, node.name))
        self.query_one(VirtualTable).set_rows(nodes)

    @on(VirtualTable.RowSelected)
    def _chosen(self) -> None:
        node = self.query_one(VirtualTable).cursor_item
        if node is not None:
            run_flow(self.app, self._propose(node.name), "the mount test")

    async def _propose(self, node: str) -> None:
        plan = await self._site.mount_test_plan(self._volume, node)
        review(self.app, plan, on_started=lambda: self.dismiss(None))


def cells(node: Node, now: float) -> tuple[Cell, ...]:
    """A node as a row."""
    return (
        one_line(node.name),
        str(node.zone),
        (state_text(node.state), state_tone(node.state)),
        (freshness_text(node.source, now), freshness_tone(node.source)),
    )
