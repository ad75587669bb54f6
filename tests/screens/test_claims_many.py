"""Many changes at once: all claims are read again, but not again and again, and nothing is lost."""

from typing import cast

from screens.dashboard import DashboardScreen
from screens.kube_views import ClaimsView
from screens.pane_claims import ClaimsPane
from tests.screens.driving import screen, shows, until
from tests.screens.fake_kube import FakeKube, busy_kube, claim
from tests.screens.fake_site import FakeSite, app_on
from tests.screens.scene import busy_store
from tui.core.finding import Finding
from tui.core.kube import Claim, Key


class Forgetful(FakeKube):
    """Can never tell what changed; counts what it is asked."""

    asked = 0
    looked_at = 0

    def findings(self, key: Key) -> tuple[Finding, ...]:
        """Counted."""
        self.looked_at += 1
        return super().findings(key)

    def changes_since(self, mark: int) -> tuple[int, set[Key] | None]:
        self.asked += 1
        return self.asked, None


def _claims(view: ClaimsView) -> dict[Key, Claim | None]:
    return {row.key: row.claim for row in view.rows}


async def test_a_source_that_forgets_is_read_whole_but_seldom() -> None:
    kube = Forgetful(busy_kube().tables).listed()
    site = FakeSite(busy_store())
    site.kube = kube
    async with app_on(site).run_test(size=(200, 60)) as pilot:
        floor = await screen(pilot, DashboardScreen)
        await shows(pilot, "40 bound")
        view = cast(ClaimsPane, floor.pane("claims")).claims_view
        for number in range(30):
            kube.put("persistentvolumeclaims", claim("aaa", f"new-{number}"))
            view.update_rows(1.0)
        await shows(pilot, "70 bound")
        assert kube.looked_at < 10 * 72, "all claims were read for every change"
        await until(pilot, lambda: _claims(view) == dict(kube.tables.claims))
