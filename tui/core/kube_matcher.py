"""Which PersistentVolume a claim gets, and why it does not get the others: Kubernetes never says so itself.

Source: component-helpers storage/volume/pv_helpers.go (FindMatchingVolume), the persistentvolume controller's
index.go and checkVolumeSatisfyClaim of 1.20 to 1.36. Sizes are bytes.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from tui.core.kube import Claim, KubeNode, PersistentVolume

ATTRIBUTES_SINCE: Final = (1, 31)
"""The version that first compares volumeAttributesClassName."""


class Misfit(StrEnum):
    """A check of the matcher that a PersistentVolume fails, in the order of the checks."""

    TAKEN = "kept for another claim"
    STALE = "kept for an earlier life of this claim"
    MODES = "access modes"
    SIZE = "too small"
    VOLUME_MODE = "volumeMode"
    ATTRIBUTES = "VolumeAttributesClass"
    TERMINATING = "terminating"
    WAITS = "bound only when a pod is scheduled"
    PHASE = "phase"
    SELECTOR = "selector"
    CLASS = "class"
    NODES = "node affinity"


_KEPT: Final = (Misfit.TAKEN, Misfit.STALE)


@dataclass(frozen=True, slots=True)
class Near:
    """A PersistentVolume that is not taken, with all checks that it fails, the decisive one first."""

    volume: PersistentVolume
    misfits: tuple[Misfit, ...]


def is_kept_for(volume: PersistentVolume, claim: Claim) -> bool:
    """Whether a volume's claimRef names this claim in its present life (IsVolumeBoundToClaim)."""
    ref = volume.claim
    return ref is not None and ref.key == claim.key and ref.uid in ("", claim.uid)


def first_misfit(
    claim: Claim,
    volume: PersistentVolume,
    *,
    waits: bool = False,
    node: KubeNode | None = None,
    version: tuple[int, int] = (0, 0),
) -> Misfit | None:
    """The first check that a volume fails, None when the claim can get it.

    `waits`: the class binds only for a pod. `node`: as the scheduler asks, for one node.
    """
    if misfits := _before_reserved(claim, volume, version):
        return misfits[0]
    fits_node = node is None or on_node(volume, node)
    if is_kept_for(volume, claim):
        return None if fits_node else Misfit.NODES
    if waits and node is None:
        return Misfit.WAITS
    if misfits := _for_free_ones(claim, volume):
        return misfits[0]
    return None if fits_node else Misfit.NODES


def all_misfits(
    claim: Claim,
    volume: PersistentVolume,
    *,
    version: tuple[int, int] = (0, 0),
    nodes: Iterable[KubeNode] | None = None,
) -> tuple[Misfit, ...]:
    """All checks that a volume fails, in the matcher's order; the phase follows from whom it is kept for.

    With `nodes` its node affinity has to hold for one of them.
    """
    found = _before_reserved(claim, volume, version)
    if volume.claim is None or not is_kept_for(volume, claim):
        is_kept = bool(found) and found[0] in _KEPT
        found += [misfit for misfit in _for_free_ones(claim, volume) if not (is_kept and misfit is Misfit.PHASE)]
    if nodes is not None and not any(on_node(volume, node) for node in nodes):
        found.append(Misfit.NODES)
    return tuple(found)


def winner(
    claim: Claim,
    volumes: Iterable[PersistentVolume],
    *,
    waits: bool = False,
    node: KubeNode | None = None,
    version: tuple[int, int] = (0, 0),
) -> PersistentVolume | None:
    """The volume that a claim gets, of equal ones the first by name; None when none fits.

    The controller takes the fewest access modes first, and of those one kept for the claim, else the smallest. The
    scheduler (with `node`) takes a kept one, and nothing where that is not for the node, else the smallest.
    """
    fits: list[PersistentVolume] = []
    for one in volumes:
        misfit = first_misfit(claim, one, waits=waits, node=node, version=version)
        if misfit is None:
            fits.append(one)
        elif misfit is Misfit.NODES and is_kept_for(one, claim):
            return None
    return min(
        fits, default=None,
        key=lambda one: (
            len(set(one.access_modes)) if node is None else 0, not is_kept_for(one, claim), one.capacity or 0, one.name,
        ),
    )  # fmt: skip


def nearest(
    claim: Claim,
    volumes: Iterable[PersistentVolume],
    *,
    version: tuple[int, int] = (0, 0),
    nodes: tuple[KubeNode, ...] | None = None,
) -> list[Near]:
    """The volumes that fail the fewest checks, of those that fail any; the likeliest one first."""
    return likeliest(claim, judged(claim, volumes, version=version, nodes=nodes))


def judged(
    claim: Claim,
    volumes: Iterable[PersistentVolume],
    *,
    version: tuple[int, int] = (0, 0),
    nodes: tuple[KubeNode, ...] | None = None,
) -> list[Near]:
    """Each volume with all checks that it fails; none for one that the claim can get."""
    return [Near(one, all_misfits(claim, one, version=version, nodes=nodes)) for one in volumes]


def likeliest(claim: Claim, found: Iterable[Near]) -> list[Near]:
    """Those that fail the fewest checks, of those that fail any; the likeliest one first."""
    failing = [near for near in found if near.misfits]
    least = min((len(near.misfits) for near in failing), default=0)
    wanted = claim.request or 0
    return sorted(
        (near for near in failing if len(near.misfits) == least),
        key=lambda near: (
            Misfit.STALE not in near.misfits, Misfit.CLASS in near.misfits,
            abs((near.volume.capacity or 0) - wanted), near.volume.name,
        ),
    )  # fmt: skip


def refusal(claim: Claim, volume: PersistentVolume, version: tuple[int, int] = (0, 0)) -> str:
    """Why a claim can't have the volume that its spec names, in the controller's own words; "" when it can.

    Label selector, node affinity and phase are not looked at on this way (checkVolumeSatisfyClaim).
    """
    if volume.deleted is not None:
        return f'the volume is marked for deletion "{volume.name}"'
    if (volume.capacity or 0) < (claim.request or 0):
        return "requested PV is too small"
    if volume.class_name != claim.class_name:
        return "storageClassName does not match"
    if _attributes_differ(claim, volume, version):
        return "volumeAttributesClassName does not match"
    if volume.volume_mode != claim.volume_mode:
        return "incompatible volumeMode"
    return "" if set(claim.access_modes) <= set(volume.access_modes) else "incompatible accessMode"


def on_node(volume: PersistentVolume, node: KubeNode) -> bool:
    """Whether a volume can be used on a node, by its node affinity."""
    terms = volume.node_affinity
    return terms is None or any(term.matches(node.name, node.labels) for term in terms)


def _before_reserved(claim: Claim, volume: PersistentVolume, version: tuple[int, int]) -> list[Misfit]:
    """The checks that hold for volumes kept for the claim, too."""
    found: list[Misfit] = []
    if volume.claim is not None and not is_kept_for(volume, claim):
        found.append(Misfit.STALE if volume.claim.key == claim.key else Misfit.TAKEN)
    modes = volume.access_modes
    if claim.access_modes != modes and not set(claim.access_modes).issubset(modes):
        found.append(Misfit.MODES)
    if (volume.capacity or 0) < (claim.request or 0):
        found.append(Misfit.SIZE)
    if volume.volume_mode != claim.volume_mode:
        found.append(Misfit.VOLUME_MODE)
    if _attributes_differ(claim, volume, version):
        found.append(Misfit.ATTRIBUTES)
    if volume.deleted is not None:
        found.append(Misfit.TERMINATING)
    return found


def _for_free_ones(claim: Claim, volume: PersistentVolume) -> list[Misfit]:
    """The checks that only volumes kept for nobody have to pass."""
    found: list[Misfit] = []
    if volume.phase != "Available":
        found.append(Misfit.PHASE)
    if claim.selector is not None and not claim.selector.matches(volume.labels):
        found.append(Misfit.SELECTOR)
    if volume.class_name != claim.class_name:
        found.append(Misfit.CLASS)
    return found


def _attributes_differ(claim: Claim, volume: PersistentVolume, version: tuple[int, int]) -> bool:
    return version >= ATTRIBUTES_SINCE and claim.attributes_class != volume.attributes_class
