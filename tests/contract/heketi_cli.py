"""What heketi-cli does with a server, as far as its output was recorded: the same requests, the same lines."""

import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tui.dialects import heketi_requests as requests
from tui.dialects.heketi_answers import parse_cluster, parse_ids, parse_node, parse_volume
from tui.dialects.heketi_requests import Request
from tui.remote.heketi import HeketiClient
from tui.remote.heketi_errors import HeketiDenied, HeketiRefused

DATA = Path(__file__).parents[1] / "data"


@dataclass(frozen=True, slots=True)
class Recorded:
    """One recorded call of heketi-cli: its lines, and the commands that heketi ran on nodes for it."""

    name: str
    asked: str
    output: list[str]
    exit: int
    commands: list[str]


def read_recorded(name: str) -> dict[str, Recorded]:
    """All recorded calls of a file in tests/data/heketi."""
    rows = json.loads((DATA / "heketi" / name).read_text())
    return {row["name"]: Recorded(**row) for row in rows}


def plain(lines: list[str]) -> list[str]:
    """Lines without what differs between two servers: ids, and which host holds what."""
    text = "\n".join(lines)
    text = re.sub(r"[0-9a-f]{32}", "ID", text)
    return re.sub(r"10\.0\.0\.\d+:/", "HOST:/", text).split("\n") if lines else []


def topology(name: str) -> dict[str, Any]:
    """A topology file of the recorded loads."""
    found: dict[str, Any] = json.loads((DATA / "badtopo" / f"{name}.json").read_text())
    return found


async def load(client: HeketiClient, topology: dict[str, Any]) -> list[str]:
    """`heketi-cli topology load`."""
    try:
        known = await _known(client)
    except HeketiDenied as denied:
        return [f"Error: Unable to get topology information: {denied.text}"]
    lines: list[str] = []
    for cluster in topology["clusters"]:
        await _load_cluster(client, cluster, known, lines)
    return lines


async def _known(client: HeketiClient) -> dict[str, tuple[str, str, set[str]]]:
    """Nodes by name: cluster, id and the names of devices."""
    found = {}
    for ident in parse_ids(await client.get("/clusters"), "clusters"):
        for node_id in parse_cluster(await client.get(f"/clusters/{ident}")).nodes:
            node = parse_node(await client.get(f"/nodes/{node_id}"))
            found[node.name] = (ident, node.id, {device.name for device in node.devices})
    return found


async def _load_cluster(
    client: HeketiClient, cluster: dict[str, Any], known: dict[str, tuple[str, str, set[str]]], lines: list[str]
) -> None:
    here, made = "", ""
    for entry in cluster["nodes"]:
        names, zone = entry["node"]["hostnames"], entry["node"].get("zone", 0)
        name = names["manage"][0]
        if name in known:
            here, node, devices = known[name]
            lines.append(f"\tFound node {name} on cluster {here}")
        else:
            if not here:
                here = made = parse_cluster((await client.change(requests.create_cluster())).text).id
                lines.append(f"Creating cluster ... ID: {here}")
                lines += ["\tAllowing file volumes on cluster.", "\tAllowing block volumes on cluster."]
            wish = requests.add_node(here, names["manage"], names["storage"], zone)
            node, said = await _tried(client, wish, "create node")
            lines.append(f"\tCreating node {name} ... {said}")
            devices = set()
            if not node:
                continue
        await _load_devices(client, node, devices, entry["devices"], lines)
    if made and not parse_cluster(await client.get(f"/clusters/{made}")).nodes:
        await client.change(requests.delete_cluster(made))


async def _load_devices(client: HeketiClient, node: str, known: set[str], devices: list[str], lines: list[str]) -> None:
    for name in devices:
        if name in known:
            lines.append(f"\t\tFound device {name}")
            continue
        _, said = await _tried(client, requests.add_device(node, name), "add device")
        lines += f"\t\tAdding device {name} ... {said}".split("\n")


async def _tried(client: HeketiClient, request: Request, what: str) -> tuple[str, str]:
    """The id that was made and what is printed."""
    try:
        answer = await client.change(request)
    except HeketiRefused as refused:
        return "", f"Unable to {what}: {refused.text}"
    if not answer.text:
        return "", "OK"
    ident = parse_node(answer.text).id
    return ident, f"ID: {ident}"


async def run(client: HeketiClient, request: Request, done: str = "") -> list[str]:
    """A command of one request: what it prints at its end."""
    try:
        await client.change(request)
    except HeketiRefused as refused:
        return f"Error: {refused.text}".split("\n")
    return [done] if done else []


async def list_clusters(client: HeketiClient) -> list[str]:
    """`heketi-cli cluster list`."""
    ids = parse_ids(await client.get("/clusters"), "clusters")
    return ["Clusters:", *(f"Id:{ident} [file][block]" for ident in ids)]


async def list_volumes(client: HeketiClient) -> list[str]:
    """`heketi-cli volume list`."""
    lines = []
    for ident in parse_ids(await client.get("/volumes"), "volumes"):
        volume = parse_volume(await client.get(f"/volumes/{ident}"))
        mark = " [block]" if volume.is_block else ""
        lines.append(f"Id:{ident}    Cluster:{volume.cluster}    Name:{volume.name}{mark}")
    return lines


async def list_operations(client: HeketiClient) -> list[str]:
    """`heketi-cli server operations list`."""
    words = [
        (one.id, one.type, one.status or "New", "in-flight" if one.is_in_flight else "")
        for one in await client.operations()
    ]
    return [f"Id:{ident}  Type:{kind}  Status:{status} {more}" for ident, kind, status, more in words]
