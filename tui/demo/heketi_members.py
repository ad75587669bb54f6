"""Clusters and nodes of the simulated heketi: asked for, made and taken away."""

from collections.abc import Mapping
from typing import TypeVar

from tui.demo import heketi_commands as commands
from tui.demo.heketi_checks import check_node, check_tags
from tui.demo.heketi_decode import FLAGS, NODE, TAGS
from tui.demo.heketi_nodes import CommandError
from tui.demo.heketi_state import Heketi
from tui.demo.heketi_tables import Cluster, Device, Node
from tui.demo.heketi_views import cluster_info, node_info
from tui.demo.heketi_wire import Ask, Fail, Reply, done, known, show

_Tagged = TypeVar("_Tagged", Node, Device)


async def list_clusters(heketi: Heketi, ask: Ask) -> Reply:
    """GET /clusters."""
    return show({"clusters": sorted(heketi.tables.clusters)})


async def create_cluster(heketi: Heketi, ask: Ask) -> Reply:
    """POST /clusters: what is not said is false."""
    body = ask.json(FLAGS)
    heketi.writable()
    made = heketi.tables.put_cluster(Cluster(heketi.tables.new_id(), body["file"], body["block"]))
    return show(cluster_info(heketi.tables, made), 201)


async def cluster(heketi: Heketi, ask: Ask) -> Reply:
    """GET /clusters/{id}."""
    return show(cluster_info(heketi.tables, known(heketi.tables.clusters, ask.id)))


async def set_flags(heketi: Heketi, ask: Ask) -> Reply:
    """POST /clusters/{id}/flags: both are set."""
    body, found = ask.json(FLAGS), known(heketi.tables.clusters, ask.id)
    heketi.writable()
    found.file, found.block = body["file"], body["block"]
    return done()


async def delete_cluster(heketi: Heketi, ask: Ask) -> Reply:
    """DELETE /clusters/{id}."""
    found = known(heketi.tables.clusters, ask.id)
    if found.nodes or found.volumes or found.block_volumes:
        raise Fail(409, f"Unable to delete cluster [{found.id}] because it contains volumes and/or nodes")
    heketi.writable()
    del heketi.tables.clusters[found.id]
    return done()


async def node(heketi: Heketi, ask: Ask) -> Reply:
    """GET /nodes/{id}."""
    return show(node_info(heketi.tables, known(heketi.tables.nodes, ask.id)))


async def add_node(heketi: Heketi, ask: Ask) -> Reply:
    """POST /nodes: names are taken first, glusterd is asked for at once, the peer is probed in the queue."""
    body = ask.json(NODE)
    check_node(body)
    home = heketi.tables.clusters.get(body["cluster"])
    if home is None:
        raise Fail(404, "Cluster id does not exist")
    names = body["hostnames"]
    made = Node(heketi.tables.new_id(), home.id, body["zone"], names["manage"], names["storage"], body["tags"])
    heketi.writable()
    _take_names(heketi, made)
    # heketi keeps the names even where glusterd does not answer: its known leak
    prober = await _prober(heketi, home, made)
    return heketi.accept(_join(heketi, made, prober))


async def delete_node(heketi: Heketi, ask: Ask) -> Reply:
    """DELETE /nodes/{id}."""
    found = known(heketi.tables.nodes, ask.id)
    if found.devices:
        raise Fail(409, f"Unable to delete node [{found.id}] because it contains devices")
    heketi.writable()
    return heketi.accept(_leave(heketi, found))


async def set_node_tags(heketi: Heketi, ask: Ask) -> Reply:
    """POST /nodes/{id}/tags."""
    return retag(heketi, ask, heketi.tables.nodes)


def _take_names(heketi: Heketi, made: Node) -> None:
    taken = heketi.tables.names
    keys = [("MANAGE", name) for name in made.manage] + [("STORAGE", name) for name in made.storage]
    for key in keys:
        holder = taken.get(key)
        if holder in heketi.tables.nodes:
            raise Fail(409, f"Hostname {key[1]} already used by node with id {holder}\n")
        if holder is not None:
            # a stale registration ends the whole registering: duplicates are not found from here on
            return
    taken.update(dict.fromkeys(keys, made.id))


async def _prober(heketi: Heketi, home: Cluster, made: Node) -> Node | None:
    """The node that takes a new one in, None for the first of a cluster. Raises Fail."""
    if not home.nodes:
        if await heketi.nodes.try_one(made.manage[0], commands.GLUSTERD) is None:
            raise Fail(400, "New Node doesn't have glusterd running")
        return None
    for member in [heketi.tables.nodes[ident] for ident in home.nodes]:
        if member.state == "online" and await heketi.nodes.try_one(member.manage[0], commands.GLUSTERD) is not None:
            return member
    raise Fail(400, "None of the nodes in cluster has glusterd running")


async def _join(heketi: Heketi, made: Node, prober: Node | None) -> str:
    if prober:
        try:
            await heketi.nodes.batch(prober.manage[0], [commands.peer_probe(made.storage[0])])
        except CommandError:
            heketi.tables.release_names(made.id)
            raise
    heketi.tables.put_node(made)
    return f"/nodes/{made.id}"


async def _leave(heketi: Heketi, found: Node) -> str:
    others = [ident for ident in heketi.tables.clusters[found.cluster].nodes if ident != found.id]
    if others:
        # heketi only logs what goes wrong here
        await heketi.nodes.try_one(heketi.tables.nodes[others[0]].manage[0], commands.peer_detach(found.storage[0]))
    heketi.tables.drop_node(found)
    return ""


def retag(heketi: Heketi, ask: Ask, table: Mapping[str, _Tagged]) -> Reply:
    """Change tags as a request says, and answer with what they are now."""
    body = ask.json(TAGS)
    check_tags(body)
    found = known(table, ask.id)
    heketi.writable()
    tags: dict[str, str] = body["tags"]
    if body["change_type"] == "delete":
        found.tags = {key: value for key, value in found.tags.items() if key not in tags}
    else:
        found.tags = tags if body["change_type"] == "set" else found.tags | tags
    return show(dict(sorted(found.tags.items())))
