"""StatefulSets and their claims: which they want, which they left behind, and what differs from the templates."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from tui.core.kube import Claim, ClaimTemplate, Key, StatefulSet
from tui.core.kube_policy import short_modes
from tui.core.kube_tables import KubeTables
from tui.core.units import format_size

WANTED: Final = "wanted"
MISSING: Final = "missing"
LEFT: Final = "left behind"
NO_SET: Final = "no set"
Rank = tuple[int, bool, str, str, str, int]
_ORDER: Final = (LEFT, MISSING, WANTED, NO_SET)


@dataclass(frozen=True, slots=True)
class SetClaim:
    """One claim that belongs to a StatefulSet by its name.

    `claim` is None for one that is wanted and not there; `stateful_set` is None where there is none of that name
    (any more). `pods` name the claim, `differences` say in what it is not as its template.
    """

    key: Key
    state: str
    claim: Claim | None = None
    stateful_set: StatefulSet | None = None
    template: ClaimTemplate | None = None
    pods: tuple[str, ...] = ()
    differences: tuple[str, ...] = ()

    @property
    def owner(self) -> str:
        """ "shop/db"; "" where there is no StatefulSet."""
        return f"{self.stateful_set.namespace}/{self.stateful_set.name}" if self.stateful_set else ""

    @property
    def is_left(self) -> bool:
        """Whether nobody wants it any more, as far as can be seen."""
        return self.claim is not None and self.state in (LEFT, NO_SET) and not self.pods


def set_claims(tables: KubeTables) -> list[SetClaim]:
    """The claims of all StatefulSets, those that are left behind first; then those whose StatefulSet is gone."""
    return sorted(each_set_claim(tables), key=rank)


def each_set_claim(tables: KubeTables) -> Iterator[SetClaim]:
    """The same in no order, one after another; the tables may change in between."""
    for key in list(tables.stateful_sets):
        one = tables.stateful_sets.get(key)
        if one is not None:
            yield from _of_set(tables, one)
    if tables.is_listed("statefulsets") and tables.is_listed("pods") and not _is_denied(tables):
        yield from _without_set(tables)


def rank(one: SetClaim) -> Rank:
    """What a list of them is sorted by."""
    is_as_wanted = one.state == WANTED and not one.differences
    return _ORDER.index(one.state), is_as_wanted, one.owner, *_numbered(one.key)


def _is_denied(tables: KubeTables) -> bool:
    return any(tables.parts[kind].state == "denied" or tables.parts[kind].only for kind in ("statefulsets", "pods"))


def _numbered(key: Key) -> tuple[str, str, int]:
    """db-10 comes after db-9."""
    stem, _, ordinal = key[1].rpartition("-")
    return key[0], stem, int(ordinal) if ordinal.isdigit() else -1


def _of_set(tables: KubeTables, one: StatefulSet) -> Iterator[SetClaim]:
    wanted = [] if one.deleted is not None else one.expected_claims()
    last = one.start + one.replicas
    for claim in tables.claims_of_set(one):
        number = _numbered(claim.key)[2]
        inside = one.deleted is None and one.start <= number < last
        template = template_of(one, claim.key)
        pods = tuple(pod.name for pod in tables.pods_of(claim.key))
        differs = differences(template, claim) if template is not None else ()
        yield SetClaim(claim.key, WANTED if inside else LEFT, claim, one, template, pods, differs)
    if tables.is_listed("persistentvolumeclaims"):
        for key in wanted:
            if key not in tables.claims:
                yield SetClaim(key, MISSING, None, one, template_of(one, key))


def template_of(one: StatefulSet, key: Key) -> ClaimTemplate | None:
    """The template that a claim was made from, by its name."""
    stem = key[1].rpartition("-")[0]
    return next((template for template in one.templates if f"{template.name}-{one.name}" == stem), None)


def differences(template: ClaimTemplate, claim: Claim) -> tuple[str, ...]:
    """In what a claim is not as its template: a StatefulSet never changes claims that are there."""
    found = []
    if template.class_name is not None and claim.class_name != template.class_name:
        found.append(f"class {claim.class_name or 'none'}, template {template.class_name or 'none'}")
    if template.request is not None and claim.request is not None and claim.request != template.request:
        found.append(f"asks for {format_size(claim.request)}, template {format_size(template.request)}")
    if template.access_modes and set(template.access_modes) != set(claim.access_modes):
        found.append(f"modes {short_modes(claim.access_modes)}, template {short_modes(template.access_modes)}")
    if template.volume_mode != claim.volume_mode:
        found.append(f"mode {claim.volume_mode}, template {template.volume_mode}")
    return tuple(found)


def _without_set(tables: KubeTables) -> Iterator[SetClaim]:
    """Named TEMPLATE-SET-NUMBER, used by no pod, and there is no such set: likely of one that was deleted."""
    for key in list(tables.claims):
        claim = tables.claims.get(key)
        if claim is None or "-" not in claim.stem or claim.owner is not None:
            continue
        if not tables.sets_of(key) and not tables.pods_of(key):
            yield SetClaim(key, NO_SET, claim)
