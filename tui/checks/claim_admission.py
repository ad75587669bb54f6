"""Claims that the API server refuses to create or to change (A1 to A12).

A claim that was refused does not exist: a StatefulSet that should have made it, or a pod, gives it away. What
quota and limits say is computed from the objects; events only confirm it, as they may be missing.
"""

from collections.abc import Iterator

from tui.checks.claim_admission_words import CAUSE, SAID, explain_refusal, refusal_remedy
from tui.checks.claim_case import CLAIM, ClaimCase, by_hand, fixed_by, found, seen, size_seen
from tui.checks.claim_class_way import CLAIMS, claim_events, default_class
from tui.core.finding import Evidence, Finding, ObjectRef, Remedy, Severity
from tui.core.kube import ClaimTemplate, KubeEvent, ResourceQuota, StatefulSet
from tui.core.units import format_size

_FRESH = 3600.0
"""Seconds that a refused change is told of; it leaves no other trace than its event."""


def rules(case: ClaimCase) -> Iterator[Finding]:
    """Findings about a claim that could not be made, or a change of it that was refused."""
    if case.claim is not None:
        yield from _refused_changes(case)
        return
    if not case.world.is_known(CLAIMS, case.key[0]):
        return
    said = {code: event for event in _events(case) if (code := explain_refusal(event.message))}
    wanted = _wanted(case)
    if wanted is not None:
        for finding in _from_objects(case, *wanted):
            yield _confirmed(finding, said.pop(finding.code, None))
    for code, event in said.items():
        yield _from_event(case, code, event)


def _wanted(case: ClaimCase) -> tuple[StatefulSet, ClaimTemplate] | None:
    """The set that has to make this claim now: the one before it of the same template exists."""
    stem, _, ordinal = case.key[1].rpartition("-")
    for one in case.world.tables.sets_of(case.key):
        number = int(ordinal)
        before = (case.key[0], f"{stem}-{number - 1}")
        inside = one.start <= number < one.start + one.replicas
        if inside and one.deleted is None and (number == one.start or before in case.world.tables.claims):
            return one, next(item for item in one.templates if f"{item.name}-{one.name}" == stem)
    return None


def _from_objects(case: ClaimCase, one: StatefulSet, template: ClaimTemplate) -> Iterator[Finding]:
    tables, namespace = case.world.tables, case.key[0]
    maker = seen(ObjectRef("StatefulSet", one.namespace, one.name), "volumeClaimTemplates", template.name)
    home = tables.namespaces.get(("", namespace))
    if home is not None and home.phase == "Terminating":
        about = ObjectRef("Namespace", "", namespace)
        proof = [maker, seen(about, "status.phase", home.phase)]
        proof += [seen(about, f"status.conditions {item.type}", item.message) for item in home.conditions]
        yield _finding(case, "A4", SAID["A4"], proof)
    for quota in tables.quotas_in(namespace):
        yield from _quota(case, quota, template, maker)
    yield from _limits(case, template, maker)
    defaults = tables.default_classes()
    if template.class_name is None and len(defaults) > 1 and (0, 0) < case.world.version < (1, 26):
        proof = [
            maker,
            *(seen(ObjectRef("StorageClass", "", item.name), "is-default-class", "true") for item in defaults),
        ]
        fixes = [
            fixed_by(f"Make '{item.name}' the only default.", "set-default-class", name=item.name) for item in defaults
        ]
        yield _finding(case, "A5", SAID["A5"], proof, fixes)


def _quota(case: ClaimCase, quota: ResourceQuota, template: ClaimTemplate, maker: Evidence) -> Iterator[Finding]:
    about = ObjectRef("ResourceQuota", quota.namespace, quota.name)
    if not quota.is_counted:
        proof = [maker, seen(about, "status.used", "not computed yet")]
        yield _finding(case, "A2", f"quota {quota.name} was not computed yet, so nothing can be created", proof)
        return
    name = template.class_name
    if name is None:
        default = default_class(case.world)
        name = default.name if default else ""
    asked = {"requests.storage": template.request or 0, "persistentvolumeclaims": 1}
    if name:
        asked |= {f"{name}.storageclass.storage.k8s.io/{what}": amount for what, amount in asked.items()}
    for what, amount in asked.items():
        hard, used = quota.hard.get(what), quota.used.get(what, 0)
        if hard is not None and used + amount > hard:
            text = f"quota {quota.name} allows {_amount(what, hard)} ({what}), {_amount(what, used)} are used"
            told = size_seen if what.endswith("storage") else seen
            proof = [maker, told(about, f"spec.hard[{what}]", hard), told(about, f"status.used[{what}]", used)]
            proof.append(told(case.ref, f"requested {what}", amount))
            yield _finding(case, "A1", text, [*proof, *_eaters(case, name if name and name in what else "")])
            return


def _eaters(case: ClaimCase, class_name: str) -> Iterator[Evidence]:
    """The claims that use most of the namespace's quota, and whether any pod uses them."""
    tables, namespace = case.world.tables, case.key[0]
    claims = [tables.claims[key] for key in tables.index("claims.namespace", namespace)]
    claims = [one for one in claims if not class_name or one.class_name == class_name]
    for one in sorted(claims, key=lambda one: (-(one.request or 0), one.name))[:3]:
        idle = case.world.is_known("pods", namespace) and not tables.index("pods.claim", one.key)
        text = format_size(one.request) + (", used by no pod" if idle else "")
        yield seen(ObjectRef(CLAIM, namespace, one.name), "spec.resources.requests.storage", text)


def _limits(case: ClaimCase, template: ClaimTemplate, maker: Evidence) -> Iterator[Finding]:
    size = template.request
    for one in case.world.tables.limits_in(case.key[0]):
        about, low, high = ObjectRef("LimitRange", one.namespace, one.name), one.minimum, one.maximum
        if size is not None and low is not None and size < low:
            text, bound = f"it asks for {format_size(size)}, and at least {format_size(low)} are required here", low
        elif size is not None and high is not None and size > high:
            text, bound = f"it asks for {format_size(size)}, and at most {format_size(high)} are allowed here", high
        else:
            continue
        proof = [maker, seen(about, "limits", f"{format_size(low)} to {format_size(high)}")]
        proof.append(size_seen(case.ref, "spec.resources.requests.storage", size))
        fixes = [by_hand(f"Set the size in the template to {format_size(bound)} ({bound} bytes).")]
        yield _finding(case, "A3", text, proof, fixes)


def _refused_changes(case: ClaimCase) -> Iterator[Finding]:
    """What somebody tried to change lately, as operators tell in events."""
    seen_codes: set[str] = set()
    for event in claim_events(case):
        code = explain_refusal(event.message)
        if code and code not in seen_codes and case.world.told_until - event.last < _FRESH:
            seen_codes.add(code)
            yield _from_event(case, code, event)


def _from_event(case: ClaimCase, code: str, event: KubeEvent) -> Finding:
    about = ObjectRef(event.object_kind, event.object_namespace, event.object_name)
    severity = Severity.ERROR if case.claim is None else Severity.WARNING
    return _finding(case, code, SAID[code], [seen(about, "event", event.message)], severity=severity)


def _confirmed(finding: Finding, event: KubeEvent | None) -> Finding:
    """The finding with the event that says the same."""
    if event is None:
        return finding
    about = ObjectRef(event.object_kind, event.object_namespace, event.object_name)
    assert finding.about is not None
    return found(
        finding.code, finding.about, finding.sentence, cause=finding.cause, remedies=finding.remedies,
        proof=(*finding.proof, seen(about, "event", event.message)), severity=finding.severity,
    )  # fmt: skip


def _events(case: ClaimCase) -> Iterator[KubeEvent]:
    """Events of the sets and pods that need the claim, oldest first, those that speak of this claim."""
    tables, name = case.world.tables, case.key[1]
    for one in tables.sets_of(case.key):
        mine = [event for event in tables.events_of("StatefulSet", one.key, one.uid) if _speaks_of(event, name)]
        yield from reversed(mine)
    for pod in tables.pods_of(case.key):
        ephemeral = any(use.claim == name and use.is_ephemeral for use in pod.claims)
        for event in reversed(tables.events_of("Pod", pod.key, pod.uid)):
            if ephemeral and event.is_warning:
                yield event


def _speaks_of(event: KubeEvent, name: str) -> bool:
    """Whether a set's event is about this claim; "data-db-1" is not "data-db-10"."""
    return f"Claim {name} " in event.message or f'"{name}"' in event.message


def _amount(what: str, value: int) -> str:
    return format_size(value) if what.endswith("storage") else str(value)


def _finding(
    case: ClaimCase,
    code: str,
    sentence: str,
    proof: list[Evidence],
    fixes: list[Remedy] | None = None,
    severity: Severity = Severity.ERROR,
) -> Finding:
    remedies = [*(fixes or []), refusal_remedy(code)]
    return found(code, case.ref, sentence, cause=CAUSE[code], proof=proof, remedies=remedies, severity=severity)
