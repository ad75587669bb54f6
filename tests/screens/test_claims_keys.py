"""After an operation of one's own: what it changed stands on the screen at once, and its claim is followed."""

from dataclasses import replace
from pathlib import Path

import pytest

from screens.dashboard import DashboardScreen
from screens.pane_claims import ClaimsPane
from tests.screens.driving import screen, until
from tests.screens.fake_kube import busy_kube, no_class
from tests.screens.fake_site import FakeSite, app_on
from tests.screens.kube_app import CLASS, kube_app
from tests.screens.scene import busy_store
from tui.core.finding import Fix, Severity
from tui.dialects.kube_write import storage_class

WANTED = ("storage", "later")


async def test_a_secret_that_was_made_here_is_there_at_once(tmp_path: Path) -> None:
    async with kube_app(tmp_path) as app:
        pane = await app.claims(turns=2)
        app.sim.create(storage_class("two", parameters=CLASS | {"secretName": WANTED[1]}))
        row = ("", "two")
        await until(app.pilot, lambda: "there is no Secret storage/later" in _text(pane, row), "the fault of the class")
        site = app.app.site
        assert site is not None
        assert site.kube is not None
        values = (("namespace", WANTED[0]), ("name", WANTED[1]), ("key", site.vault.put("Gehe!m")))
        operation = site.start(await site.fix_plan(Fix("create-secret", values)))
        assert (await operation.wait()).ok
        tables = site.kube.tables
        await until(app.pilot, lambda: WANTED in tables.secrets, "the Secret, long before Secrets are read again")
        await until(app.pilot, lambda: _text(pane, row) == "defined", "the class without its fault")


async def test_following_ends_with_a_claim_that_is_bound_with_a_warning(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("screens.pane_claims.WARNED_SECONDS", -1.0)
    kube = busy_kube()
    key = ("team-1", "data-1")
    warned = replace(no_class(key), severity=Severity.WARNING, sentence="a brick is down")
    kube.said[key], kube.words[key] = (warned,), ("bound", "a brick is down")
    site = FakeSite(busy_store())
    site.kube = kube
    async with app_on(site).run_test(size=(200, 60), notifications=True) as pilot:
        floor = await screen(pilot, DashboardScreen)
        await pilot.press("4")
        pane = floor.pane("claims")
        assert isinstance(pane, ClaimsPane)
        await until(pilot, lambda: pane.view.table.row_count == 43)
        pane.follow(key)
        pane.tick(1.0)
        said = "Claim team-1/data-1 is bound, with a warning: a brick is down"
        await until(pilot, lambda: said in [note.message for note in pilot.app._notifications], said)
        assert pane.claims_view.following is None


def _text(pane: ClaimsPane, key: tuple[str, str]) -> str:
    row = pane.view.rows.get(key)
    return row.text if row is not None else ""
