"""Pods, events, StatefulSets and the small objects around a claim."""

from typing import Any

from tests.dialects.kube_answers import events, raw
from tui.core.kube import (
    ClaimTemplate,
    CsiDriver,
    Endpoints,
    KubeNode,
    Lease,
    LimitRange,
    Namespace,
    Pod,
    PodClaim,
    ResourceQuota,
    Secret,
    Service,
    StatefulSet,
    Waiting,
)
from tui.dialects.kube import identify, parse

GIB = 2**30


def _pod(**spec: Any) -> Pod | None:
    found = parse("pods", {"metadata": {"name": "p", "namespace": "n"}, "spec": spec})
    assert found is None or isinstance(found, Pod)
    return found


def test_a_recorded_pod() -> None:
    one = parse("pods", raw("pod-w1"))
    assert isinstance(one, Pod)
    assert (one.node, one.phase, one.claims) == ("node-a", "Pending", (PodClaim("d", "w1"),))
    assert one.claim_keys == (("cap", "w1"),)
    scheduled = one.condition("PodScheduled")
    assert scheduled is not None
    assert scheduled.is_true
    assert one.condition("Ready") is None


def test_pods_without_storage_are_of_no_interest() -> None:
    assert _pod(containers=[{"image": "nginx"}], volumes=[{"name": "v", "emptyDir": {}}]) is None
    assert _pod(containers=[{"image": "heketi/heketi:10"}]) is not None


def test_an_ephemeral_volume_makes_a_claim_of_its_own() -> None:
    one = _pod(volumes=[{"name": "scratch", "ephemeral": {"volumeClaimTemplate": {}}}])
    assert one is not None
    assert one.claims == (PodClaim("scratch", "p-scratch", is_ephemeral=True),)


def test_a_provisioner_tells_its_name_and_no_secret() -> None:
    container = {
        "image": "x",
        "env": [{"name": "PROVISIONER_NAME", "value": "gluster.org/glusterfile"}, {"name": "KEY", "value": "geheim"}],
        "args": ["-v=5", "--admin-key=geheim", "-provisioner", "gluster.org/glusterblock", "--provisioner=third"],
    }
    one = _pod(containers=[container])
    assert one is not None
    assert one.provisioners == ("gluster.org/glusterfile", "gluster.org/glusterblock", "third")
    assert "geheim" not in repr(one)


def test_why_a_container_waits() -> None:
    found = parse(
        "pods",
        raw("pod-w1")
        | {"status": {"containerStatuses": [{"name": "c", "state": {"waiting": {"reason": "ContainerCreating"}}}]}},
    )
    assert isinstance(found, Pod)
    assert found.waiting == (Waiting("c", "ContainerCreating"),)


def test_events_of_a_claim() -> None:
    (failed,) = [event for event in events("pvc-p40-expand") if event.reason == "VolumeResizeFailed"]
    assert (failed.object_kind, failed.object_namespace, failed.object_name) == ("PersistentVolumeClaim", "cap", "p40")
    assert (failed.is_warning, failed.count, failed.component) == (True, 12, "volume_expand")
    assert failed.last - failed.first == 11


def test_an_event_of_the_new_form_and_one_of_a_volume() -> None:
    (scheduled,) = events("pod-w1")
    assert (scheduled.component, scheduled.count) == ("default-scheduler", 1)
    assert scheduled.first == scheduled.last > 1_790_000_000
    assert [event.object_namespace for event in events("pv-v43b")] == [""]


def test_events_that_say_nothing_of_storage() -> None:
    def event(kind: str, reason: str, type_: str) -> object:
        about = {"kind": kind, "name": "x"}
        return parse("events", {"metadata": {"name": "e"}, "involvedObject": about, "reason": reason, "type": type_})

    assert event("Deployment", "ScalingReplicaSet", "Warning") is None
    assert event("Pod", "Pulled", "Normal") is None
    assert event("Pod", "BackOff", "Warning") is None
    assert event("Pod", "FailedMount", "Warning") is not None


def test_a_stateful_set_and_the_claims_it_makes() -> None:
    template = {"metadata": {"name": "data"}, "spec": {"resources": {"requests": {"storage": "1Gi"}}}}
    spec = {"replicas": 2, "ordinals": {"start": 3}, "volumeClaimTemplates": [template]}
    one = parse("statefulsets", {"metadata": {"name": "db", "namespace": "n"}, "spec": spec})
    assert isinstance(one, StatefulSet)
    assert one.templates == (ClaimTemplate("data", None, GIB),)
    assert one.expected_claims() == [("n", "data-db-3"), ("n", "data-db-4")]
    assert parse("statefulsets", {"metadata": {"name": "db"}, "spec": {"replicas": 2}}) is None


def test_endpoints_and_slices() -> None:
    one = parse("endpoints", raw("endpoints")["items"][0])
    assert isinstance(one, Endpoints)
    assert one.addresses == ("10.99.0.2", "10.99.0.1", "10.99.0.3")
    assert (one.ports, one.provisioned_for, one.service) == ((1,), "h5", one.name)
    endpoints = [{"addresses": ["10.0.0.1"]}, {"addresses": ["10.0.0.2"], "conditions": {"ready": False}}]
    meta = {"name": "g-x1", "namespace": "n", "labels": {"kubernetes.io/service-name": "g"}}
    part = parse("endpointslices", {"metadata": meta, "endpoints": endpoints, "ports": [{"port": 1}]})
    assert isinstance(part, Endpoints)
    assert (part.key, part.service_key) == (("n", "g-x1"), ("n", "g"))
    assert (part.addresses, part.not_ready) == (("10.0.0.1",), ("10.0.0.2",))


def test_a_secret_has_no_values() -> None:
    content = {"metadata": {"name": "s"}, "type": "kubernetes.io/glusterfs", "data": {"key": "Z2VoZWlt"}}
    one = parse("secrets", content)
    assert isinstance(one, Secret)
    assert (one.type, one.keys) == ("kubernetes.io/glusterfs", ("key",))
    assert "Z2VoZWlt" not in repr(one)


def test_a_node() -> None:
    conditions = [{"type": "Ready", "status": "True", "lastHeartbeatTime": "2026-11-22T20:00:00Z"}]
    status = {"conditions": conditions, "nodeInfo": {"kubeletVersion": "v1.26.1"}}
    one = parse("nodes", {"metadata": {"name": "w"}, "spec": {"unschedulable": True}, "status": status})
    assert isinstance(one, KubeNode)
    assert (one.is_ready, one.unschedulable, one.kubelet_version) == (True, True, "v1.26.1")
    conditions[0]["lastHeartbeatTime"] = "2026-11-22T20:05:00Z"
    later = parse("nodes", {"metadata": {"name": "w"}, "spec": {"unschedulable": True}, "status": status})
    assert later == one


def test_quotas_and_limits() -> None:
    gold = "gold.storageclass.storage.k8s.io/requests.storage"
    hard = {"requests.storage": "2Gi", gold: "1Gi", "persistentvolumeclaims": "3", "limits.cpu": "4"}
    quota = {"metadata": {"name": "q", "namespace": "n"}, "spec": {"hard": hard}}
    one = parse("resourcequotas", quota)
    assert isinstance(one, ResourceQuota)
    assert one.hard == {"requests.storage": 2 * GIB, gold: GIB, "persistentvolumeclaims": 3}
    assert not one.is_counted
    assert parse("resourcequotas", quota | {"spec": {"hard": {"limits.cpu": "4"}}}) is None
    item = {"type": "PersistentVolumeClaim", "min": {"storage": "1Gi"}, "max": {"storage": "9Gi"}}
    limits = parse("limitranges", {"metadata": {"name": "l"}, "spec": {"limits": [item, {"type": "Pod"}]}})
    assert isinstance(limits, LimitRange)
    assert (limits.minimum, limits.maximum) == (GIB, 9 * GIB)
    assert parse("limitranges", {"metadata": {"name": "l"}, "spec": {"limits": [{"type": "Pod"}]}}) is None


def test_a_service() -> None:
    spec = {"clusterIP": "None", "selector": {"app": "x"}, "ports": [{"port": 1}]}
    one = parse("services", {"metadata": {"name": "s", "namespace": "n"}, "spec": spec})
    assert isinstance(one, Service)
    assert (one.type, one.cluster_ip, one.selector, one.ports) == ("ClusterIP", "None", {"app": "x"}, (1,))


def test_namespaces_drivers_and_leases() -> None:
    remaining = {"type": "NamespaceContentRemaining", "status": "True", "message": "pods has 1 resource instances"}
    status = {"phase": "Terminating", "conditions": [remaining, {"type": "Other", "status": "False"}]}
    space = parse("namespaces", {"metadata": {"name": "n"}, "status": status})
    assert isinstance(space, Namespace)
    assert (space.phase, [one.type for one in space.conditions]) == ("Terminating", ["NamespaceContentRemaining"])
    driver = parse("csidrivers", {"metadata": {"name": "kadalu"}, "spec": {"attachRequired": False}})
    assert isinstance(driver, CsiDriver)
    assert not driver.attach_required
    spec = {"holderIdentity": "a", "leaseDurationSeconds": 15, "renewTime": "2026-11-22T20:00:00.123456Z"}
    lease = parse("leases", {"metadata": {"name": "l", "namespace": "kube-system"}, "spec": spec})
    assert isinstance(lease, Lease)
    assert not lease.has_ended(lease.renewed + 15)
    assert lease.has_ended(lease.renewed + 16)
    renewed = {
        "metadata": {"name": "l", "namespace": "kube-system"},
        "spec": {**spec, "renewTime": "2026-11-22T21:00:00Z"},
    }
    assert parse("leases", renewed) == lease
    assert parse("leases", {"metadata": {"name": "w1", "namespace": "kube-node-lease"}, "spec": spec}) is None


def test_the_key_of_what_is_of_no_interest() -> None:
    pod = {"metadata": {"name": "p", "namespace": "n"}}
    assert parse("pods", pod) is None
    assert identify(pod) == ("n", "p")
