"""Whether the CSI driver of a volume is in the cluster at all (F17): a claim stays bound without it."""

from collections.abc import Iterator
from typing import Final

from tui.checks.claim_case import ClaimCase, by_hand, found, seen
from tui.checks.claim_names import did_you_mean
from tui.checks.claim_seen_words import pod_ref, some, volume_ref
from tui.core.finding import Finding, ObjectRef, Remedy
from tui.core.kube import CsiSource, PersistentVolume, Pod

_GLUSTER_CSI: Final = "org.gluster.glusterfs"


def driver_faults(case: ClaimCase, volume: PersistentVolume, waiting: list[Pod]) -> Iterator[Finding]:
    """F17 from the objects, for pods that wait: neither a CSIDriver nor a pod has the driver's name.

    A driver may do without a CSIDriver object, so this is not certain.
    """
    source, world = volume.source, case.world
    if (
        not isinstance(source, CsiSource)
        or not waiting
        or not (world.is_known("csidrivers") and world.is_known("pods"))
    ):
        return
    tables, name = world.tables, source.driver
    if ("", name) in tables.drivers or tables.provisioner_pods(name):
        return
    drivers = sorted(driver for _, driver in tables.drivers)
    meant = did_you_mean(name, drivers)
    pods = some(f"{pod.namespace}/{pod.name}" for pod in waiting)
    yield found(
        "F17", case.ref, f"its CSI driver '{name}' is not seen in this cluster, and pod {pods} waits"
        + (f" - did you mean '{meant}'?" if meant else ""),
        cause="A CSI volume is mounted by the pod of its driver on the node. No CSIDriver object has this name, and no "
        "pod names it.",
        proof=[
            seen(volume_ref(volume.name), "spec.csi.driver", name),
            seen(ObjectRef("CSIDriver", "", name), "metadata.name", "(not there)"),
            seen(ObjectRef("Cluster", "", "csidrivers"), "there are", some(drivers, 5)),
            *(seen(pod_ref(pod), "waits for its volumes on node", pod.node) for pod in waiting[:3]),
        ],
        remedies=list(_remedies(source, meant)), definite=False,
    )  # fmt: skip


def _remedies(source: CsiSource, meant: str) -> Iterator[Remedy]:
    if meant:
        yield by_hand(f"Make the PersistentVolume anew with driver '{meant}': the driver of one can't be changed.")
    if source.gluster and source.driver == _GLUSTER_CSI:
        yield by_hand(
            f"This driver is not maintained any more. Make a PersistentVolume of kadalu's for the same Gluster volume "
            f"'{source.gluster}', and the claim anew with it; the data is not touched."
        )
    yield by_hand(f"Install the driver '{source.driver}', or look why its pods are not there.")
