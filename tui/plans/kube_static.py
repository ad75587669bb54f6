"""A static PersistentVolume for a Gluster volume that exists: what can mount it, and how that is written."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any, Final

from tui.core.plan import Check, Plan, Refused, Step
from tui.dialects.kube_request import Raw
from tui.dialects.kube_write import Manifest, volume
from tui.plans import kube_steps as steps
from tui.plans.kube_endpoints import check_addresses, endpoint_steps
from tui.plans.kube_volume import bound_by_now
from tui.plans.kube_wizard import NAME_RULE, is_label, is_name, mode_problems, size_problems

Version = tuple[int, int]

SOURCES: Final = ("glusterfs", "kadalu", "local", "nfs")
GONE_IN: Final = (1, 26)
INSTEAD: Final = (
    "kadalu: its CSI driver mounts an existing Gluster volume; the node plugin must be installed (source=kadalu)",
    "local: the volume is mounted on each node, by a unit of systemd, and a local PersistentVolume names the folder"
    " (source=local)",
    "nfs: over an NFS-Ganesha server that exports the volume (source=nfs)",
)


@dataclass(frozen=True, slots=True)
class StaticVolumeRequest:
    """A PersistentVolume for Gluster volume `gluster`, kept for a claim where one is named.

    `source` is what mounts it: "glusterfs" (Kubernetes up to 1.25), "kadalu", "local" (a folder `path` on nodes with
    the label `node_label`=true) or "nfs" (`server` and `path`). `addresses` are the IP addresses of its servers.
    The endpoints are in `endpoints_namespace`, and named `endpoints`.
    """

    name: str
    gluster: str
    capacity: str
    access_modes: tuple[str, ...] = ("ReadWriteMany",)
    class_name: str = ""
    claim_namespace: str = ""
    claim_name: str = ""
    claim_uid: str = ""
    source: str = "glusterfs"
    addresses: tuple[str, ...] = ()
    endpoints_namespace: str = ""
    endpoints: str = "glusterfs-cluster"
    path: str = ""
    node_label: str = ""
    server: str = ""
    gid: str = ""

    def problems(self) -> list[str]:
        """What is wrong with it, a sentence each; empty when it can be made."""
        found = [] if is_name(self.name) else [f"'{self.name}' is no name: {NAME_RULE}"]
        found += [] if self.gluster else ["which Gluster volume it is for is missing"]
        if bool(self.claim_namespace) != bool(self.claim_name):
            found.append("a claim has a namespace and a name")
        if self.gid and not (self.gid.isascii() and self.gid.isdigit()):
            found.append(f"'{self.gid}' is no number of a group")
        found += [*size_problems(self.capacity), *mode_problems(self.access_modes)]
        if "ReadWriteOncePod" in self.access_modes and self.source != "kadalu":
            found.append("ReadWriteOncePod works with CSI drivers only")
        return found + list(_SOURCE_PROBLEMS.get(self.source, _no_source)(self))

    def manifest(self) -> Manifest:
        """The PersistentVolume as it is made. The reclaim policy is Retain: nobody else may delete the volume."""
        reference = {"namespace": self.claim_namespace, "name": self.claim_name} if self.claim_name else None
        if reference and self.claim_uid:
            reference["uid"] = self.claim_uid
        return volume(
            self.name, _source(self), capacity=self.capacity, access_modes=self.access_modes,
            class_name=self.class_name, claim=reference, gid=self.gid, affinity=_affinity(self),
        )  # fmt: skip


def _no_source(asked: StaticVolumeRequest) -> Iterator[str]:
    yield f"'{asked.source}' mounts no Gluster volume; there are {', '.join(SOURCES)}"


def _glusterfs_problems(asked: StaticVolumeRequest) -> Iterator[str]:
    if not is_label(asked.endpoints_namespace):
        yield "the namespace of the Endpoints is missing"
    if not is_name(asked.endpoints):
        yield "the name of the Endpoints is missing"


def _kadalu_problems(asked: StaticVolumeRequest) -> Iterator[str]:
    if not asked.addresses:
        yield "the addresses of the Gluster servers are missing"


def _local_problems(asked: StaticVolumeRequest) -> Iterator[str]:
    if not asked.path.startswith("/"):
        yield "the folder is missing where the nodes have the volume mounted"
    if not asked.node_label:
        yield "the label is missing that the nodes have which mount the volume"


def _nfs_problems(asked: StaticVolumeRequest) -> Iterator[str]:
    if not asked.server:
        yield "the NFS server that exports the volume is missing"
    if not asked.path.startswith("/"):
        yield "the path that the NFS server exports is missing"


_SOURCE_PROBLEMS: Final = {
    "glusterfs": _glusterfs_problems,
    "kadalu": _kadalu_problems,
    "local": _local_problems,
    "nfs": _nfs_problems,
}


def _source(asked: StaticVolumeRequest) -> dict[str, Any]:
    if asked.source == "kadalu":
        # what its node plugin reads of a volume that it did not make
        attributes = {
            "type": "External", "hostvol": asked.gluster, "gvolname": asked.gluster,
            "gserver": ",".join(asked.addresses), "options": "", "pvtype": "subvol", "path": "",
            "fstype": "xfs", "single_pv_per_pool": "True",
        }  # fmt: skip
        return {"csi": {"driver": "kadalu", "volumeHandle": asked.name, "volumeAttributes": attributes}}
    if asked.source == "local":
        return {"local": {"path": asked.path}}
    if asked.source == "nfs":
        return {"nfs": {"server": asked.server, "path": asked.path}}
    names = {"endpoints": asked.endpoints, "endpointsNamespace": asked.endpoints_namespace}
    return {"glusterfs": {**names, "path": asked.gluster}}


def _affinity(asked: StaticVolumeRequest) -> dict[str, Any] | None:
    if asked.source != "local":
        return None
    term = {"matchExpressions": [{"key": asked.node_label, "operator": "In", "values": ["true"]}]}
    return {"required": {"nodeSelectorTerms": [term]}}


def plan_static_volume(
    asked: StaticVolumeRequest, old_endpoints: tuple[Raw | None, Raw | None], token: str, version: Version = (0, 0)
) -> Plan:
    """Make the PersistentVolume, and before it what it needs to be mounted.

    `old_endpoints` are the Service and the Endpoints of the name asked for, as they are. Raises Refused for what
    can't work, with what can.
    """
    check_source(asked.source, version)
    problems = asked.problems()
    if problems:
        raise Refused(f"PersistentVolume {asked.name} can't be made: {problems[0]}.", tuple(problems[1:]))
    before: tuple[Step, ...] = ()
    if asked.source == "glusterfs":
        addresses = check_addresses(asked.addresses, asked.gluster)
        before = endpoint_steps(asked.endpoints_namespace, asked.endpoints, addresses, old_endpoints, token)
    made = steps.create(asked.manifest(), token, needs=tuple(step.id for step in before))
    owner = f"{asked.claim_namespace}/{asked.claim_name}" if asked.claim_name else ""
    made = replace(made, undo_guards=(*made.undo_guards, _unbound(made, owner)))
    title = f"Create PersistentVolume {asked.name} for Gluster volume {asked.gluster}"
    return Plan(title, (*before, made), warnings=tuple(_warnings(asked)))


def _unbound(made: Step, owner: str) -> Check:
    """A volume that is bound stays until its claim is gone, however often it is deleted."""
    why = bound_by_now(made.subject, owner, "Retain")
    return Check(made.undo_guards[0].command, absent=r'"phase"\s*:\s*"Bound"', why=why)


def check_source(source: str, version: Version) -> None:
    """Raise Refused where this version of Kubernetes has nothing that mounts it."""
    if source == "glusterfs" and version >= GONE_IN:
        raise Refused(
            f"Kubernetes {version[0]}.{version[1]} can't mount PersistentVolumes of type glusterfs: that was removed in"
            " 1.26. They would be bound, and the pods would hang.",
            INSTEAD,
        )


def _warnings(asked: StaticVolumeRequest) -> Iterator[str]:
    yield "Its reclaim policy is Retain: the Gluster volume stays when the claim is deleted."
    if asked.source == "kadalu":
        yield "At each mount, kadalu's node plugin makes the root folder of the volume writable for everybody (0777)."
    if asked.source == "local":
        yield (
            "A node on which the volume is not mounted would fill its own disk: mount it at boot, and let"
            f" {asked.path} be a folder that is only inside the volume."
        )
