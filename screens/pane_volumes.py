"""The pane of volumes."""

from collections.abc import Iterable
from typing import ClassVar

from screens.columns_volumes import VOLUMES
from screens.health import volumes_health
from screens.pane_base import TablePane
from tui.core.model import Snapshot, Volume


class VolumesPane(TablePane[Volume]):
    """All volumes of all clusters, faults first."""

    number: ClassVar[int] = 3
    heading: ClassVar[str] = "Volumes"
    of_volumes: ClassVar[bool] = True
    nothing: ClassVar[str] = "No volumes yet. Press c to create the first one."
    spec = VOLUMES

    def rows_of(self, snapshot: Snapshot) -> Iterable[Volume]:
        """The volumes; heketi's block volumes stand among them."""
        return [*snapshot.volumes.values(), *snapshot.block_volumes.values()]

    def show(self, snapshot: Snapshot, now: float) -> None:
        """Draw the rows anew."""
        super().show(snapshot, now)
        self.show_health(volumes_health(snapshot))
