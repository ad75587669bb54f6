"""References in an export that lead nowhere are taken out, and those that lead one way only are made whole."""

from collections.abc import Mapping

from tui.dialects.heketi_export_tables import Entry, Tables, add, part, remove, short
from tui.dialects.heketi_fields import count, flag, sub, text, words


def mend_links(tables: Tables) -> None:
    """Bring all references in order, in the order in which one leads to another."""
    _homes(tables)
    _lost_bricks(tables)
    _lost_blocks(tables)
    _lists(tables)
    _backward(tables)
    _hosts(tables)
    _block_space(tables)


def _homes(tables: Tables) -> None:
    """A volume whose cluster is gone belongs where the nodes of its bricks are; without such bricks it goes."""
    for ident in [key for key, one in tables.nodes.items() if _info(one, "cluster") not in tables.clusters]:
        named = [key for key, one in tables.clusters.items() if ident in words(sub(one, "Info"), "nodes")]
        if len(named or tables.clusters) == 1:
            [home] = named or tables.clusters
            part(tables.nodes[ident], "Info")["cluster"] = home
            tables.tell(f"node {short(ident)} is put into cluster {short(home)}")
    for ident in [key for key, one in tables.volumes.items() if _info(one, "cluster") not in tables.clusters]:
        nodes = {_info(tables.bricks[b], "node") for b in words(tables.volumes[ident], "Bricks") if b in tables.bricks}
        homes = {_info(tables.nodes[node], "cluster") for node in nodes if node in tables.nodes} & set(tables.clusters)
        if len(homes) == 1:
            [home] = homes
            part(tables.volumes[ident], "Info")["cluster"] = home
            tables.tell(f"volume {tables.volume_name(ident)} is put into cluster {short(home)}, where its bricks are")
        elif not homes:
            name = tables.volume_name(ident)
            tables.drop_volume(ident)
            tables.lose(f"volume {name} is dropped: its cluster does not exist, and none of its bricks is in another")


def _lost_bricks(tables: Tables) -> None:
    for word, table in (("volume", tables.volumes), ("device", tables.devices), ("node", tables.nodes)):
        lost = [key for key, one in tables.bricks.items() if _info(one, word) not in table]
        for ident in lost:
            owner = _info(tables.bricks[ident], word)
            tables.drop_brick(ident)
            note = tables.tell if word == "volume" else tables.lose
            note(f"brick {short(ident)} is dropped: there is no {word} {short(owner)}")
    for ident in [key for key, one in tables.devices.items() if text(one, "NodeId") not in tables.nodes]:
        name = _info(tables.devices.pop(ident), "name")
        tables.lose(f"device {short(ident)} ({name}) is dropped: its node does not exist")


def _lost_blocks(tables: Tables) -> None:
    for ident in [key for key, one in tables.blocks.items() if _info(one, "blockhostingvolume") not in tables.volumes]:
        tables.drop_block(ident)
        tables.tell(f"block volume {short(ident)} is dropped: the volume that hosts it does not exist")


def _lists(tables: Tables) -> None:
    """Ids in lists that no entry has, or whose entry belongs to somebody else."""
    kinds = (("volumes", "volume", tables.volumes), ("nodes", "node", tables.nodes),
             ("blockvolumes", "block volume", tables.blocks))  # fmt: skip
    for name, word, table in kinds:
        of_cluster = _owned(table, "cluster")
        for ident, one in tables.clusters.items():
            mine = of_cluster.get(ident, set())
            _clear(tables, sub(one, "Info"), name, mine, f"cluster {short(ident)} names no {word}")
    of_volume, of_host = _owned(tables.bricks, "volume"), _owned(tables.blocks, "blockhostingvolume")
    for ident, one in tables.volumes.items():
        label = f"volume {tables.volume_name(ident)} names no"
        _clear(tables, one, "Bricks", of_volume.get(ident, set()), f"{label} brick")
        hosts = sub(sub(one, "Info"), "blockinfo")
        _clear(tables, hosts, "blockvolume", of_host.get(ident, set()), f"{label} block volume")
    of_node = _owned(tables.devices, "NodeId")
    for ident, one in tables.nodes.items():
        _clear(tables, one, "Devices", of_node.get(ident, set()), f"node {short(ident)} names no device")
    of_device = _owned(tables.bricks, "device")
    for ident, one in tables.devices.items():
        if _clear(tables, one, "Bricks", of_device.get(ident, set()), f"device {short(ident)} names no brick"):
            tables.touched.add(ident)


def _owned(table: Mapping[str, Entry], name: str) -> dict[str, set[str]]:
    """The ids of a table by whom they belong to."""
    found: dict[str, set[str]] = {}
    for ident, entry in table.items():
        owner = text(entry, name) if name[0].isupper() else _info(entry, name)
        found.setdefault(owner, set()).add(ident)
    return found


def _clear(tables: Tables, owner: Entry, name: str, known: set[str], sentence: str) -> bool:
    lost = [ident for ident in words(owner, name) if ident not in known]
    for ident in dict.fromkeys(lost):
        remove(owner, name, ident)
        tables.tell(f"{sentence} {short(ident)} any more: it leads nowhere")
    return bool(lost)


def _backward(tables: Tables) -> None:
    """What belongs to somebody is in his list."""
    for ident, one in tables.nodes.items():
        _enter(tables, tables.clusters, _info(one, "cluster"), "nodes", ident, "node")
    for ident, one in tables.devices.items():
        _enter(tables, tables.nodes, text(one, "NodeId"), "Devices", ident, "device")
    for ident, one in tables.volumes.items():
        _enter(tables, tables.clusters, _info(one, "cluster"), "volumes", ident, "volume")
    for ident, one in tables.bricks.items():
        _enter(tables, tables.volumes, _info(one, "volume"), "Bricks", ident, "brick")
        _enter(tables, tables.devices, _info(one, "device"), "Bricks", ident, "brick")
    for ident, one in tables.blocks.items():
        _enter(tables, tables.clusters, _info(one, "cluster"), "blockvolumes", ident, "block volume")
        host = tables.volumes.get(_info(one, "blockhostingvolume"))
        if host is not None and add(part(part(host, "Info"), "blockinfo"), "blockvolume", ident):
            tables.tell(f"block volume {short(ident)} is in the list of its host again")


def _enter(tables: Tables, owners: dict[str, Entry], owner: str, name: str, ident: str, word: str) -> None:
    if owner not in owners:
        return
    home = owners[owner] if name[0].isupper() else part(owners[owner], "Info")
    if add(home, name, ident):
        tables.tell(f"{word} {short(ident)} is in the list of {short(owner)} again")


def _hosts(tables: Tables) -> None:
    """The hosts that clients of a volume are told are the nodes of its cluster."""
    for ident, one in tables.volumes.items():
        mount = sub(sub(sub(one, "Info"), "mount"), "glusterfs")
        nodes = words(sub(tables.clusters.get(_info(one, "cluster"), {}), "Info"), "nodes")
        if not mount or len(words(mount, "hosts")) == len(nodes):
            continue
        hosts = [words(sub(sub(tables.nodes[node], "Info"), "hostnames"), "storage")[:1] for node in nodes]
        names = [name for first in hosts for name in first]
        if len(names) != len(nodes) or not names:
            continue
        # the host that clients mount from stays the first
        first = text(mount, "device").partition(":")[0]
        names.sort(key=lambda name: name != first)
        mount["hosts"], mount["device"] = names, f"{names[0]}:{tables.volume_name(ident)}"
        mount["options"] = {**sub(mount, "options"), "backup-volfile-servers": ",".join(names[1:])}
        tables.tell(f"volume {tables.volume_name(ident)} names all {len(names)} nodes of its cluster as hosts")


def _block_space(tables: Tables) -> None:
    """The free space of a volume that hosts block volumes is what they leave of it."""
    for ident, one in tables.volumes.items():
        info = sub(one, "Info")
        space = sub(info, "blockinfo")
        if not flag(info, "block"):
            continue
        taken = sum(count(sub(tables.blocks[b], "Info"), "size") for b in words(space, "blockvolume"))
        free = count(info, "size") - count(space, "reservedsize") - taken
        if free >= 0 and free != count(space, "freesize"):
            space["freesize"] = free
            tables.tell(f"volume {tables.volume_name(ident)} has {free} GiB free for block volumes")


def _info(entry: Entry, name: str) -> str:
    return text(sub(entry, "Info"), name)
