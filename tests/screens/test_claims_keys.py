"""What an operation of one's own changed stands on the screen at once, also where nothing is watched."""

from pathlib import Path

from screens.pane_claims import ClaimsPane
from tests.screens.driving import until
from tests.screens.kube_app import CLASS, kube_app
from tui.core.finding import Fix
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


def _text(pane: ClaimsPane, key: tuple[str, str]) -> str:
    row = pane.view.rows.get(key)
    return row.text if row is not None else ""
