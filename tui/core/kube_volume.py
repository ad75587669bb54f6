"""PersistentVolumes and what they are made of."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from tui.core.kube_object import Key, KubeObject, NodeTerm, nothing

_GLUSTER_NAMES: Final = ("gvolname", "glustervol", "gluster_volname", "gluster_vol_name", "volname", "hostvol")
_GLUSTER_SERVERS: Final = ("gserver", "glusterserver", "gluster_hosts", "gluster_host")


@dataclass(frozen=True, slots=True)
class GlusterSource:
    """The in-tree `spec.glusterfs` (gone from Kubernetes 1.26)."""

    endpoints: str
    path: str
    endpoints_namespace: str = ""
    read_only: bool = False

    @property
    def volume(self) -> str:
        """The Gluster volume: the path up to its first slash."""
        return self.path.strip("/").partition("/")[0]


@dataclass(frozen=True, slots=True)
class CsiSource:
    """`spec.csi`; the names of its Secrets, never their values."""

    driver: str
    handle: str = ""
    read_only: bool = False
    fs_type: str = ""
    attributes: Mapping[str, str] = field(default_factory=nothing)
    secrets: tuple[Key, ...] = ()

    @property
    def gluster(self) -> str:
        """The Gluster volume that it mounts, as far as the attributes of kadalu or gluster-csi tell; else "".

        kadalu has volumes of its own, too, which no glusterd knows; of type "External" are those on Gluster volumes.
        Source: kadalu csi/nodeserver.py, gluster-csi-driver nodeserver.go.
        """
        if self._attribute("type").lower() not in ("", "external"):
            return ""
        return next((value for name in _GLUSTER_NAMES if (value := self._attribute(name))), "")

    @property
    def folder(self) -> str:
        """The folder of that Gluster volume, "" for all of it."""
        return self._attribute("path").strip("/") if self.gluster else ""

    @property
    def servers(self) -> tuple[str, ...]:
        """The Gluster servers from which it is mounted."""
        backups = self._attribute("glusterbkpservers").replace(":", ",")
        told = ",".join((*(self._attribute(name) for name in _GLUSTER_SERVERS), backups))
        return tuple(dict.fromkeys(one.strip() for one in told.split(",") if one.strip()))

    def _attribute(self, name: str) -> str:
        return next((value for key, value in self.attributes.items() if key.lower() == name), "")


@dataclass(frozen=True, slots=True)
class NfsSource:
    """`spec.nfs`."""

    server: str
    path: str
    read_only: bool = False


@dataclass(frozen=True, slots=True)
class HostPathSource:
    """`spec.hostPath`; an empty `type` checks nothing before it is mounted."""

    path: str
    type: str = ""


@dataclass(frozen=True, slots=True)
class LocalSource:
    """`spec.local`."""

    path: str
    fs_type: str = ""


@dataclass(frozen=True, slots=True)
class OtherSource:
    """Any other source by the name of its field; "" when there is none."""

    kind: str = ""


VolumeSource = GlusterSource | CsiSource | NfsSource | HostPathSource | LocalSource | OtherSource


@dataclass(frozen=True, slots=True)
class ClaimRef:
    """`spec.claimRef`: whom a volume is bound to or kept for; without `uid` it is kept for a name."""

    namespace: str
    name: str
    uid: str = ""
    version: str = ""

    @property
    def key(self) -> Key:
        """(namespace, name) of the claim."""
        return self.namespace, self.name


@dataclass(frozen=True, slots=True)
class PersistentVolume(KubeObject):
    """A PersistentVolume."""

    deleted: float | None = None
    labels: Mapping[str, str] = field(default_factory=nothing)
    finalizers: tuple[str, ...] = ()
    phase: str = ""
    reason: str = ""
    message: str = ""
    spec_class: str = ""
    legacy_class: str | None = None
    """Annotation volume.beta.kubernetes.io/storage-class; it wins over the spec, even when empty."""
    capacity: int | None = None
    access_modes: tuple[str, ...] = ()
    volume_mode: str = "Filesystem"
    reclaim_policy: str = "Retain"
    mount_options: tuple[str, ...] = ()
    claim: ClaimRef | None = None
    source: VolumeSource = OtherSource()
    node_affinity: tuple[NodeTerm, ...] | None = None
    provisioned_by: str = ""
    bound_by_controller: bool = False
    heketi_volume: str = ""
    """heketi's id of the volume (annotation gluster.kubernetes.io/heketi-volume-id)."""
    description: str = ""
    gid: str = ""
    """Annotation pv.beta.kubernetes.io/gid: the group that a pod gets."""
    attributes_class: str = ""

    @property
    def class_name(self) -> str:
        """The class that counts (component-helpers GetPersistentVolumeClass)."""
        return self.spec_class if self.legacy_class is None else self.legacy_class

    @property
    def is_settled(self) -> bool:
        """Bound to one life of one claim: no other claim can get it unless that changes."""
        return self.phase == "Bound" and self.claim is not None and bool(self.claim.uid)

    @property
    def gluster(self) -> GlusterSource | None:
        """The source when it is the in-tree glusterfs one."""
        return self.source if isinstance(self.source, GlusterSource) else None

    @property
    def gluster_name(self) -> str:
        """The Gluster volume that it is on, whoever mounts it; "" where it is on none, or none that can be told."""
        if isinstance(self.source, CsiSource):
            return self.source.gluster
        return self.source.volume if isinstance(self.source, GlusterSource) else ""

    @property
    def endpoints_key(self) -> Key | None:
        """Where kubelet looks for the Endpoints; the namespace is "" while no claim decides it."""
        if not isinstance(self.source, GlusterSource):
            return None
        namespace = self.source.endpoints_namespace or (self.claim.namespace if self.claim else "")
        return namespace, self.source.endpoints
