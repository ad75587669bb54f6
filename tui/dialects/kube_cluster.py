"""Namespaces, CSI drivers and leases from raw objects."""

from tui.core.kube import CsiDriver, Lease, Namespace
from tui.dialects.kube_fields import Head, Raw, conditions, moment, moment_or_none, number, sub, text, word, words


def parse_namespace(head: Head, raw: Raw) -> Namespace:
    """A namespace."""
    status = sub(raw, "status")
    return Namespace(
        *head,
        deleted=moment_or_none(sub(raw, "metadata"), "deletionTimestamp"),
        phase=word(status, "phase", "Active"),
        finalizers=words(sub(raw, "spec"), "finalizers"),
        conditions=tuple(condition for condition in conditions(status) if condition.is_true),
    )


def parse_driver(head: Head, raw: Raw) -> CsiDriver:
    """A CSIDriver."""
    return CsiDriver(*head, attach_required=sub(raw, "spec").get("attachRequired") is not False)


def parse_lease(head: Head, raw: Raw) -> Lease | None:
    """A lease, but not the heartbeats of nodes."""
    if head[0] == "kube-node-lease":
        return None
    spec = sub(raw, "spec")
    seconds, renewed = number(spec, "leaseDurationSeconds") or 0, moment(spec, "renewTime")
    return Lease(*head, holder=text(spec, "holderIdentity"), seconds=seconds, renewed=renewed)
