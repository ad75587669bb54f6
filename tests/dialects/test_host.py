"""What the operating system of a node says, in all the forms that it has."""

import json
from collections.abc import Mapping

import pytest

from tui.core.facts import FstabEntry, Mount
from tui.core.plan import Result
from tui.dialects import host, host_answers

VG = "vg_5a1a5a1a5a1a5a1a5a1a5a1a5a1a5a1a"


def _lsblk(*rows: Mapping[str, object]) -> str:
    return json.dumps({"blockdevices": list(rows)})


def test_lsblk_before_2_33_has_text_everywhere() -> None:
    row = {"name": "sdb", "kname": "sdb", "maj:min": "8:16", "type": "disk", "size": "1000", "ro": "1", "rm": "0",
           "mountpoint": None}  # fmt: skip
    (device,) = host_answers.parse_lsblk(_lsblk(row))
    assert (device.path, device.size, device.read_only, device.removable) == ("/dev/sdb", 1000, True, False)
    assert device.mountpoints == ()


def test_lsblk_as_it_is_now() -> None:
    row = {"kname": "sdb", "path": "/dev/sdb", "maj:min": "8:16", "type": "disk", "size": 1000, "ro": False, "rm": True,
           "mountpoints": [None, "/a", "/b"], "serial": " x1 ", "pkname": None}  # fmt: skip
    (device,) = host_answers.parse_lsblk(_lsblk(row))
    assert (device.mountpoints, device.serial, device.removable) == (("/a", "/b"), "x1", True)


def test_a_device_under_several_parents_is_one() -> None:
    leaf = {"name": "mpatha", "kname": "dm-0", "maj:min": "253:0", "type": "mpath", "size": 5}
    rows = [{"name": n, "kname": n, "maj:min": m, "type": "disk", "size": 5, "children": [leaf]} for n, m in
            (("sda", "8:0"), ("sdb", "8:16"))]  # fmt: skip
    devices = {device.kname: device for device in host_answers.parse_lsblk(_lsblk(*rows))}
    assert len(devices) == 3
    assert devices["dm-0"].parents == ("sda", "sdb")
    assert devices["dm-0"].path == "/dev/mapper/mpatha"
    assert devices["sda"].children == ("dm-0",)


def test_lsblk_without_json_is_refused() -> None:
    with pytest.raises(ValueError, match="no JSON"):
        host_answers.parse_lsblk("lsblk: unknown column")


MOUNTINFO = r"""
16 1 98:0 / / rw,relatime shared:1 - ext4 /dev/root rw
18 16 0:15 / /proc rw - proc proc rw
30 16 254:4 / /var/lib/a\040b rw,noatime shared:9 master:2 propagate_from:3 - xfs /dev/mapper/vg-b rw,attr2
31 16 0:40 / /mnt/v rw - fuse.glusterfs node1:/vol1 rw
32 16 254:4 /sub /bind rw unbindable - xfs /dev/mapper/vg-b rw
too short
33 16 9:9 / /no separator xfs
"""


def test_mountinfo_with_escapes_and_optional_fields() -> None:
    mounts = host_answers.parse_mountinfo(MOUNTINFO)
    assert [m.target for m in mounts] == ["/", "/var/lib/a b", "/mnt/v", "/bind"]
    assert mounts[1] == Mount("/dev/mapper/vg-b", "/var/lib/a b", "xfs", "rw,noatime,attr2", "254:4")
    assert mounts[2].source == "node1:/vol1"


def test_fstab_with_comments_and_odd_lines() -> None:
    text = "# /dev/a /a xfs\n\nUUID=1-2 /boot\\040x ext4\n  #x y\nlonely\n/dev/b\t/b xfs rw,nouuid 1 2 extra\n"
    assert host_answers.parse_fstab(text) == (
        FstabEntry(3, "UUID=1-2", "/boot x", "ext4", ""),
        FstabEntry(6, "/dev/b", "/b", "xfs", "rw,nouuid"),
    )


def test_swaps_without_the_heading() -> None:
    text = "Filename\t\t\t\tType\t\tSize\t\tUsed\t\tPriority\n/dev/vde  partition\t4\t0\t-2\n"
    assert host_answers.parse_swaps(text) == ("/dev/vde",)


def test_links_lead_to_numbers_over_several_hops() -> None:
    row = {"kname": "sdb", "path": "/dev/sdb", "maj:min": "8:16", "type": "disk", "size": 5}
    devices = host_answers.parse_lsblk(_lsblk(row))
    text = (
        "/dev/disk/by-id/wwn-1 ../../sdb\n/dev/store by-alias\n/dev/by-alias disk/by-id/wwn-1\n"
        "/dev/block/8:16 ../sdb\n/dev/fd /proc/self/fd\n/dev/a b\n/dev/b a\n"
    )
    expected = dict.fromkeys(("/dev/disk/by-id/wwn-1", "/dev/store", "/dev/by-alias"), "8:16")
    assert host_answers.parse_links(text, devices) == expected


def test_findmnt_prints_nothing_or_an_empty_list_where_there_is_none() -> None:
    assert host_answers.parse_findmnt("") == {}
    assert host_answers.parse_findmnt('{"filesystems": [\n\n]}') == {}
    text = (
        '{"filesystems": [{"target":"/a","size":"10","used":4,"avail":6,"children":[{"target":"/a/b","size":null}]}]}'
    )
    assert host_answers.parse_findmnt(text) == {"/a": (10, 4, 6), "/a/b": (None, None, None)}


def test_the_line_of_a_brick_in_the_fstab() -> None:
    device, target = host.brick_device(VG, "brick_1"), host.brick_mount(VG, "brick_1")
    added = host.fstab_add(device, target)
    assert added.argv == ("tee", "-a", "/etc/fstab")
    assert added.stdin == f"/dev/mapper/{VG}-brick_1 {target} xfs rw,inode64,noatime,nouuid 1 2\n"
    (entry,) = host_answers.parse_fstab(added.stdin)
    assert (entry.source, entry.target) == (device, target)
    assert host.brick_device("my-vg", "a-b") == "/dev/mapper/my--vg-a--b"
    assert host.fstab_remove("brick_1").argv == ("sed", "-i.save", "/brick_1/d", "/etc/fstab")


@pytest.mark.parametrize("name", ["", "a/b", "a b", ".*", "-n", "a\nb"])
def test_a_name_that_sed_would_misread_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match="no name of a brick"):
        host.fstab_remove(name)


def test_questions_about_mounts_and_the_fstab() -> None:
    def asked(text: str) -> Result:
        return Result(host.cat(host.MOUNTINFO), 0, text)

    assert host.mounted("/var/lib/a b").passes(asked(MOUNTINFO))
    assert not host.mounted("/var/lib/a").passes(asked(MOUNTINFO))
    assert host.not_mounted("/var/lib/a").passes(asked(MOUNTINFO))
    assert not host.not_mounted("/bind").passes(asked(MOUNTINFO))
    assert not host.not_mounted("/bind").passes(asked(""))
    fstab = f"# brick_2 /x\n/dev/mapper/{VG}-brick_10 /m xfs rw 1 2\n"
    assert host.in_fstab("brick_10").passes(asked(fstab))
    assert not host.in_fstab("brick_1").passes(asked(fstab))
    assert not host.in_fstab("brick_2").passes(asked(fstab))
    assert host.not_in_fstab("brick_1").passes(asked(fstab))
    assert not host.not_in_fstab("/m").passes(asked(fstab))
