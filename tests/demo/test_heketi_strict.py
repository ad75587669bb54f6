"""What heketi refuses in a request the simulated one refuses too, in the same words."""

import asyncio

import pytest

from tests.remote.heketi_world import client_of, heketi
from tui.demo.heketi_decode import BLOCK_VOLUME, NODE, VOLUME, decode
from tui.demo.heketi_state import Settings
from tui.dialects import heketi_requests as requests
from tui.dialects.heketi_answers import parse_block_volume, parse_volume
from tui.dialects.heketi_requests import VolumeWish
from tui.remote.heketi_errors import HeketiRefused

UNREADABLE = (422, "request unable to be parsed")
KEY = "k" * 33


def invalid(text: str) -> tuple[int, str]:
    return 400, f"validation failed: {text}."


@pytest.mark.parametrize(
    ("method", "path", "body", "answer"),
    [
        ("POST", "/volumes", "", UNREADABLE),
        ("POST", "/volumes", "{", UNREADABLE),
        ("POST", "/volumes", "[]", UNREADABLE),
        ("POST", "/volumes", '{"size": NaN}', UNREADABLE),
        ("POST", "/volumes", '{"size": "5"}', UNREADABLE),
        ("POST", "/volumes", '{"size": 5.0}', UNREADABLE),
        ("POST", "/volumes", '{"size": true}', UNREADABLE),
        ("POST", "/volumes", '{"size": 1e30}', UNREADABLE),
        ("POST", "/volumes", f'{{"size": {2**63}}}', UNREADABLE),
        ("POST", "/volumes", '{"size": 5, "clusters": "one"}', UNREADABLE),
        ("POST", "/volumes", '{"size": 5, "durability": "replicate"}', UNREADABLE),
        ("POST", "/volumes", '{"size": 5, "snapshot": {"factor": "2"}}', UNREADABLE),
        ("POST", "/volumes", "null", invalid("size: cannot be blank")),
        ("POST", "/volumes", '{"size": -1}', invalid("size: must be no less than 1")),
        ("POST", "/volumes", '{"SIZE": 1, "gid": -1}', (400, "Bad group id less than zero")),
        ("POST", "/volumes", f'{{"size": 1, "gid": {2**31 - 1}}}', (400, "Bad group id equal or greater than 2**32")),
        ("POST", "/volumes", '{"size": 1, "clusters": ["x"], "more": 1}', (400, "Cluster id x not found")),
        ("POST", "/volumes", '{"size": 1, "snapshot": {"enable": true}}', (400, "Invalid snapshot factor")),
        ("POST", "/volumes/ID/clone", "", UNREADABLE),
        ("POST", "/volumes/ID/clone", '{"name": "a.b"}', invalid("name: must be in a valid format")),
        ("POST", "/volumes/ID/block-restriction", '{"restriction": "no"}',
         invalid("restriction: must be a valid value")),
        ("POST", "/volumes/ID/expand", '{"expand_size": "1"}', UNREADABLE),
        ("POST", "/blockvolumes", '{"size": 1, "hacount": "3"}', UNREADABLE),
        ("POST", "/blockvolumes", '{"size": 1, "hacount": -1}', invalid("hacount: must be no less than 1")),
        ("POST", "/blockvolumes", '{"name": "a b"}', invalid("name: must be in a valid format; size: cannot be blank")),
        ("POST", "/blockvolumes", '{"size": 1, "clusters": ["x"]}', (400, "Cluster id x not found")),
        ("POST", "/nodes", '{"zone": "1"}', UNREADABLE),
        ("POST", "/nodes", '{"hostnames": {"manage": "node0"}}', UNREADABLE),
        ("POST", "/nodes/ID/tags", '{"change_type": "set", "tags": {"a": 1}}', UNREADABLE),
        ("POST", "/nodes/ID/tags", '{"change_type": "set", "tags": {"": "x"}}',
         invalid("tags: tag names may not be empty")),
        ("POST", "/nodes/ID/tags", '{"change_type": "set", "tags": {"a b": "x"}}',
         invalid("tags: invalid characters in tag name a b")),
        ("POST", "/nodes/ID/tags", f'{{"change_type": "set", "tags": {{"{KEY}": "x"}}}}',
         invalid(f"tags: tag name {KEY}: the length must be between 1 and 32")),
        ("POST", "/nodes/ID/tags", f'{{"change_type": "set", "tags": {{"a": "{KEY * 2}"}}}}',
         invalid("tags: value of tag a: the length must be no more than 64")),
        ("POST", "/devices/ID/state", '{"state": "offline", "healcheck": "off"}',
         invalid("healcheck: off is not valid heal info check")),
        ("POST", "/operations/pending/cleanup", "", UNREADABLE),
        ("POST", "/operations/pending/cleanup", '{"operations": ["x"]}',
         invalid("operations: x is not a valid UUID")),
        ("POST", "/admin", "", (400, "request unable to be parsed: unexpected end of JSON input")),
        ("POST", "/admin", '{"state": "off"}', invalid("state: must be a valid value")),
        ("POST", "/admin", "{}", invalid("state: cannot be blank")),
        ("POST", "/internal/logging", '{"loglevel": {"other": "info"}}',
         (422, 'Only "glusterfs" logger may be modified')),
        ("POST", "/internal/logging", '{"loglevel": {"glusterfs": "loud"}}', (422, "invalid log level: loud")),
    ],
)  # fmt: skip
async def test_what_is_refused_and_how(method: str, path: str, body: str, answer: tuple[int, str]) -> None:
    async with heketi() as server, client_of(server) as client:
        await client.change(requests.create_volume(VolumeWish(1, "db")))
        tables = server.state.tables
        kind = path.split("/")[1]
        ident = next(iter(getattr(tables, kind))) if kind in ("nodes", "devices", "volumes") else ""
        given = await client.ask(method, path.replace("ID", ident), body)
        assert (given.status, given.text) == (answer[0], f"{answer[1]}\n")


async def test_at_most_32_operations_are_cleaned_up_at_once() -> None:
    async with heketi() as server, client_of(server) as client:
        with pytest.raises(HeketiRefused, match=r"too many ids specified \(33\), up to 32 supported"):
            await client.change(requests.clean_operations([f"{number:032x}" for number in range(33)]))


def test_fields_have_heketis_types_and_are_zero_where_they_are_missing() -> None:
    wish = decode(b'{"Size": 3, "snapshot": {"factor": 2}, "gid": null, "name": "\xff", "new": [1]}', VOLUME)
    assert (wish["size"], wish["gid"], wish["name"], wish["block"]) == (3, 0, "�", False)
    assert wish["durability"]["replicate"] == {"replica": 0}
    assert wish["snapshot"] == {"enable": False, "factor": 2}
    node = decode(b'{"hostnames": {"manage": ["a", null]}, "tags": {"x": null}}', NODE)
    assert node["hostnames"] == {"manage": ["a", ""], "storage": []}
    assert (node["tags"], node["zone"]) == ({"x": ""}, 0)
    assert decode(b"null", BLOCK_VOLUME)["clusters"] == []


async def test_more_nodes_than_there_are_mean_all_of_them() -> None:
    async with heketi() as server, client_of(server) as client:
        made = parse_block_volume((await client.change(requests.create_block_volume(1, ha=9))).text)
        assert made.ha_count == 3
        assert len(made.hosts) == 3


async def test_nodes_that_are_down_serve_no_block_volume() -> None:
    async with heketi() as server, client_of(server) as client:
        server.fail("systemctl status glusterd", "inactive", host="node1")
        made = parse_block_volume((await client.change(requests.create_block_volume(1, ha=2))).text)
        assert made.hosts == ("10.0.0.10", "10.0.0.12")
        with pytest.raises(HeketiRefused, match="insufficient block hosts online"):
            await client.change(requests.create_block_volume(1, ha=3))
        assert len(server.state.tables.block_volumes) == 1


async def test_a_name_that_is_taken_makes_heketi_look_on() -> None:
    async with heketi(disks=4) as server, client_of(server) as client:
        for _ in range(2):
            await client.change(requests.create_block_volume(1, "blk"))
        assert [one.name for one in server.state.tables.block_volumes.values()] == ["blk", "blk"]
        hosts = {one.host_volume for one in server.state.tables.block_volumes.values()}
        assert len(hosts) == 2


async def test_where_block_volumes_do_not_go() -> None:
    settings = Settings(make_block_hosts=False)
    prefix = "Failed to allocate new block volume: "
    async with heketi(settings=settings) as server, client_of(server) as client:
        with pytest.raises(HeketiRefused, match=f"{prefix}Block Hosting Volume Creation is disabled"):
            await client.change(requests.create_block_volume(1))
        host = parse_volume((await client.change(requests.create_volume(VolumeWish(10, "host", is_block=True)))).text)
        await client.change(requests.restrict_blocks(host.id, True))
        with pytest.raises(HeketiRefused, match="Creation is disabled"):
            await client.change(requests.create_block_volume(1))
        settings.make_block_hosts = True
        with pytest.raises(HeketiRefused, match=r"\(50\) is too small to host the requested block volume of size 60"):
            await client.change(requests.create_block_volume(60))


async def test_a_host_in_the_making_makes_heketi_busy() -> None:
    async with heketi() as server, client_of(server) as client:
        fault = server.hang("mkfs")
        wish = requests.create_block_volume(1)
        first = asyncio.create_task(client.change(wish))
        while not server.state.tables.operations:
            await asyncio.sleep(0.01)
        answer = await client.ask(wish.method, wish.path, wish.body)
        assert (answer.status, answer.text) == (429, "Server busy. Retry operation later.\n")
        first.cancel()
        await asyncio.gather(first, return_exceptions=True)
        server.state.nodes.faults.remove(fault)
