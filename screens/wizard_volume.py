"""A PersistentVolume for a Gluster volume that exists, kept for a claim that waits or for any."""

import json
from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from screens.dialog import plain
from screens.waiting import WaitingDialog
from screens.wizard_form import WizardDialog, first, quantity, ready, words
from screens.words import one_line
from screens.yaml_view import Draft
from tui.core.kube import Claim
from tui.core.kube_policy import short_modes
from tui.core.kube_tables import KubeTables
from tui.core.model import Volume
from tui.core.plan import Plan, Refused
from tui.core.units import format_size
from tui.dialects.kube_quantity import parse_quantity
from tui.dialects.kube_write import MARK, Manifest
from tui.plans.kube_static import GONE_IN, SOURCES, StaticVolumeRequest
from tui.plans.kube_volume import MODES
from tui.plans.kube_wizard import NAME_RULE, is_name, size_problems
from tui.widgets.form import Field

if TYPE_CHECKING:
    from tui.site import Site

NO_CLAIM: Final = "(no claim: for any that fits)"
_TYPED: Final = ("name", "capacity", "class_name", "source", "endpoints_namespace", "endpoints", "path", "node_label",
                 "server", "gid")  # fmt: skip


class VolumeWizard(WizardDialog):
    """`claim` is whom it is kept for."""

    def __init__(self, site: "Site", tables: KubeTables, volume: Volume, claim: Claim | None) -> None:
        super().__init__(site, tables)
        self._volume, self._claim = volume, claim
        self.heading = f"A PersistentVolume for {one_line(volume.name)}"

    def intro(self) -> str:
        """For whom."""
        if self._claim is None:
            return "No claim is named: any that fits may get it. Its reclaim policy is Retain."
        return f"It is kept for claim {self._claim.namespace}/{self._claim.name}. Its reclaim policy is Retain."

    def fields(self) -> list[Field]:
        """As the claim wants it."""
        asked = asked_for(self.tables, self._volume, self._claim)
        return [
            Field("name", "name", value=asked.name,
                  validate=lambda value: "" if is_name(value.strip()) else f"that is no name: {NAME_RULE}"),
            Field("capacity", "capacity", value=asked.capacity, validate=first(lambda text: list(size_problems(text)))),
            Field("modes", "access modes", value=short_modes(asked.access_modes), hint="RWX, RWO, ROX",
                  validate=_modes_problem),
            Field("class_name", "class", value=asked.class_name, required=False, hint="that the claim asks for"),
            Field("source", "mounted by", kind="choice", value=asked.source, options=SOURCES),
            Field("endpoints_namespace", "Endpoints in", value=asked.endpoints_namespace, required=False,
                  hint="glusterfs: a namespace"),
            Field("endpoints", "Endpoints named", value=asked.endpoints, required=False, hint="glusterfs"),
            Field("addresses", "server addresses", required=False, hint="empty: its cluster's"),
            Field("path", "path", required=False, hint="local: folder; nfs: export"),
            Field("node_label", "label of nodes", required=False, hint="local: nodes that mount it"),
            Field("server", "NFS server", required=False, hint="nfs"),
            Field("gid", "group id", required=False, hint="that pods get"),
        ]  # fmt: skip

    def _asked(self, values: dict[str, str]) -> StaticVolumeRequest:
        typed: dict[str, Any] = {key: values[key].strip() for key in _TYPED}
        asked = asked_for(self.tables, self._volume, self._claim)
        modes = tuple(mode for word in words(values["modes"]) for mode in _modes_named(word))
        return replace(asked, **typed, access_modes=modes, addresses=words(values["addresses"]))

    def problems(self, values: dict[str, str]) -> list[str]:
        """What can be said before anything is looked up."""
        asked = self._asked(values)
        # where none are typed they are those of its cluster, which the plan finds out
        return replace(asked, addresses=asked.addresses or ("of its cluster",)).problems()

    async def draft(self, values: dict[str, str]) -> Draft | None:
        """All that the plan makes; what is there already is left out."""
        asked = self._asked(values)

        async def ask() -> Plan | Refused:
            try:
                return await self.site.static_volume_plan(asked)
            except Refused as error:
                return error

        text = plain("Looks for the addresses of the servers, and for Endpoints that are there already.")
        plan = await self.app.push_screen_wait(WaitingDialog[Plan | Refused](self.heading, text, ask))
        if plan is None:
            return None
        if isinstance(plan, Refused):
            raise plan
        claim = f" for claim {self._claim.namespace}/{self._claim.name}" if self._claim else ""
        title = f"PersistentVolume {values['name'].strip()}{claim}"
        notes = (*plan.warnings, *self._too_small(values["capacity"].strip()))
        return Draft(title, tuple(made_by(plan)), ready(plan), self.site.rehearse, notes=notes)

    def _too_small(self, capacity: str) -> Iterator[str]:
        has, said = self._volume.size, parse_quantity(capacity) or 0
        # a file system is a little smaller than the disk below it
        if has and said > has * 1.1:
            yield f"Gluster volume {self._volume.name} has {format_size(has)} only; nobody notices before it is full."


def asked_for(tables: KubeTables, volume: Volume, claim: Claim | None) -> StaticVolumeRequest:
    """What is proposed: size, modes, class and name are those that the claim asks for."""
    gluster = volume.name
    endpoints = f"glusterfs-{gluster}".replace("_", "-").lower()
    source = "kadalu" if (tables.version or (0, 0)) >= GONE_IN else "glusterfs"
    if claim is None:
        name, size = gluster.replace("_", "-").lower(), quantity(volume.size and volume.size // 2**30 * 2**30)
        return StaticVolumeRequest(
            name, gluster, size, source=source, endpoints_namespace="default", endpoints=endpoints
        )
    return StaticVolumeRequest(
        claim.volume_name or f"{claim.namespace}-{claim.name}", gluster, quantity(claim.request),
        claim.access_modes or ("ReadWriteMany",), claim.class_name, claim.namespace, claim.name, source=source,
        endpoints_namespace=claim.namespace, endpoints=endpoints,
    )  # fmt: skip


def waiting_claims(tables: KubeTables) -> dict[str, Claim]:
    """The claims that have no volume, by "NAMESPACE/NAME"."""
    found = (claim for claim in tables.claims.values() if claim.phase == "Pending" and claim.deleted is None)
    return {"/".join(claim.key): claim for claim in sorted(found, key=lambda claim: claim.key)}


def made_by(plan: Plan) -> list[Manifest]:
    """The objects that a plan makes, as they are written by hand: without its mark."""
    found = []
    for command in (command for step in plan.steps for command in step.commands):
        if command.argv[0] == "POST":
            body: Manifest = json.loads(command.stdin)
            notes = body["metadata"].get("annotations", {})
            notes.pop(MARK, None)
            if not notes:
                body["metadata"].pop("annotations", None)
            found.append(body)
    return found


def _modes_named(word: str) -> list[str]:
    """ReadWriteMany by its name or as RWX; a word that is none as it is."""
    return [mode for mode in MODES if word in (mode, short_modes([mode]))] or [word]


def _modes_problem(value: str) -> str:
    wrong = next((word for word in words(value) if _modes_named(word)[0] not in MODES), "")
    return f"'{wrong}' is none of RWO, ROX, RWX, RWOP" if wrong else ""
