"""The matching of claims and volumes once more, written as Kubernetes does it: one loop over groups of access modes."""

from collections.abc import Iterable

from tui.core.kube import Claim, KubeNode, PersistentVolume


def possible_groups(claim: Claim, volumes: Iterable[PersistentVolume]) -> list[list[PersistentVolume]]:
    """Volumes by the set of their access modes, only those that hold all of the claim's, the smallest set first."""
    groups: dict[frozenset[str], list[PersistentVolume]] = {}
    for volume in volumes:
        groups.setdefault(frozenset(volume.access_modes), []).append(volume)
    fitting = [modes for modes in groups if modes >= frozenset(claim.access_modes)]
    return [groups[modes] for modes in sorted(fitting, key=len)]


def find_matching(  # noqa: C901
    claim: Claim,
    volumes: list[PersistentVolume],
    node: KubeNode | None,
    *,
    delay_binding: bool,
    attributes: bool,
) -> PersistentVolume | None:
    """FindMatchingVolume for one group."""
    smallest: PersistentVolume | None = None
    for volume in volumes:
        bound_to_claim = False
        if volume.claim is not None:
            if volume.claim.name != claim.name or volume.claim.namespace != claim.namespace:
                continue
            if volume.claim.uid != "" and volume.claim.uid != claim.uid:
                continue
            bound_to_claim = True
        size = volume.capacity or 0
        if size < (claim.request or 0):
            continue
        if volume.volume_mode != claim.volume_mode:
            continue
        if attributes and volume.attributes_class != claim.attributes_class:
            continue
        if volume.deleted is not None:
            continue
        node_fits = True
        if node is not None and volume.node_affinity is not None:
            node_fits = any(term.matches(node.name, node.labels) for term in volume.node_affinity)
        if bound_to_claim:
            return volume if node_fits else None
        if node is None and delay_binding:
            continue
        if volume.phase != "Available":
            continue
        if claim.selector is not None and not claim.selector.matches(volume.labels):
            continue
        if volume.class_name != claim.class_name:
            continue
        if not node_fits:
            continue
        if smallest is None or (smallest.capacity or 0) > size:
            smallest = volume
    return smallest


def best_match(
    claim: Claim,
    volumes: Iterable[PersistentVolume],
    node: KubeNode | None = None,
    *,
    delay_binding: bool = False,
    attributes: bool = True,
) -> PersistentVolume | None:
    """The first match of the groups, as the controller's index gives them."""
    for group in possible_groups(claim, volumes):
        found = find_matching(claim, group, node, delay_binding=delay_binding, attributes=attributes)
        if found is not None:
            return found
    return None
