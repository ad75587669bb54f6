"""Which pods hold a claim, in raw objects: those that were given a node, ended ones among them.

Source: the controller pvcprotection (podUsesPVC): a pod counts from the node on until its object is gone.
"""

from collections.abc import Iterable, Sequence

from tui.dialects.kube_request import Raw

FINISHED = ("Succeeded", "Failed")


def claims_of(pod: Raw) -> set[str]:
    """The names of the claims that a pod uses, those of its generic ephemeral volumes too."""
    spec, name = pod.get("spec") or {}, pod["metadata"]["name"]
    found = set()
    for volume in spec.get("volumes") or ():
        claim = volume.get("persistentVolumeClaim")
        if claim:
            found.add(str(claim.get("claimName")))
        if volume.get("ephemeral"):
            found.add(f"{name}-{volume.get('name')}")
    return found


def holders(pods: Iterable[Raw], claim: str) -> list[Raw]:
    """The pods that hold a claim of their namespace."""
    return [pod for pod in pods if (pod.get("spec") or {}).get("nodeName") and claim in claims_of(pod)]


def phase_of(pod: Raw) -> str:
    """ "Running", "Succeeded", ..."""
    return str((pod.get("status") or {}).get("phase") or "")


def is_finished(pod: Raw) -> bool:
    """Whether nothing of a pod runs any more, and only its object is left."""
    return phase_of(pod) in FINISHED


def words_of(pods: Sequence[Raw]) -> str:
    """ "backup-1 (Succeeded, of Job backup), db-0 (Running, of StatefulSet db)"; at most five."""
    words = [f"{pod['metadata']['name']} ({', '.join(_about(pod))})" for pod in pods[:5]]
    return ", ".join(words) + (f" and {len(pods) - 5} more" if len(pods) > 5 else "")


def _about(pod: Raw) -> list[str]:
    owners = pod["metadata"].get("ownerReferences") or ()
    return [phase_of(pod) or "not known", *(f"of {one.get('kind')} {one.get('name')}" for one in owners[:1])]
