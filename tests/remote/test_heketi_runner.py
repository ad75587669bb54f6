"""Steps of plans that go to heketi: what their results look like."""

import json

import pytest

from tests.remote.heketi_world import client_of, heketi
from tui.core.plan import Check, Command
from tui.demo.heketi import HttpFault
from tui.demo.heketi_wire import Fail, refused
from tui.dialects import heketi_requests as requests
from tui.dialects.heketi_requests import VolumeWish
from tui.remote.errors import ConnectionLost, Unreachable
from tui.remote.heketi_runner import HeketiRunner

CREATE = requests.create_volume(VolumeWish(2, "db")).command()


async def test_a_result_is_the_end_of_a_request() -> None:
    async with heketi() as server, client_of(server) as client:
        runner = HeketiRunner(client)
        [made] = await runner.run("heketi", [CREATE])
        assert made.code == 200
        volume = json.loads(made.stdout)
        assert volume["name"] == "db"
        told: list[str] = []
        path = f"/volumes/{volume['id']}"
        [gone] = await runner.run("heketi", [Command(("DELETE", path), ok=(204,))], on_output=told.append)
        assert (gone.code, gone.stdout, told) == (204, "", [])


async def test_a_check_is_a_question() -> None:
    async with heketi() as server, client_of(server) as client:
        runner, node = HeketiRunner(client), next(iter(server.state.tables.nodes))
        online = Check(Command(("GET", f"/nodes/{node}"), ok=(200,)), fields=(("/state", '"online"'),))
        [result] = await runner.run("heketi", [online.command])
        assert online.passes(result)
        absent = Check(Command(("GET", "/volumes/" + "0" * 32), ok=(404,)))
        [result] = await runner.run("heketi", [absent.command])
        assert absent.passes(result)


async def test_the_first_that_fails_ends_the_batch_with_heketis_words() -> None:
    async with heketi() as server, client_of(server) as client:
        server.fail("mkfs.xfs", "mkfs.xfs: cannot open /dev/mapper/x: Device or resource busy")
        told: list[str] = []
        results = await HeketiRunner(client).run("heketi", [CREATE, CREATE], on_output=told.append)
        assert [result.code for result in results] == [500]
        assert results[0].stdout == "mkfs.xfs: cannot open /dev/mapper/x: Device or resource busy\n"
        assert told == [results[0].stdout]
        both = await HeketiRunner(client).run("heketi", [CREATE, CREATE], stop=False)
        assert [result.code for result in both] == [500, 500]


async def test_an_unknown_effect_comes_with_the_results_before_it() -> None:
    async with heketi() as server, client_of(server) as client:
        server.http_faults.append(HttpFault("POST /clusters", cut="after"))
        make = requests.create_cluster().command()
        with pytest.raises(ConnectionLost) as lost:
            await HeketiRunner(client).run("heketi", [CREATE, make, CREATE])
        assert [(result.command, result.code) for result in lost.value.results] == [(CREATE, 200), (make, None)]


async def test_nothing_was_run_where_there_is_no_heketi() -> None:
    async with heketi() as server, client_of(server) as client:
        await server.stop()
        with pytest.raises(Unreachable) as error:
            await HeketiRunner(client).run("heketi", [CREATE])
        assert not isinstance(error.value, ConnectionLost)


async def test_an_object_that_was_made_and_can_not_be_read() -> None:
    async with heketi() as server, client_of(server) as client:
        server.http_faults.append(HttpFault("GET /volumes/", reply=refused(Fail(404, "Id not found"))))
        [made] = await HeketiRunner(client).run("heketi", [CREATE])
        [volume] = server.state.tables.volumes
        assert (made.code, made.stdout) == (303, f"/volumes/{volume}")


async def test_passwords_of_block_volumes_are_in_no_result() -> None:
    async with heketi() as server, client_of(server) as client:
        make = requests.create_block_volume(2, "blk", auth=True).command()
        dump = Command(("GET", "/db/dump"), ok=(200,))
        results = await HeketiRunner(client).run("heketi", [make, dump])
        assert [result.code for result in results] == [200, 200]
        assert all('"(hidden)"' in result.stdout and '"secret"' not in result.stdout for result in results)
