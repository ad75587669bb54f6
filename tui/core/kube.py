"""Objects of Kubernetes that storage depends on; pure data, made by `tui.dialects.kube`, held by KubeTables.

A reader imports from here; the rooms beside this file hold the classes.
"""

from tui.core.kube_claim import HIDDEN, Claim, StorageClass
from tui.core.kube_cluster import CsiDriver, Lease, Namespace
from tui.core.kube_object import (
    KINDS,
    MORE_KINDS,
    NOTHING,
    Condition,
    Key,
    KubeObject,
    NodeTerm,
    Owner,
    Requirement,
    Selector,
)
from tui.core.kube_parts import Endpoints, KubeNode, LimitRange, ResourceQuota, Secret, Service, Taint
from tui.core.kube_pod import ClaimTemplate, KubeEvent, Pod, PodClaim, StatefulSet, Waiting
from tui.core.kube_volume import (
    ClaimRef,
    CsiSource,
    GlusterSource,
    HostPathSource,
    LocalSource,
    NfsSource,
    OtherSource,
    PersistentVolume,
    VolumeSource,
)

__all__ = [
    "HIDDEN", "KINDS", "MORE_KINDS", "NOTHING",
    "Claim", "ClaimRef", "ClaimTemplate", "Condition", "CsiDriver", "CsiSource", "Endpoints", "GlusterSource",
    "HostPathSource", "Key", "KubeEvent", "KubeNode", "KubeObject", "Lease", "LimitRange", "LocalSource", "Namespace",
    "NfsSource", "NodeTerm", "OtherSource", "Owner", "PersistentVolume", "Pod", "PodClaim", "Requirement",
    "ResourceQuota", "Secret", "Selector", "Service", "StatefulSet", "StorageClass", "Taint", "VolumeSource",
    "Waiting",
]  # fmt: skip
