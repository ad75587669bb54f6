"""gluster's XML answers, as 10.3 prints them."""

from collections.abc import Sequence
from typing import TYPE_CHECKING
from xml.sax.saxutils import escape

if TYPE_CHECKING:
    from tui.demo.gluster_model import Brick, Glusterd, Volume

Node = tuple[str, "str | Sequence[Node]"]


def element(node: Node, depth: int = 1) -> str:
    """An element with its children, indented by two blanks."""
    name, content = node
    pad = "  " * depth
    if isinstance(content, str):
        return f"{pad}<{name}>{escape(content)}</{name}>\n" if content else f"{pad}<{name}/>\n"
    if not content:
        return f"{pad}<{name}/>\n"
    return f"{pad}<{name}>\n" + "".join(element(child, depth + 1) for child in content) + f"{pad}</{name}>\n"


def document(code: int, number: int, text: str, body: str = "", *, after: bool = False) -> str:
    """A whole answer: opRet, opErrno and opErrstr, then the body; with `after` the body stands first."""
    head = (("opRet", str(code)), ("opErrno", str(number)), ("opErrstr", text))
    inside = "".join(element(node) for node in head)
    inside, body = (body, inside) if after else (inside, body)
    return f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n<cliOutput>\n{inside}{body}</cliOutput>\n'


def short_answer(operation: str, volume: "Volume") -> str:
    """What create, start, stop and delete say of the volume ("volCreate" ...)."""
    return element((operation, [("volume", [("name", volume.name), ("id", volume.id)])]))


def peers(daemon: "Glusterd", *, with_self: bool) -> str:
    """`peer status`, or `pool list` where this node itself is told too, without a state."""
    found: list[Node] = []
    for other in daemon.peers():
        name = daemon.name_of(other)
        found.append(
            (
                "peer",
                [
                    ("uuid", other.uuid),
                    ("hostname", name),
                    ("hostnames", [("hostname", name)]),
                    ("connected", "1" if daemon.connected(other) else "0"),
                    ("state", "3"),
                    ("stateStr", "Peer in Cluster"),
                ],
            )
        )
    if with_self:
        found.append(("peer", [("uuid", daemon.uuid), ("hostname", "localhost"), ("connected", "1")]))
    return element(("peerStatus", found))


def _volume(volume: "Volume") -> str:
    number, word = volume.type
    head: list[Node] = [
        ("name", volume.name),
        ("id", volume.id),
        ("status", str(volume.status)),
        ("statusStr", volume.status_text),
        ("snapshotCount", "0"),
        ("brickCount", str(len(volume.bricks))),
        ("distCount", str(len(volume.sets))),
        ("replicaCount", str(volume.replica)),
        ("arbiterCount", str(volume.arbiter)),
        ("disperseCount", "0"),
        ("redundancyCount", "0"),
        ("type", str(number)),
        ("typeStr", word),
        ("transport", "0"),
    ]
    options: list[Node] = [("option", [("name", k), ("value", v)]) for k, v in volume.options.items()]
    tail: list[Node] = [("optCount", str(len(options))), ("options", options)]
    bricks = "".join(
        f'          <brick uuid="{b.machine.glusterd.uuid}">{escape(str(b))}<name>{escape(str(b))}</name>'
        f"<hostUuid>{b.machine.glusterd.uuid}</hostUuid><isArbiter>{int(b.arbiter)}</isArbiter></brick>\n"
        for b in volume.bricks
    )
    return (
        "      <volume>\n"
        + "".join(element(node, 4) for node in head)
        + f"        <bricks>\n{bricks}        </bricks>\n"
        + "".join(element(node, 4) for node in tail)
        + "      </volume>\n"
    )


def volume_info(volumes: "Sequence[Volume]") -> str:
    """`volume info`."""
    inside = "".join(_volume(volume) for volume in volumes)
    count = f"      <count>{len(volumes)}</count>\n"
    return f"  <volInfo>\n    <volumes>\n{inside}{count}    </volumes>\n  </volInfo>\n"


def volume_list(volumes: "Sequence[Volume]") -> str:
    """`volume list`."""
    return element(("volList", [("count", str(len(volumes))), *(("volume", v.name) for v in volumes)]))


def _process(host: str, path: str, peer: str, port: int, pid: int, more: Sequence[Node] = ()) -> Node:
    shown = str(port) if port else "N/A"
    return (
        "node",
        [
            ("hostname", host),
            ("path", path),
            ("peerid", peer),
            ("status", "1" if pid > 0 else "0"),
            ("port", shown),
            ("ports", [("tcp", shown), ("rdma", "N/A")]),
            ("pid", str(pid) if pid > 0 else "-1"),
            *more,
        ],
    )


def _detail(brick: "Brick") -> list[Node]:
    # here, since it reads mounts: mount_commands reads the gluster model
    from tui.demo.mount_commands import df_of

    mount, size, free, inodes, free_inodes = df_of(brick.machine, brick.path)
    options = ",".join(dict.fromkeys(f"{mount.options},{mount.super_options}".split(",")))
    return [
        ("sizeTotal", str(size)),
        ("sizeFree", str(free)),
        ("device", mount.source),
        ("blockSize", "4096"),
        ("mntOptions", options),
        ("fsName", mount.fs.kind),
        ("inodeSize", mount.fs.kind),
        ("inodesTotal", str(inodes)),
        ("inodesFree", str(free_inodes)),
    ]


def volume_status(daemon: "Glusterd", volume: "Volume", *, detail: bool) -> str:
    """`volume status NAME [detail]`: nothing of nodes that this one can't talk to."""
    bricks = [b for b in volume.bricks if b.machine is daemon.machine or daemon.connected(b.machine.glusterd)]
    nodes = [
        _process(b.host, b.path, b.machine.glusterd.uuid, b.port, b.pid, _detail(b) if detail else ()) for b in bricks
    ]
    tail: list[Node] = []
    if not detail:
        tail = [("tasks", "")]
        if volume.replica > 1:
            near = [daemon, *(p for p in daemon.peers() if daemon.connected(p))]
            for one in near:
                where = "localhost" if one is daemon else daemon.name_of(one)
                nodes.append(_process("Self-heal Daemon", where, one.uuid, 0, one.heal_pid))
    inside: list[Node] = [("volName", volume.name), ("nodeCount", str(len(nodes))), *nodes, *tail]
    return element(("volStatus", [("volumes", [("volume", inside)])]))
