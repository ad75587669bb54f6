"""The tables of an export while it is repaired: raw JSON as heketi wrote it, changed in place and told of."""

from bisect import insort
from collections.abc import Mapping
from typing import Any

from tui.dialects.heketi_fields import count, sub, text, words

Entry = dict[str, Any]


def short(ident: str) -> str:
    """An id in a sentence: its beginning, as much as tells it from others."""
    return ident[:8]


class Tables:
    """The entries by id. `changes` are sentences, `losses` those among them that a backup would save.

    `touched` are devices from which bricks were taken.
    """

    def __init__(self, raw: dict[str, Any]) -> None:
        self.clusters: dict[str, Entry] = _table(raw, "clusterentries")
        self.volumes: dict[str, Entry] = _table(raw, "volumeentries")
        self.bricks: dict[str, Entry] = _table(raw, "brickentries")
        self.nodes: dict[str, Entry] = _table(raw, "nodeentries")
        self.devices: dict[str, Entry] = _table(raw, "deviceentries")
        self.blocks: dict[str, Entry] = _table(raw, "blockvolumeentries")
        self.operations: dict[str, Entry] = _table(raw, "pendingoperations")
        self.changes: list[str] = []
        self.losses: list[str] = []
        self.touched: set[str] = set()
        self._before = {ident: self._sum(ident) for ident in self.devices}
        self._dropped: dict[str, int] = {}

    def tell(self, sentence: str) -> None:
        """Note what was changed."""
        self.changes.append(sentence)

    def lose(self, sentence: str) -> None:
        """Note that something was dropped which may be there, on the nodes and in Gluster."""
        self.changes.append(sentence)
        self.losses.append(sentence)

    def volume_name(self, ident: str) -> str:
        """A volume in words."""
        return text(sub(self.volumes.get(ident, {}), "Info"), "name") or short(ident)

    def drop_brick(self, ident: str) -> None:
        """Take a brick out of all tables; its space is given back at the end."""
        entry = self.bricks.pop(ident, None)
        if entry is None:
            return
        info = sub(entry, "Info")
        device, volume = text(info, "device"), text(info, "volume")
        for table, owner in ((self.devices, device), (self.volumes, volume)):
            if owner in table:
                remove(table[owner], "Bricks", ident)
        if device in self.devices:
            self.touched.add(device)
            self._dropped[device] = self._dropped.get(device, 0) + _needed(entry)

    def drop_volume(self, ident: str) -> None:
        """Take a volume out of all tables, with its bricks."""
        entry = self.volumes.pop(ident, None)
        mine = {key for key, one in self.bricks.items() if text(sub(one, "Info"), "volume") == ident}
        for brick in sorted(mine | set(words(entry or {}, "Bricks"))):
            self.drop_brick(brick)
        for cluster in self.clusters.values():
            remove(sub(cluster, "Info"), "volumes", ident)

    def drop_block(self, ident: str) -> None:
        """Take a block volume out of all tables."""
        self.blocks.pop(ident, None)
        for cluster in self.clusters.values():
            remove(sub(cluster, "Info"), "blockvolumes", ident)
        for volume in self.volumes.values():
            remove(sub(sub(volume, "Info"), "blockinfo"), "blockvolume", ident)

    def give_space_back(self) -> None:
        """Count what the dropped bricks took as free again, where the device counted it as used."""
        for ident, size in self._dropped.items():
            if ident not in self.devices:
                continue
            space = sub(sub(self.devices[ident], "Info"), "storage")
            used, total = count(space, "used"), count(space, "total")
            if used == self._before[ident] - size or used < size or not size:
                # a clone shares the thin pools of its source: heketi took nothing for it
                continue
            space["used"], space["free"] = used - size, min(total, count(space, "free") + size)
            node = text(sub(self.nodes.get(text(self.devices[ident], "NodeId"), {}), "Info"), "id")
            name = text(sub(self.devices[ident], "Info"), "name")
            self.tell(f"{name} of node {short(node)} has {size} KiB more free: what dropped bricks had taken")

    def _sum(self, device: str) -> int:
        known = (self.bricks[brick] for brick in words(self.devices[device], "Bricks") if brick in self.bricks)
        return sum(_needed(entry) for entry in known)


def _table(raw: dict[str, Any], name: str) -> dict[str, Entry]:
    """A table itself, so that what is taken out of it is out of the export; entries that are none are taken out."""
    table = raw.get(name)
    if not isinstance(table, dict):
        return {}
    for key in [key for key, entry in table.items() if not isinstance(entry, dict)]:
        del table[key]
    return table


def part(owner: Entry, name: str) -> Entry:
    """An object within an entry that may be changed; one that is missing is made."""
    value = owner.get(name)
    if not isinstance(value, dict):
        value = owner[name] = {}
    return value


def _needed(brick: Mapping[str, Any]) -> int:
    return count(brick, "TpSize") + count(brick, "PoolMetadataSize")


def remove(owner: Entry, name: str, ident: str) -> bool:
    """Take an id out of a list, wherever it stands there; False where it is not in it."""
    listed = owner.get(name)
    if not isinstance(listed, list) or ident not in listed:
        return False
    owner[name] = [item for item in listed if item != ident]
    return True


def add(owner: Entry, name: str, ident: str) -> bool:
    """Put an id into a list, which heketi keeps sorted; False where it is in it."""
    listed = owner.get(name)
    if isinstance(listed, list) and ident in listed:
        return False
    if not isinstance(listed, list):
        listed = owner[name] = []
    insort(listed, ident)
    return True
