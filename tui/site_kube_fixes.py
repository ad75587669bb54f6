"""Repairs by name: what each needs is read from the API server and asked of the admin, then planned."""

import secrets
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any, Final

from tui.core.finding import Fix
from tui.core.model import Snapshot
from tui.core.plan import Plan, Refused
from tui.core.vault import names_secret
from tui.dialects.kube_request import CLAIM, CLASS, VOLUME
from tui.dialects.kube_write import GLUSTERFS, SELECTED_NODE, Manifest
from tui.plans import kube_claim, kube_claim_make, kube_class, kube_deletion, kube_endpoints, kube_gluster, kube_volume
from tui.plans.kube_asks import Needs
from tui.plans.kube_claim import ClaimChanges
from tui.plans.kube_delete_claim import Around, Doomed, plan_delete_claims
from tui.plans.kube_delete_volume import plan_delete_volume
from tui.plans.kube_gluster_fit import GlusterFit, gluster_fit, parts_of
from tui.plans.kube_secret import plan_create_secret
from tui.plans.kube_static import StaticVolumeRequest, check_source
from tui.site_kube_gluster import addresses, known_addresses, servers_of
from tui.site_kube_read import Reader


def new_token() -> str:
    """A fresh word that marks what one plan makes."""
    return secrets.token_hex(8)


class Fixes:
    """Makes the plan of a repair. `plan` raises Refused where there is none, and `Needs` where a value is missing."""

    def __init__(self, reader: Reader, snapshot: Snapshot) -> None:
        self._read, self._snapshot = reader, snapshot

    async def plan(self, fix: Fix) -> Plan:
        """The plan of a repair by its name and values."""
        make = _MAKERS.get(fix.name)
        if make is None:
            raise Refused(f"There is no repair named '{fix.name}'.", (f"known repairs: {', '.join(sorted(_MAKERS))}",))
        return await make(self, fix)

    async def create_class(self, fix: Fix) -> Plan:
        name, like = fix.value("name"), fix.value("like")
        if not like:
            known = [raw["metadata"]["name"] for raw in await self._read.many(CLASS)]
            raise Needs("like", f"StorageClass {name} can be made like another one.", tuple(sorted(known)))
        raw = await self._read.need(CLASS, "", like)
        return kube_class.plan_create_class(name, raw, new_token(), await self._read.version())

    async def set_default(self, fix: Fix) -> Plan:
        return kube_class.plan_set_default(fix.value("name"), await self._read.many(CLASS))

    async def recreate_class(self, fix: Fix) -> Plan:
        raw = await self._read.need(CLASS, "", fix.value("name"))
        parameters = {key.removeprefix("param."): value for key, value in fix.values if key.startswith("param.")}
        manifest = kube_class.changed_class(
            raw, parameters, provisioner=fix.value("provisioner"), reclaim=fix.value("reclaim"),
            binding=fix.value("binding"),
        )  # fmt: skip
        return kube_class.plan_recreate_class(raw, manifest, new_token(), await self._read.version())

    async def allow_expansion(self, fix: Fix) -> Plan:
        return kube_class.plan_allow_expansion(await self._read.need(CLASS, "", fix.value("name")))

    async def create_secret(self, fix: Fix) -> Plan:
        namespace, name, key = fix.value("namespace"), fix.value("name"), fix.value("key")
        if not names_secret(key):
            raise Needs("key", f"Secret {namespace}/{name} of type {GLUSTERFS} needs heketi's key.", secret=True)
        old = await self._read.one("Secret", namespace, name)
        return plan_create_secret(namespace, name, key.replace("${secret:", "${base64:"), old, new_token())

    async def endpoints(self, fix: Fix) -> Plan:
        namespace, name = fix.value("namespace"), fix.value("name")
        gluster = fix.value("gluster")
        if not gluster:
            raise Needs("gluster", "Which Gluster volume they lead to has to be said.", tuple(self._snapshot.volumes))
        found, old = await self._addresses(fix, gluster), await self._old(namespace, name)
        version = await self._read.version()
        return kube_endpoints.plan_endpoints(namespace, name, gluster, found, old, new_token(), version)

    async def create_volume(self, fix: Fix) -> Plan:
        version = await self._read.version()
        source = fix.value("source", "glusterfs")
        check_source(source, version)
        claim = await self._read.need(CLAIM, fix.value("claim_namespace"), fix.value("claim_name"))
        asked, said = await self._asked(fix, claim, source)
        old = await self._old(asked.endpoints_namespace, asked.endpoints)
        plan = kube_claim_make.plan_create_volume(claim, asked, old, new_token(), version)
        return replace(plan, warnings=(*said, *plan.warnings))

    async def recreate_volume(self, fix: Fix) -> Plan:
        version = await self._read.version()
        claim = await self._read.need(CLAIM, fix.value("claim_namespace"), fix.value("claim_name"))
        there = await self._read.one(VOLUME, "", fix.value("volume"))
        if there is not None:
            return kube_volume.plan_keep(there, claim)
        source = fix.value("source", "glusterfs")
        check_source(source, version)
        asked, said = await self._asked(fix, claim, source)
        dynamic = f"glusterfs-dynamic-{claim['metadata']['uid']}"
        old = await self._old(asked.endpoints_namespace, dynamic)
        if old[1] is not None:
            # the provisioner made these for the claim, and nobody took them away
            asked = replace(asked, endpoints=dynamic)
        else:
            old = await self._old(asked.endpoints_namespace, asked.endpoints)
        plan = kube_claim_make.plan_recreate_volume(claim, asked, old, new_token(), version)
        return replace(plan, warnings=(*said, *plan.warnings))

    async def release_volume(self, fix: Fix) -> Plan:
        raw = await self._read.need(VOLUME, "", fix.value("volume"))
        return kube_volume.plan_release(raw, fix.value("how", "uid"), await self._claim_of(raw))

    async def patch_volume(self, fix: Fix) -> Plan:
        raw = await self._read.need(VOLUME, "", fix.value("volume"))
        labels = dict(pair.partition("=")[::2] for pair in _words(fix.value("labels")))
        return kube_volume.plan_patch_volume(
            raw, capacity=fix.value("capacity"), access_modes=_words(fix.value("access_modes")), labels=labels,
            class_name=fix.given("class"), gid=fix.value("gid"),
            policy=fix.value("policy"),
        )  # fmt: skip

    async def recreate_claim(self, fix: Fix) -> Plan:
        namespace, name = fix.value("namespace"), fix.value("name")
        raw = await self._read.need(CLAIM, namespace, name)
        bound = raw["spec"].get("volumeName")
        volume = await self._read.one(VOLUME, "", bound) if bound else None
        changes = ClaimChanges(
            class_name=fix.given("class"), size=fix.given("size"), volume_name=fix.given("volume_name"),
            access_modes=tuple(_words(fix.value("access_modes"))) or None,
            selector=fix.given("selector"), volume_mode=fix.given("volume_mode"),
        )  # fmt: skip
        pods = await self._read.many("Pod", namespace)
        return kube_claim.plan_recreate_claim(raw, volume, pods, changes, new_token())

    async def finish_deletion(self, fix: Fix) -> Plan:
        namespace, name = fix.value("namespace"), fix.value("name")
        if fix.value("kind") == "volume":
            raw = await self._read.need(VOLUME, "", name)
            return kube_deletion.plan_finish_volume(raw, await self._claim_of(raw), await self._read.version())
        raw = await self._read.need(CLAIM, namespace, name)
        pods = await self._read.many("Pod", namespace)
        return kube_deletion.plan_finish_claim(raw, pods, _words(fix.value("pods")))

    async def delete_claims(self, fix: Fix) -> Plan:
        """The claims `names` of `namespace`; `data` is "keep" or "lose", `of` what they belong to."""
        namespace = fix.value("namespace")
        claims = []
        for name in _words(fix.value("names")):
            raw = await self._read.need(CLAIM, namespace, name)
            bound = raw["spec"].get("volumeName")
            claims.append(Doomed(raw, await self._read.one(VOLUME, "", bound) if bound else None))
        around = Around(
            await self._read.many("Pod", namespace),
            {raw["metadata"]["name"]: raw for raw in await self._may_read(CLASS)},
            await self._may_read("StatefulSet", namespace),
            await self._read.version(),
        )
        return plan_delete_claims(claims, around, fix.value("data"), fix.value("of"))

    async def delete_volume(self, fix: Fix) -> Plan:
        raw = await self._read.need(VOLUME, "", fix.value("volume"))
        return plan_delete_volume(raw, await self._claim_of(raw))

    async def _may_read(self, kind: str, namespace: str = "") -> list[Manifest]:
        """Objects that only warnings are made of: where they may not be read, there are fewer of those."""
        try:
            return await self._read.many(kind, namespace)
        except Refused:
            return []

    async def forget_node(self, fix: Fix) -> Plan:
        raw = await self._read.need(CLAIM, fix.value("namespace"), fix.value("name"))
        chosen = (raw["metadata"].get("annotations") or {}).get(SELECTED_NODE)
        node = await self._read.one("Node", "", chosen) if chosen else None
        return kube_claim.plan_forget_node(raw, node)

    async def start_gluster(self, fix: Fix) -> Plan:
        return kube_gluster.plan_start_gluster(self._snapshot, fix.value("volume"))

    async def start_bricks(self, fix: Fix) -> Plan:
        return kube_gluster.plan_start_bricks(self._snapshot, fix.value("volume"))

    async def start_heal(self, fix: Fix) -> Plan:
        return kube_gluster.plan_start_heal(self._snapshot, fix.value("volume"))

    async def _old(self, namespace: str, name: str) -> tuple[Manifest | None, Manifest | None]:
        """The Service and the Endpoints of a name, as they are."""
        return await self._read.one("Service", namespace, name), await self._read.one("Endpoints", namespace, name)

    async def _claim_of(self, volume: Manifest) -> Manifest | None:
        ref = kube_volume.reference(volume)
        return await self._read.one(CLAIM, ref["namespace"], ref["name"]) if ref.get("name") else None

    async def _asked(self, fix: Fix, claim: Manifest, source: str) -> tuple[StaticVolumeRequest, tuple[str, ...]]:
        """What a new PersistentVolume for a claim is like, and what is to be known of its Gluster volume."""
        bare = kube_claim_make.request_for(claim, "", ())
        size, key = kube_claim_make.bytes_for(claim), (bare.claim_namespace, bare.claim_name)
        fit = gluster_fit(self._snapshot, await self._read.many(VOLUME), size, bare.name, key)
        gluster = await self._gluster(fix, fit)
        name, folder = parts_of(gluster)
        if source == "kadalu" and folder:
            whole = f"with source=kadalu a PersistentVolume has all of Gluster volume {name}, not one folder of it"
            raise Refused(f"Folder {gluster} can't be taken: {whole}.", ("name a whole volume, or take source=nfs",))
        needs_servers = source in ("glusterfs", "kadalu")
        found = await self._addresses(fix, gluster) if needs_servers else ()
        asked = kube_claim_make.request_for(claim, gluster, found, source)
        given: dict[str, Any] = {
            name: fix.value(name) for name in ("endpoints", "path", "node_label", "server", "gid") if fix.value(name)
        }
        return replace(asked, **given), tuple(fit.warnings(gluster))

    async def _gluster(self, fix: Fix, fit: GlusterFit) -> str:
        """The Gluster volume that is meant; the only one that fits where none was named."""
        named = fix.value("gluster")
        if not named and fix.name != "recreate-volume":
            named = fit.only()
        if not named:
            raise Needs("gluster", fit.question(), fit.choices())
        fit.check(named)
        return named

    async def _addresses(self, fix: Fix, gluster: str) -> tuple[str, ...]:
        """The addresses of the servers: as given, of the cluster as it is known, or from Endpoints of other claims."""
        given = tuple(_words(fix.value("addresses"))) or await addresses(servers_of(self._snapshot, gluster))
        if given:
            return given
        found = known_addresses(gluster, await self._read.many(VOLUME), await self._read.many("Endpoints"))
        if not found:
            name = parts_of(gluster)[0]
            raise Needs("addresses", f"Which servers have Gluster volume {name} is not known: say their IP addresses.")
        return found


def _words(text: str) -> list[str]:
    return [word.strip() for word in text.split(",") if word.strip()]


_MAKERS: Final[dict[str, Callable[[Fixes, Fix], Awaitable[Plan]]]] = {
    "create-class": Fixes.create_class,
    "set-default-class": Fixes.set_default,
    "recreate-class": Fixes.recreate_class,
    "allow-expansion": Fixes.allow_expansion,
    "create-secret": Fixes.create_secret,
    "create-endpoints": Fixes.endpoints,
    "correct-endpoints": Fixes.endpoints,
    "create-volume": Fixes.create_volume,
    "recreate-volume": Fixes.recreate_volume,
    "release-volume": Fixes.release_volume,
    "patch-volume": Fixes.patch_volume,
    "recreate-claim": Fixes.recreate_claim,
    "finish-deletion": Fixes.finish_deletion,
    "forget-selected-node": Fixes.forget_node,
    "delete-claims": Fixes.delete_claims,
    "delete-volume": Fixes.delete_volume,
    "start-gluster": Fixes.start_gluster,
    "start-bricks": Fixes.start_bricks,
    "start-heal": Fixes.start_heal,
}
