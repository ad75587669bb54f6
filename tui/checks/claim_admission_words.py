"""What an API server says when it refuses a claim, a volume or a class, and the code of the finding for it.

Sources: plugins resourcequota, limitranger, lifecycle and resize, core and storage validation, 1.20 to 1.36.
"""

import re
from typing import Final

from tui.checks.claim_case import by_hand
from tui.core.finding import Remedy

_TEXTS: Final = (
    ("A1", r"exceeded quota: "),
    ("A2", r"insufficient quota to consume: |status unknown for quota"),
    ("A3", r"(maximum|minimum) storage usage per PersistentVolumeClaim is"),
    ("A4", r"unable to create new content in namespace .* being terminated"),
    ("A5", r"\d+ default StorageClasses were found"),
    ("A7", r"spec is immutable after creation except"),
    ("A8", r"spec\.persistentvolumesource: Forbidden|persistentvolumesource is immutable after creation"),
    ("A9", r"spec\.glusterfs\.(endpoints|path): Required value|endpointsNamespace: Invalid value"),
    ("A10", r"Only bound persistent volume claims can be expanded|only dynamically provisioned pvc can be resized"),
    ("A11", r"field can not be less than (previous value|status\.capacity)"),
    ("A12", r"updates to (parameters|provisioner|reclaimPolicy|volumeBindingMode) are forbidden"),
)  # fmt: skip
_PATTERNS: Final = tuple((code, re.compile(text)) for code, text in _TEXTS)

SAID: Final = {
    "A1": "the namespace's quota has no room for it",
    "A2": "a quota of the namespace does not cover it or was not computed yet",
    "A3": "its size is outside the limits of the namespace",
    "A4": "its namespace is being deleted",
    "A5": "there are several default classes, so a claim without a class is refused",
    "A7": "a change of its spec was refused: only the requested size of a bound claim can be changed",
    "A8": "a change of the volume's source was refused: it can't be changed once it is made",
    "A9": "a PersistentVolume with an incomplete glusterfs source was refused",
    "A10": "it can't be expanded",
    "A11": "a smaller size was refused: claims never shrink",
    "A12": "a change of its class was refused: only allowVolumeExpansion can be changed",
}
CAUSE: Final = {
    "A1": "A ResourceQuota limits storage or the number of claims; what old claims use counts, in use or not.",
    "A2": "Where a quota names a resource, every claim has to be covered by it, and it has to be counted.",
    "A3": "A LimitRange of the namespace gives the smallest and largest size of a claim.",
    "A4": "Nothing can be created in a namespace that is going.",
    "A5": "Up to Kubernetes 1.25 more than one default class makes every claim without a class fail.",
    "A7": "Class, access modes, volume and selector of a claim are fixed when it is made.",
    "A8": "What a PersistentVolume is made of is fixed; glusterfs can't be turned into csi in place.",
    "A9": "endpoints and path are required, and endpointsNamespace has to be a valid name.",
    "A10": "Only a bound claim whose class has allowVolumeExpansion and that was provisioned can be expanded.",
    "A11": "Kubernetes refuses to shrink a claim; a file system can't shrink under its users.",
    "A12": "Parameters, provisioner, reclaim policy and binding mode of a class are fixed when it is made.",
}
_TO_DO: Final = {
    "A1": "Raise the quota, or delete claims that nobody needs.",
    "A2": "Add the resource to the quota, or wait until the controller has counted.",
    "A3": "Ask for a size within the limits, or change the LimitRange.",
    "A4": "Wait until the namespace is gone and make it anew, or use another one.",
    "A5": "Leave exactly one default class.",
    "A7": "Make the claim anew; first set its volume to Retain, if the data is needed.",
    "A8": "Set the volume to Retain and make the PersistentVolume anew with the new source.",
    "A9": "Correct endpoints and path; or let this tool create the PersistentVolume.",
    "A10": "Allow expansion in the class; a static volume is expanded in Gluster, then its capacity is corrected.",
    "A11": "Copy the data to a smaller volume.",
    "A12": "Delete the class and make it anew under the same name; existing volumes go on working.",
}


def explain_refusal(text: str) -> str:
    """The code of what an API server's refusal says ("A1"), "" when it is another one."""
    return next((code for code, pattern in _PATTERNS if pattern.search(text)), "")


def refusal_remedy(code: str) -> Remedy:
    """What to do about a refusal by hand."""
    return by_hand(_TO_DO[code])
