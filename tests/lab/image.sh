# Sourced by lab.sh: makes the root image of a node, once; it is made again when this file changes.
# Needs LAB_DIR, R (state), SUITE, MIRROR, say and die_with. The result is $BASE.

# what a node has: what an admin's storage node has, and sudo for the tests that log in as somebody else
PACKAGES=systemd-sysv,udev,dbus,openssh-server,lvm2,thin-provisioning-tools,xfsprogs,glusterfs-server,glusterfs-client
PACKAGES+=,iproute2,iputils-ping,kmod,e2fsprogs,parted,procps,psmisc,sudo
# units that do nothing for a node and cost it seconds at boot
UNWANTED="apt-daily.timer apt-daily-upgrade.timer e2scrub_all.timer fstrim.timer dpkg-db-backup.timer e2scrub_reap.service
  systemd-pstore.service systemd-timesyncd.service systemd-logind.service getty@tty1.service getty.target
  kmod-static-nodes.service systemd-modules-load.service systemd-sysusers.service systemd-update-utmp.service
  systemd-update-utmp-runlevel.service systemd-user-sessions.service systemd-journal-flush.service systemd-random-seed.service
  systemd-binfmt.service systemd-sysctl.service systemd-tmpfiles-clean.timer modprobe@drm.service modprobe@configfs.service
  modprobe@fuse.service modprobe@dm_mod.service modprobe@loop.service modprobe@efi_pstore.service dev-mqueue.mount dev-hugepages.mount
  sys-kernel-debug.mount sys-kernel-tracing.mount sys-kernel-config.mount sys-fs-fuse-connections.mount glustereventsd.service
  proc-sys-fs-binfmt_misc.automount"

RECIPE=$(sha256sum "${BASH_SOURCE[0]}" | cut -c1-12)
BASE=$LAB_DIR/base-$RECIPE.img
T=$LAB_DIR/tree   # the node's root filesystem as a directory

build_image() {
  # an image holds the key it was made with
  [ -e "$LAB_DIR/id_ed25519" ] || { rm -f "$BASE"; ssh-keygen -q -t ed25519 -N '' -C lab -f "$LAB_DIR/id_ed25519"; }
  [ -e "$BASE" ] && return 0
  rm -rf "$T"; debian_tree; first_boot; users; uml_modules
  local old; for old in "$LAB_DIR"/base-*.img; do [ "$old" = "$(cat "$R/base" 2>/dev/null)" ] || rm -f "$old"; done
  say "mke2fs"; mke2fs -q -F -t ext4 -J size=8 -L labroot -d "$T" "$BASE.tmp" 1200M >/dev/null; rm -rf "$T"; mv "$BASE.tmp" "$BASE"
}

debian_tree() {
  say "mmdebstrap (1 to 3 minutes)"
  mmdebstrap --variant=minbase --aptopt='Acquire::Languages "none"' \
    --dpkgopt='path-exclude=/usr/share/doc/*' --dpkgopt='path-exclude=/usr/share/man/*' --dpkgopt='path-exclude=/usr/share/locale/*' \
    --include="$PACKAGES" "$SUITE" "$T" ${MIRROR:+"$MIRROR"} >"$LAB_DIR/mmdebstrap.log" 2>&1 || die_with "$LAB_DIR/mmdebstrap.log" "mmdebstrap failed"
  rm -rf "$T"/etc/ssh/ssh_host_* "$T"/var/cache/apt/* "$T"/var/lib/apt/lists/* "$T"/etc/hostname
  : >"$T/etc/machine-id"; : >"$T/etc/fstab"
  # gsyncd (geo-replication) is started ~15 times by glusterd at boot; without it glusterd is up in a second or two
  rm -f "$T"/usr/lib/x86_64-linux-gnu/glusterfs/gsyncd
  printf 'UseDNS no\nPermitRootLogin yes\nUsePAM no\n' >"$T/etc/ssh/sshd_config.d/lab.conf"
  # what `lab.sh wipe` puts back
  mkdir -p "$T/usr/lib/lab/etc" "$T/usr/lib/lab/var/lib"
  cp -a "$T/etc/lvm" "$T/etc/fstab" "$T/usr/lib/lab/etc/"; cp -a "$T/var/lib/glusterd" "$T/usr/lib/lab/var/lib/"
  # /dev/vdb ... as on a virtual machine; user-mode-linux itself says /dev/ubdb
  local l; for l in b c d e f g h; do echo "KERNEL==\"ubd$l|ubd$l[0-9]*\", SYMLINK+=\"vd$l%n\""; done >"$T/etc/udev/rules.d/70-lab.rules"
  mkdir -p "$T/etc/systemd/system/systemd-udev-trigger.service.d" "$T/etc/systemd/journald.conf.d"
  printf '[Service]\nExecStart=\nExecStart=-udevadm trigger --type=devices --action=add --subsystem-match=block --subsystem-match=misc\n' \
    >"$T/etc/systemd/system/systemd-udev-trigger.service.d/lab.conf"
  printf '[Journal]\nStorage=volatile\n' >"$T/etc/systemd/journald.conf.d/lab.conf"
  local unit; for unit in $UNWANTED; do ln -sf /dev/null "$T/etc/systemd/system/$unit"; done
  systemctl --root="$T" -q enable glusterd ssh
  systemctl --root="$T" -q set-default multi-user.target
}

first_boot() {  # name, address, hosts file, modules, ssh host key, before anything else (few forks: they are dear)
  cat >"$T/usr/local/sbin/lab-init" <<'E'
#!/bin/sh
read -r cmd </proc/cmdline
for w in $cmd; do case $w in labnode=*) I=${w#labnode=};; labnodes=*) C=${w#labnodes=};; esac; done
echo node$I >/etc/hostname; echo node$I >/proc/sys/kernel/hostname
{ echo 127.0.0.1 localhost; echo 10.77.0.1 client; i=1
  while [ $i -le $C ]; do echo 10.77.0.$((10+i)) node$i; i=$((i+1)); done; } >/etc/hosts
for d in /sys/class/net/*; do d=${d##*/}; case $d in vec*|eth*|en*) D=$d;; esac; done
ip -batch - <<X
link set lo up
addr add 10.77.0.$((10+I))/24 dev $D
link set $D up
route add default via 10.77.0.1
X
modprobe -a dm_thin_pool dm_snapshot fuse loop xfs 2>/dev/null
[ -s /etc/ssh/ssh_host_ed25519_key ] || ssh-keygen -q -t ed25519 -N '' -f /etc/ssh/ssh_host_ed25519_key
exit 0
E
  chmod +x "$T/usr/local/sbin/lab-init"
  cat >"$T/etc/systemd/system/lab-init.service" <<'E'
[Unit]
DefaultDependencies=no
After=systemd-remount-fs.service
Before=network-pre.target network.target sysinit.target
[Service]
Type=oneshot
RemainAfterExit=yes
ExecStart=/usr/local/sbin/lab-init
[Install]
WantedBy=sysinit.target
E
  systemctl --root="$T" -q enable lab-init
}

users() {  # root, admin (may sudo anything) and nosudo (may not), one key for all
  local user; for user in admin nosudo; do chroot "$T" useradd -m -s /bin/bash -p '*' "$user"; done
  echo 'admin ALL=(ALL) NOPASSWD: ALL' >"$T/etc/sudoers.d/lab"; chmod 440 "$T/etc/sudoers.d/lab"
  for user in root home/admin home/nosudo; do
    install -d -m 700 "$T/$user/.ssh"; install -m 600 "$LAB_DIR/id_ed25519.pub" "$T/$user/.ssh/authorized_keys"
    chown -R --reference="$T/$user" "$T/$user/.ssh"
  done
}

uml_modules() {  # only what the nodes use
  local version from to part; version=$(basename "$(echo /usr/lib/uml/modules/*)")
  from=/usr/lib/uml/modules/$version to=$T/lib/modules/$version
  mkdir -p "$to/kernel"
  for part in drivers/md fs/fuse drivers/block/loop.ko net/ipv6 lib; do
    [ -e "$from/kernel/$part" ] || continue
    mkdir -p "$to/kernel/$(dirname "$part")"; cp -a "$from/kernel/$part" "$to/kernel/$(dirname "$part")/"
  done
  cp "$from"/modules.builtin* "$from"/modules.order "$to/" 2>/dev/null || :
  chroot "$T" depmod "$version"
}
