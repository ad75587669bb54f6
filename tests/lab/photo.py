"""What stands on a real node, so that two moments can be compared."""

import re
from concurrent.futures import ThreadPoolExecutor
from typing import Final

from tests.lab.nodes import Lab

# each prints what brickyard could change. The ends of a disk are compared byte for byte, but not
# where LVM keeps the history of a volume group
_SECTIONS: Final = {
    "physical volumes": "lvm pvs --noheadings -o pv_name,pv_uuid,vg_name,pe_start --units k",
    "groups": "lvm vgs --noheadings -o vg_name,vg_uuid,vg_tags,vg_extent_size --units k",
    "volumes of LVM": "lvm lvs -a --noheadings -o vg_name,lv_name,lv_size,pool_lv,lv_attr,lv_tags --units k",
    "mappings": "dmsetup ls | grep -v '^No devices' | cut -f 1 | sort",
    "mounts": "awk '$2 ~ \"^/(var/lib/heketi|mnt|srv|run/brickyard)\" { print $1, $2, $3 }' /proc/mounts | sort",
    "fstab": "cat /etc/fstab",
    "folders": "find /var/lib/heketi/mounts -mindepth 1 -not -path '*/.glusterfs*' -printf '%p %M %U:%G\\n' | sort",
    "peers": "gluster pool list | sed 1d | sort",
    "volumes": "gluster volume info",
    "glusterd": "systemctl is-active glusterd; systemctl is-enabled glusterd",
    **{
        path: f"blkid -p -o export {path} | tee /tmp/signatures; grep -q LVM2 /tmp/signatures ||"
        f" (head -c 4M {path}; tail -c 1M {path}) | sha256sum"
        for path in ("/dev/vdb", "/dev/vdc", "/dev/vdd", "/dev/vde")
    },
}
_MARK: Final = "--- "
_UUID: Final = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|[0-9A-Za-z]{6}(?:-[0-9A-Za-z]{4}){5}-\w{6}")

Photo = dict[str, str]


def photograph(lab: Lab, node: int) -> Photo:
    """One node, by its own programs."""
    script = "\n".join(f"echo '{_MARK}{name}'\n{command} 2>&1" for name, command in _SECTIONS.items())
    photo: Photo = {}
    name = ""
    for line in lab.ssh(node, script).stdout.splitlines():
        if line.startswith(_MARK):
            name = line.removeprefix(_MARK)
            photo[name] = ""
        else:
            photo[name] += line.strip() + "\n"
    assert photo.keys() == _SECTIONS.keys()
    return photo


def photographs(lab: Lab) -> dict[str, Photo]:
    """All nodes at once."""
    with ThreadPoolExecutor(len(lab.nodes)) as pool:
        photos = pool.map(lambda node: photograph(lab, node.number), lab.nodes)
        return {node.name: photo for node, photo in zip(lab.nodes, photos, strict=True)}


def without_chance(photos: dict[str, Photo]) -> dict[str, Photo]:
    """The same without random names and headers with them, so that two runs can be compared."""

    def plain(section: str, text: str) -> str:
        if section.startswith("/dev/"):
            text = re.sub(r"^\w+ +-$", "", text, flags=re.MULTILINE)
        # the order of the bricks is drawn by lot
        text = re.sub(r"^Brick\d+:", "Brick:", text, flags=re.MULTILINE)
        text = re.sub(r"\b[0-9a-f]{32}\b|(?<=_)[0-9a-f]{32}", "ID", _UUID.sub("UUID", text))
        return "\n".join(sorted(text.splitlines()))

    return {node: {name: plain(name, text) for name, text in photo.items()} for node, photo in photos.items()}


def difference(before: dict[str, Photo], after: dict[str, Photo]) -> list[str]:
    """Where two photographs differ."""
    return [
        f"{node}: {name}:\n{text}became\n{after[node][name]}"
        for node, photo in before.items()
        for name, text in photo.items()
        if text != after[node][name]
    ]


def same(before: dict[str, Photo], after: dict[str, Photo]) -> None:
    """Fails where two photographs differ, and says where."""
    assert not (lines := difference(before, after)), "\n".join(lines)
