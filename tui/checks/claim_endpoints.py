"""Whether kubelet finds the Gluster nodes of a glusterfs PersistentVolume through its Endpoints (F2, F3, F4, G2)."""

from collections.abc import Iterator
from ipaddress import ip_address
from typing import Final

from tui.checks.claim_case import ClaimCase, fixed_by, found, seen
from tui.checks.claim_chain_words import gluster_key_of, gluster_name
from tui.checks.claim_names import meant_among
from tui.checks.claim_seen_words import pod_ref, service_ref, some, volume_ref
from tui.core.finding import Evidence, Finding, ObjectRef, Remedy, Severity
from tui.core.kube import Endpoints, GlusterSource, Key, PersistentVolume, Pod

_MADE: Final = "glusterfs-dynamic-"
"""So begin the names that the provisioner kubernetes.io/glusterfs makes: nobody wrote them wrong."""
_ASKED: Final = "the addresses are asked for if no other PersistentVolume tells them"


def endpoints_faults(case: ClaimCase, volume: PersistentVolume, waiting: list[Pod]) -> Iterator[Finding]:
    """What is wrong with the Endpoints of a bound volume. `waiting` are the pods that are held up now."""
    source = volume.gluster
    if source is None:
        return
    key = (source.endpoints_namespace or case.key[0], source.endpoints)
    severity = Severity.ERROR if waiting else Severity.WARNING
    pods = [seen(pod_ref(pod), "waits for its volumes on node", pod.node) for pod in waiting[:3]]
    if not source.endpoints:
        yield found(
            "F4", case.ref, f"its PersistentVolume '{volume.name}' names no Endpoints",
            cause="kubelet reads the addresses of the Gluster nodes from the Endpoints that the volume names.",
            proof=[seen(volume_ref(volume.name), "spec.glusterfs.endpoints", "(empty)"), *pods],
            remedies=[_volume_anew(case, volume)], severity=severity,
        )  # fmt: skip
        return
    if not case.world.is_known("endpoints", key[0]):
        return
    own = case.world.tables.endpoints.get(key)
    if own is None:
        yield _missing(case, volume, key, pods, severity)
    elif not own.addresses:
        yield _empty(case, volume, own, pods, severity)
    else:
        yield from _strangers(case, volume, own)
        yield from _alone(case, volume, own)


def _volume_anew(case: ClaimCase, volume: PersistentVolume) -> Remedy:
    return fixed_by(
        "Make the PersistentVolume anew for the same Gluster volume", "recreate-volume", volume=volume.name,
        claim_namespace=case.key[0], claim_name=case.key[1], gluster=gluster_name(volume),
    )  # fmt: skip


def _named(volume: PersistentVolume, source: GlusterSource) -> list[Evidence]:
    ref = volume_ref(volume.name)
    said = [seen(ref, "spec.glusterfs.endpoints", source.endpoints)]
    return [*said, seen(ref, "spec.glusterfs.endpointsNamespace", source.endpoints_namespace or "(the pod's own)")]


def _missing(case: ClaimCase, volume: PersistentVolume, key: Key, pods: list[Evidence], severity: Severity) -> Finding:
    source = volume.gluster
    assert source is not None
    namespace, name = key
    cause = "kubelet reads the addresses of the Gluster nodes from Endpoints, by default in the namespace of the pod."
    others = sorted(one for one in case.world.tables.index("endpoints.name", name) if one[0] != namespace)
    sentence = f"there are no Endpoints '{name}' in namespace {namespace}, from which it is mounted"
    proof = [*_named(volume, source), seen(ObjectRef("Endpoints", namespace, name), "metadata.name", "(not there)")]
    if others:
        cause += f" Endpoints of this name are in {some(one[0] for one in others)} only."
    elif not name.startswith(_MADE):
        meant = meant_among(name, case.world.tables.index("endpoints.namespace", namespace))
        sentence += f" - did you mean '{meant}'?" if meant else ""
    if case.world.is_known("services", namespace) and key not in case.world.tables.services:
        cause += " Endpoints without a Service of their name are deleted when kube-controller-manager starts."
    return found(
        "F2", case.ref, sentence, cause=cause, proof=[*proof, *pods], severity=severity,
        remedies=_make(case, source, key, others),
    )  # fmt: skip


def _make(case: ClaimCase, source: GlusterSource, key: Key, others: list[Key]) -> Iterator[Remedy]:
    """Where no pool tells the addresses: those of Endpoints of the same name, if all agree, else they are asked for."""
    namespace, name = key
    what = f"Make Service and Endpoints {namespace}/{name}"
    if _is_pool_known(case, source):
        title = f"{what} from the peers of the pool"
        yield fixed_by(title, "create-endpoints", namespace=namespace, name=name, gluster=source.volume)
        return
    tables = case.world.tables
    same = {tuple(sorted(tables.endpoints[one].addresses)): one for one in reversed(others)}
    same.pop((), None)
    if len(same) == 1:
        ((addresses, other),) = same.items()
        yield fixed_by(
            f"{what} with the addresses of {'/'.join(other)}: {', '.join(addresses)}", "create-endpoints",
            namespace=namespace, name=name, gluster=source.volume, addresses=",".join(addresses),
        )  # fmt: skip
    title = f"{what}; {_ASKED}"
    yield fixed_by(title, "create-endpoints", namespace=namespace, name=name, gluster=source.volume)


def _is_pool_known(case: ClaimCase, source: GlusterSource) -> bool:
    """Whether the storage nodes tell which servers the Gluster volume has."""
    return source.volume in case.world.storage.volumes


def _empty(
    case: ClaimCase, volume: PersistentVolume, own: Endpoints, pods: list[Evidence], severity: Severity
) -> Finding:
    source = volume.gluster
    assert source is not None
    service = case.world.tables.services.get(own.key)
    cause = "kubelet mounts from the addresses in the Endpoints."
    proof = [*_named(volume, source), seen(ObjectRef("Endpoints", *own.key), "addresses", "none")]
    if service is not None and service.selector:
        cause += " Its Service has a selector, so that the controller writes pods' addresses there, and found none."
        words = ", ".join(f"{key}={value}" for key, value in service.selector.items())
        proof.append(seen(service_ref(*own.key), "spec.selector", words))
    elif own.not_ready:
        cause += f" Only addresses that are not ready are there: {some(own.not_ready)}."
    return found(
        "F3", case.ref, f"the Endpoints {own.namespace}/{own.name} from which it is mounted have no address",
        cause=cause, proof=[*proof, *pods], severity=severity, remedies=[_correct(case, own, source)],
    )  # fmt: skip


def _correct(case: ClaimCase, own: Endpoints, source: GlusterSource) -> Remedy:
    title = f"Write the addresses of the pool's peers into {own.namespace}/{own.name}"
    if not _is_pool_known(case, source):
        title = f"Write the addresses of the Gluster nodes into {own.namespace}/{own.name}; {_ASKED}"
    return fixed_by(
        title, "correct-endpoints",
        namespace=own.namespace, name=own.name, gluster=source.volume,
    )  # fmt: skip


def _strangers(case: ClaimCase, volume: PersistentVolume, own: Endpoints) -> Iterator[Finding]:
    """G2: addresses of machines that are not (or no longer) in the pool of the volume."""
    source, storage = volume.gluster, case.world.storage
    if source is None or not storage.volumes:
        return
    if len(storage.clusters) == 1 and {node.storage for node in storage.nodes.values()}.issuperset(own.addresses):
        return
    gluster = storage.volumes.get(gluster_key_of(case.world, volume))
    if gluster is None:
        return
    peers = [node for node in storage.nodes.values() if node.cluster == gluster.cluster]
    names = {name for node in peers for name in (node.storage, node.name) if name}
    if not names or not all(_is_ip(node.storage) for node in peers):
        return  # a peer known by a name has an address that nobody told
    strangers = [address for address in own.addresses if address not in names]
    if not strangers:
        return
    left = len(own.addresses) - len(strangers)
    where = f"Endpoints {own.namespace}/{own.name}"
    are = "is" if len(strangers) == 1 else "are"
    sentence = f"{some(strangers)} in {where} {are} not in the pool of Gluster volume '{source.volume}'"
    if not left:
        sentence = f"no address in {where} is in the pool of Gluster volume '{source.volume}'"
    yield found(
        "G2", case.ref, sentence,
        cause="Endpoints of Gluster are never brought up to date by themselves; nodes were replaced since.",
        proof=[seen(ObjectRef("Endpoints", *own.key), "addresses", ", ".join(own.addresses)),
               seen(ObjectRef("GlusterVolume", "", gluster.name), "peers", ", ".join(sorted(names)))],
        remedies=[_correct(case, own, source)], definite=not left,
        severity=Severity.WARNING if left else Severity.ERROR,
    )  # fmt: skip


def _is_ip(text: str) -> bool:
    try:
        ip_address(text)
    except ValueError:
        return False
    return True


def _alone(case: ClaimCase, volume: PersistentVolume, own: Endpoints) -> Iterator[Finding]:
    """F2 to come: Endpoints without a Service are deleted by the controller sooner or later."""
    source, world = volume.gluster, case.world
    if source is None or not world.is_known("services", own.namespace) or own.key in world.tables.services:
        return
    yield found(
        "F2", case.ref, f"its Endpoints {own.namespace}/{own.name} have no Service and will be deleted some day",
        cause="When kube-controller-manager starts, it deletes Endpoints that have no Service of their name.",
        proof=[*_named(volume, source), seen(service_ref(*own.key), "metadata.name", "(not there)")],
        remedies=[fixed_by("Make a Service without selector for them", "create-endpoints", namespace=own.namespace,
                           name=own.name, gluster=source.volume)],
        severity=Severity.WARNING, definite=False,
    )  # fmt: skip
