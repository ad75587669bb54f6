"""What drivers for Gluster say when they fail, in an admin's words. Source: kadalu's controllerserver.py."""

import re
from typing import Final

_TEXTS: Final[tuple[tuple[str, str, str], ...]] = (
    ("No Hosting Volumes available",
     "kadalu has no storage pool with room",
     "Add storage to kadalu (a KadaluStorage with more or larger devices), or ask for less."),
    ("External resource is exhausted",
     "the external Gluster volume has no room",
     "Expand the Gluster volume that the KadaluStorage names, or delete claims on it."),
    ("Unable to set Gluster Quota via ssh",
     "kadalu can't reach the Gluster node to set a quota",
     "Give kadalu a working ssh key and user for the Gluster nodes (secret glusterquota-ssh-secret)."),
    ("External Storage provided not valid",
     "the external Gluster volume of the KadaluStorage does not answer",
     "Correct the hosts and the volume name in the KadaluStorage; see that the volume is started."),
)  # fmt: skip
_DESCRIPTION: Final = re.compile(r"rpc error: code = (\w+) desc = (.*)", re.DOTALL)
_LONG: Final = 160


def said_by_driver(text: str) -> tuple[str, str]:
    """What a driver's error means, and what to do."""
    for part, sentence, advice in _TEXTS:
        if part in text:
            return sentence, advice
    match = _DESCRIPTION.search(text)
    plain = " ".join((f"{match[2]} ({match[1]})" if match else text).split())
    if len(plain) > _LONG:
        plain = plain[: _LONG - 3] + "..."
    return plain or "it does not say why", "Look into the provisioner's log at the time of the event."
