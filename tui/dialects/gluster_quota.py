"""Directory quotas of a volume.

Facts that need care, of glusterfs 10.3: where they are switched off the exit code is 2, and opRet decides; where they
are on and no folder has a limit, that is told as a failure ("No quota configured on volume NAME", opRet -1, code 0).
"""

from typing import Final
from xml.etree import ElementTree as ET

from tui.core.plan import Command, Result
from tui.core.quota import Quota
from tui.dialects.failures import explain
from tui.dialects.gluster_xml import number, read_answer, text_of

_SECONDS: Final = 150.0
_NONE: Final = "No quota configured on volume"


def quota_list(name: str) -> Command:
    """The limits of a started volume, and what is used of them."""
    return Command(("gluster", "--mode=script", "--xml", "volume", "quota", name, "list"), timeout=_SECONDS, xml=True)


def parse_quotas(result: Result) -> tuple[Quota, ...]:
    """The limits; one without a number ("N/A") is left out. Raises ValueError with the reason of a failure."""
    answer = read_answer(result)
    if _NONE in answer.error:
        return ()
    if not answer.ok or answer.root is None:
        raise ValueError(explain(result).reason)
    found = (_quota(element) for element in answer.root.iterfind("volQuota/limit"))
    return tuple(quota for quota in found if quota is not None)


def _quota(element: ET.Element) -> Quota | None:
    limit, used = number(element, "hard_limit"), number(element, "used_space")
    if limit is None:
        return None
    is_reached = text_of(element, "hl_exceeded") == "Yes" or (used is not None and used >= limit)
    return Quota(text_of(element, "path"), limit, used, is_reached)
