"""Repaired exports of heketi's database: consistent again, and otherwise as they were."""

import asyncio
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.remote.heketi_world import client_of, heketi
from tui.core.heketi_consistency import inconsistencies
from tui.dialects import heketi_requests as requests
from tui.dialects.heketi_db import parse_dump
from tui.dialects.heketi_export import import_steps, repair_export, write_export
from tui.dialects.heketi_requests import VolumeWish
from tui.remote.errors import RemoteError

CALLS = Path(__file__).parents[1] / "data" / "heketi" / "calls.json"
Raw = dict[str, Any]
R3 = "77a6aeb99c6b0401739d421daf0ceb73"
BRICKS = ("14f38ce173d1e7cd01b2f15064ff077c", "3cad6deeee873f0dfa8d86dbc18427ed")


def recorded(name: str) -> Raw:
    body: Raw = next(call["body"] for call in json.loads(CALLS.read_text()) if call["name"] == name)
    return body


def dump() -> Raw:
    """The database of a recorded server, healthy."""
    return recorded("197-db-dump")


def faults(text: str) -> list[str]:
    return [fault.words for fault in inconsistencies(parse_dump(text))]


def operation(ident: str, kind: int, *actions: tuple[int, str], delta: int = 0) -> Raw:
    listed = [{"Change": change, "Id": one, "Delta": delta} for change, one in actions]
    return {"Id": ident, "Timestamp": 1, "Type": kind, "Actions": listed, "Status": "stale"}


def stuck_clone(raw: Raw) -> Raw:
    """A clone that heketi died in, as recorded: its target is in the cluster alone, its bricks share pools."""
    told = recorded("128-operations-pending-details")
    op, source = told["id"], R3
    target = next(change["id"] for change in told["changes"] if change["description"] == "Expand volume to")
    copies = [change["id"] for change in told["changes"] if change["description"] == "Add brick"]
    for copy, old in zip(copies, raw["volumeentries"][source]["Bricks"], strict=True):
        entry = json.loads(json.dumps(raw["brickentries"][old]))
        entry["Info"] |= {"id": copy, "volume": target}
        entry["Pending"]["Id"] = op
        raw["brickentries"][copy] = entry
        raw["deviceentries"][entry["Info"]["device"]]["Bricks"].append(copy)
    raw["volumeentries"][source]["Pending"]["Id"] = op
    [cluster] = raw["clusterentries"].values()
    cluster["Info"]["volumes"] = sorted([*cluster["Info"]["volumes"], target])
    changes = [(9, source), (11, target), *((1, copy) for copy in copies)]
    raw["pendingoperations"][op] = operation(op, 7, *changes)
    return raw


def test_what_is_not_broken_stays_to_the_byte() -> None:
    text = write_export(dump())
    repaired = repair_export(text)
    assert (repaired.text, repaired.changes, repaired.left) == (text, (), ())
    assert repaired.text == json.dumps(dump(), indent=4) + "\n"
    special = text.replace('"rack": "r1"', '"rack": "r\\u003c1\\u0026é"')
    assert special != text
    assert repair_export(special).text == special


def test_a_stuck_clone_is_taken_out_and_nothing_else_changes() -> None:
    broken = write_export(stuck_clone(dump()))
    [cluster] = dump()["clusterentries"]
    assert f"Cluster {cluster} unknown volume dab006343da3fe9c425bc38ef7663b94" in faults(broken)
    repaired = repair_export(broken)
    assert repaired.left == ()
    assert json.loads(repaired.text) == dump()
    assert repaired.text == write_export(dump())
    assert repaired.changes[0] == "operation 0024b876 (clone-volume) is off the books"
    assert not any("KiB more free" in change for change in repaired.changes)
    assert "volume vol_r3" in " ".join(repaired.changes)


def pending(raw: Raw, op: str, volume: str) -> list[str]:
    bricks: list[str] = raw["volumeentries"][volume]["Bricks"]
    raw["volumeentries"][volume]["Pending"]["Id"] = op
    for brick in bricks:
        raw["brickentries"][brick]["Pending"]["Id"] = op
    return bricks


def test_a_volume_in_the_making_goes_and_its_space_is_free_again() -> None:
    raw = dump()
    bricks = pending(raw, "o" * 32, R3)
    raw["pendingoperations"]["o" * 32] = operation("o" * 32, 1, (2, R3), *((1, brick) for brick in bricks))
    repaired = repair_export(write_export(raw))
    after = json.loads(repaired.text)
    assert repaired.left == ()
    assert R3 not in after["volumeentries"]
    assert not set(bricks) & set(after["brickentries"])
    for brick in bricks:
        entry, device = raw["brickentries"][brick], raw["brickentries"][brick]["Info"]["device"]
        before, now = (one["deviceentries"][device]["Info"]["storage"] for one in (dump(), after))
        lost = [b for b in bricks if raw["brickentries"][b]["Info"]["device"] == device]
        assert now["free"] - before["free"] == len(lost) * (entry["TpSize"] + entry["PoolMetadataSize"])
        assert now["used"] + now["free"] == now["total"]
        assert device in repaired.devices
    known = repair_export(write_export(raw), in_use=bricks)
    assert json.loads(known.text) == dump()
    assert "Gluster has all its bricks" in " ".join(known.changes)


def test_a_volume_in_deletion_stays_and_can_be_deleted_again() -> None:
    raw = dump()
    bricks = pending(raw, "o" * 32, R3)
    raw["pendingoperations"]["o" * 32] = operation("o" * 32, 2, (4, R3), *((3, brick) for brick in bricks))
    for in_use in (None, set[str](), set(bricks)):
        assert json.loads(repair_export(write_export(raw), in_use).text) == dump()


def test_an_expansion_that_gluster_has_makes_the_volume_greater() -> None:
    raw = dump()
    more = list(BRICKS)
    for brick in more:
        raw["brickentries"][brick]["Pending"]["Id"] = "o" * 32
    actions = [(5, R3), *((1, brick) for brick in more)]
    raw["pendingoperations"]["o" * 32] = operation("o" * 32, 3, *actions, delta=5)
    kept = json.loads(repair_export(write_export(raw), in_use=more).text)
    assert kept["volumeentries"][R3]["Info"]["size"] == dump()["volumeentries"][R3]["Info"]["size"] + 5
    dropped = json.loads(repair_export(write_export(raw), in_use=()).text)
    assert set(dump()["volumeentries"][R3]["Bricks"]) - set(dropped["volumeentries"][R3]["Bricks"]) == set(more)
    assert dropped["volumeentries"][R3]["Info"]["size"] == dump()["volumeentries"][R3]["Info"]["size"]


def test_a_brick_that_was_replaced_goes() -> None:
    raw = dump()
    old, new = BRICKS
    raw["volumeentries"][R3]["Bricks"].remove(new)
    for brick in BRICKS:
        raw["brickentries"][brick]["Pending"]["Id"] = "o" * 32
    raw["pendingoperations"]["o" * 32] = operation("o" * 32, 8, (3, old), (1, new))
    repaired = repair_export(write_export(raw), in_use={new})
    after = json.loads(repaired.text)
    assert old not in after["brickentries"]
    assert new in after["volumeentries"][R3]["Bricks"]
    assert repaired.left == ()


Breaking = Callable[[Raw], None]
BREAKINGS: dict[str, Breaking] = {
    "cluster names a lost volume": lambda raw: raw["volumeentries"].pop(R3),
    "cluster names a lost node": lambda raw: raw["nodeentries"].pop(next(iter(raw["nodeentries"]))),
    "lost device": lambda raw: raw["deviceentries"].pop(next(iter(raw["deviceentries"]))),
    "lost brick": lambda raw: raw["brickentries"].pop(BRICKS[0]),
    "brick not in its volume": lambda raw: raw["volumeentries"][R3]["Bricks"].remove(BRICKS[0]),
    "mark of nobody": lambda raw: raw["brickentries"][BRICKS[0]]["Pending"].update(Id="f" * 32),
    "volume without its cluster": lambda raw: raw["volumeentries"][R3]["Info"].update(cluster="e" * 32),
    "too few hosts": lambda raw: raw["volumeentries"][R3]["Info"]["mount"]["glusterfs"]["hosts"].pop(),
    "node without its cluster": lambda raw: next(iter(raw["nodeentries"].values()))["Info"].update(cluster="e" * 32),
    "volume not in its cluster": lambda raw: next(iter(raw["clusterentries"].values()))["Info"]["volumes"].remove(R3),
}


@pytest.mark.parametrize("name", BREAKINGS)
def test_every_broken_reference_is_found_and_mended(name: str) -> None:
    raw = dump()
    BREAKINGS[name](raw)
    broken = write_export(raw)
    assert faults(broken)
    repaired = repair_export(broken)
    assert repaired.left == ()
    assert repaired.changes
    assert repair_export(repaired.text).changes == ()


@pytest.mark.parametrize("text", ["", "[]", "{}", "<html>", '{"clusterentries": {}}'])
def test_what_is_no_export_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="heketi"):
        repair_export(text)


def test_the_text_is_in_no_repr() -> None:
    assert "clusterentries" not in repr(repair_export(write_export(dump())))


def test_the_steps_name_every_command() -> None:
    steps = "\n".join(import_steps("/srv/heketi db", devices=("d1",)))
    order = ["systemctl stop", "cp -p", "db export", "export-repair", "db import", "consistency-check", "mv", "start"]
    assert [steps.index(word) for word in order] == sorted(steps.index(word) for word in order)
    assert "--dbfile='/srv/heketi db'.new" in steps
    assert "heketi-cli device resync d1" in steps


async def test_a_database_of_a_server_that_died_in_a_clone() -> None:
    async with heketi(nodes=3) as server, client_of(server) as client:
        made = json.loads((await client.change(requests.create_volume(VolumeWish(10, "db")))).text)
        healthy = json.loads(await client.get("/db/dump"))
        server.hang("snapshot create")
        cloning = asyncio.create_task(client.change(requests.clone_volume(made["id"])))
        while not server.state.tables.operations:
            await asyncio.sleep(0.01)
        await server.restart()
        with pytest.raises(RemoteError):
            await cloning
        broken = await client.get("/db/dump")
        assert json.loads(await client.get("/db/check"))["totalinconsistencies"] > 0
        assert faults(broken)
        repaired = repair_export(broken)
        assert repaired.left == ()
        assert json.loads(repaired.text) == healthy


def test_what_a_backup_would_save_is_told() -> None:
    raw = dump()
    node = raw["brickentries"][BRICKS[0]]["Info"]["node"]
    del raw["nodeentries"][node]
    repaired = repair_export(write_export(raw))
    assert any(BRICKS[0][:8] in sentence for sentence in repaired.losses)
    assert repair_export(write_export(stuck_clone(dump()))).losses == ()
