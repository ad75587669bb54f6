"""The pane of bricks."""

from collections.abc import Iterable
from typing import ClassVar

from screens.columns_bricks import BRICKS
from screens.health import bricks_health
from screens.pane_base import TablePane
from tui.core.model import Brick, Snapshot


class BricksPane(TablePane[Brick]):
    """All bricks of all volumes, faults first."""

    number: ClassVar[int] = 2
    heading: ClassVar[str] = "Bricks"
    of_volumes: ClassVar[bool] = True
    nothing: ClassVar[str] = "No bricks yet: they are made with the volumes (c creates one)."
    spec = BRICKS

    def rows_of(self, snapshot: Snapshot) -> Iterable[Brick]:
        """The bricks."""
        return snapshot.bricks.values()

    def show(self, snapshot: Snapshot, now: float) -> None:
        """Draw the rows anew."""
        super().show(snapshot, now)
        self.show_health(bricks_health(snapshot))
