"""Claims, PersistentVolumes and StorageClasses, and findings about them, as plain dictionaries."""

from tui.checks.claim_case import CLAIM, CLASS, VOLUME, ClaimWorld
from tui.checks.claims import diagnose_class, diagnose_volume
from tui.cli.rows import Row, timestamp
from tui.core.finding import Finding, ObjectRef, Remedy, Severity
from tui.core.kube import Claim, KubeObject, PersistentVolume, StorageClass
from tui.sync.kube import KubeSource

_ORDER = (Severity.ERROR, Severity.WARNING, Severity.INFO)
_KINDS = (CLAIM, VOLUME, CLASS)


def kube_rows(source: KubeSource, kind: str, namespace: str, now: float) -> list[Row]:
    """All objects of a kind ("claims", "pvs", "classes"), faults first, then by name."""
    tables, world = source.tables, source.world()
    if kind == "claims":
        claims = (c for c in tables.claims.values() if namespace in ("", c.namespace))
        rows = [_claim(source, claim, now) for claim in sorted(claims, key=lambda c: c.key)]
    elif kind == "pvs":
        volumes = (v for v in tables.volumes.values() if _is_of(v, namespace))
        rows = [_volume(world, volume, now) for volume in sorted(volumes, key=lambda v: v.name)]
    else:
        rows = [_class(world, one, now) for one in sorted(tables.classes.values(), key=lambda c: c.name)]
    return sorted(rows, key=lambda row: not row["findings"])


def finding_row(finding: Finding) -> Row:
    """One finding as `doctor -o json` prints it."""
    return {
        "code": finding.code,
        "severity": str(finding.severity),
        "definite": finding.definite,
        "object": _ref(finding.about or ObjectRef("", "", finding.subject)),
        "summary": finding.sentence,
        "cause": finding.cause,
        "evidence": [{"object": _ref(e.about), "field": e.field, "value": e.value} for e in finding.proof]
        or [{"object": None, "field": "", "value": finding.evidence}] * bool(finding.evidence),
        "remedies": [
            {"title": remedy.title, "fix": remedy.fix.name if remedy.fix else None, "can_run": is_runnable(remedy)}
            for remedy in finding.remedies
        ],
    }


def is_runnable(remedy: Remedy) -> bool:
    """Whether this tool can carry a remedy out."""
    return remedy.plan is not None or remedy.fix is not None


def worst_first(findings: list[Finding]) -> list[Finding]:
    """What is definite first, then by severity; claims before volumes, classes and the cluster; then by name.

    Findings of one object that weigh the same stay as they come: the cause before what else is wrong. INFO is last.
    """
    return sorted(findings, key=_weight)


def _weight(finding: Finding) -> tuple[bool, bool, int, int, str]:
    kind = finding.about.kind if finding.about else ""
    place = _KINDS.index(kind) if kind in _KINDS else len(_KINDS)
    is_info = finding.severity is Severity.INFO
    return is_info, not finding.definite, _ORDER.index(finding.severity), place, finding.subject


def _ref(ref: ObjectRef) -> dict[str, str]:
    return {"kind": ref.kind, "namespace": ref.namespace, "name": ref.name}


def _claim(source: KubeSource, claim: Claim, now: float) -> Row:
    tables = source.tables
    word, reason = source.state_words(claim.key)
    volume = tables.volume_of(claim)
    return {
        "namespace": claim.namespace, "name": claim.name, "state": word, "reason": reason, "phase": claim.phase,
        "class": claim.class_name or None, "size": claim.capacity or claim.request, "requested": claim.request,
        "access_modes": list(claim.access_modes), "volume_mode": claim.volume_mode, "pv": claim.volume_name or None,
        "gluster_volume": (volume.gluster_name or None) if volume else None,
        "pods": [pod.name for pod in tables.pods_of(claim.key)], **_age(claim, now),
        "findings": [finding.code for finding in source.findings(claim.key) if finding.severity is not Severity.INFO],
    }  # fmt: skip


def _volume(world: ClaimWorld, volume: PersistentVolume, now: float) -> Row:
    found = diagnose_volume(world, volume)
    return {
        "name": volume.name, "state": volume.phase.lower() or "unknown",
        "reason": found[0].sentence if found else volume.message, "class": volume.class_name or None,
        "size": volume.capacity, "access_modes": list(volume.access_modes), "reclaim_policy": volume.reclaim_policy,
        "claim": "/".join(volume.claim.key) if volume.claim else None,
        "gluster_volume": volume.gluster_name or None,
        "source": type(volume.source).__name__.removesuffix("Source").lower(), **_age(volume, now),
        "findings": [finding.code for finding in found if finding.severity is not Severity.INFO],
    }  # fmt: skip


def _class(world: ClaimWorld, one: StorageClass, now: float) -> Row:
    tables = world.tables
    found = diagnose_class(world, one)
    return {
        "name": one.name, "provisioner": one.provisioner, "default": one.is_default,
        "reclaim_policy": one.reclaim_policy, "binding_mode": one.binding_mode, "expands": one.expands,
        "parameters": dict(one.parameters), "claims": sum(1 for _ in tables.claims_of_class(one.name)),
        "waiting": sum(1 for _ in tables.pending_of_class(one.name)), **_age(one, now),
        "reason": found[0].sentence if found else "",
        "findings": [finding.code for finding in found if finding.severity is not Severity.INFO],
    }  # fmt: skip


def _age(obj: KubeObject, now: float) -> Row:
    age = round(now - obj.created, 1) if obj.created else None
    return {"created": timestamp(obj.created or None), "age_seconds": age}


def _is_of(volume: PersistentVolume, namespace: str) -> bool:
    return not namespace or (volume.claim is not None and volume.claim.namespace == namespace)
