"""What the keys of the dashboard do to the site: each makes a plan, shows it, and runs it when the admin says so.

Dialogs are imported when they are opened: nothing of them is needed for the first paint (see `screens.prepare`).
"""

import time
from collections.abc import Callable
from typing import TYPE_CHECKING

from textual import getters
from textual.dom import DOMNode

from screens.dialog import plain
from screens.marks import Thing
from tui.app import BrickyardApp
from tui.core.model import Volume
from tui.core.plan import Plan, Refused

if TYPE_CHECKING:
    from tui.core.finding import Finding
    from tui.site import Site


class SiteCommands(DOMNode):
    """Mixed into the dashboard. Nothing in here waits for the network: what does is a worker of the app."""

    app = getters.app(BrickyardApp)

    @property
    def selected(self) -> Thing | None:
        """The object under the cursor of the active pane."""
        return None

    def _site(self) -> "Site | None":
        site = self.app.site
        if site is None:
            self._say("The site is being opened; a moment." if self.app.opening else "No site is open; r tries again.")
        return site

    def _say(self, sentence: str) -> None:
        self.app.notify(sentence, markup=False)

    def _volume(self) -> Volume | None:
        thing = self.selected
        if isinstance(thing, Volume):
            return thing
        self._say("Select a volume first: 3 goes to the pane of volumes.")
        return None

    def _propose(self, make: Callable[[], Plan], *, cuts_clients: bool = False) -> None:
        from screens.running import review

        try:
            plan = make()
        except Refused as error:
            self.app.refused(error)
            return
        review(self.app, plan, cuts_clients=cuts_clients)

    def action_start_stop(self) -> None:
        """Start the volume where it is stopped, stop it where it runs."""
        site, volume = self._site(), self._volume()
        if site is not None and volume is not None:
            runs = volume.status.casefold() == "started"
            plan = site.volume_stop_plan if runs else site.volume_start_plan
            self._propose(lambda: plan(volume.name), cuts_clients=runs)

    def action_delete_volume(self) -> None:
        """Take the volume away, after its name was typed."""
        site, volume = self._site(), self._volume()
        if site is not None and volume is not None:
            self._propose(lambda: site.volume_delete_plan(volume.name))

    def action_mount_test(self) -> None:
        """Choose a node, mount the volume there, write and read."""
        from screens.mount_test import MountTestDialog

        site, volume = self._site(), self._volume()
        if site is not None and volume is not None:
            self.app.push_screen(MountTestDialog(site, volume.name, time.time()))

    def action_create_volume(self) -> None:
        """Ask what the volume shall be."""
        from screens.volume_create import VolumeCreateDialog

        site = self._site()
        if site is not None:
            self.app.push_screen(VolumeCreateDialog(site))

    def action_load_topology(self) -> None:
        """Choose a file and look at what it asks for."""
        from screens.load import load_topology

        if self._site() is not None:
            load_topology(self.app)

    def action_take_back_topology(self) -> None:
        """Choose a file and take away what it names."""
        from screens.load import load_topology

        if self._site() is not None:
            load_topology(self.app, take_back=True)

    def action_clean(self) -> None:
        """Take away what was made on the selected cluster, node or device."""
        from screens.clean import clean, target_of

        if self._site() is None:
            return
        target = target_of(self.selected)
        if target is None:
            self._say("Select a cluster, a node or a device in the topology first: 1 goes there.")
        else:
            clean(self.app, target)

    def action_findings(self) -> None:
        """What earlier work left on the nodes."""
        from screens.running import run_flow

        site = self._site()
        if site is not None:
            run_flow(self.app, self._show_findings(site), "looking for leftovers")

    async def _show_findings(self, site: "Site") -> None:
        from screens.findings import FindingsDialog
        from screens.waiting import WaitingDialog

        if site.store.snapshot.awaits_volumes:
            text = plain("What is left over is known once the volumes are: they are being read.")
            if await self.app.push_screen_wait(WaitingDialog[bool]("Leftovers", text, lambda: _all_read(site))) is None:
                return
        while await self.app.push_screen_wait(FindingsDialog(_found(site))):
            await site.refresh()

    def action_operations(self) -> None:
        """What runs and what came of the others, in this session and before."""
        from screens.operations import OperationsDialog

        site = self._site()
        if site is not None:
            self.app.push_screen(OperationsDialog(site))

    def action_refresh(self) -> None:
        """Ask all nodes now, without waiting here; open the site where that failed before."""
        if self.app.reopen():
            self._say("Opening the site again…")
            return
        site = self._site()
        if site is not None:
            self._say("Asking all nodes…")
            self.app.run_worker(self._refresh(site), group="refresh", exclusive=True, exit_on_error=False)

    async def _refresh(self, site: "Site") -> None:
        try:
            await site.refresh()
        except Refused as error:
            self._say(error.sentence)


async def _all_read(site: "Site") -> bool:
    await site.refresh()
    return True


def _found(site: "Site") -> list["Finding"]:
    from tui.checks.stopped_glusterd import stopped_glusterds

    of_heketi = site.heketi_findings()
    return [*stopped_glusterds(site.store.snapshot, of_heketi), *site.findings(), *of_heketi]
