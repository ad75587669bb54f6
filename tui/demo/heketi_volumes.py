"""Volumes of the simulated heketi: asked for, allotted and answered; `heketi_volume_work` does the work on nodes."""

from collections.abc import Mapping
from typing import Any

from tui.demo.heketi_checks import check_clone, check_number, check_restriction, check_volume, known_clusters
from tui.demo.heketi_decode import CLONE, EXPAND, RESTRICT, VOLUME, decode
from tui.demo.heketi_placing import GIB_KIB, NO_SPACE, place
from tui.demo.heketi_state import IN_USE, Heketi
from tui.demo.heketi_tables import Brick, Cluster, Operation, Volume
from tui.demo.heketi_views import volume_info, without_pending
from tui.demo.heketi_volume_work import book_clone, clone_work, create_work, delete_work, expand_work
from tui.demo.heketi_wire import Ask, Fail, Reply, known, not_found, show

ALLOCATE = "Failed to allocate new volume: "


async def list_volumes(heketi: Heketi, ask: Ask) -> Reply:
    """GET /volumes."""
    return show({"volumes": without_pending(heketi.tables, sorted(heketi.tables.volumes))})


async def volume(heketi: Heketi, ask: Ask) -> Reply:
    """GET /volumes/{id}: one that an operation holds is not found."""
    found = known(heketi.tables.volumes, ask.id)
    if found.pending:
        raise not_found()
    return show(volume_info(heketi.tables, found))


async def create_volume(heketi: Heketi, ask: Ask) -> Reply:
    """POST /volumes: the place is found at once, the work is done in the queue."""
    body = ask.json(VOLUME)
    check_volume(body)
    known_clusters(heketi.tables.clusters, body["clusters"])
    wish = wish_of(heketi, body)
    if wish.size * GIB_KIB < heketi.settings.brick_min * GIB_KIB:
        least = heketi.settings.brick_min * GIB_KIB
        raise Fail(
            400, f"Requested volume size ({wish.size} GB) is smaller than the minimum supported volume size ({least})"
        )
    operation = heketi.begin("create-volume")
    with heketi.setting_up(operation, ALLOCATE):
        made = allot(heketi, wish, operation)
    return heketi.accept(create_work(heketi, made, operation))


async def expand_volume(heketi: Heketi, ask: Ask) -> Reply:
    """POST /volumes/{id}/expand."""
    add = check_number(ask.json(EXPAND), "expand_size")
    found = _settled(heketi, ask.id)
    operation = heketi.begin("expand-volume")
    with heketi.setting_up(operation, "Failed to allocate volume expansion: "):
        sets = place(heketi, found, add)
        book(heketi, operation, sets)
        operation.changes.append(("Expand volume", found.id))
    return heketi.accept(expand_work(heketi, found, sets, add, operation))


async def clone_volume(heketi: Heketi, ask: Ask) -> Reply:
    """POST /volumes/{id}/clone."""
    body = ask.json(CLONE)
    check_clone(body)
    source = _settled(heketi, ask.id)
    operation = heketi.begin("clone-volume")
    with heketi.setting_up(operation, f"Failed clone volume {source.id}: "):
        if source.block:
            raise Fail(500, "Cloning of block hosting volumes is not supported")
        if body["name"]:
            _free_name(heketi, heketi.tables.clusters[source.cluster], body["name"])
        made = book_clone(heketi, source, body["name"], operation)
    return heketi.accept(clone_work(heketi, source, made, operation))


async def delete_volume(heketi: Heketi, ask: Ask) -> Reply:
    """DELETE /volumes/{id}."""
    found = known(heketi.tables.volumes, ask.id)
    if found.name == "heketidbstorage":
        raise Fail(409, "Cannot delete volume containing the Heketi database")
    if found.block_volumes:
        raise Fail(409, "Cannot delete a block hosting volume containing block volumes")
    operation = heketi.begin("delete-volume")
    with heketi.setting_up(operation, "Failed to set up volume delete: "):
        # bricks that are just being added or moved count too
        bricks = [brick for brick in heketi.tables.bricks.values() if brick.volume == found.id]
        if found.pending or any(brick.pending for brick in bricks):
            raise Fail(500, IN_USE)
        found.pending = operation.id
        for brick in bricks:
            brick.pending = operation.id
            operation.changes.append(("Delete brick", brick.id))
        operation.changes.append(("Delete volume", found.id))
    return heketi.accept(delete_work(heketi, found, operation))


async def restrict_blocks(heketi: Heketi, ask: Ask) -> Reply:
    """POST /volumes/{id}/block-restriction."""
    body = ask.json(RESTRICT)
    check_restriction(body)
    found = _settled(heketi, ask.id)
    operation = heketi.begin("block-restriction")
    with heketi.setting_up(operation, "Failed to set block restriction: "):
        if not found.block:
            raise Fail(500, "Block restrictions can only be set on block hosting volumes")
    return heketi.accept(heketi.booked(operation, _restrict(found, body["restriction"])))


async def _restrict(found: Volume, wanted: str) -> str:
    found.restriction = wanted
    return f"/volumes/{found.id}"


def _settled(heketi: Heketi, ident: str) -> Volume:
    found = known(heketi.tables.volumes, ident)
    if found.pending:
        raise not_found()
    return found


def wish_of(heketi: Heketi, body: Mapping[str, Any]) -> Volume:
    """The volume that a request asks for, with the defaults of heketi's server and not yet in a cluster."""
    durability, ident = body["durability"], heketi.tables.new_id()
    kind = durability["type"] or "none"
    return Volume(
        id=ident,
        name=body["name"] or f"vol_{ident}",
        cluster="",
        size=body["size"],
        durability=kind,
        replica=(durability["replicate"]["replica"] or 2) if kind == "replicate" else 0,
        data=durability["disperse"]["data"],
        redundancy=durability["disperse"]["redundancy"],
        gid=body["gid"],
        options=[*body["glustervolumeoptions"], *(["group gluster-block"] if body["block"] else [])],
        snapshot=body["snapshot"]["enable"],
        factor=body["snapshot"]["factor"] if body["snapshot"]["enable"] else 1,
        block=body["block"],
        asked_clusters=body["clusters"],
    )


def block_host_wish(heketi: Heketi, clusters: list[str]) -> Volume:
    """The volume that heketi makes by itself for block volumes."""
    body = decode(b"null", VOLUME)
    durability = {"type": "replicate", "replicate": {"replica": 3}, "disperse": body["durability"]["disperse"]}
    size = heketi.settings.block_host_size
    return wish_of(heketi, body | {"size": size, "durability": durability, "block": True, "clusters": clusters})


def allot(heketi: Heketi, wish: Volume, operation: Operation) -> Volume:
    """Put a volume and its bricks into the first cluster that takes it, held by an operation. Raises Fail."""
    clusters = wish.asked_clusters or sorted(heketi.tables.clusters)
    failed: dict[str, str] = {}
    for ident in clusters:
        try:
            return _allot_in(heketi, wish, heketi.tables.clusters[ident], operation)
        except Fail as fail:
            failed[ident] = fail.text
    if len(failed) == 1:
        raise Fail(500, next(iter(failed.values())))
    lines = "\n".join(f"Cluster {ident}: {text}" for ident, text in failed.items())
    raise Fail(500, f"Unable to create volume on any cluster:\n{lines}")


def _allot_in(heketi: Heketi, wish: Volume, cluster: Cluster, operation: Operation) -> Volume:
    if not cluster.file and not cluster.block:
        raise Fail(500, "Cluster has disabled all volume types")
    if (wish.block and not cluster.block) or (not wish.block and not cluster.file):
        raise Fail(500, "Cluster does not support requested volume type")
    limit = heketi.settings.volumes_a_cluster
    if 0 <= limit <= len(cluster.volumes):
        raise Fail(500, f"Cluster has {len(cluster.volumes)} volumes and limit is {limit}")
    _free_name(heketi, cluster, wish.name)
    wish.cluster = cluster.id
    try:
        sets = place(heketi, wish, wish.size)
    except Fail as fail:
        # whatever stopped the search for a place, heketi says this
        searched = fail.text.startswith(("Minimum brick size", "Maximum number of bricks"))
        raise Fail(500, NO_SPACE if searched else fail.text) from None
    wish.hosts = [heketi.tables.nodes[node].storage[0] for node in cluster.nodes]
    if wish.block:
        wish.reserved = -(-wish.size * 2 // 100)
        wish.free = wish.size - wish.reserved
    book(heketi, operation, sets)
    wish.sets = [[brick.id for brick in one] for one in sets]
    wish.pending = operation.id
    heketi.tables.put_volume(wish)
    operation.changes.append(("Add volume", wish.id))
    return wish


def book(heketi: Heketi, operation: Operation, sets: list[list[Brick]]) -> None:
    """Take the space of new bricks for an operation."""
    for one in sets:
        for brick in one:
            brick.pending = operation.id
            heketi.tables.put_brick(brick)
            operation.changes.append(("Add brick", brick.id))


def _free_name(heketi: Heketi, cluster: Cluster, name: str) -> None:
    for ident in cluster.volumes:
        # a reference that leads nowhere makes every new volume fail
        if ident not in heketi.tables.volumes:
            raise Fail(500, "Id not found")
        if heketi.tables.volumes[ident].name == name:
            raise Fail(500, f"Volume name '{name}' already in use")
