"""The real app and the real engine on a simulated Kubernetes, without storage nodes; and a look at every picture."""

import contextlib
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from textual.pilot import Pilot
from textual.screen import Screen

from screens import house
from screens.dashboard import DashboardScreen
from screens.operations import OperationsDialog
from screens.pane_claims import ClaimsPane
from screens.plan_review import PlanReviewDialog
from screens.record import RecordDialog
from tests.screens.driving import screen, text, until
from tui.app import BrickyardApp
from tui.config import SiteConfig
from tui.core.asker import Asker
from tui.core.kube_settings import KubeSettings
from tui.core.vault import Vault
from tui.demo.kube_objects import node
from tui.demo.kube_server import SimKube
from tui.dialects.kube_write import gluster_secret, storage_class
from tui.site import Site
from tui.widgets.form import Form

SIZES = ((80, 24), (120, 40))
SIZE = (120, 40)
CLASS = {"resturl": "http://127.0.0.1:9", "restuser": "admin", "secretNamespace": "storage", "secretName": "key"}


def unbroken(picture: str) -> str:
    """A picture as one line, without the frames of boxes."""
    return " ".join(picture.replace("│", " ").split())


@dataclass
class KubeApp:
    """An app with its site and cluster. `pictures` are all screens that were looked at."""

    sim: SimKube
    app: BrickyardApp
    pilot: Pilot[None]
    journal: Path
    pictures: list[str] = field(default_factory=list)

    async def press(self, *keys: str) -> None:
        """Press keys and remember what is seen after each."""
        for key in keys:
            await self.pilot.press(key)
            self.pictures.append(text(self.pilot))

    async def write(self, words: str) -> None:
        """Type into the field that has the focus."""
        await self.press(*words)

    async def shows(self, words: str) -> None:
        """Wait for words on the screen, wherever lines break."""
        await until(self.pilot, lambda: words in unbroken(text(self.pilot)), repr(words))
        self.pictures.append(text(self.pilot))

    async def says(self, words: str) -> None:
        """Wait for a notification."""
        notes = self.app._notifications
        await until(self.pilot, lambda: any(words in one.message for one in notes), repr(words))

    async def on(self, kind: type[Screen[Any]]) -> Any:
        """Wait for a screen."""
        top = await screen(self.pilot, kind)
        self.pictures.append(text(self.pilot))
        return top

    async def fill(self, **values: str) -> None:
        """Put answers into the form."""
        form = self.app.screen.query_one(Form)
        for key, value in values.items():
            form.set_value(key, value)
        await self.pilot.pause()

    async def claims(self, turns: int = 0) -> ClaimsPane:
        """To the pane of claims, once all was read; some tables further."""
        floor = await self.on(DashboardScreen)
        await self.listed()
        await self.press("4", *["v"] * turns)
        pane = floor.pane("claims")
        assert isinstance(pane, ClaimsPane)
        return pane

    async def listed(self) -> None:
        """All kinds were read."""

        def is_listed() -> bool:
            kube = self.app.site.kube if self.app.site is not None else None
            return kube is not None and all(part.state == "live" for part in kube.tables.parts.values())

        await until(self.pilot, is_listed, "the whole cluster")

    def knows_class(self, name: str) -> bool:
        """Whether this StorageClass has come in."""
        kube = self.app.site.kube if self.app.site is not None else None
        return kube is not None and ("", name) in kube.tables.classes

    async def select(self, pane: ClaimsPane, key: tuple[str, str]) -> None:
        """Put the cursor on a row, once it is there."""
        await until(self.pilot, lambda: pane.view.table.move_to_key(key), f"the row {key}")
        await self.pilot.pause()

    async def confirm(self) -> None:
        """Run the plan under review: with its key, or by typing the name."""
        review = await self.on(PlanReviewDialog)
        await until(self.pilot, lambda: review._quiet_since < float("inf"), "the plan painted")
        if review.plan.confirm:
            await self.press(*review.plan.confirm, "enter")
        else:
            await self.press("y")

    async def done(self) -> None:
        """Wait for the end of what runs."""

        def has_ended() -> bool:
            site = self.app.site
            return site is not None and bool(site.operations) and not any(one.running for one in site.operations)

        await until(self.pilot, has_ended, "the end of the operation")
        assert self.app.site is not None
        last = self.app.site.operations[-1]
        outcome = await last.wait()
        assert outcome.ok, outcome.reports

    async def is_whole(self) -> None:
        """The bottom line of the dialog on top is on the screen."""

        def keys_are_seen() -> bool:
            keys = self.app.screen.query_one(".keys")
            return keys.region.bottom < self.app.size.height and "Esc" in text(self.pilot)

        await until(self.pilot, keys_are_seen, "the whole dialog")

    async def looks_back(self) -> None:
        """From an operation that has ended to its record."""
        await self.press("escape")
        await self.on(DashboardScreen)
        await self.press("o")
        dialog = await self.on(OperationsDialog)
        await until(self.pilot, lambda: bool(dialog._selected and dialog._selected.is_recorded), "the journal")
        await self.shows("✓ done")
        await self.press("enter")
        await self.on(RecordDialog)
        await self.shows("HTTP ")
        # the rest of what was asked and answered
        await self.press("tab", "pagedown", "pagedown", "pagedown", "end")

    @property
    def vault(self) -> Vault:
        """The secrets of the site."""
        assert self.app.site is not None
        return self.app.site.vault

    def got(self, plural: str, name: str, namespace: str = "") -> dict[str, Any]:
        """An object on the server."""
        found = self.sim.get(plural, name, namespace)
        assert found is not None, f"{plural} {namespace}/{name}"
        return found

    def nowhere(self, *secrets: str, log: str = "") -> None:
        """No secret in any picture, in the journal or in the log."""
        kept = b"".join(path.read_bytes() for path in self.journal.parent.glob(self.journal.name + "*"))
        for secret in secrets:
            assert not [one for one in self.pictures if secret in one]
            assert secret.encode() not in kept
            assert secret not in log


@contextlib.asynccontextmanager
async def kube_app(
    folder: Path, *, size: tuple[int, int] = SIZE, version: tuple[int, int] = (1, 25)
) -> AsyncIterator[KubeApp]:
    """A cluster with a class "slow" of heketi's, a Secret for it and a node, and the app on it."""
    sim = await SimKube().start(version, controllers=True)
    sim.create_namespace("storage")
    sim.create(storage_class("slow", parameters=CLASS, expansion=True))
    sim.create(gluster_secret("storage", "key", "cXVpdGUtc2VjcmV0"))
    sim.create(node("kube-1", "10.0.0.7"))
    config = SiteConfig("lab", kubernetes=KubeSettings(str(sim.write_kubeconfig(folder / "kubeconfig"))))
    journal = folder / "journal.db"

    async def make(asker: Asker) -> Site:
        return Site(config, asker, journal=journal)

    app = BrickyardApp(house(), make)
    try:
        async with app.run_test(size=size, notifications=True) as pilot:
            yield KubeApp(sim, app, pilot, journal)
    finally:
        await sim.close()
