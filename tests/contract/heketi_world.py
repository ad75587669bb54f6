"""The servers that were recorded, built again: four nodes with four disks each, and what happened in between."""

import asyncio
import hashlib
import json
import time
from typing import Any

import aiohttp
import jwt

from tests.contract.heketi_calls import Call, Given, Ids
from tui.demo.heketi import SimHeketi
from tui.demo.heketi_state import Settings

CLUSTERS = ("7b5170a67bf3192fa54be2e80c72c3d7", "362e0a15235b4a8fc2d296f936f02cfa", "")
NODES = (
    ("f0772834dae814cc57be8a86fd0e251b", "86deb3f4d55330e51d420d32ee84af31", "226f232bc02043735ddbd0d4a655e505",
     "8959a226a54c274c93caea9075bfbdcc"),
    ("2f1f4840a865e554c7482b584d00dcb2", "3dfa5ef650d5957d6ee25d6cafa9686c", "dcb5313d69c35b3cf4764503749c424f",
     "be8f9c94c21c08760f00ed3a34f79e57"),
    ("", "", "", ""),
)  # fmt: skip
DISKS = ("2813172ddfe0fa4247ec31ed33727934", "2fb971521b7850aaea3a261cc3731dc7", "e7e2d4b87404d4bacccce768831532ba",
         "f072b7512f3f29bc579a05afbe1b7914")  # fmt: skip
"""The disks of the third node of the first server."""


def recorded_server(number: int) -> SimHeketi:
    """A server as it was when the record of it began; heketi's mock executor stood behind it."""
    server = SimHeketi(seed=number, settings=Settings(real_devices=False))
    server.faults.unknown_bricks = True
    cluster = server.seed_cluster(CLUSTERS[number])
    for index, ident in enumerate(NODES[number]):
        node = server.seed_node(cluster.id, f"node{index:02}.example.com", f"10.0.0.{10 + index}", index + 1, (), ident)
        node.tags = {"rack": f"r{index + 1}"}
        for at, letter in enumerate("bcde"):
            device = server.seed_device(node.id, f"/dev/sd{letter}", DISKS[at] if number == 0 and index == 2 else "")
            device.tags = {"arbiter": "supported"} if letter == "b" else {}
    return server


class Recorder:
    """Asks a server as the recorded calls did."""

    def __init__(self, server: SimHeketi, session: aiohttp.ClientSession) -> None:
        self.server, self.session, self.ids = server, session, Ids()

    async def replay(self, call: Call) -> Given:
        """Do what came before a call, then the call."""
        await self._before(call)
        path = self.ids.translate(call.path)
        sent = (
            call.sent if isinstance(call.sent, str) or call.sent is None else self.ids.translate(json.dumps(call.sent))
        )
        headers = _headers(call, self.server, path)
        self.server.state.queue.hold = call.name.endswith("-queue-pending")
        while True:
            given = await self._ask(call.method, path, sent, headers)
            if given.headers.get("X-Pending") and "queue" in call.path and call.headers.get("X-Pending") is None:
                await asyncio.sleep(0.001)
                continue
            return given

    async def _ask(self, method: str, path: str, sent: str | None, headers: dict[str, str]) -> Given:
        url = self.server.url + path
        async with self.session.request(method, url, data=sent, headers=headers, allow_redirects=False) as answer:
            return Given(answer.status, dict(answer.headers), (await answer.read()).decode())

    async def _admin(self, method: str, path: str, sent: str | None = None) -> Given:
        return await self._ask(method, path, sent, _signed(self.server.admin_key, method, path))

    async def _before(self, call: Call) -> None:
        """What the recorded servers went through between two calls."""
        tables, known = self.server.state.tables, self.ids.known
        if call.number == 125:
            # killed in the middle of a clone
            self.server.hang("snapshot create")
            await self._admin("POST", f"/volumes/{known['1a5d22fed94a89c21741dc0c2b6867ba']}/clone", "{}")
            await asyncio.sleep(0.01)
            await self.server.restart()
        if call.number == 181:
            lone = (d for d in tables.devices.values() if len(d.bricks) == 1 and self._replicated(d.bricks[0]))
            known["7ddbfb9ae0952d46b8321f03f471e606"] = next(lone).id
        if call.number == 213:
            known["1c64cffdf9ec7ae991b72227ab165fb4"] = next(d.id for d in tables.devices.values() if not d.bricks)
        if call.number == 222:
            empty = (n for n in tables.nodes.values() if not any(tables.devices[d].bricks for d in n.devices))
            known["1620512460f3737f33e7e16bb15a9ea5"] = next(empty).id
        if call.number == 234:
            made = await self._admin("POST", "/volumes", '{"size": 1}')
            known["ef15f088d9bf5d2d85c4dc153fc2f355"] = made.headers["Location"].removeprefix("/queue/")

    def _replicated(self, brick: str) -> bool:
        tables = self.server.state.tables
        return tables.volumes[tables.bricks[brick].volume].durability == "replicate"


def _headers(call: Call, server: SimHeketi, path: str) -> dict[str, str]:
    """The token of a call, as its name says what is wrong with it."""
    name, now, method = call.name[4:], time.time(), call.method
    if name.endswith("-noauth"):
        return {}
    if name == "clusters-badauth-header":
        return {"Authorization": "nonsense"}
    odd: dict[str, dict[str, Any]] = {
        "clusters-unknown-iss": {"iss": "nobody"},
        "clusters-no-iss": {"iss": None},
        "clusters-bad-qsh": {"qsh": "0" * 64},
        "clusters-no-qsh": {"qsh": None},
        "clusters-expired": {"exp": int(now) - 5},
        "clusters-no-exp": {"exp": None},
        "clusters-iat-future-100s": {"iat": int(now) + 100},
        "clusters-iat-future-200s": {"iat": int(now) + 200},
    }
    if name.endswith("-as-user"):
        return _signed(server.user_key, method, path, {"iss": "user"})
    key = "another key" if name == "clusters-wrong-key" else server.admin_key
    return _signed(key, method, path, odd.get(name, {}))


def _signed(key: str, method: str, path: str, odd: dict[str, Any] | None = None) -> dict[str, str]:
    now = int(time.time())
    claims = {"iss": "admin", "iat": now, "exp": now + 300}
    claims["qsh"] = hashlib.sha256(f"{method}&{path}".encode()).hexdigest()
    claims |= odd or {}
    token = jwt.encode({k: v for k, v in claims.items() if v is not None}, key, algorithm="HS256")
    return {"Authorization": f"bearer {token}"}
