"""Claims that wait for heketi: what Kubernetes hides behind "see kube-controller-manager.log" (D11, D12, D15, D20-D36).

Heketi itself was asked with the StorageClass' own address, user and key. What it answered to us need not be what
it answers to kube-controller-manager, so that only what does not depend on who asks is called definite.
"""

from collections.abc import Iterator
from dataclasses import replace
from typing import Final
from urllib.parse import urlsplit

from tui.checks.claim_case import ClaimCase, ClaimWorld, by_hand, fixed_by, found, seen
from tui.checks.claim_heketi_address import address_faults
from tui.checks.claim_heketi_later import resize_faults, volume_rules
from tui.checks.claim_heketi_space import space_faults
from tui.checks.claim_heketi_words import WORDS, code_of, filled
from tui.checks.claim_seen_words import (
    GLUSTER,
    REMOVED,
    class_ref,
    failure,
    inner,
    told,
    waiting_class,
)
from tui.core.finding import Evidence, Finding, ObjectRef, Remedy, Severity
from tui.core.heketi_probe import HeketiProbe
from tui.core.kube import KubeEvent, StorageClass
from tui.dialects.heketi import LEEWAY_SECONDS

__all__ = ["rules", "volume_rules"]

_HIDDEN: Final = "see kube-controller-manager.log"
_NOT_REACHED: Final = ("resolve", "connect", "hello")
_SOON: Final = 60.0
"""Seconds for which a new claim is not given a guess: kube-controller-manager may get a better answer than we did."""


def rules(case: ClaimCase) -> Iterator[Finding]:
    """What heketi tells about a claim that waits, or that is to grow."""
    one = waiting_class(case)
    if one is not None and _uses_heketi(case.world, one):
        event = failure(case)
        faults = _probe_faults(case, one, event)
        spoken = list(_spoken(case, one, event, {fault.code for fault in faults}))
        if spoken:
            # heketi answered the controller: that we can't reach it is no fault of the claim
            faults = [fault for fault in faults if fault.code != "D20"]
        faults += address_faults(case, one, event)
        if event is None and _is_early(case, one):
            faults = [fault for fault in faults if fault.definite]
        faults += spoken
        yield from _confirmed(faults, event)
        probe = _probe_of(case, one)
        unreached = probe is not None and probe.stage in _NOT_REACHED
        if not faults or (unreached and not any(fault.definite for fault in faults)):
            yield from _hidden(case, one, event)
    yield from resize_faults(case)


def _is_early(case: ClaimCase, one: StorageClass) -> bool:
    """Whether nobody need have asked for the volume yet: the claim is new, or waits for its first pod.

    Where pods can't be read it may wait for one, as long as no node was chosen for it.
    """
    claim, tables = case.claim, case.world.tables
    if claim is None or case.world.now - claim.created < _SOON:
        return True
    return one.waits_for_consumer and not claim.selected_node and not tables.pods_of(case.key)


def _uses_heketi(world: ClaimWorld, one: StorageClass) -> bool:
    """Whether the class' volumes come from heketi: nobody asks it for the built-in provisioner since 1.26."""
    if one.provisioner == GLUSTER:
        return world.version < REMOVED
    return one.name in world.heketi


def _heketi(probe: HeketiProbe) -> ObjectRef:
    return ObjectRef("Heketi", "", probe.url)


def _probe_of(case: ClaimCase, one: StorageClass) -> HeketiProbe | None:
    """What heketi answered for this class as it is now; what was asked at another address is left out."""
    probe = case.world.heketi.get(one.name)
    url = (one.parameter("resturl") or "").rstrip("/")
    return probe if probe is not None and (not url or probe.url.rstrip("/") == url) else None


def _probe_faults(case: ClaimCase, one: StorageClass, event: KubeEvent | None) -> list[Finding]:
    probe = _probe_of(case, one)
    if probe is None:
        return []
    proof = _proof(case, probe)
    faults = []
    if probe.stage != "done":
        faults.append(_broken_off(case, one, probe, proof, failed=event is not None))
    else:
        faults += _state(case, one, probe, proof)
        faults += space_faults(case, one, probe, proof)
    if (
        probe.skew is not None
        and abs(probe.skew) > LEEWAY_SECONDS
        and not any(f.code in ("D21", "D23") for f in faults)
    ):
        code = "D21" if probe.skew < 0 else "D23"
        skewed = _finding(case, one, probe, code, proof, definite=False, severity=Severity.WARNING)
        where = "behind" if probe.skew < 0 else "ahead"
        faults.append(replace(skewed, sentence=f"heketi's clock is {abs(probe.skew):.0f} s {where}"))
    return faults


def _proof(case: ClaimCase, probe: HeketiProbe) -> list[Evidence]:
    ref = _heketi(probe)
    answer = f"{probe.status} {probe.text}".strip() if probe.status else probe.text
    proof = [
        seen(ref, f"answer ({probe.stage})", answer or "well"),
        seen(ref, "asked from", probe.asked_from or "here"),
    ]
    if probe.skew is not None and abs(probe.skew) > 5:
        proof.append(seen(ref, "clock, against ours", f"{probe.skew:+.0f} s"))
    return proof


def _broken_off(
    case: ClaimCase, one: StorageClass, probe: HeketiProbe, proof: list[Evidence], *, failed: bool
) -> Finding:
    """The look at heketi ended before all was read."""
    host = urlsplit(probe.url).hostname or probe.url
    where = probe.asked_from or "here"
    if probe.stage == "resolve":
        cause = f"The name '{host}' is not known on {where}."
        if one.rest_service is not None:
            cause += " Names of Services are known inside of pods only; kube-controller-manager mostly is not in one."
        return replace(
            _finding(case, one, probe, "D20", proof, definite=False), cause=cause,
            sentence=f"heketi's name '{host}' is not known (asked from {where})",
        )  # fmt: skip
    if probe.stage == "connect":
        refused = "refused" in probe.text.lower()
        why = "nothing listens there" if refused else probe.text or "no answer"
        return replace(
            # a claim that nobody complained about may still get its volume: the controller stands elsewhere than we
            _finding(case, one, probe, "D20", proof, definite=refused and failed),
            sentence=f"heketi can't be reached at {probe.url} from {where}: {why}",
        )  # fmt: skip
    if probe.stage == "hello":
        return replace(
            _finding(case, one, probe, "D20", proof, definite=failed),
            sentence=f"what answers at {probe.url} is not heketi",
            cause=f"/hello was answered with {probe.status}: {probe.text[:200]}",
        )  # fmt: skip
    if not probe.status:
        return replace(
            _finding(case, one, probe, "D20", proof, definite=False),
            sentence=f"heketi at {probe.url} broke off while it was asked ({probe.stage}): {probe.text or 'no answer'}",
        )  # fmt: skip
    code = code_of(probe.text) or ("D24" if probe.stage == "auth" and probe.status in (400, 401, 403) else "D11")
    if code == "D11":
        return found(
            "D11", case.ref, f"heketi answers with an error ({probe.status or 'none'}) to a look at its {probe.stage}",
            cause=f"heketi said: {probe.text}", proof=proof,
            remedies=[by_hand("Look into heketi's log; heketi-cli topology info shows the same error.")],
            definite=False,
        )  # fmt: skip
    finding = _finding(case, one, probe, code, proof, definite=code != "D31")
    if code in ("D21", "D23") and probe.skew is not None:
        side = "behind" if probe.skew < 0 else "ahead"
        finding = replace(finding, sentence=f"{finding.sentence} (its clock is {abs(probe.skew):.0f} s {side} of ours)")
    return finding


def _state(case: ClaimCase, one: StorageClass, probe: HeketiProbe, proof: list[Evidence]) -> Iterator[Finding]:
    """What a heketi that answers tells of itself."""
    if probe.mode in ("read-only", "local-client"):
        ref = _heketi(probe)
        said = replace(probe, text=f"mode {probe.mode}")
        yield _finding(case, one, said, "D33", [seen(ref, "mode", probe.mode), *proof])
    user = (one.parameter("restuser") or "").strip()
    if user == "user":
        yield _finding(case, one, probe, "D25", [seen(class_ref(one.name), "parameters.restuser", user), *proof],
                       definite=False)  # fmt: skip


def _finding(
    case: ClaimCase, one: StorageClass, probe: HeketiProbe, code: str, proof: list[Evidence], *,
    definite: bool = True, severity: Severity | None = None,
) -> Finding:  # fmt: skip
    words = WORDS[code]
    values = {"url": probe.url, "user": probe.user or "(none)", "class_": one.name, "text": probe.text or "nothing"}
    return found(
        code, case.ref, filled(words.sentence, **values), cause=filled(words.cause, **values), proof=proof,
        remedies=[*_repairs(one, code), *(by_hand(filled(advice, **values)) for advice in words.advice)],
        severity=severity or words.severity, definite=definite,
    )  # fmt: skip


def _repairs(one: StorageClass, code: str) -> Iterator[Remedy]:
    """What this tool can do about it: the Secret or the class made anew."""
    key = next((name for name in one.parameters if name.lower() == "restuser"), "restuser")
    if code == "D22":
        for space, name in one.secrets[:1]:
            title = f"Put heketi's key into the Secret {space}/{name}; the key is asked for"
            yield fixed_by(title, "create-secret", namespace=space, name=name)
    elif code in ("D24", "D25") and one.parameter("restuser") != "admin" and one.secrets:
        yield fixed_by("Make the class anew with restuser=admin", "recreate-class",
                       **{"name": one.name, f"param.{key}": "admin"})  # fmt: skip


def _spoken(case: ClaimCase, one: StorageClass, event: KubeEvent | None, known: set[str]) -> Iterator[Finding]:
    """What older releases and other provisioners tell of heketi's words in the event itself."""
    text = inner(event).rpartition("failed to create volume: ")[2] if event is not None else ""
    code = code_of(text) if event is not None and _HIDDEN not in text else ""
    if code and event is not None and code not in known:
        probe = HeketiProbe(one.parameter("resturl") or "", one.parameter("restuser") or "", "done", text=text)
        yield _finding(case, one, probe, code, [told(event)])


def _confirmed(faults: list[Finding], event: KubeEvent | None) -> Iterator[Finding]:
    """The faults, each with the controller's event beside it."""
    for fault in faults:
        proof = (told(event),) if event is not None and told(event) not in fault.proof else ()
        yield replace(fault, proof=fault.proof + proof)


def _hidden(case: ClaimCase, one: StorageClass, event: KubeEvent | None) -> Iterator[Finding]:
    """D11: heketi refused, and neither Kubernetes nor our look at it tells why."""
    if event is None or _HIDDEN not in event.message:
        return
    probe = _probe_of(case, one)
    looked = probe is not None and probe.stage == "done"
    cause = "Kubernetes writes heketi's answer only into kube-controller-manager's log, and only with -v=4."
    if looked:
        cause += " heketi answers us well now: the fault is over, or only kube-controller-manager sees it."
    yield found(
        "D11", case.ref, f"heketi made no volume for StorageClass '{one.name}', and Kubernetes hides why",
        cause=cause,
        proof=[told(event), seen(class_ref(one.name), "parameters.resturl", one.parameter("resturl") or "")],
        remedies=[
            by_hand("Wait for the next attempt; Kubernetes tries again within minutes." if looked else
                    "Let heketi be asked: with a heketi configured its own answer is shown here."),
            by_hand("Look into heketi's log at the time of the event."),
        ],
        definite=False,
    )  # fmt: skip
