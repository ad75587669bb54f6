"""What stands on simulated nodes, so that two moments can be compared.

Left out is what an unchanged site has anew each time: process ids, ports, device-mapper numbers.
The empty folders /var/lib/heketi and /var/lib/heketi/mounts and sed's /etc/fstab.save may stay.
"""

import json
import re
from collections.abc import Iterable
from typing import Any, Final

from tui.demo.devices import Device
from tui.demo.files import Entry
from tui.demo.lvm_model import Group
from tui.demo.machine import Machine

MOUNTS: Final = "/var/lib/heketi/mounts/"
_UUID: Final = r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|[0-9A-Za-z]{6}(?:-[0-9A-Za-z]{4}){5}-[0-9A-Za-z]{6}"
Photo = dict[str, Any]


def photograph(machine: Machine) -> Photo:
    """All of one node that brickyard could change: disks, LVM, mounts, fstab, bricks, peers, volumes."""
    pool = machine.glusterd.pool
    return {
        "disks": {d.path: _disk(d) for d in machine.devices.all.values() if d.type in ("disk", "part")},
        "physical volumes": {pv.device.path: [pv.uuid, pv.vg, pv.start] for pv in machine.lvm.pvs.values()},
        "groups": {name: _group(machine, group) for name, group in machine.lvm.groups.items()},
        "mounts": [[m.target, m.source, m.options] for m in machine.files.mounts],
        "fstab": machine.files.read("/etc/fstab").decode(),
        "bricks": _tree(machine),
        "peers": sorted([p.uuid, machine.glusterd.name_of(p)] for p in machine.glusterd.peers()),
        "volumes": {v.name: _volume(v) for v in pool.volumes.values()},
        "services": {name: [service.active, service.enabled] for name, service in machine.services.items()},
    }


def photographs(machines: Iterable[Machine]) -> dict[str, Photo]:
    """One of each node."""
    return {machine.name: photograph(machine) for machine in machines}


def _disk(device: Device) -> list[Any]:
    return [device.size, sorted(map(str, device.signatures)), sorted(device.data)]


def _group(machine: Machine, group: Group) -> Photo:
    return {
        "uuid": group.uuid,
        "on": [pv.device.path for pv in group.pvs],
        "extent": group.extent,
        "tags": sorted(group.tags),
        "spare": sum(group.spare),
        "pools": {
            pool.name: [pool.size, pool.metadata, {t.name: [t.size, t.device.fstype, t.tags] for t in pool.thins}]
            for pool in group.pools.values()
        },
    }


def _tree(machine: Machine) -> dict[str, list[Any]]:
    """Files and folders under the folder of the bricks, on the root and on what is mounted there."""
    found: dict[str, list[Any]] = {}
    for mount in machine.files.mounts:
        for path, entry in mount.fs.entries.items():
            full = f"{mount.target.rstrip('/')}/{path}".rstrip("/")
            if full.startswith(MOUNTS):
                found[full] = _entry(entry)
    return found


def _entry(entry: Entry) -> list[Any]:
    return [entry.is_dir, entry.data.hex(), entry.mode, entry.uid, entry.gid, dict(entry.xattrs)]


def _volume(volume: Any) -> list[Any]:
    bricks = sorted([str(brick), brick.online] for brick in volume.bricks)
    return [volume.id, volume.type[1], volume.status_text, dict(volume.options), bricks]


def without_ids(photos: dict[str, Photo]) -> str:
    """The same as text with every random name replaced by its place, so that two runs can be compared."""
    names: dict[str, str] = {}
    for node, photo in sorted(photos.items()):
        for name, group in photo["groups"].items():
            place = f"{node} {' '.join(group['on'])}"
            names[name.removeprefix("vg_")] = place
            for number, pool in enumerate(sorted(group["pools"])):
                names[pool.removeprefix("tp_")] = f"{place} {number}"
    text = json.dumps(photos)
    text = re.sub(_UUID, "UUID", text)
    text = re.sub(r"brickyard\.cluster=[0-9a-f]{32}", "brickyard.cluster=ID", text)
    text = re.sub(r"[0-9a-f]{32}", lambda match: names.get(match[0], match[0]), text)
    return json.dumps(json.loads(text), sort_keys=True, indent=1)


def difference(before: object, after: object, path: str = "") -> list[str]:
    """Where two photographs differ, one line each."""
    if isinstance(before, dict) and isinstance(after, dict):
        keys = sorted({*before, *after})
        return [line for key in keys for line in difference(before.get(key), after.get(key), f"{path}/{key}")]
    return [] if before == after else [f"{path}: {before!r} -> {after!r}"]
