"""What brickyard keeps on the nodes themselves: LVM tags on the volume groups it makes.

LVM allows only A-Za-z0-9_+.-/=!:&# in a tag (man lvm, "Valid names"); every other character, and
& itself, stands as & with two hex digits for each byte of its UTF-8 form.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Final

PREFIX: Final = "brickyard."
MAX_TAG: Final = 1024
_WORDS: Final = ("manage", "storage", "cluster", "left")
_VALUE: Final = re.compile(r"[^A-Za-z0-9_+.\-/=!:#]")
_NAME: Final = re.compile(r"[^A-Za-z0-9_+.\-/!:#]")
_ESCAPED: Final = re.compile(rb"&([0-9a-fA-F]{2})")


@dataclass(frozen=True, slots=True)
class GroupTags:
    """What the tags of one volume group say. `members` maps storage names to manage names.

    `left` is the id of the cluster of heketi's that it was in when that left heketi.
    """

    zone: int | None = None
    manage: str = ""
    storage: str = ""
    cluster: str = ""
    node: dict[str, str] = field(default_factory=dict)
    device: dict[str, str] = field(default_factory=dict)
    members: dict[str, str] = field(default_factory=dict)
    left: str = ""


def escape(text: str, *, name: bool = False) -> str:
    """Text in the characters that LVM allows; in a name "=" is escaped too, as it ends the name."""
    allowed = _NAME if name else _VALUE
    return allowed.sub(lambda match: "".join(f"&{byte:02x}" for byte in match[0].encode()), text)


def unescape(text: str) -> str:
    """The text that `escape` was given; bytes that are no UTF-8 become U+FFFD."""
    if "&" not in text:
        return text
    raw = _ESCAPED.sub(lambda match: bytes((int(match[1], 16),)), text.encode())
    return raw.decode(errors="replace")


def write(group: GroupTags) -> tuple[str, ...]:
    """The tags for a volume group, ready for vgcreate and vgchange.

    Raises ValueError with a sentence where one is longer than LVM allows.
    """
    tags = [f"zone={group.zone}"] if group.zone is not None else []
    for word in _WORDS:
        value = getattr(group, word)
        tags += [f"{word}={escape(value)}"] if value else []
    tags += [f"node.{escape(key, name=True)}={escape(value)}" for key, value in group.node.items()]
    tags += [f"device.{escape(key, name=True)}={escape(value)}" for key, value in group.device.items()]
    tags += [f"member={escape(storage, name=True)}={escape(manage)}" for storage, manage in group.members.items()]
    for tag in tags:
        if len(PREFIX + tag) > MAX_TAG:
            raise ValueError(f"the tag '{tag[:40]}...' has {len(PREFIX + tag)} characters; LVM allows {MAX_TAG}")
    return tuple(PREFIX + tag for tag in tags)


def read(tags: Iterable[str]) -> GroupTags:
    """What brickyard's tags among these say; tags of others are left alone. Do not change the answer."""
    return _read(tuple(tags))


@lru_cache(maxsize=4096)
def _read(tags: tuple[str, ...]) -> GroupTags:
    """Remembered, since a large site has tens of thousands of tags, which hardly ever change."""
    zone: int | None = None
    words = dict.fromkeys(_WORDS, "")
    node: dict[str, str] = {}
    device: dict[str, str] = {}
    members: dict[str, str] = {}
    for tag in tags:
        if not tag.startswith(PREFIX):
            continue
        name, _, value = tag[len(PREFIX) :].partition("=")
        if name in words:
            words[name] = unescape(value)
        elif name == "zone" and value.isdecimal():
            zone = int(value)
        elif name == "member":
            storage, _, manage = value.partition("=")
            members[unescape(storage)] = unescape(manage)
        elif name.startswith("node."):
            node[unescape(name.removeprefix("node."))] = unescape(value)
        elif name.startswith("device."):
            device[unescape(name.removeprefix("device."))] = unescape(value)
    return GroupTags(zone, words["manage"], words["storage"], words["cluster"], node, device, members, words["left"])


def members(tags: Iterable[str]) -> dict[str, str]:
    """Manage names by storage name, of all nodes of the cluster that the tags name."""
    return read(tags).members
