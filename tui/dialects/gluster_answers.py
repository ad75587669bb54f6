"""What gluster's answers say: peers, volumes, bricks.

Facts that need care: "-" and "N/A" are unknown and never 0; a disconnected peer keeps state 3;
the entry of the asked node itself has neither state nor its own name; bricks of a disconnected
node are absent from the status; daemons are listed there among the bricks.
"""

from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache
from typing import Final
from xml.etree import ElementTree as ET

from tui.core.facts import BrickFact, ClusterFacts, Peer, VolumeFact
from tui.core.plan import Command, Result
from tui.dialects.failures import explain, succeeded
from tui.dialects.gluster_xml import number, positive, read_answer, text_of

IN_CLUSTER: Final = 3
_NOT_STARTED: Final = "is not started"
_BrickName = tuple[str, str]

MOST_STATUSES: Final = 5000
# by the id of a volume: the volume without its status, the text of the status, and both together
_STATUSES: Final[dict[str, tuple[VolumeFact, str, VolumeFact]]] = {}


def parse_peers(result: Result) -> tuple[Peer, ...]:
    """The members of a `pool list`, the asked node first. Raises ValueError with the reason of a failure."""
    answer = read_answer(result)
    if not answer.ok or answer.root is None:
        raise ValueError(explain(result).reason)
    peers = [_peer(element) for element in answer.root.iterfind("peerStatus/peer")]
    return tuple(sorted(peers, key=lambda peer: not peer.is_self))


def _peer(element: ET.Element) -> Peer:
    name = text_of(element, "hostname")
    names = tuple(text for item in element.iterfind("hostnames/hostname") if (text := (item.text or "").strip()))
    state = number(element, "state")
    is_self = state is None and name == "localhost"
    return Peer(
        uuid=text_of(element, "uuid"),
        hostname=name,
        hostnames=names or (name,),
        connected=text_of(element, "connected") == "1",
        state=IN_CLUSTER if is_self else state,
        state_text=text_of(element, "stateStr") or ("Peer in Cluster" if is_self else ""),
        is_self=is_self,
    )


def parse_volumes(result: Result) -> tuple[VolumeFact, ...]:
    """The volumes of a `volume info`; whether bricks run is not known from it.

    Raises ValueError with the reason of a failure.
    """
    volumes = _read_volumes(result.stdout)
    if volumes is None:
        raise ValueError(explain(result).reason)
    return volumes


@lru_cache(maxsize=8)
def _read_volumes(stdout: str) -> tuple[VolumeFact, ...] | None:
    """One text a pool is asked for again and again, so the last ones are kept."""
    answer = read_answer(Result(Command(("gluster",)), 0, stdout))
    if not answer.ok or answer.root is None:
        return None
    return tuple(_volume(element) for element in answer.root.iterfind("volInfo/volumes/volume"))


def _volume(element: ET.Element) -> VolumeFact:
    bricks = tuple(_brick(item) for item in element.iterfind("bricks/brick"))
    replica, disperse = number(element, "replicaCount") or 1, number(element, "disperseCount") or 0
    options = {text_of(item, "name"): text_of(item, "value") for item in element.iterfind("options/option")}
    return VolumeFact(
        name=text_of(element, "name"),
        id=text_of(element, "id"),
        status=text_of(element, "statusStr"),
        kind=text_of(element, "typeStr"),
        replica=replica,
        arbiter=number(element, "arbiterCount") or 0,
        disperse=disperse,
        redundancy=number(element, "redundancyCount") or 0,
        # distCount means different things in different releases, so count
        distribute=max(1, len(bricks) // max(1, disperse or replica)),
        bricks=bricks,
        options=options,
    )


def _brick(element: ET.Element) -> BrickFact:
    host, path = split_brick(text_of(element, "name") or (element.text or "").strip())
    uuid = text_of(element, "hostUuid") or element.get("uuid", "")
    return BrickFact(host, path, uuid, arbiter=text_of(element, "isArbiter") == "1")


def split_brick(name: str) -> _BrickName:
    """Host and path of a brick's name; the host may hold colons (IPv6)."""
    host, _, path = name.partition(":/")
    return host, "/" + path


def started_volumes(info: Sequence[Result]) -> list[str]:
    """The names of the started volumes, [] where the volumes could not be read."""
    if not info or not succeeded(info[0]):
        return []
    try:
        return [volume.name for volume in parse_volumes(info[0]) if volume.status == "Started"]
    except ValueError:
        return []


def parse_cluster(info: Sequence[Result], statuses: Sequence[Result], node: str, now: float) -> ClusterFacts:
    """The volumes of a pool with the state of their bricks.

    What could not be read stands in `unread`: "volumes" where there are none to show, and
    "status NAME" where the bricks of one volume are not known.
    """
    try:
        volumes = {volume.name: volume for volume in parse_volumes(info[0])}
    except (ValueError, IndexError) as error:
        reason = str(error) if isinstance(error, ValueError) else "gluster was not asked"
        return ClusterFacts(now, node, unread={"volumes": reason})
    unread: dict[str, str] = {}
    for result in statuses:
        name = _asked_volume(result)
        if name not in volumes:
            continue
        known = _STATUSES.get(volumes[name].id)
        if known is not None and known[:2] == (volumes[name], result.stdout):
            volumes[name] = known[2]
            continue
        answer = read_answer(result)
        if answer.ok and answer.root is not None:
            volumes[name] = _remembered(volumes[name], result.stdout, _with_status(volumes[name], answer.root))
        elif _NOT_STARTED in answer.error:
            volumes[name] = replace(volumes[name], status="Stopped")
        else:
            unread[f"status {name}"] = explain(result).reason
    return ClusterFacts(now, node, tuple(volumes.values()), unread)


def _remembered(volume: VolumeFact, stdout: str, read: VolumeFact) -> VolumeFact:
    """Keep what a volume's status gave: the next is the same more often than not."""
    if len(_STATUSES) >= MOST_STATUSES:
        _STATUSES.pop(next(iter(_STATUSES)))
    _STATUSES[volume.id] = (volume, stdout, read)
    return read


def _asked_volume(result: Result) -> str:
    argv = result.command.argv
    return argv[argv.index("status") + 1] if "status" in argv[:-1] else ""


def _with_status(volume: VolumeFact, root: ET.Element) -> VolumeFact:
    """The volume with what a `volume status` says of its bricks; nodes that are no bricks match none."""
    found: dict[_BrickName, ET.Element] = {}
    for element in root.iterfind("volStatus/volumes/volume"):
        if text_of(element, "volName") == volume.name:
            for item in element.iterfind("node"):
                found[text_of(item, "hostname"), text_of(item, "path")] = item
    return replace(volume, bricks=tuple(_brick_with_status(brick, found) for brick in volume.bricks))


def _brick_with_status(brick: BrickFact, found: dict[_BrickName, ET.Element]) -> BrickFact:
    element = found.get((brick.host, brick.path))
    if element is None:
        return brick
    status = text_of(element, "status")
    return replace(
        brick,
        online={"1": True, "0": False}.get(status),
        port=positive(element, "port") or positive(element, "ports/tcp"),
        pid=positive(element, "pid"),
        size=positive(element, "sizeTotal"),
        free=number(element, "sizeFree") if positive(element, "sizeTotal") else None,
    )
