"""Does a volume work for a client? Mount it, write, read back, compare, and clean up whatever happened."""

from dataclasses import replace

from tui.core.model import Snapshot
from tui.core.plan import Check, Danger, Plan, Refused, Step
from tui.dialects import host
from tui.plans import volume_state


def plan_mount_test(snapshot: Snapshot, name: str, node: str, token: str) -> Plan:
    """Mount a volume on a node and write a small file that is removed again.

    `token` is a fresh random word of letters and digits: the file's name and content. Raises
    Refused where the volume does not run or the node can't be asked.
    """
    if not token.isalnum():
        raise ValueError("the token must be made of letters and digits")
    volume = volume_state.volume(snapshot, name)
    if volume.status != "Started":
        raise Refused(f"Volume {name} is not started, so nobody can mount it.")
    client = snapshot.nodes.get(node)
    if client is None:
        raise Refused(f"There is no node {node}.", (f"known nodes: {', '.join(sorted(snapshot.nodes))}",))
    if client.state in volume_state.DOWN:
        raise Refused(f"{node} can't be asked now: {client.reason or client.state.value}.")
    hosts = [snapshot.bricks[key].host for key in volume.bricks if key in snapshot.bricks]
    server = client.storage if client.storage in hosts or not hosts else hosts[0]
    folder = f"/run/brickyard-test-{token}"
    return Plan(f"Test volume {name} by mounting it on {node}", _steps(volume.name, node, server, folder, token))


def _steps(name: str, node: str, server: str, folder: str, token: str) -> tuple[Step, ...]:
    file = f"{folder}/.brickyard-test-{token}"
    text = f"brickyard {token}\n"
    mount = Step(
        id="mount",
        node=node,
        title=f"mount {server}:/{name}",
        commands=(host.mkdir(folder), host.mount_volume(server, name, folder)),
        subject=name,
        settled=host.mounted(folder),
        settle_seconds=10.0,
        no_undo="the last step cleans up",
    )
    write = Step(
        id="write",
        node=node,
        title="write a file, read it back and compare",
        commands=(host.write_file(file, text), host.sync()),
        subject=name,
        needs=(mount.id,),
        settled=Check(host.cat(file), matches=rf"\A{text}\Z", why="what was read back is not what was written"),
        settle_seconds=5.0,
        no_undo="the last step cleans up",
    )
    clean_up = Step(
        id="clean up",
        node=node,
        title="remove the file and unmount",
        commands=(
            # not mounted, or a mount whose server is gone: the unmount below is what counts
            replace(host.rm(file), ok=(0, 1)),
            replace(host.umount(folder), ok=(0, 1, 32)),
            host.rmdir(folder, tolerant=True),
        ),
        subject=name,
        after=(mount.id, write.id),
        settled=host.not_mounted(folder),
        settle_seconds=10.0,
        danger=Danger.SAFE,
        no_undo="nothing is left to take back",
    )
    return (mount, write, clean_up)
