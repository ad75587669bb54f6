"""Copies that differ: counted, listed, healed when a node comes back, resolved, refused; and quotas."""

from typing import Final

from tests.contract.case import Ask, Given, Item, Scenario, Wait, host, peer_away
from tests.contract.cases_pool import together
from tests.contract.cases_volumes import CLIENT, DEVICE, FILE, MOUNT, THREE, bricks, pool
from tui.core.plan import Check, Command
from tui.dialects import gluster, gluster_heal
from tui.dialects import host as system
from tui.dialects.gluster_quota import quota_list

TWO_DOWN: Final = Check(
    gluster.volume_status("v1"), matches="<status>0</status>.*<status>0</status>", why="not two bricks of v1 are down"
)
SEEN: Final = Check(
    gluster_heal.heal_summary("v1"), matches="<numberOfEntriesInSplitBrain>[1-9]", why="nothing is in split-brain"
)
HEALED: Final = Check(
    gluster_heal.heal_summary("v1"),
    matches="<opRet>0</opRet>",
    absent=r"<status>(?!Connected)|<totalNumberOfEntries>(?!0<)",
    why="something of v1 still waits to be healed",
)

HEAL = Scenario(
    "heal",
    (
        *bricks(),
        *pool(),
        Ask("create", 1, gluster.volume_create("v1", 3, 0, THREE)),
        Ask(
            "create without copies", 1,
            gluster.volume_create("spread", 0, 0, [(host(node), f"{MOUNT}/spread") for node in (1, 2)]),
        ),
        Ask("summary of a missing volume", 1, gluster_heal.heal_summary("nosuch")),
        Ask("summary of a new volume", 1, gluster_heal.heal_summary("v1")),
        Ask("heal of a new volume", 1, gluster_heal.heal_start("v1")),
        Ask("heal of a missing volume", 1, gluster_heal.heal_start("nosuch")),
        Ask("start", 1, gluster.volume_start("v1")),
        Ask("start the one without copies", 1, gluster.volume_start("spread")),
        Wait(1, gluster.bricks_online("v1", 3)),
        Wait(1, gluster.bricks_online("spread", 2)),
        Ask("summary of a volume without copies", 1, gluster_heal.heal_summary("spread")),
        Ask("heal of a volume without copies", 1, gluster_heal.heal_start("spread")),
        Ask("summary", 1, gluster_heal.heal_summary("v1")),
        Ask("split-brain", 2, gluster_heal.split_brain_files("v1")),
        Ask("mkdir of the mount point", 1, system.mkdir(CLIENT)),
        Ask("mount", 1, system.mount_volume(host(1), "v1", CLIENT)),
        Given(3, "stopped"),
        Wait(1, peer_away(3)),
        Ask("write without one node", 1, system.write_file(FILE, "brickyard was here\n")),
        Ask("sync", 1, system.sync()),
        Ask("summary without one node", 1, gluster_heal.heal_summary("v1")),
        Ask("split-brain without one node", 2, gluster_heal.split_brain_files("v1")),
        Given(3, "started"),
        *together(1, 2, 3),
        Ask("mount the brick again", 3, system.mount(DEVICE, MOUNT)),
        Ask("start the brick that was away", 1, gluster.volume_start_force("v1")),
        Wait(1, gluster.bricks_online("v1", 3)),
        Wait(1, HEALED, 180),
        Ask("summary with it again", 1, gluster_heal.heal_summary("v1")),
        Ask("the file on the brick that was away", 3, system.cat(f"{MOUNT}/brick/file")),
        Ask("heal", 1, gluster_heal.heal_start("v1")),
        Ask("umount", 1, system.umount(CLIENT)),
        Ask("switch the daemon off", 1, gluster.volume_set("v1", "cluster.self-heal-daemon", "off")),
        Ask("heal without the daemon", 1, gluster_heal.heal_start("v1")),
        Ask("stop", 1, gluster.volume_stop("v1")),
        Ask("summary of a stopped volume", 1, gluster_heal.heal_summary("v1")),
    ),
)  # fmt: skip


def _words(*words: str, xml: bool = False) -> Command:
    return Command(("gluster", "--mode=script", *(["--xml"] if xml else []), "volume", *words), xml=xml)


def _alone(node: int) -> tuple[Item, ...]:
    """Only the brick of one node runs."""
    others = [other for other in (1, 2, 3) if other != node]
    return (*(Given(other, "bricks killed") for other in others), Wait(node, TWO_DOWN))


SPLIT = Scenario(
    "split-brain",
    (
        *bricks(),
        *pool(),
        Ask("create", 1, gluster.volume_create("v1", 3, 0, THREE)),
        Ask("switch the daemon off", 1, gluster.volume_set("v1", "cluster.self-heal-daemon", "off")),
        Ask("let one brick be enough", 1, gluster.volume_set("v1", "cluster.quorum-type", "none")),
        Ask("start", 1, gluster.volume_start("v1")),
        Wait(1, gluster.bricks_online("v1", 3)),
        Ask("mkdir of the mount point", 1, system.mkdir(CLIENT)),
        Ask("mount", 1, system.mount_volume(host(1), "v1", CLIENT)),
        Ask("write", 1, system.write_file(FILE, "once\n")),
        *_alone(1),
        Ask("write to the first brick", 1, system.write_file(FILE, "written to the first\n")),
        Ask("summary of the first brick", 1, gluster_heal.heal_summary("v1")),
        Ask("start force", 1, gluster.volume_start_force("v1")),
        Wait(1, gluster.bricks_online("v1", 3)),
        *_alone(2),
        Ask("write to the second brick", 1, system.write_file(FILE, "written to the second\n")),
        Ask("start force again", 1, gluster.volume_start_force("v1")),
        Wait(1, gluster.bricks_online("v1", 3)),
        Wait(1, SEEN),
        Ask("summary", 1, gluster_heal.heal_summary("v1")),
        Ask("split-brain", 2, gluster_heal.split_brain_files("v1")),
        # the error of the read, and of the close
        Ask("read", 1, system.cat(FILE), ignore=("stderr",)),
        Ask("resolve another file", 1, _words("heal", "v1", "split-brain", "latest-mtime", "/nosuch")),
        Ask(
            "resolve", 1,
            _words("heal", "v1", "split-brain", "source-brick", f"{host(2)}:{MOUNT}/brick", "/file"),
        ),
        Ask("split-brain afterwards", 1, gluster_heal.split_brain_files("v1")),
        Ask("read afterwards", 1, system.cat(FILE)),
        Ask("umount", 1, system.umount(CLIENT)),
    ),
)  # fmt: skip

QUOTA = Scenario(
    "quota",
    (
        *bricks(),
        *pool(),
        Ask("create", 1, gluster.volume_create("v1", 3, 0, THREE)),
        Ask("list of a volume that is not started", 1, quota_list("v1")),
        Ask("start", 1, gluster.volume_start("v1")),
        Wait(1, gluster.bricks_online("v1", 3)),
        Ask("list while it is off", 1, quota_list("v1")),
        Ask("list of a missing volume", 1, quota_list("nosuch")),
        Ask("enable", 1, _words("quota", "v1", "enable", xml=True)),
        Ask("list without limits", 1, quota_list("v1")),
        Ask("limit", 1, _words("quota", "v1", "limit-usage", "/", "100MB", xml=True)),
        Ask("list", 2, quota_list("v1")),
        Ask("info", 1, gluster.volume_info("v1")),
    ),
)
