"""What the keys of the dashboard do about claims: another table, the chain, the page behind a fault, who uses what."""

import time
from typing import TYPE_CHECKING, Final

from textual import getters
from textual.dom import DOMNode

from screens.claim_rows import ClaimRow
from screens.columns_classes import ClassRow
from screens.marks import Thing
from screens.pane_claims import ClaimsPane
from tui.app import BrickyardApp
from tui.core.kube import Key, PersistentVolume
from tui.core.kube_source import KubeSource
from tui.core.link import Link
from tui.core.model import Brick, Device, Node, Snapshot, Volume

if TYPE_CHECKING:
    from screens.chain import Subject
    from tui.site import Site

REDRAW_SECONDS: Final = 0.1
NOT_CONFIGURED: Final = "No Kubernetes cluster is configured for this site; the pane Claims says where it goes."


def kube_of(site: "Site | None") -> KubeSource | None:
    """The cluster of a site, None where none is configured."""
    return site.kube if site is not None else None


class KubeCommands(DOMNode):
    """Mixed into the dashboard."""

    app = getters.app(BrickyardApp)
    snapshot: Snapshot
    _claims_wait = False

    def claims_soon(self) -> None:
        """Kubernetes said something; may be called as often as one likes, and leaves the other panes alone."""
        if not self._claims_wait:
            self._claims_wait = True
            self.set_timer(REDRAW_SECONDS, self._redraw_claims)

    def _redraw_claims(self) -> None:
        self._claims_wait = False
        self._claims.show(self.snapshot, time.time())
        self._draw_selection()

    def _draw_selection(self) -> None:
        """What belongs to the selected row is lit."""

    @property
    def selected(self) -> Thing | None:
        """The object under the cursor of the active pane."""
        return None

    @property
    def _claims(self) -> ClaimsPane:
        return self.query_one(ClaimsPane)

    def _kube(self) -> KubeSource | None:
        source = kube_of(self.app.site)
        if source is None:
            self.app.notify(NOT_CONFIGURED, markup=False)
        return source

    def action_claims_view(self, step: int) -> None:
        """Claims, PersistentVolumes, StorageClasses."""
        if self._kube() is not None:
            self._claims.turn(step)

    def action_chain(self) -> None:
        """The whole chain of what is selected in the claims pane."""
        from screens.chain import ChainDialog

        source = self._kube()
        subject = self._subject(source, self.selected) if source is not None else None
        if subject is not None:
            self.app.push_screen(ChainDialog(subject))
        elif source is not None:
            self.app.notify("Select a claim first: 4 goes to their pane.", markup=False)

    def show_chain(self, key: Key | None) -> None:
        """The chain of a claim by its key."""
        from screens.chain import ChainDialog

        source = self._kube() if key is not None else None
        if source is not None and key is not None:
            self.app.push_screen(ChainDialog(self._claim_subject(source, key)))

    def _subject(self, source: KubeSource, thing: Thing | None) -> "Subject | None":
        from screens.chain import Subject
        from screens.claim_findings import findings_of, page
        from tui.core.chain import chain_of_class, chain_of_volume

        tables = source.tables
        match thing:
            case ClaimRow():
                return self._claim_subject(source, thing.key)
            case PersistentVolume(name=name, claim=claim):

                def links_now() -> list[Link]:
                    volume = tables.volumes.get(("", name))
                    return chain_of_volume(tables, self.snapshot, volume) if volume is not None else []

                follow = (lambda: self._claims.follow(claim.key)) if claim is not None else None
                title = f"PersistentVolume {name}"
                return Subject(title, links_now, lambda: findings_of(source, thing), page, follow)
            case ClassRow(name=name):
                title = f"StorageClass {name}"
                return Subject(title, lambda: chain_of_class(tables, name), lambda: findings_of(source, thing), page)
        return None

    def _claim_subject(self, source: KubeSource, key: Key) -> "Subject":
        from screens.chain import Subject
        from screens.claim_findings import page
        from tui.core.chain import chain_of

        def links_now() -> list[Link]:
            return chain_of(source.tables, self.snapshot, key, source.state_words(key), source.findings(key))

        title = f"The chain of claim {'/'.join(key)}"
        return Subject(title, links_now, lambda: source.findings(key), page, lambda: self._claims.follow(key))

    def action_explain(self) -> None:
        """The pages behind the faults of what is selected."""
        from screens.claim_findings import findings_of, page
        from screens.diagnosis_page import ExplainDialog

        source = self._kube()
        if source is None:
            return
        findings = findings_of(source, self.selected)
        if findings:
            self.app.push_screen(ExplainDialog([finding.code for finding in findings], page))
        else:
            self.app.notify("Nothing is wrong there that could be explained.", markup=False)

    def action_users(self) -> None:
        """Which claims and pods hang on the selected volume, brick, device or node."""
        from screens.chain_users import UsersDialog, place_of
        from tui.core.claim_users import claims_on

        source, thing = self._kube(), self.selected
        if source is None:
            return
        if not isinstance(thing, Volume | Brick | Device | Node):
            self.app.notify(
                "Select a volume, a brick, a device or a node first; of a claim Enter shows all.", markup=False
            )
            return
        users = claims_on(self.snapshot, source.tables, thing)
        self.app.push_screen(UsersDialog(place_of(thing), users, _why_none(source)), self.show_chain)


def _why_none(source: KubeSource) -> str:
    tables = source.tables
    if tables.parts["persistentvolumes"].state == "denied":
        return "Denied: cannot list persistentvolumes, so what uses it is unknown."
    if not tables.is_listed("persistentvolumes"):
        return "PersistentVolumes are still being read."
    return "No PersistentVolume of this Kubernetes cluster is on it. Others may use it all the same."
