"""The pane of PersistentVolumeClaims."""

from typing import ClassVar

from textual.app import ComposeResult
from textual.widgets import Static

from screens.pane_base import DashboardPane
from screens.words import DIM
from tui.core.model import Snapshot

NO_KUBERNETES = (
    "No Kubernetes cluster is configured for this site, so claims are unknown here (not: none).\n\n"
    "Where it goes: under your site in ~/.config/brickyard/config.yaml,\n"
    "    kubeconfig: ~/.kube/config\n"
    "    context: NAME\n\n"
    "This version keeps the setting but does not read claims yet. Until then a volume is given to pods by hand: "
    "a PersistentVolume with source 'glusterfs', the volume's name as 'path', and 'endpoints' that list the "
    "storage addresses of the nodes."
)


class ClaimsText(Static, can_focus=True):
    """Takes the focus of its pane."""


class ClaimsPane(DashboardPane):
    """Says what is not there, and why."""

    number: ClassVar[int] = 4
    heading: ClassVar[str] = "Claims"

    def compose_body(self) -> ComposeResult:
        """The explanation."""
        yield ClaimsText(NO_KUBERNETES, markup=False)

    def on_mount(self) -> None:
        """The title says it too."""
        self.show_health([("Kubernetes is not configured", DIM)])

    def show(self, snapshot: Snapshot, now: float) -> None:
        """Nothing of the snapshot is a claim yet."""

    def focus_body(self) -> None:
        """Take the focus."""
        self.query_one(ClaimsText).focus()
