"""A: claims that were refused, so that they do not exist or did not change."""

from tests.corpus import raw
from tests.corpus.build import Cluster
from tests.corpus.case import Cases

cases = Cases()

_FORBIDDEN = (
    'create Claim data-db-0 for Pod db-0 in StatefulSet db failed error: persistentvolumeclaims "data-db-0" is '
)


def _wanted(size: str = "5Gi", cls: str | None = "slow", minor: int = 25, replicas: int = 1) -> Cluster:
    """A StatefulSet whose first claim does not exist."""
    cluster = Cluster(1, minor).namespace("default").storage_class("slow", raw.GLUSTERFS)
    return cluster.stateful_set("db", raw.claim("data", cls=cls, size=size), replicas=replicas)


def _said(cluster: Cluster, text: str) -> Cluster:
    return cluster.event("StatefulSet default/db", "FailedCreate", _FORBIDDEN + text)


@cases("A1", "data-db-0", "a quota of storage is used up")
def _quota() -> Cluster:
    return _wanted().quota("q", {"requests.storage": "10Gi"}, {"requests.storage": "6Gi"}).claim("old", size="6Gi")


@cases("A1", "data-db-0", "a quota of storage, and its event")
def _quota_event() -> Cluster:
    text = "forbidden: exceeded quota: q, requested: requests.storage=5Gi, used: requests.storage=0, limited: "
    quota = _wanted().quota("q", {"requests.storage": "2Gi"}, {"requests.storage": "0"})
    return _said(quota, text + "requests.storage=2Gi")


@cases("A1", "data-db-0", "a quota of claims of one class")
def _quota_class() -> Cluster:
    name = "slow.storageclass.storage.k8s.io/persistentvolumeclaims"
    return _wanted().quota("q", {name: "0"}, {name: "0"})


@cases("A1", "data-db-0", "a quota of the default class")
def _quota_default() -> Cluster:
    name = "slow.storageclass.storage.k8s.io/requests.storage"
    cluster = _wanted(cls=None).storage_class("slow", raw.GLUSTERFS, default=True)
    return cluster.quota("q", {name: "4Gi"}, {name: "0"})


@cases("A1", "data-db-0", "quotas can't be read, the event says it")
def _quota_only_event() -> Cluster:
    return _said(_wanted().deny("resourcequotas"), "forbidden: exceeded quota: q, requested: persistentvolumeclaims=1")


@cases("A2", "data-db-0", "a quota that was not computed yet")
def _not_counted() -> Cluster:
    return _wanted().quota("q", {"requests.storage": "10Gi"}, {})


@cases("A2", "data-db-0", "no quota covers the class")
def _not_covered() -> Cluster:
    return _said(_wanted(), "forbidden: insufficient quota to consume: requests.storage")


@cases("A3", "data-db-0", "larger than the limits allow")
def _too_large() -> Cluster:
    return _wanted("20Gi").limits("l", "1Gi", "10Gi")


@cases("A3", "data-db-0", "smaller than the limits allow")
def _too_small() -> Cluster:
    return _wanted("100Mi").limits("l", "1Gi", "10Gi")


@cases("A3", "data-db-0", "the limits' event alone")
def _limit_event() -> Cluster:
    text = "forbidden: maximum storage usage per PersistentVolumeClaim is 10Gi, but request is 20Gi"
    return _said(_wanted("20Gi").unlisted("limitranges"), text)


@cases("A4", "data-db-0", "a namespace that goes")
def _namespace_goes() -> Cluster:
    reason = {"type": "NamespaceContentRemaining", "status": "True", "message": "pods. has 1 resource instances"}
    return _wanted().namespace("default", "Terminating", deleted=900.0, status={"conditions": [reason]})


@cases("A4", "data-db-0", "a namespace that goes, by its event")
def _namespace_event() -> Cluster:
    return _said(
        _wanted(),
        "forbidden: unable to create new content in namespace default because it is being terminated",
    )


@cases("A5", "data-db-0", "two default classes on 1.25")
def _two_defaults() -> Cluster:
    cluster = _wanted(cls=None).storage_class("slow", raw.GLUSTERFS, default=True)
    return cluster.storage_class("fast", "org.example/fast", default=True)


@cases("A7", "db", "a changed spec was refused")
def _immutable() -> Cluster:
    text = 'PersistentVolumeClaim "db" is invalid: spec: Forbidden: spec is immutable after creation except '
    text += "resources.requests for bound claims"
    return _well().event("PersistentVolumeClaim default/db", "UpdateFailed", text)


@cases("A8", "db", "a changed source was refused")
def _new_source() -> Cluster:
    text = 'PersistentVolume "pv-db" is invalid: spec.persistentvolumesource: Forbidden: spec.persistentvolumesource '
    text += "is immutable after creation"
    return _well().event("PersistentVolumeClaim default/db", "MigrationFailed", text)


@cases("A12", "db", "a change of its class was refused")
def _changed_class() -> Cluster:
    text = 'StorageClass "slow" is invalid: parameters: Forbidden: updates to parameters are forbidden.'
    return _well().event("PersistentVolumeClaim default/db", "UpdateFailed", text)


@cases("A9", "db", "an incomplete PersistentVolume was refused")
def _no_endpoints() -> Cluster:
    text = 'PersistentVolume "v" is invalid: spec.glusterfs.endpoints: Required value'
    return _well().event("PersistentVolumeClaim default/db", "ProvisioningFailed", text)


@cases("A10", "db", "its class does not allow expansion")
def _no_expansion() -> Cluster:
    text = 'persistentvolumeclaims "db" is forbidden: only dynamically provisioned pvc can be resized and the '
    text += "storageclass that provisions the pvc must support resize"
    return _well().event("PersistentVolumeClaim default/db", "ResizeFailed", text)


@cases("A11", "db", "it can't shrink")
def _shrink() -> Cluster:
    text = "spec.resources.requests.storage: Forbidden: field can not be less than previous value"
    return _well().event("PersistentVolumeClaim default/db", "ResizeFailed", text)


@cases("A1", "data-db-1", "the second claim of a set finds no room")
def _second_claim() -> Cluster:
    cluster = _wanted(replicas=3).bound("data-db-0", cls="slow", size="5Gi").endpoints("glusterfs-cluster", "10.0.0.1")
    return cluster.quota("q", {"requests.storage": "8Gi"}, {"requests.storage": "5Gi"})


def _well() -> Cluster:
    """A claim that is bound and used."""
    cluster = Cluster().storage_class("slow", raw.GLUSTERFS, parameters={"resturl": "http://10.0.0.9:8080"})
    return cluster.bound("db", cls="slow").endpoints("glusterfs-cluster", "10.0.0.1")
