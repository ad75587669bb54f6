"""The three tables of the claims pane: claims, PersistentVolumes, StorageClasses."""

from collections.abc import Hashable, Iterable, Sequence
from time import monotonic
from typing import ClassVar, Final

from screens.claim_findings import class_faults
from screens.claim_rows import ClaimRow, claim_row
from screens.columns_claims import CLAIMS
from screens.columns_classes import CLASSES, ClassRow, class_rows
from screens.columns_persistent import PERSISTENT, severity
from screens.kube_view import KubeView
from screens.words import ACCENT, one_line
from tui.core.chain_kube import volume_words
from tui.core.kube import Key, PersistentVolume
from tui.core.kube_source import KubeSource
from tui.widgets.cells import Cell

ALL_SECONDS: Final = 1.5
"""So long after all claims were read they are not all read again: while a cluster is listed, each kind asks for it."""


class ClaimsView(KubeView[ClaimRow]):
    """All claims, and those that do not exist but that somebody waits for. One of them may be followed."""

    spec = CLAIMS
    kind: ClassVar[str] = "persistentvolumeclaims"
    word: ClassVar[str] = "claims"
    nothing: ClassVar[str] = "No claims in this cluster."

    def __init__(self) -> None:
        super().__init__()
        self.following: Key | None = None
        self._awaited: Key | None = None
        self._mark = -1
        self._all_after = 0.0
        self._is_late = False

    def watch_source(self, source: KubeSource | None) -> None:
        """Another cluster, or none: all claims are read anew."""
        self._mark = -1
        super().watch_source(source)

    def group(self, row: ClaimRow) -> Hashable:
        """(state, severity)."""
        return row.state, row.severity

    def make(self, source: KubeSource, key: Key) -> ClaimRow | None:
        """The row of a claim."""
        return claim_row(source, key)

    def changed_keys(self, source: KubeSource) -> Iterable[Key]:
        """What the source noted; at first, and when that is too much, all."""
        mark, changed = source.changes_since(max(0, self._mark))
        everything = self._mark < 0 or changed is None
        if everything and self._mark >= 0 and (wait := self._all_after - monotonic()) > 0:
            self._later(wait)
            return ()
        self._mark = mark
        if everything or changed is None:
            self._all_after = monotonic() + ALL_SECONDS
            return dict.fromkeys([*source.tables.claims, *source.tables.claims_not_there(), *self.rows.keys()])
        return changed

    def _later(self, seconds: float) -> None:
        """Read all of them then, once."""
        if not self._is_late:
            self._is_late = True
            self.set_timer(seconds, self._catch_up)

    def _catch_up(self) -> None:
        self._is_late = False
        self.update_rows(self.now)

    def cells(self, row: ClaimRow) -> Sequence[Cell]:
        """The cells of a row now; after a repair its claim is followed."""
        cells = super().cells(row)
        if row.key != self.following:
            return cells
        return [*cells[:2], (f"▶ following… {one_line(row.text)}", ACCENT), *cells[3:]]

    def follow(self, key: Key | None) -> None:
        """Show which claim is followed, and select it; None: none any more."""
        self.following, before = key, self.following
        self.table.refresh_rows([one for one in (key, before) if one is not None])
        self._awaited = key
        self.find_followed()

    def find_followed(self) -> None:
        """Select the claim that is followed as soon as it has a row: one that is being made (anew) has none yet."""
        if self.following is not None and self.rows.get(self.following) is None:
            self._awaited = self.following
        if self._awaited is not None and self.table.move_to_key(self._awaited):
            self._awaited = None


class PersistentView(KubeView[PersistentVolume]):
    """All PersistentVolumes."""

    spec = PERSISTENT
    kind: ClassVar[str] = "persistentvolumes"
    word: ClassVar[str] = "PersistentVolumes"
    nothing: ClassVar[str] = "No PersistentVolumes in this cluster."
    _seen = -1

    def watch_source(self, source: KubeSource | None) -> None:
        """Another cluster, or none."""
        self._seen = -1
        super().watch_source(source)

    def group(self, row: PersistentVolume) -> Hashable:
        """(state, severity)."""
        return volume_words(row)[0], severity(row)

    def make(self, source: KubeSource, key: Key) -> PersistentVolume | None:
        """The PersistentVolume itself."""
        return source.tables.volumes.get(key)

    def changed_keys(self, source: KubeSource) -> Iterable[Key]:
        """Those that are other objects than before: a look at 50,000 costs a few milliseconds."""
        if source.tables.revision == self._seen:
            return ()
        self._seen = source.tables.revision
        return self.rows.differing(source.tables.volumes)


class ClassesView(KubeView[ClassRow]):
    """All StorageClasses, and those that claims ask for in vain."""

    spec = CLASSES
    kind: ClassVar[str] = "storageclasses"
    word: ClassVar[str] = "StorageClasses"
    nothing: ClassVar[str] = (
        "No StorageClasses in this cluster: claims are bound only to PersistentVolumes made by hand."
    )
    _seen = -1

    def __init__(self) -> None:
        super().__init__()
        self._made: dict[Key, ClassRow] = {}

    def watch_source(self, source: KubeSource | None) -> None:
        """Another cluster, or none."""
        self._seen = -1
        super().watch_source(source)

    def group(self, row: ClassRow) -> Hashable:
        """(state, severity)."""
        return row.state, row.severity

    def make(self, source: KubeSource, key: Key) -> ClassRow | None:
        """The row made last."""
        return self._made.get(key)

    def changed_keys(self, source: KubeSource) -> Iterable[Key]:
        """There are few: all are made anew when anything changed."""
        if source.tables.revision == self._seen:
            return ()
        self._seen = source.tables.revision
        before = self._made
        self._made = {("", row.name): row for row in class_rows(source.tables, class_faults(source))}
        return [key for key in {**before, **self._made} if before.get(key) != self._made.get(key)]
