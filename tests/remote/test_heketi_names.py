"""Ids of what plans name, from a heketi that changes meanwhile."""

import pytest

from tests.remote.heketi_world import client_of, heketi
from tui.dialects import heketi_requests as requests
from tui.dialects.heketi_names import NOBODY, Name
from tui.dialects.heketi_requests import VolumeWish
from tui.remote.errors import RemoteError
from tui.remote.heketi_names import NameBook

NODE0 = Name("node", ("node0",))
SDB = Name("device", ("node0",), "/dev/sdb")


async def test_nodes_devices_and_clusters_are_found() -> None:
    async with heketi() as server, client_of(server) as client:
        book, tables = NameBook(client), server.state.tables
        node = next(one for one in tables.nodes.values() if one.manage == ["node0"])
        device = next(tables.devices[ident] for ident in node.devices if tables.devices[ident].name == "/dev/sdb")
        device.paths = ["/dev/disk/by-id/x", "/dev/sdb"]
        other = Name("device", ("node0",), "/dev/disk/by-id/x")
        home = Name("cluster", ("nobody", "node2"))
        assert await book.ids([NODE0, SDB, other, home]) == {
            NODE0: node.id, SDB: device.id, other: device.id, home: node.cluster,
        }  # fmt: skip


async def test_what_is_not_there_has_an_id_that_nothing_has() -> None:
    async with heketi() as server, client_of(server) as client:
        names = [Name("node", ("x",)), Name("device", ("x",), "/dev/sdb"), Name("device", ("node0",), "/dev/sdz")]
        strangers = Name("cluster", ("x", "y"))
        found = await NameBook(client).ids([*names, strangers])
        assert set(found.values()) == {NOBODY}
        empty = server.seed_cluster()
        assert await NameBook(client).ids([strangers]) == {strangers: empty.id}


async def test_a_node_that_was_made_anew_has_its_new_id() -> None:
    async with heketi() as server, client_of(server) as client:
        book, tables = NameBook(client), server.state.tables
        old = (await book.ids([NODE0]))[NODE0]
        cluster = tables.nodes[old].cluster
        for ident in list(tables.nodes[old].devices):
            tables.drop_device(tables.devices[ident])
        tables.drop_node(tables.nodes[old])
        assert await book.ids([NODE0, SDB]) == {NODE0: NOBODY, SDB: NOBODY}
        new = server.seed_node(cluster, "node0", "10.0.0.10", disks=["/dev/sdb"])
        assert await book.ids([NODE0, SDB]) == {NODE0: new.id, SDB: new.devices[0]}


async def test_two_of_one_name_are_told_and_none_is_taken() -> None:
    async with heketi() as server, client_of(server) as client:
        cluster = server.seed_cluster()
        server.seed_node(cluster.id, "node0", "10.9.9.9")
        with pytest.raises(RemoteError, match="heketi has 2 of what is named here, node node0"):
            await NameBook(client).ids([NODE0])
        node = next(one for one in server.state.tables.nodes.values() if one.manage == ["node1"])
        server.seed_device(node.id, "/dev/sdb")
        with pytest.raises(RemoteError, match="2 of what is named here, /dev/sdb on node1"):
            await NameBook(client).ids([Name("device", ("node1",), "/dev/sdb")])
        server.seed_cluster()
        server.seed_cluster()
        with pytest.raises(RemoteError, match="the cluster of x"):
            await NameBook(client).ids([Name("cluster", ("x",))])


async def test_volumes_are_found_by_name_and_read_once() -> None:
    async with heketi() as server, client_of(server) as client:
        for name in ("db", "logs"):
            await client.change(requests.create_volume(VolumeWish(1, name)))
        book, db, logs = NameBook(client), Name("volume", ("db",)), Name("volume", ("logs",))
        known = {volume.name: volume.id for volume in server.state.tables.volumes.values()}
        assert await book.ids([db, logs]) == {db: known["db"], logs: known["logs"]}
        server.requests.clear()
        assert (await book.ids([db]))[db] == known["db"]
        assert server.requests == ["GET /volumes"]
        await client.change(requests.delete_volume(known["db"]))
        assert (await book.ids([db]))[db] == NOBODY
