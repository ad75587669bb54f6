"""What the other tests rely on: the nodes answer, and a wipe leaves nothing of a mess."""

from pathlib import Path

from tests.lab.nodes import GLUSTERD_PORT, Lab

MESS = """
lvm vgcreate -qq vg_mess /dev/vdb && lvm lvcreate -qq -L 200M -T vg_mess/pool -V 400M -n brick &&
mkfs.xfs -q /dev/mapper/vg_mess-brick && mkdir -p /mnt/brick && mount /dev/mapper/vg_mess-brick /mnt/brick &&
echo '/dev/mapper/vg_mess-brick /mnt/brick xfs rw 1 2' >>/etc/fstab &&
parted -s /dev/vdc mklabel gpt mkpart swap linux-swap 1MiB 1GiB && udevadm settle &&
mkswap -q /dev/vdc1 && swapon /dev/vdc1 &&
mkfs.ext4 -q /dev/vdd
"""


def test_every_node_answers_on_both_addresses(lab: Lab) -> None:
    names = [lab.must(node.number, "hostname").strip() for node in lab.nodes]
    assert names == ["node1", "node2", "node3"]
    assert lab.ns("bash", "-c", f"exec 3<>/dev/tcp/{lab.nodes[2].storage}/{GLUSTERD_PORT}").returncode == 0


def test_the_users_may_what_their_names_say(lab: Lab) -> None:
    assert lab.ssh(1, "sudo -n id -u", user="admin").stdout.strip() == "0"
    refused = lab.ssh(1, "sudo -n id -u", user="nosudo")
    assert (refused.returncode, refused.stdout) == (1, "")


def test_the_known_hosts_file_is_right(lab: Lab, tmp_path: Path) -> None:
    lines = lab.write_known_hosts(tmp_path / "known_hosts").read_text().splitlines()
    assert [line.split()[:2] for line in lines] == [[node.manage, "ssh-ed25519"] for node in lab.nodes]


def test_a_wipe_leaves_nothing_of_a_mess(clean_lab: Lab) -> None:
    lab = clean_lab
    uuid = lab.must(1, "cat /var/lib/glusterd/glusterd.info")
    lab.must(1, MESS)
    lab.must(1, f"gluster peer probe {lab.nodes[1].storage}")
    lab.cut(3)
    lab.wipe()
    assert "vd" not in lab.must(1, "cat /proc/swaps /etc/fstab /proc/mounts")
    assert lab.must(1, f"lsblk -nro FSTYPE {' '.join(lab.disks)}").split() == []
    assert lab.must(1, "lvm vgs").strip() == ""
    assert lab.must(1, "gluster --mode=script pool list").count("\n") == 2
    assert lab.must(1, "cat /var/lib/glusterd/glusterd.info") != uuid
    assert lab.must(3, "gluster --mode=script pool list").count("\n") == 2
