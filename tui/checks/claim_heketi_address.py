"""Whether kube-controller-manager can find heketi at all, from the objects alone (D20)."""

from collections.abc import Iterator
from urllib.parse import urlsplit

from tui.checks.claim_case import ClaimCase, by_hand, fixed_by, found, seen
from tui.checks.claim_heketi_words import WORDS, filled
from tui.checks.claim_seen_words import class_ref, provisioned_well, service_ref, told
from tui.core.finding import Finding, Severity
from tui.core.kube import HIDDEN, KubeEvent, StorageClass


def address_faults(case: ClaimCase, one: StorageClass, event: KubeEvent | None) -> Iterator[Finding]:
    """D20: `resturl` names a Service."""
    tables, place = case.world.tables, one.rest_service
    url = one.parameter("resturl") or ""
    host = urlsplit(url).hostname or "" if "://" in url else ""
    if place is None or not _is_service_name(host):
        return
    service, ref = tables.services.get(place), service_ref(*place)
    proof = [seen(class_ref(one.name), "parameters.resturl", url)]
    values = {"url": url}
    if service is None:
        if case.world.is_known("services", place[0]):
            yield found(
                "D20", case.ref, f"there is no Service {'/'.join(place)}, where class '{one.name}' looks for heketi",
                cause=filled(WORDS["D20"].cause, text="the Service does not exist", **values),
                proof=[*proof, seen(ref, "metadata.name", "(not there)")],
                remedies=[by_hand("Start heketi with its Service again, or make the class anew with its address.")],
            )  # fmt: skip
        return
    ready = [address for one_ in tables.endpoints_of(place) for address in one_.addresses]
    if not ready and case.world.is_known("endpoints", place[0]):
        yield found(
            "D20", case.ref, f"heketi does not run: its Service {'/'.join(place)} has no ready pod",
            cause=filled(WORDS["D20"].cause, text="no pod of its Service is ready", **values),
            proof=[*proof, seen(ref, "endpoints", "no ready address")],
            remedies=[by_hand(f"Look at the pods of heketi in namespace {place[0]}.")],
        )  # fmt: skip
    elif event is not None and not provisioned_well(case.world, one):
        remedy = by_hand("Give the class an address that hosts know.")
        if service.cluster_ip not in ("", "None") and HIDDEN not in url:
            values = {"name": one.name, "param.resturl": url.replace(host, service.cluster_ip, 1)}
            remedy = fixed_by("Make the class anew with the Service's address", "recreate-class", **values)
        yield found(
            "D20", case.ref, f"kube-controller-manager may not know the name '{host}' of heketi",
            cause="kube-controller-manager mostly uses the resolver of its host, which knows no names of Services.",
            proof=[*proof, seen(ref, "spec.clusterIP", service.cluster_ip), told(event)], remedies=[remedy],
            severity=Severity.WARNING, definite=False,
        )  # fmt: skip


def _is_service_name(host: str) -> bool:
    """Whether a name is surely one of the cluster's own: NAME.NAMESPACE.svc..."""
    labels = host.split(".")
    return len(labels) >= 3 and labels[2] == "svc"
