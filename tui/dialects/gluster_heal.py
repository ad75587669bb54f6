"""Healing: what the copies of a volume say of each other, and how a heal is begun.

Facts that need care, all of glusterfs 10.3: a brick that is down comes with opRet 0, counts that are "-" or absent, and
a status that may hold text of other elements ("Failed to process entries completely. (...)totalNumberOfEntries0");
its counts are unknown and never 0. `heal info` connects to every brick as a client does, which takes 1 to 2 seconds.
"""

import re
from collections.abc import Mapping, Sequence
from typing import Final
from xml.etree import ElementTree as ET

from tui.core.heal import BrickHeal
from tui.core.plan import Command, Result
from tui.dialects.failures import explain
from tui.dialects.gluster_answers import split_brick
from tui.dialects.gluster_xml import number, read_answer, text_of

_SECONDS: Final = 150.0
_WELL: Final = "Connected"
_FAILED: Final = re.compile(r"^Failed to process entries completely\.\s*\(([^)]*)\)")


def heal_summary(name: str) -> Command:
    """How many entries of a started volume differ, by brick."""
    return Command(
        ("gluster", "--mode=script", "--xml", "volume", "heal", name, "info", "summary"), timeout=_SECONDS, xml=True
    )


def split_brain_files(name: str) -> Command:
    """Which entries of a started volume are in split-brain, by brick; not for disperse volumes."""
    return Command(
        ("gluster", "--mode=script", "--xml", "volume", "heal", name, "info", "split-brain"), timeout=_SECONDS, xml=True
    )


def heal_start(name: str) -> Command:
    """Let the self-heal daemons begin now with what is pending; they go on by themselves. It answers in plain text."""
    return Command(("gluster", "--mode=script", "volume", "heal", name), timeout=_SECONDS)


def parse_heal(result: Result) -> tuple[BrickHeal, ...]:
    """What each brick counts, from the answer to `heal_summary`. Raises ValueError with the reason of a failure."""
    answer = read_answer(result)
    if not answer.ok or answer.root is None:
        raise ValueError(explain(result).reason)
    return tuple(_brick(element) for element in answer.root.iterfind("healInfo/bricks/brick"))


def _brick(element: ET.Element) -> BrickHeal:
    host, path = split_brick(text_of(element, "name"))
    status = text_of(element, "status")
    if status != _WELL:
        failed = _FAILED.match(status)
        return BrickHeal(host, path, reason=failed[1] if failed else status or "it told no status")
    pending = number(element, "numberOfEntriesInHealPending")
    split_brain = number(element, "numberOfEntriesInSplitBrain")
    healing = number(element, "numberOfEntriesPossiblyHealing")
    counted = None not in (pending, split_brain, healing)
    return BrickHeal(host, path, pending, split_brain, healing, "" if counted else "it was not counted")


def file_names(found: Mapping[str, Sequence[str]], most: int) -> tuple[str, ...]:
    """The first entries of all bricks, as `split-brain latest-mtime FILE` takes them; paths before numbers.

    Which brick tells a path and which a gfid depends on what was looked up before, so that one file may come twice.
    """
    names = dict.fromkeys(name for files in found.values() for name in files)
    paths = [name for name in names if not name.startswith("<")]
    fewer = max((len(files) for files in found.values()), default=0) - len(paths)
    numbers = [name.strip("<>") for name in names if name.startswith("<")]
    return tuple([*paths, *numbers[: max(0, fewer)]][:most])


def parse_split_brain(result: Result) -> dict[str, tuple[str, ...]]:
    """The entries in split-brain by brick ("host:path"). A path is unknown where it is a gfid ("<gfid:...>").

    Raises ValueError with the reason of a failure.
    """
    answer = read_answer(result)
    if not answer.ok or answer.root is None:
        raise ValueError(explain(result).reason)
    return {
        text_of(element, "name"): tuple((file.text or "").strip() for file in element.iterfind("file"))
        for element in answer.root.iterfind("healInfo/bricks/brick")
    }
