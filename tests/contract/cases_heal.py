"""Copies that differ: counted, listed, healed when a node comes back, and refused in every way."""

from typing import Final

from tests.contract.case import Ask, Given, Scenario, Wait, host, peer_away
from tests.contract.cases_pool import together
from tests.contract.cases_volumes import CLIENT, DEVICE, FILE, MOUNT, THREE, bricks, pool
from tui.core.plan import Check
from tui.dialects import gluster, gluster_heal
from tui.dialects import host as system

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
