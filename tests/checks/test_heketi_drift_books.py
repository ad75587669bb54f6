"""heketi's own books: operations that nobody ends, references that lead nowhere; and what Kubernetes says of it."""

import asyncio
import json
from dataclasses import replace

import pytest

from tests.checks.heketi_pair import Pictures
from tests.corpus.build import NOW, Cluster
from tests.remote.heketi_world import client_of, heketi
from tui.checks.heketi_drift import heketi_findings
from tui.core.finding import Finding, Severity
from tui.core.heketi_model import HeketiBrick, HeketiCluster, HeketiNode, HeketiSite, HeketiVolume
from tui.core.kube_tables import KubeTables
from tui.core.model import Snapshot
from tui.core.units import GIB
from tui.demo.heketi import SimHeketi
from tui.dialects import heketi_requests as requests
from tui.dialects.heketi_db import parse_check, parse_dump
from tui.dialects.heketi_requests import VolumeWish
from tui.remote.errors import RemoteError
from tui.remote.heketi import HeketiClient
from tui.sync.heketi_site import read_site

VOLUME = HeketiVolume("v" * 32, "vol_" + "v" * 32, "c1", GIB, "replicate", 3, gid=2001)
SITE = HeketiSite(
    {"c1": HeketiCluster("c1", ("n1",), (VOLUME.id,))},
    {"n1": HeketiNode("n1", "c1", 1, ("node1",), ("10.0.0.1",), "online")},
    {VOLUME.id: VOLUME},
)


async def look(client: HeketiClient, *, database: bool = True) -> list[Finding]:
    """What is found with heketi alone."""
    site = await read_site(client)
    dump = parse_dump(await client.get("/db/dump")) if database else None
    check = parse_check(await client.get("/db/check")) if database else None
    return Pictures(site, dump, check, Snapshot(), {}).findings()


async def dies_in(server: SimHeketi, client: HeketiClient, request: requests.Request, command: str) -> None:
    """heketi is killed while a command of this request runs."""
    fault = server.hang(command)
    work = asyncio.create_task(client.change(request))
    while not server.state.tables.operations:
        await asyncio.sleep(0.01)
    await server.restart()
    with pytest.raises(RemoteError):
        await work
    server.state.nodes.faults.remove(fault)


async def test_a_stale_operation_with_the_space_it_holds() -> None:
    async with heketi() as server, client_of(server) as client:
        await client.change(requests.create_volume(VolumeWish(10, "whole")))
        assert await look(client) == []
        await dies_in(server, client, requests.create_volume(VolumeWish(10, "half")), "mkfs")
        [finding] = await look(client)
        assert (finding.code, finding.severity) == ("R19", Severity.WARNING)
        assert "create-volume" in finding.sentence
        assert "is stale; it holds 30.2 GiB" in finding.sentence
        assert finding.remedies[0].fix is not None
        assert finding.remedies[0].fix.name == "heketi-clean-operation"
        [bare] = await look(client, database=False)
        assert "holds" not in bare.sentence


async def test_a_clone_that_heketi_died_in_explains_all_that_follows() -> None:
    async with heketi() as server, client_of(server) as client:
        await client.change(requests.create_volume(VolumeWish(10, "db")))
        [source] = server.state.tables.volumes
        await dies_in(server, client, requests.clone_volume(source), "snapshot create")
        for database in (True, False):
            [finding] = await look(client, database=database)
            assert (finding.code, finding.severity) == ("R20", Severity.ERROR)
            assert {one.value for one in finding.proof if one.field.startswith("GET /volumes/")} == {"Id not found"}
            assert "heketi db import" in finding.remedies[0].title
            assert "export-repair" in finding.remedies[0].title


async def test_references_that_lead_nowhere() -> None:
    async with heketi() as server, client_of(server) as client:
        await client.change(requests.create_volume(VolumeWish(10, "db")))
        [cluster] = server.state.tables.clusters.values()
        cluster.volumes.append("d" * 32)
        [finding] = await look(client)
        assert (finding.code, finding.severity) == ("R21", Severity.ERROR)
        assert any(f"GET /volumes/{'d' * 32}" in one.field for one in finding.proof)
        assert f"Cluster {cluster.id} unknown volume {'d' * 32}" in [one.value for one in finding.proof]
        site = await read_site(client)
        dump = parse_dump(await client.get("/db/dump"))
        [unchecked] = heketi_findings(replace(site, missing=()), dump, None, Snapshot(), {}, None, NOW)
        assert (unchecked.code, unchecked.severity) == ("R21", Severity.WARNING)


async def test_what_is_under_way_is_no_fault() -> None:
    async with heketi() as server, client_of(server) as client:
        await client.change(requests.create_volume(VolumeWish(10, "db")))
        [source] = server.state.tables.volumes
        server.hang("snapshot create")
        work = asyncio.create_task(client.change(requests.clone_volume(source)))
        while not server.state.tables.operations:
            await asyncio.sleep(0.01)
        assert await look(client, database=False) == []
        work.cancel()
        await asyncio.gather(work, return_exceptions=True)


def kube(tables: KubeTables, site: HeketiSite = SITE) -> list[Finding]:
    return heketi_findings(site, None, None, Snapshot(), {}, tables, NOW)


def claimed(cluster: Cluster | None = None) -> Cluster:
    """A cluster with a PersistentVolume on the volume."""
    source = {"glusterfs": {"endpoints": "ep", "path": VOLUME.name, "endpointsNamespace": "shop"}}
    notes = {"gluster.kubernetes.io/heketi-volume-id": VOLUME.id}
    known = (cluster or Cluster()).bound("db", "shop", volume="pv1", pv={"source": source, "annotations": notes})
    return known.endpoints("ep", "10.0.0.1", namespace="shop")


def test_a_volume_that_nobody_claims() -> None:
    assert kube(claimed().tables()) == []
    [finding] = kube(Cluster().tables())
    assert (finding.code, finding.definite) == ("R16", False)
    assert VOLUME.name in finding.sentence
    assert kube(Cluster().deny("persistentvolumes").tables()) == []
    assert kube(Cluster().unlisted("persistentvolumes").tables()) == []
    by_hand = replace(SITE, volumes={VOLUME.id: replace(VOLUME, gid=0)})
    assert kube(Cluster().tables(), by_hand) == []


def test_a_volume_of_a_csi_driver_is_claimed() -> None:
    source = {"csi": {"driver": "org.gluster.glusterfs", "volumeHandle": VOLUME.name}}
    assert kube(Cluster().volume("pv1", source=source).tables()) == []


def test_a_persistent_volume_whose_volume_vanished() -> None:
    gone = replace(SITE, volumes={}, clusters={"c1": HeketiCluster("c1", ("n1",))})
    [finding] = kube(claimed().tables(), gone)
    assert (finding.code, str(finding.about)) == ("R17", "PersistentVolume pv1")
    other = replace(gone, nodes={"n1": replace(SITE.nodes["n1"], storage=("10.9.9.9",))})
    assert kube(claimed().tables(), other) == []


def test_endpoints_of_a_volume_that_vanished() -> None:
    left = claimed().endpoints("glusterfs-dynamic-uid-1", "10.0.0.1", namespace="shop")
    [finding] = kube(left.tables())
    assert (finding.code, str(finding.about)) == ("R18", "Endpoints shop/glusterfs-dynamic-uid-1")
    assert finding.remedies[0].title.startswith("kubectl -n shop delete service/")
    waiting = (
        claimed().endpoints("glusterfs-dynamic-uid-2", "10.0.0.1", namespace="shop").claim("new", "shop", uid="uid-2")
    )
    assert kube(waiting.tables()) == []
    others = claimed().endpoints("glusterfs-dynamic-uid-3", "10.8.8.8", namespace="shop")
    assert kube(others.tables()) == []
    assert kube(claimed().endpoints("own", "10.0.0.1", namespace="shop").tables()) == []


def test_a_block_host_is_not_leaked() -> None:
    host = replace(VOLUME, is_block=True, bricks=(HeketiBrick("b", "/x", "d", "n1", VOLUME.id, GIB),))
    assert kube(Cluster().tables(), replace(SITE, volumes={VOLUME.id: host})) == []


def test_passwords_are_in_no_finding() -> None:
    text = json.dumps({"blockvolumeentries": {"b": {"Info": {"blockvolume": {"password": "s3cret-s3cret"}}}}})
    assert "s3cret-s3cret" not in repr(parse_dump(text))
