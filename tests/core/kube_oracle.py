"""What a diagnosis of a claim may look at, found by walking through all objects without any index."""

from collections.abc import Iterable
from typing import Any

from tui.core.kube import Claim, Key, KubeObject, PersistentVolume, StatefulSet
from tui.core.kube_tables import KubeTables

Seen = tuple[Any, ...]


def surroundings(tables: KubeTables, key: Key) -> Seen:
    """All that findings of a claim may depend on; two that are equal give the same findings."""
    claim = tables.claims.get(key)
    pods = [pod for pod in tables.pods.values() if key in pod.claim_keys]
    sets = [one for one in tables.stateful_sets.values() if _is_of(key, one, claim)]
    volumes = _volumes(tables, key, claim)
    return (
        claim,
        [_volume_and_users(tables, volume, key) for volume in volumes],
        _sorted(pods),
        _sorted(sets),
        [tables.events_of("PersistentVolumeClaim", key)],
        _events(tables, "PersistentVolume", volumes),
        _named(tables, claim.volume_name) if claim and claim.volume_name else None,
        _events(tables, "Pod", pods),
        _events(tables, "StatefulSet", sets),
        [tables.nodes.get(("", pod.node)) for pod in pods if pod.node],
        _sorted(tables.nodes.values()) if any(not pod.node for pod in pods) or _pinned(volumes) else None,
        _of_class(tables, claim) if claim else _where_else(tables, key, bool(pods)),
        _pending(tables, claim) if claim and not claim.is_bound else None,
        _limits(tables, key[0])
        if (claim and not claim.is_bound) or (not claim and _is_expected(tables, key))
        else None,
    )


def _sorted(objects: Iterable[KubeObject]) -> list[KubeObject]:
    return sorted(objects, key=lambda obj: obj.key)


def _stem(name: str) -> str:
    stem, _, ordinal = name.rpartition("-")
    return stem if ordinal.isdigit() else ""


def _is_of(key: Key, one: StatefulSet, claim: Claim | None) -> bool:
    """By its name, whatever its ordinal; one that is not there only when the set wants it."""
    return key in one.expected_claims() if claim is None else key[0] == one.namespace and _stem(key[1]) in one.stems


def _is_expected(tables: KubeTables, key: Key) -> bool:
    return any(key in one.expected_claims() for one in tables.stateful_sets.values())


def _volumes(tables: KubeTables, key: Key, claim: Claim | None) -> list[PersistentVolume]:
    """The volume that it names, and those that name it."""
    named = claim.volume_name if claim else ""
    every = sorted(tables.volumes.values(), key=lambda volume: volume.name)
    return [volume for volume in every if volume.name == named or (volume.claim and volume.claim.key == key)]


def _named(tables: KubeTables, volume: str) -> Seen:
    """What is known of a volume by its name alone: it may be gone."""
    users = [(one.key, one.uid, one.phase) for one in tables.claims.values() if one.volume_name == volume]
    return sorted(users), tables.events_of("PersistentVolume", ("", volume))


def _pinned(volumes: Iterable[PersistentVolume]) -> bool:
    return any(volume.node_affinity is not None for volume in volumes)


def _volume_and_users(tables: KubeTables, volume: PersistentVolume, key: Key) -> Seen:
    users = [(one.key, one.uid, one.phase) for one in tables.claims.values() if one.volume_name == volume.name]
    secrets = [tables.secrets.get(secret) for secret in getattr(volume.source, "secrets", ())]
    driver = tables.drivers.get(("", getattr(volume.source, "driver", "")))
    return volume, driver, sorted(users), _life_of_owner(tables, volume), secrets, _endpoints(tables, volume, key[0])


def _life_of_owner(tables: KubeTables, volume: PersistentVolume) -> str:
    owner = tables.claims.get(volume.claim.key) if volume.claim else None
    return owner.uid if owner else ""


def _endpoints(tables: KubeTables, volume: PersistentVolume, namespace: str) -> Seen:
    place = volume.endpoints_key
    return () if place is None else _service(tables, (place[0] or namespace, place[1]))


def _service(tables: KubeTables, key: Key) -> Seen:
    slices = [one for one in tables.slices.values() if one.service_key == key]
    return tables.services.get(key), tables.endpoints.get(key), _sorted(slices)


def _events(tables: KubeTables, kind: str, objects: Iterable[KubeObject]) -> list[Any]:
    return [
        sorted((event.key, event.last) for event in tables.events.values()
               if (event.object_kind, event.object_namespace, event.object_name) == (kind, *one.key))
        for one in _sorted(objects)
    ]  # fmt: skip


def _of_class(tables: KubeTables, claim: Claim) -> Seen:
    """The class of any claim, bound ones as well: expansion and deletion read it."""
    one = tables.class_of(claim)
    return one, [tables.secrets.get(secret) for secret in one.secrets] if one else []


def _where_else(tables: KubeTables, key: Key, is_wanted: bool) -> Any:
    """A claim that a pod names and that is not there: claims of that name elsewhere."""
    return sorted(one.key for one in tables.claims.values() if one.name == key[1]) if is_wanted else None


def _pending(tables: KubeTables, claim: Claim) -> Seen:
    """What decides whether a claim gets a volume: the open ones of its class, and who would provision."""
    one, name = tables.class_of(claim), claim.class_name
    every = (volume for volume in tables.volumes.values() if volume.class_name == name and not volume.is_settled)
    volumes = sorted(every, key=lambda volume: volume.name)
    needs_nodes = _pinned(volumes) or bool(one and one.topologies)
    helpers = [pod for pod in tables.pods.values() if one and one.provisioner in pod.provisioners]
    others = [pod for pod in tables.pods.values() if one and not pod.provisioners and not pod.claims]
    return (
        [(volume, _life_of_owner(tables, volume)) for volume in volumes],
        _sorted(tables.nodes.values()) if needs_nodes else None,
        claim.selected_node and tables.nodes.get(("", claim.selected_node)),
        sorted(one.name for one in tables.classes.values()) if one is None else None,
        [one for one in _sorted(tables.classes.values()) if getattr(one, "is_default", False)] if not name else None,
        _service(tables, one.rest_service) if one and one.rest_service else None,
        _sorted(helpers),
        _sorted(others),
        (tables.drivers.get(("", one.provisioner)), tables.provisioner_leases(one.provisioner)) if one else None,
        sorted(event.key for event in tables.events_of("StorageClass", ("", name))),
    )


def _limits(tables: KubeTables, namespace: str) -> Seen:
    quotas = [one for one in tables.quotas.values() if one.namespace == namespace]
    return (
        tables.namespaces.get(("", namespace)),
        _sorted(quotas),
        _sorted(one for one in tables.limits.values() if one.namespace == namespace),
    )
