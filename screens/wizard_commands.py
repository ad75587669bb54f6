"""What the keys of the dashboard make and delete in Kubernetes: each asks, shows its YAML or a warning, and a plan.

Wizards are imported when they are opened: nothing of them is needed for the first paint (see `screens.prepare`).
"""

from typing import TYPE_CHECKING

from textual import getters
from textual.dom import DOMNode

from screens.claim_rows import ClaimRow
from screens.columns_classes import ClassRow
from screens.kube_commands import NOT_CONFIGURED, kube_of
from screens.marks import Thing
from screens.pane_claims import ClaimsPane
from tui.app import BrickyardApp
from tui.core.kube import Key, PersistentVolume, StorageClass
from tui.core.kube_source import KubeSource
from tui.core.model import Volume

if TYPE_CHECKING:
    from tui.site import Site


class WizardCommands(DOMNode):
    """Mixed into the dashboard."""

    app = getters.app(BrickyardApp)

    @property
    def selected(self) -> Thing | None:
        """The object under the cursor of the active pane."""
        return None

    def show_chain(self, key: Key | None) -> None:
        """The chain of a claim by its key."""

    def _both(self) -> "tuple[Site, KubeSource] | None":
        """The site and its cluster; where there is none, that is said."""
        site, source = self.app.site, kube_of(self.app.site)
        if site is None or source is None:
            self.app.notify(NOT_CONFIGURED, markup=False)
            return None
        return site, source

    def _class(self, source: KubeSource) -> StorageClass | None:
        """The class that is meant: the selected one, or that of the selected claim or PersistentVolume."""
        match self.selected:
            case ClassRow(storage_class=one):
                return one
            case ClaimRow(claim=claim) if claim is not None:
                return source.tables.class_of(claim)
            case PersistentVolume(class_name=name):
                return source.tables.classes.get(("", name))
        return None

    def action_create_class(self) -> None:
        """A StorageClass, like the selected one where one is selected."""
        from screens.wizard_class import ClassWizard

        if both := self._both():
            site, source = both
            thing = self.selected
            like, name = (thing.storage_class, thing.name) if isinstance(thing, ClassRow) else (None, "")
            self.app.push_screen(ClassWizard(site, source.tables, like, name))

    def action_test_claim(self) -> None:
        """A claim that tries a class out, and its row followed."""
        from screens.wizard_claim import ClaimWizard

        if both := self._both():
            site, source = both
            thing, one = self.selected, self._class(source)
            name = thing.name if isinstance(thing, ClassRow) else one.name if one is not None else ""
            self.app.push_screen(ClaimWizard(site, source.tables, self.query_one(ClaimsPane).follow, name=name))

    def action_heketi_secret(self) -> None:
        """The Secret that the class names."""
        from screens.wizard_secret import SecretWizard

        if both := self._both():
            site, source = both
            one = self._class(source)
            key = one.secrets[0] if one is not None and one.secrets else None
            self.app.push_screen(SecretWizard(site, source.tables, key))

    def action_static_volume(self) -> None:
        """A PersistentVolume for the selected Gluster volume."""
        from screens.running import run_flow
        from tui.plans.volume_delete import HEKETI_VOLUME

        both, thing = self._both(), self.selected
        if both is None:
            return
        if isinstance(thing, Volume) and thing.name == HEKETI_VOLUME:
            self.app.notify("heketi keeps its database on this volume: it is for no claim.", markup=False)
        elif isinstance(thing, Volume):
            run_flow(self.app, self._static_volume(*both, thing), "making a PersistentVolume")
        else:
            self.app.notify("Select a volume first: 3 goes to the pane of volumes.", markup=False)

    async def _static_volume(self, site: "Site", source: KubeSource, volume: Volume) -> None:
        from screens.needs import PickDialog
        from screens.wizard_volume import NO_CLAIM, VolumeWizard, waiting_claims

        waiting = waiting_claims(source.tables)
        sentence = f"A PersistentVolume for Gluster volume {volume.name}. Which claim shall get it? These have none:"
        if used := source.tables.volumes_of_gluster(volume.name):
            names, them = ", ".join(one.name for one in used[:3]), "both" if len(used) == 1 else "all"
            verb = "is" if len(used) == 1 else "are"
            sentence = f"▲ {names} {verb} on this Gluster volume already: {them} would write into it.\n\n{sentence}"
        choices = (*waiting, NO_CLAIM)
        chosen = await self.app.push_screen_wait(PickDialog(f"Volume {volume.name}", sentence, choices))
        if chosen is not None:
            self.app.push_screen(VolumeWizard(site, source.tables, volume, waiting.get(chosen)))

    def action_set_claims(self) -> None:
        """What StatefulSets want and what they left behind."""
        from screens.wizard_sets import SetClaimsDialog

        if both := self._both():
            self.app.push_screen(SetClaimsDialog(both[1]), self.show_chain)

    def action_delete_claim(self) -> None:
        """Delete the selected claim or PersistentVolume, after what that does was read and its name was typed."""
        from screens.needs import run_fix
        from tui.core.finding import Fix

        if self._both() is None:
            return
        match self.selected:
            case ClaimRow(claim=claim) if claim is not None:
                values = (("namespace", claim.namespace), ("names", claim.name))
                run_fix(self.app, Fix("delete-claims", values), f"Delete claim {'/'.join(claim.key)}")
            case PersistentVolume(name=name):
                run_fix(self.app, Fix("delete-volume", (("volume", name),)), f"Delete PersistentVolume {name}")
            case ClaimRow(key=key):
                self.app.notify(f"Claim {'/'.join(key)} does not exist; others only name it.", markup=False)
            case _:
                self.app.notify("Select a claim or a PersistentVolume first: 4 goes there, v turns.", markup=False)
