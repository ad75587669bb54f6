"""Block volumes of the simulated heketi, inside volumes that host them."""

from typing import Any, Final

from tui.demo.heketi_checks import check_block_volume, check_number, known_clusters
from tui.demo.heketi_commands import GLUSTERD
from tui.demo.heketi_decode import BLOCK_EXPAND, BLOCK_VOLUME
from tui.demo.heketi_nodes import CommandError
from tui.demo.heketi_placing import NO_SPACE
from tui.demo.heketi_state import BUSY, IN_USE, Heketi
from tui.demo.heketi_tables import BlockVolume, Operation, Volume
from tui.demo.heketi_views import block_volume_info, without_pending
from tui.demo.heketi_volume_work import build_volume, roll_back
from tui.demo.heketi_volumes import allot, block_host_wish
from tui.demo.heketi_wire import Ask, Fail, Reply, not_found, show

_TOO_SMALL: Final = (
    "The size configured for automatic creation of block hosting volumes ({}) is too small to host the requested "
    "block volume of size {}. The available size on this block hosting volume, minus overhead, is {}. Please create "
    "a sufficiently large block hosting volume manually."
)


async def list_block_volumes(heketi: Heketi, ask: Ask) -> Reply:
    """GET /blockvolumes."""
    return show({"blockvolumes": without_pending(heketi.tables, sorted(heketi.tables.block_volumes))})


async def block_volume(heketi: Heketi, ask: Ask) -> Reply:
    """GET /blockvolumes/{id}."""
    return show(block_volume_info(_block(heketi, ask.id)))


async def create_block_volume(heketi: Heketi, ask: Ask) -> Reply:
    """POST /blockvolumes: in a host with enough space, else in a new one."""
    body = ask.json(BLOCK_VOLUME)
    check_block_volume(body)
    known_clusters(heketi.tables.clusters, body["clusters"])
    _no_host_in_the_making(heketi)
    operation = heketi.begin("create-block-volume")
    with heketi.setting_up(operation, "Failed to allocate new block volume: "):
        host = _host_for(heketi, body, operation)
        made = _allot(heketi, body, host)
        made.pending = operation.id
        heketi.tables.put_block_volume(made)
        operation.changes.append(("Add block volume", made.id))
    # without a number that fits, all nodes serve it and none is asked
    chooses = 0 < body["hacount"] <= len(host.hosts)
    return heketi.accept(_create_work(heketi, made, host, operation, chooses))


async def expand_block_volume(heketi: Heketi, ask: Ask) -> Reply:
    """POST /blockvolumes/{id}/expand: to so many GiB in all."""
    size, found = check_number(ask.json(BLOCK_EXPAND), "new_size"), _block(heketi, ask.id)
    operation = heketi.begin("expand-block-volume")
    with heketi.setting_up(operation, "Failed to expand block volume: "):
        host = heketi.tables.volumes[found.host_volume]
        current = f"current block volume size {found.size}"
        if size == found.size:
            raise Fail(500, f"Requested new-size {size} is same as {current}, nothing to be done.")
        if size < found.size:
            raise Fail(500, f"Requested new-size {size} is less than {current}, shrinking is not allowed.")
        if size - found.size > host.free:
            raise Fail(500, NO_SPACE)
    return heketi.accept(heketi.booked(operation, _expand_work(heketi, found, host, size)))


async def delete_block_volume(heketi: Heketi, ask: Ask) -> Reply:
    """DELETE /blockvolumes/{id}."""
    found = _block(heketi, ask.id)
    operation = heketi.begin("delete-block-volume")
    with heketi.setting_up(operation, "Failed to set up block volume delete: "):
        if found.pending:
            raise Fail(500, IN_USE)
        found.pending = operation.id
        operation.changes.append(("Delete block volume", found.id))
    return heketi.accept(heketi.booked(operation, _delete_work(heketi, found)))


def _no_host_in_the_making(heketi: Heketi) -> None:
    """Refuse while a volume for block volumes is just being made: heketi would make another one."""
    for volume in heketi.tables.volumes.values():
        operation = heketi.tables.operations.get(volume.pending)
        if volume.block and operation is not None and not operation.status:
            raise Fail(429, BUSY)


def _host_for(heketi: Heketi, body: dict[str, Any], operation: Operation) -> Volume:
    size: int = body["size"]
    clusters: list[str] = body["clusters"] or sorted(heketi.tables.clusters)
    hosts = [one for one in heketi.tables.volumes.values() if one.cluster in clusters and _can_host(heketi, body, one)]
    if hosts:
        return heketi.rng.choice(hosts)
    settings = heketi.settings
    if not settings.make_block_hosts:
        raise Fail(500, "Block Hosting Volume Creation is disabled. Create a Block hosting volume and try again.")
    least = settings.block_host_size * 98 // 100
    if size > least:
        raise Fail(500, _TOO_SMALL.format(settings.block_host_size, size, least))
    return allot(heketi, block_host_wish(heketi, clusters), operation)


def _can_host(heketi: Heketi, body: dict[str, Any], host: Volume) -> bool:
    """Whether a volume takes this block volume; one of the same name in it makes heketi look on, not refuse."""
    names = [heketi.tables.block_volumes[ident].name for ident in host.block_volumes]
    takes = host.block and not host.pending and not host.restriction and heketi.tables.clusters[host.cluster].block
    return takes and host.free >= body["size"] and body["name"] not in names


def _allot(heketi: Heketi, body: dict[str, Any], host: Volume) -> BlockVolume:
    ident, names = heketi.tables.new_id(), list(host.hosts)
    # more than there are means all of them
    ha = body["hacount"] if 0 < body["hacount"] <= len(names) else len(names)
    name = body["name"] or f"blockvol_{ident}"
    return BlockVolume(ident, name, host.cluster, host.id, body["size"], ha, body["auth"], names)


async def _create_work(heketi: Heketi, made: BlockVolume, host: Volume, operation: Operation, chooses: bool) -> str:
    sets = [[heketi.tables.bricks[ident] for ident in one] for one in host.sets]
    try:
        if host.pending:
            await build_volume(heketi, host, sets)
        await _choose_hosts(heketi, made, chooses)
        auth = "enable" if made.auth else "disable"
        what = f"{host.name}/{made.name} ha {made.ha} auth {auth} prealloc full {','.join(made.hosts)}"
        await _on_first(heketi, host, f"gluster-block create {what} {made.size}GiB --json")
    except CommandError:
        heketi.tables.drop_block_volume(made)
        if host.pending and await roll_back(heketi, host, sets, operation):
            heketi.tables.drop_volume(host)
        if operation.status != "failed":
            heketi.end(operation)
        raise
    made.pending = host.pending = ""
    for brick in (brick for one in sets for brick in one):
        brick.pending = ""
    heketi.end(operation)
    return f"/blockvolumes/{made.id}"


async def _choose_hosts(heketi: Heketi, made: BlockVolume, chooses: bool) -> None:
    """The nodes that serve it: as many as wanted of those whose glusterd answers. Raises CommandError."""
    nodes = [heketi.tables.nodes[ident] for ident in heketi.tables.clusters[made.cluster].nodes]
    # the node that does it is looked for too
    await heketi.nodes.try_one(nodes[0].manage[0], GLUSTERD)
    if not chooses:
        return
    up = [node.storage[0] for node in nodes if await heketi.nodes.try_one(node.manage[0], GLUSTERD) is not None]
    made.hosts = [host for host in made.hosts if host in up][: made.ha]
    if len(made.hosts) < made.ha:
        raise CommandError("insufficient block hosts online")


async def _expand_work(heketi: Heketi, found: BlockVolume, host: Volume, size: int) -> str:
    await _on_first(heketi, host, f"gluster-block modify {host.name}/{found.name}  size {size}GiB --json")
    if found.id not in heketi.tables.block_volumes or size - found.size > host.free:
        raise not_found()
    host.free -= size - found.size
    found.size = size
    return f"/blockvolumes/{found.id}"


async def _delete_work(heketi: Heketi, found: BlockVolume) -> str:
    host = heketi.tables.volumes[found.host_volume]
    try:
        await _on_first(heketi, host, f"gluster-block delete {host.name}/{found.name} --json")
    except CommandError:
        found.pending = ""
        raise
    heketi.tables.drop_block_volume(found)
    return ""


async def _on_first(heketi: Heketi, host: Volume, command: str) -> None:
    first = heketi.tables.clusters[host.cluster].nodes[0]
    await heketi.nodes.batch(heketi.tables.nodes[first].manage[0], [command])


def _block(heketi: Heketi, ident: str) -> BlockVolume:
    found = heketi.tables.block_volumes.get(ident)
    if found is None or found.pending:
        raise not_found()
    return found
