# Runs on a node: sh -s RELEASE|RENEW. Between the two, lab.sh makes the spare disks blank from outside.

disks=$(ls /dev/vd[b-h] 2>/dev/null)

release() {  # end everything that holds a spare disk, whatever state it is in
  systemctl kill -s KILL glusterd 2>/dev/null
  pkill -KILL '^gluster'
  systemctl stop glusterd 2>/dev/null
  swapoff -a
  awk '$2 ~ "^/(var/lib/heketi|mnt|srv|media|tmp)/" || $1 ~ "^/dev/(mapper/|vd|ubd[b-h]|loop)" || $3 == "fuse.glusterfs" { print $2 }' /proc/mounts |
    tac | while read -r target; do umount "$target" 2>/dev/null || { fuser -sk -m "$target"; umount "$target" || umount -l "$target"; }; done
  losetup -D
  [ -e /dev/mapper/control ] && dmsetup remove_all --force >/dev/null
  [ -z "$(dmsetup ls --noflush 2>/dev/null | grep -v '^No devices')" ] || { echo "device-mapper devices are held"; dmsetup ls; exit 1; }
  blockdev --setrw --flushbufs $disks
}

renew() {  # forget the disks' past, a node as fresh from its image
  blockdev --flushbufs $disks
  for disk in $disks; do blockdev --rereadpt "$disk" || exit 1; done
  rm -rf /var/lib/glusterd /var/lib/heketi /etc/lvm /run/lvm /etc/fstab* /etc/modules-load.d/brickyard.conf /var/log/glusterfs/bricks/*
  cp -a /usr/lib/lab/. /
  rmdir /mnt/* 2>/dev/null
  modprobe -a dm_thin_pool dm_snapshot fuse loop
  systemctl is-enabled -q glusterd || { systemctl -q unmask glusterd; systemctl -q enable glusterd; }
  systemctl reset-failed glusterd   # else the seventh start within an hour is refused
  systemctl start glusterd || exit 1
  udevadm trigger --settle --subsystem-match=block
  n=0; until gluster pool list >/dev/null 2>&1; do n=$((n+1)); [ $n -lt 30 ] || exit 1; sleep 0.3; done
  clean
}

clean() {  # a node that looks clean is clean: nobody on the disks, no peers, no volumes
  [ "$(lsblk -nr -o FSTYPE,PTTYPE,MOUNTPOINTS $disks | tr -d ' \n')" = "" ] || { echo "the disks are not blank"; lsblk -f; exit 1; }
  [ "$(gluster pool list | wc -l)" = 2 ] || { echo "the node still has peers"; exit 1; }
  [ -z "$(ls /var/lib/glusterd/vols)" ] || { echo "the node still has volumes"; exit 1; }
  for disk in $disks; do cmp -s -n 1048576 "$disk" /dev/zero || { echo "$disk is not blank"; exit 1; }; done
}

case $1 in RELEASE) release;; RENEW) renew;; esac
