"""The start of the app: nothing configured, a site that does not open, questions of the transport."""

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from screens import house
from screens.asker import ScreenAsker
from screens.dashboard import DashboardScreen
from screens.error import ErrorDialog, as_sentence
from screens.first_run import FirstRunDialog
from screens.host_key import HostKeyDialog
from screens.passphrase import PassphraseDialog
from screens.theme import THEMES
from tests.screens.driving import screen, shows, text, until
from tests.screens.fake_site import FakeSite, app_on, first_run_app, maker
from tests.screens.scene import busy_store
from tui.__main__ import _first_run
from tui.app import BrickyardApp, FirstRun, MakeSite, SiteDraft
from tui.config import ConfigError, load_config
from tui.core.asker import Asker, HostKeyQuestion
from tui.core.kube_settings import KubeSettings
from tui.core.store import Store

if TYPE_CHECKING:
    from tui.site import Site

SIZE = (80, 24)
QUESTION = HostKeyQuestion("node1", "10.77.0.11", 22, "ssh-ed25519", "SHA256:abc[red]def")


async def test_nothing_configured_makes_a_site() -> None:
    drafts: list[SiteDraft] = []

    def save(draft: SiteDraft) -> MakeSite:
        drafts.append(draft)
        return maker(FakeSite(busy_store()))

    app = first_run_app(FirstRun(save, maker(FakeSite(Store())), "~/.config/brickyard/config.yaml"))
    async with app.run_test(size=SIZE) as pilot:
        await screen(pilot, FirstRunDialog)
        assert "config.yaml" in text(pilot)
        await pilot.press("enter")
        await shows(pilot, "name a node")
        await pilot.press(*"node1, node2", "enter")
        await shows(pilot, "5 nodes live")
        assert drafts == [SiteDraft("main", ("node1", "node2"), "root", "", "")]


def test_a_sentence_begins_with_a_capital_but_a_name_stays_as_it_is() -> None:
    assert as_sentence("the site is read-only") == "The site is read-only"
    assert as_sentence("gl-a1 can't be cleaned") == "gl-a1 can't be cleaned"
    assert as_sentence("anna@desk changes this cluster") == "anna@desk changes this cluster"


async def test_what_can_not_be_saved_is_told() -> None:
    def save(draft: SiteDraft) -> MakeSite:
        raise PermissionError(13, "Permission denied", "/etc/x")

    app = first_run_app(FirstRun(save, maker(FakeSite(Store())), "/etc/x"))
    async with app.run_test(size=SIZE) as pilot:
        await screen(pilot, FirstRunDialog)
        await pilot.press("tab", *"node1", "enter")
        await shows(pilot, "Permission denied")


async def test_a_site_of_kubernetes_alone() -> None:
    drafts: list[SiteDraft] = []

    def save(draft: SiteDraft) -> MakeSite:
        drafts.append(draft)
        return maker(FakeSite(busy_store()))

    app = first_run_app(FirstRun(save, maker(FakeSite(Store())), "x"))
    async with app.run_test(size=SIZE) as pilot:
        await screen(pilot, FirstRunDialog)
        await pilot.press("tab", "tab", "tab", *"/kube/prod", "enter")
        await shows(pilot, "5 nodes live")
        assert drafts == [SiteDraft("main", (), "root", "", "", "/kube/prod")]


def test_what_can_not_be_opened_is_not_written(tmp_path: Path) -> None:
    path = tmp_path / "config.yaml"
    save = _first_run(path).save
    topology, kubeconfig = tmp_path / "topology.json", tmp_path / "kubeconfig"
    with pytest.raises(ConfigError, match="can't be read: No such file"):
        save(SiteDraft("main", (), "root", "", str(topology)))
    topology.write_text("{")
    with pytest.raises(ConfigError, match=r"topology\.json:1:"):
        save(SiteDraft("main", (), "root", "", str(topology)))
    with pytest.raises(FileNotFoundError):
        save(SiteDraft("main", (), "root", "", "", str(kubeconfig)))
    assert not path.exists()
    kubeconfig.write_text("apiVersion: v1\nkind: Config\n")
    save(SiteDraft("main", (), "root", "", "", str(kubeconfig)))
    made = load_config(path).site()
    assert (made.nodes, made.topology, made.kubernetes) == ((), "", KubeSettings(str(kubeconfig)))
    assert "README.md" in path.read_text()


async def test_the_demo_is_one_click_away() -> None:
    def save(draft: SiteDraft) -> MakeSite:
        raise AssertionError("nothing is to be saved")

    app = first_run_app(FirstRun(save, maker(FakeSite(busy_store())), "x"))
    async with app.run_test(size=SIZE) as pilot:
        await screen(pilot, FirstRunDialog)
        await pilot.click("#demo")
        await shows(pilot, "5 nodes live")


async def test_a_site_that_does_not_open_says_why_and_can_be_tried_again() -> None:
    tries: list[int] = []

    async def make(asker: Asker) -> "Site":
        tries.append(1)
        if len(tries) == 1:
            raise OSError("the topology file [x] is gone")
        return await maker(FakeSite(busy_store()))(asker)

    async with BrickyardApp(house(), make).run_test(size=SIZE, notifications=True) as pilot:
        await screen(pilot, ErrorDialog)
        assert "the topology file [x] is gone" in text(pilot)
        await pilot.press("escape")
        await screen(pilot, DashboardScreen)
        await pilot.press("c")
        await shows(pilot, "No site is open")
        await pilot.press("r")
        await shows(pilot, "5 nodes live")


async def test_it_paints_before_it_opens() -> None:
    gate = asyncio.Event()
    site = FakeSite(busy_store())

    async def make(asker: Asker) -> "Site":
        await gate.wait()
        return await maker(site)(asker)

    async with BrickyardApp(house(), make).run_test(size=SIZE) as pilot:
        await shows(pilot, "opening the site")
        assert "4 Claims" in text(pilot)
        gate.set()
        await shows(pilot, "5 nodes live")


async def test_an_unknown_host_key_is_shown_and_escape_refuses() -> None:
    app = app_on(FakeSite(Store()))
    async with app.run_test(size=SIZE) as pilot:
        asker = ScreenAsker(app)
        for key, answer in (("y", True), ("n", False), ("escape", False)):
            asking = asyncio.create_task(asker.host_key(QUESTION))
            await screen(pilot, HostKeyDialog)
            assert "SHA256:abc[red]def" in text(pilot)
            await pilot.press(key)
            assert await asking is answer


async def test_a_key_that_was_meant_for_something_else_trusts_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    app = app_on(FakeSite(Store()))
    async with app.run_test(size=SIZE, notifications=True) as pilot:
        asking = asyncio.create_task(ScreenAsker(app).host_key(QUESTION))
        await screen(pilot, HostKeyDialog)
        monkeypatch.setattr("screens.host_key.GRACE_SECONDS", 1000.0)
        await pilot.press("y")
        await shows(pilot, "That came before the question")
        monkeypatch.setattr("screens.host_key.GRACE_SECONDS", 0.0)
        await pilot.press("y")
        assert await asking


async def test_questions_queue_up() -> None:
    app = app_on(FakeSite(Store()))
    async with app.run_test(size=SIZE) as pilot:
        asker = ScreenAsker(app)
        tasks = [asyncio.create_task(asker.host_key(QUESTION)) for _ in range(3)]
        for _ in tasks:
            await screen(pilot, HostKeyDialog)
            assert sum(isinstance(s, HostKeyDialog) for s in app.screen_stack) == 1
            await pilot.press("y")
            await until(pilot, lambda: True)
        assert await asyncio.gather(*tasks) == [True, True, True]


async def test_a_question_nobody_waits_for_goes_away() -> None:
    app = app_on(FakeSite(Store()))
    async with app.run_test(size=SIZE) as pilot:
        asking = asyncio.create_task(ScreenAsker(app).host_key(QUESTION))
        await screen(pilot, HostKeyDialog)
        asking.cancel()
        await screen(pilot, DashboardScreen)


async def test_a_passphrase_is_hidden() -> None:
    app = app_on(FakeSite(Store()))
    async with app.run_test(size=SIZE) as pilot:
        asking = asyncio.create_task(ScreenAsker(app).passphrase("/root/.ssh/id_ed25519"))
        await screen(pilot, PassphraseDialog)
        await pilot.press(*"secret")
        assert "secret" not in text(pilot)
        await pilot.press("enter")
        assert await asking == "secret"


async def test_every_theme_paints() -> None:
    for theme in THEMES:
        async with app_on(FakeSite(busy_store()), theme=theme.name).run_test(size=SIZE) as pilot:
            await shows(pilot, "5 nodes live")
            assert pilot.app.theme == theme.name
