"""Block volumes of the simulated heketi, inside volumes that host them."""

from typing import Any

from tui.demo.heketi_checks import BLANK, Problems, check_number, listed
from tui.demo.heketi_commands import GLUSTERD
from tui.demo.heketi_nodes import CommandError
from tui.demo.heketi_state import IN_USE, Heketi
from tui.demo.heketi_tables import BlockVolume, Operation, Volume
from tui.demo.heketi_views import block_volume_info
from tui.demo.heketi_volume_work import build_volume, roll_back
from tui.demo.heketi_volumes import ALLOCATE, allot, wish_of
from tui.demo.heketi_wire import Ask, Fail, Reply, not_found, show


async def list_block_volumes(heketi: Heketi, ask: Ask) -> Reply:
    """GET /blockvolumes."""
    done = [ident for ident, volume in heketi.tables.block_volumes.items() if not volume.pending]
    return show({"blockvolumes": sorted(done)})


async def block_volume(heketi: Heketi, ask: Ask) -> Reply:
    """GET /blockvolumes/{id}."""
    return show(block_volume_info(_block(heketi, ask.id)))


async def create_block_volume(heketi: Heketi, ask: Ask) -> Reply:
    """POST /blockvolumes: in a host with enough space, else in a new one."""
    body = ask.json()
    _check(body)
    if not heketi.tables.clusters:
        raise Fail(400, "No clusters configured")
    operation = heketi.begin("create-block-volume")
    with heketi.setting_up(operation, "Failed to allocate new block volume: "):
        host = _host_for(heketi, body, operation)
        made = _allot(heketi, body, host)
        made.pending = operation.id
        heketi.tables.put_block_volume(made)
        operation.changes.append(("Add block volume", made.id))
    return heketi.accept(_create_work(heketi, made, host, operation))


async def expand_block_volume(heketi: Heketi, ask: Ask) -> Reply:
    """POST /blockvolumes/{id}/expand: to so many GiB in all."""
    size, found = check_number(ask.json(), "new_size"), _block(heketi, ask.id)
    operation = heketi.begin("expand-block-volume")
    with heketi.setting_up(operation, "Failed to expand block volume: "):
        host = heketi.tables.volumes[found.host_volume]
        if size <= found.size:
            raise Fail(500, "New size is less than or equal to existing size")
        if size - found.size > host.free:
            raise Fail(500, f"free size ({host.free}) is not enough for the expansion")
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


def _check(body: dict[str, Any]) -> None:
    problems, size = Problems(), body.get("size", 0)
    if not size:
        problems.add("size", BLANK)
    elif not isinstance(size, int) or size < 1:
        problems.add("size", "must be no less than 1")
    ha = body.get("hacount", 0)
    if ha and (not isinstance(ha, int) or ha < 1):
        problems.add("hacount", "must be no less than 1")
    problems.raise_any()


def _host_for(heketi: Heketi, body: dict[str, Any], operation: Operation) -> Volume:
    size, wanted = int(body["size"]), listed(body, "clusters")
    for volume in heketi.tables.volumes.values():
        here = volume.block and not volume.pending and (not wanted or volume.cluster in wanted)
        if here and volume.free >= size and volume.restriction != "locked":
            return volume
    settings = heketi.settings
    if not settings.make_block_hosts:
        raise Fail(500, "Block Hosting Volume Creation is disabled. Create a Block hosting volume and try again.")
    if size > settings.block_host_size * 98 // 100:
        raise Fail(500, "The size configured for automatic creation of block hosting volumes is too small")
    clusters = wanted or sorted(heketi.tables.clusters)
    replicate = {"type": "replicate", "replicate": {"replica": 3}}
    wish = {"size": settings.block_host_size, "durability": replicate, "block": True, "clusters": clusters}
    return allot(heketi, wish_of(heketi, wish), operation)


def _allot(heketi: Heketi, body: dict[str, Any], host: Volume) -> BlockVolume:
    if any(heketi.tables.block_volumes[ident].name == body.get("name") for ident in host.block_volumes):
        raise Fail(500, f"{ALLOCATE}Block volume name '{body['name']}' already in use")
    ident = heketi.tables.new_id()
    names = list(host.hosts)
    ha = int(body.get("hacount") or 0)
    if ha > len(names):
        raise Fail(500, f"insufficient block hosts online ({len(names)} available, {ha} required)")
    hosts = names[:ha] if ha else names
    name = str(body.get("name") or f"blockvol_{ident}")
    return BlockVolume(ident, name, host.cluster, host.id, int(body["size"]), len(hosts), bool(body.get("auth")), hosts)


async def _create_work(heketi: Heketi, made: BlockVolume, host: Volume, operation: Operation) -> str:
    sets = [[heketi.tables.bricks[ident] for ident in one] for one in host.sets]
    try:
        if host.pending:
            await build_volume(heketi, host, sets)
        members = [heketi.tables.nodes[ident].manage[0] for ident in heketi.tables.clusters[host.cluster].nodes]
        # first the node that does it is looked for, then all that could serve it are asked
        for member in (members[0], *members):
            await heketi.nodes.try_one(member, GLUSTERD)
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
