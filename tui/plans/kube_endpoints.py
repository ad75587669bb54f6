"""Endpoints of Gluster volumes: where kubelet finds the servers of a volume, and the Service that keeps them alive."""

import re
from collections.abc import Sequence
from ipaddress import ip_address

from tui.core.json_fields import ABSENT
from tui.core.plan import Check, Plan, Refused, Step
from tui.core.runner import KUBERNETES
from tui.dialects import kube_request as api
from tui.dialects.kube_request import Raw
from tui.dialects.kube_write import endpoints, service, subsets
from tui.plans import kube_steps as steps

_DEPRECATED = (
    "Endpoints are deprecated since Kubernetes 1.33 (EndpointSlices take their place); what mounts this volume reads"
    " Endpoints, so they are made all the same."
)


def check_addresses(addresses: Sequence[str], gluster: str) -> tuple[str, ...]:
    """The addresses in order, each once. Raises Refused where there are none, or one is a name."""
    names = [one for one in addresses if not _is_ip(one)]
    if names:
        raise Refused(
            f"Endpoints hold IP addresses only, and volume {gluster} is served by {', '.join(names)}.",
            ("their addresses could not be found from here",),
        )
    if not addresses:
        raise Refused(f"Which servers have volume {gluster} is not known, so no address can be written.")
    return tuple(dict.fromkeys(addresses))


def _is_ip(text: str) -> bool:
    try:
        ip_address(text)
    except ValueError:
        return False
    return True


def plan_endpoints(
    namespace: str, name: str, gluster: str, addresses: Sequence[str], old: tuple[Raw | None, Raw | None], token: str,
    version: tuple[int, int] = (0, 0),
) -> Plan:  # fmt: skip
    """Make, or correct, the Endpoints for a Gluster volume and their Service; `old` is the Service and the Endpoints.

    A selector of the Service is taken away: a controller fills, or empties, the Endpoints by it. Raises Refused
    where all is well already, or an address is none.
    """
    made = endpoint_steps(namespace, name, check_addresses(addresses, gluster), old, token)
    if not made:
        raise Refused(
            f"Endpoints {namespace}/{name} hold the right addresses already, and their Service has no selector."
        )
    verb = "Correct" if old[1] is not None else "Create"
    warnings = (_DEPRECATED,) if version >= (1, 33) else ()
    return Plan(f"{verb} Endpoints {namespace}/{name} for Gluster volume {gluster}", made, warnings=warnings)


def endpoint_steps(
    namespace: str, name: str, addresses: Sequence[str], old: tuple[Raw | None, Raw | None], token: str
) -> tuple[Step, ...]:
    """What is missing of a Service without selector and Endpoints with these addresses."""
    old_service, old_endpoints = old
    made: list[Step] = []
    if old_service is None:
        title = f"create Service {namespace}/{name}, without selector, that keeps the Endpoints alive"
        made.append(steps.create(service(namespace, name), token, title=title))
    elif (old_service.get("spec") or {}).get("selector"):
        title = f"take the selector off Service {namespace}/{name}"
        made.append(steps.patch(old_service, {"/spec/selector": ABSENT}, title=title, key="selector"))
    needs = tuple(step.id for step in made)
    if old_endpoints is None:
        made.append(steps.create(endpoints(namespace, name, addresses), token, needs=needs))
    elif addresses_of(old_endpoints) != sorted(addresses) or made:
        made.append(_correct(old_endpoints, addresses, needs))
    return tuple(made)


def addresses_of(raw: Raw) -> list[str]:
    """The ready addresses of Endpoints, sorted."""
    found = [one["ip"] for part in raw.get("subsets") or () for one in part.get("addresses") or ()]
    return sorted(found)


def _correct(raw: Raw, addresses: Sequence[str], needs: tuple[str, ...]) -> Step:
    """The server may order the addresses as it likes, so they are looked for one by one."""
    path, uid, name = api.path_of(raw), steps.uid_of(raw), steps.name_of(raw)
    before = raw.get("subsets", ABSENT)
    new = subsets(addresses)
    return Step(
        id=f"addresses {name}",
        node=KUBERNETES,
        title=f"write the addresses {', '.join(addresses)} into {name}",
        commands=(api.patch(path, uid, raw, {"/subsets": new}),),
        subject=name,
        needs=needs,
        done=_has_addresses(path, uid, addresses, f"{name} has other addresses"),
        guards=(api.holds(path, {"/metadata/uid": uid, "/subsets": before}, f"{name} was changed meanwhile"),),
        undo=(api.merge(path, {"metadata": {"uid": uid}, "subsets": None if before is ABSENT else before}),),
        undone=api.holds(path, {"/metadata/uid": uid, "/subsets": before}, f"{name} is not as it was"),
        undo_guards=(_has_addresses(path, uid, addresses, f"{name} was changed since"),),
        retry=True,
    )


def _has_addresses(path: str, uid: str, addresses: Sequence[str], why: str) -> Check:
    each = "".join(rf'(?=.*"ip"\s*:\s*"{re.escape(one)}")' for one in addresses)
    others = "|".join(re.escape(one) for one in addresses)
    return Check(
        api.read(path),
        matches=rf"\A{each}",
        absent=rf'"ip"\s*:\s*"(?!(?:{others})")|"notReadyAddresses"',
        why=why,
        fields=(("/metadata/uid", api.dumps(uid)),),
    )
