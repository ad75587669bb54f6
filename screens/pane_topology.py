"""The pane of the topology: cluster > zone > node > device."""

from collections.abc import Iterable
from typing import ClassVar, Final

from screens.columns_topology import COLUMNS, TreeRow, cells, narrow, tree
from screens.health import nodes_health
from screens.heketi_health import heketi_health
from screens.marks import Thing
from screens.pane_base import TablePane
from screens.table_spec import TableSpec, View
from tui.core.model import Freshness, Snapshot
from tui.widgets.tree_table import TreeTable
from tui.widgets.virtual_table import VirtualTable

ALL: Final = 9
NODES: Final = 2

TOPOLOGY: Final = TableSpec[TreeRow](
    COLUMNS, lambda row: cells(row, 0.0), lambda row: row.key, lambda row, column: (), lambda row: row.severity,
    then=lambda row: (),
)  # fmt: skip


class TopologyPane(TablePane[TreeRow]):
    """The tree with its sums. It keeps its own order, since a tree that sorts itself anew can't be read."""

    number: ClassVar[int] = 1
    heading: ClassVar[str] = "Topology"
    nothing: ClassVar[str] = "No nodes yet. Press L to load a topology file: it names nodes, zones and devices."
    spec = TOPOLOGY

    def make_table(self) -> VirtualTable[TreeRow]:
        """A tree."""
        return TreeTable(COLUMNS, lambda row: cells(row, self.now), lambda row: row.key, lambda row: row.depth)

    def show_sorting(self) -> None:
        """A tree is not sorted."""

    @property
    def tree_table(self) -> TreeTable[TreeRow]:
        """The table as the tree it is."""
        return self.query_one(TreeTable)

    def rows_of(self, snapshot: Snapshot) -> Iterable[TreeRow]:
        """The tree, flat."""
        return tree(snapshot)

    def show(self, snapshot: Snapshot, now: float) -> None:
        """Draw the rows anew."""
        was_empty = not self.all_rows
        super().show(snapshot, now)
        if was_empty and self.all_rows:
            self._open_what_fits()
        self.show_health([*nodes_health(snapshot, now), *heketi_health(snapshot, now)])

    def tick(self, now: float) -> None:
        """Ages grew: only nodes on screen whose age can be seen are drawn again."""
        super().tick(now)
        self.show_health([*nodes_health(self.snapshot, now), *heketi_health(self.snapshot, now)])
        rows = (self.table.rows[place] for place in self.table.visible_range)
        self.table.refresh_rows([row.key for row in rows if row.key[0] == "node"])

    def arranged(self) -> list[TreeRow]:
        """Rows that match keep what stands above them; a node that can't be heard counts as a fault."""
        if not self.view.is_narrowed:
            return self.all_rows
        keep = list(range(len(self.all_rows)))
        if self.view.query:
            keep = self.view.query.select([self._line(row) for row in self.all_rows])
        if self.view.faults_only:
            keep = [place for place in keep if _is_fault(self.all_rows[place])]
        return narrow(self.all_rows, set(keep))

    def set_view(self, view: View) -> None:
        """A narrowed tree is opened to its leaves: what matched must be seen."""
        narrowed_before = self.view.is_narrowed
        super().set_view(view)
        if view.is_narrowed and not narrowed_before:
            self.tree_table.open_to(ALL)
        elif narrowed_before and not view.is_narrowed:
            self._open_what_fits()

    def _open_what_fits(self) -> None:
        """All nodes are seen at once; their devices only where that does not bury the nodes."""
        self.tree_table.open_to(ALL if len(self.all_rows) <= 3 * self.table.size.height else NODES)

    def sort_next(self) -> None:
        """Says why not."""
        self.app.notify("The tree keeps its order: cluster, zone, node, device.", markup=False)

    sort_turn = sort_next

    @property
    def selected(self) -> Thing | None:
        """The device or node under the cursor; the row itself for clusters and zones."""
        row = self.table.cursor_item
        return None if row is None else row.device or row.node or row

    def _line(self, row: TreeRow) -> str:
        above = "" if row.node is None or row.device is None else f"\n{row.node.name.casefold()}"
        return self.spec.line(row) + above


def _is_fault(row: TreeRow) -> bool:
    """Leaves only: what stands above a fault is kept with it."""
    thing = row.device or row.node
    if thing is None:
        return False
    unheard = row.device is None and row.node is not None and row.node.source.freshness is not Freshness.LIVE
    return thing.state.severity > 0 or unheard
