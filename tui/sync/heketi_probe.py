"""Asks a heketi what the provisioner of a StorageClass would ask, and tells how far that comes."""

import asyncio
import socket
import time
from dataclasses import replace
from typing import Final
from urllib.parse import urlsplit

from tui.core.heketi_model import ONLINE, HeketiNode
from tui.core.heketi_probe import HeketiProbe, HeketiSpace
from tui.dialects.heketi_answers import parse_cluster, parse_counts, parse_ids, parse_mode, parse_node
from tui.remote.errors import RemoteError
from tui.remote.heketi import HeketiClient, read
from tui.remote.heketi_errors import TARGET, HeketiDenied, HeketiRefused, NoHeketi

GREETING: Final = "Hello from Heketi"
SECONDS: Final = 20.0
_AT_ONCE: Final = 8


async def probe(url: str, user: str, key: str, ca: str = "", *, seconds: float = SECONDS) -> HeketiProbe:
    """Ask a heketi with an address, user and key; nothing is changed there, and nothing is raised.

    `ca` is a file with the CA's certificate or the certificate itself. A heketi that has not told all after
    `seconds` is said to have come as far as it came.
    """
    so_far = HeketiProbe(url, user, "resolve", asked_from=socket.gethostname(), read_at=time.time())
    look = _Look(so_far, key, ca)
    try:
        async with asyncio.timeout(seconds):
            await look.all()
    except TimeoutError:
        look.end(f"no answer within {seconds:g} s")
    except HeketiDenied as denied:
        look.end(denied.text, denied.status)
    except HeketiRefused as refused:
        look.end(refused.text, refused.status)
    except RemoteError as error:
        look.end(error.reason)
    finally:
        await look.client.close()
    return replace(look.found, skew=look.client.skew)


class _Look:
    """One look: `found` is what is known so far, its stage the one that is under way."""

    def __init__(self, so_far: HeketiProbe, key: str, ca: str) -> None:
        self.found = so_far
        # the provisioner signs with its own clock, so that the probe has to
        self.client = HeketiClient(so_far.url, so_far.user, key, ca, follow_clock=False)

    def end(self, text: str, status: int = 0) -> None:
        """It ends in this stage."""
        self.found = replace(self.found, text=" ".join(text.split()), status=status)

    async def all(self) -> None:
        """Every stage. Raises RemoteError."""
        await self._resolve()
        self._enter("connect")
        await self._hello()
        self._enter("auth")
        clusters = read(lambda text: parse_ids(text, "clusters"), await self.client.get("/clusters"))
        self._enter("clusters")
        self.found = replace(self.found, clusters=clusters)
        await self._clusters(clusters)
        self._enter("operations")
        await self._operations()
        self._enter("done")

    def _enter(self, stage: str) -> None:
        self.found = replace(self.found, stage=stage)

    async def _resolve(self) -> None:
        try:
            place = urlsplit(self.found.url)
            host, port = place.hostname or "", place.port
        except ValueError:
            host, port = "", None
        if not host or not self.found.url.startswith(("http://", "https://")):
            raise NoHeketi(TARGET, f"{self.found.url!r} is no address of a heketi; write http://HOST:PORT")
        try:
            await asyncio.get_running_loop().getaddrinfo(host, port or 80, type=socket.SOCK_STREAM)
        except (OSError, UnicodeError) as error:
            words = getattr(error, "strerror", "") or str(error)
            raise NoHeketi(TARGET, f"{host}: {words}") from None

    async def _hello(self) -> None:
        answer = await self.client.send("GET", "/hello")
        self._enter("hello")
        if answer.status != 200 or answer.text.strip() != GREETING:
            raise HeketiRefused(answer.status, answer.text[:200], "GET /hello")

    async def _clusters(self, clusters: tuple[str, ...]) -> None:
        known = [read(parse_cluster, await self.client.get(f"/clusters/{ident}")) for ident in clusters]
        self.found = replace(self.found, volumes={one.id: len(one.volumes) for one in known})
        gate = asyncio.Semaphore(_AT_ONCE)

        async def look_at(ident: str) -> HeketiSpace:
            async with gate:
                return space_of(read(parse_node, await self.client.get(f"/nodes/{ident}")))

        nodes = await asyncio.gather(*(look_at(ident) for one in known for ident in one.nodes))
        self.found = replace(self.found, nodes=tuple(nodes))

    async def _operations(self) -> None:
        try:
            counts = read(parse_counts, await self.client.get("/operations"))
            mode = read(parse_mode, await self.client.get("/admin"))
        except HeketiRefused as refused:
            if refused.status == 404:
                # a heketi before 9 does not tell
                return
            raise
        self.found = replace(
            self.found, in_flight=counts.in_flight, stale=counts.stale, failed=counts.failed, mode=mode
        )


def space_of(node: HeketiNode) -> HeketiSpace:
    """A node with the space of its devices that are online."""
    online = [device for device in node.devices if device.state == ONLINE]
    free = [device.free for device in online]
    return HeketiSpace(node.id, node.name, node.zone, node.state, len(online), sum(free), max(free, default=0))
