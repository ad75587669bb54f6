#!/bin/bash
# lab.sh - a real GlusterFS lab (sshd + lvm2 thin + xfs + glusterd per node) on one
# Debian 12 machine whose kernel has no device-mapper and whose KVM can't run stock guests.
#
#   lab.sh build            install host packages, make the root image (cached)
#   lab.sh up N             bring nodes 1..N up from nothing (builds if needed)
#   lab.sh ssh I CMD...     run CMD on node I as root
#   lab.sh ns CMD...        run CMD on this machine but in the lab's network namespace
#   lab.sh reset            down, then up with the same N (fresh overlays)
#   lab.sh stop I / cut I / start I   stop a node in order / like a pulled plug / start it again, disks kept
#   lab.sh down             end everything (by recorded pid) and remove the namespace
#   lab.sh clean            down + delete images
#
# LAB_MODE=uml (default) | tcg | kvm    LAB_DIR=/var/tmp/brickyard-lab   LAB_MEM=384 (MiB per node; 256 suffices)
# LAB_DISKS=4 (spare disks per node, at most 7)  LAB_DISK_SIZE=4G    LAB_WAIT=240 (seconds)
# Node I is 10.77.0.(10+I) inside netns "$LAB_NS", and 127.77.0.(10+I):22 from outside it (relay).
set -euo pipefail
LAB_DIR=${LAB_DIR:-/var/tmp/brickyard-lab} LAB_MODE=${LAB_MODE:-uml} LAB_MEM=${LAB_MEM:-384}
LAB_DISKS=${LAB_DISKS:-4} LAB_DISK_SIZE=${LAB_DISK_SIZE:-4G} LAB_NS=${LAB_NS:-glab} LAB_WAIT=${LAB_WAIT:-240} LAB_PIN=${LAB_PIN:-1}
MIRROR=${MIRROR:-} SUITE=bookworm   # MIRROR empty: the one that mmdebstrap knows for the suite
export DEBIAN_FRONTEND=noninteractive LC_ALL=C.UTF-8 PATH=$PATH:/usr/sbin:/sbin
R=$LAB_DIR/run HERE=$(cd "$(dirname "$0")" && pwd)
say() { printf '%s lab: %s\n' "$(date +%T)" "$*" >&2; }
die() { say "$*"; exit 1; }
letters=(a b c d e f g h)

need() {  # need CMD PACKAGE...: install the packages if CMD is absent
  command -v "$1" >/dev/null && return 0
  shift; say "apt-get install $*"
  if [ ! -e /var/tmp/.lab-apt-updated ]; then apt-get update -qq >&2; touch /var/tmp/.lab-apt-updated; fi
  apt-get install -y -qq --no-install-recommends "$@" >>"$LAB_DIR/apt.log" 2>&1 || die "apt failed, see $LAB_DIR/apt.log"
}

host_packages() {
  mkdir -p "$LAB_DIR"
  need ssh openssh-client; need ip iproute2; need mmdebstrap mmdebstrap; need mke2fs e2fsprogs
  if [ "$LAB_MODE" = uml ]; then need linux.uml user-mode-linux; need gcc gcc libc6-dev
    # a guest dies at once on a host with wide registers (AMX) without this: see xstate.c
    [ "$LAB_DIR/xstate.so" -nt "$HERE/xstate.c" ] || gcc -O2 -Wall -shared -fPIC -o "$LAB_DIR/xstate.so" "$HERE/xstate.c" -ldl
  else need qemu-system-x86_64 qemu-system-x86; need qemu-img qemu-utils; need busybox busybox-static; need cpio cpio; fi
}

tree() {  # the node's root filesystem, as a directory
  T=$LAB_DIR/tree; [ -e "$T/.lab-done" ] && return 0
  rm -rf "$T"; say "mmdebstrap (about 2-3 minutes)"
  local inc=systemd-sysv,udev,dbus,openssh-server,lvm2,thin-provisioning-tools,xfsprogs,glusterfs-server,glusterfs-client
  inc+=,iproute2,iputils-ping,kmod,e2fsprogs,parted,procps
  mmdebstrap --variant=minbase --aptopt='Acquire::Languages "none"' \
    --dpkgopt='path-exclude=/usr/share/doc/*' --dpkgopt='path-exclude=/usr/share/man/*' --dpkgopt='path-exclude=/usr/share/locale/*' \
    --include=$inc $SUITE "$T" ${MIRROR:+"$MIRROR"} >"$LAB_DIR/mmdebstrap.log" 2>&1 || die "mmdebstrap failed, see $LAB_DIR/mmdebstrap.log"
  rm -rf "$T"/etc/ssh/ssh_host_* "$T"/var/cache/apt/* "$T"/var/lib/apt/lists/* "$T"/etc/hostname
  : >"$T/etc/machine-id"; : >"$T/etc/fstab"
  # gsyncd (geo-replication) is started ~15 times by glusterd at boot; without it glusterd is up in a second or two
  rm -f "$T"/usr/lib/x86_64-linux-gnu/glusterfs/gsyncd
  printf 'UseDNS no\nPermitRootLogin yes\nUsePAM no\n' >"$T/etc/ssh/sshd_config.d/lab.conf"
  cat >"$T/usr/local/sbin/lab-init" <<'E'
#!/bin/sh
# first thing at boot: name, address, hosts file, modules, ssh host key (few forks: they are dear under UML)
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
  # same names under UML and QEMU: /dev/vdb.. point at /dev/ubdb..
  for l in b c d e f g h; do echo "KERNEL==\"ubd$l\", SYMLINK+=\"vd$l\""; done >"$T/etc/udev/rules.d/70-lab.rules"
  mkdir -p "$T/etc/systemd/system/systemd-udev-trigger.service.d"
  printf '[Service]\nExecStart=\nExecStart=-udevadm trigger --type=devices --action=add --subsystem-match=block --subsystem-match=misc\n' \
    >"$T/etc/systemd/system/systemd-udev-trigger.service.d/lab.conf"
  systemctl --root="$T" -q enable lab-init glusterd ssh
  systemctl --root="$T" -q set-default multi-user.target
  for u in apt-daily.timer apt-daily-upgrade.timer e2scrub_all.timer fstrim.timer dpkg-db-backup.timer e2scrub_reap.service \
    systemd-pstore.service systemd-timesyncd.service systemd-logind.service getty@tty1.service getty.target \
    kmod-static-nodes.service systemd-modules-load.service systemd-sysusers.service systemd-update-utmp.service \
    systemd-update-utmp-runlevel.service systemd-user-sessions.service systemd-journal-flush.service systemd-random-seed.service \
    systemd-binfmt.service systemd-sysctl.service systemd-tmpfiles-clean.timer modprobe@drm.service modprobe@configfs.service \
    modprobe@fuse.service modprobe@dm_mod.service modprobe@loop.service modprobe@efi_pstore.service dev-mqueue.mount dev-hugepages.mount \
    sys-kernel-debug.mount sys-kernel-tracing.mount sys-kernel-config.mount sys-fs-fuse-connections.mount glustereventsd.service \
    proc-sys-fs-binfmt_misc.automount; do ln -sf /dev/null "$T/etc/systemd/system/$u"; done
  mkdir -p "$T/etc/systemd/journald.conf.d"; printf '[Journal]\nStorage=volatile\n' >"$T/etc/systemd/journald.conf.d/lab.conf"
  touch "$T/.lab-done"
}

kernel_uml() {  # only the modules we need
  UV=$(basename "$(echo /usr/lib/uml/modules/*)"); local s=/usr/lib/uml/modules/$UV d=$LAB_DIR/tree/lib/modules/$UV f
  [ -e "$d/modules.dep" ] && return 0
  mkdir -p "$d/kernel"
  for f in drivers/md fs/fuse drivers/block/loop.ko net/ipv6 lib; do
    [ -e "$s/kernel/$f" ] && mkdir -p "$d/kernel/$(dirname $f)" && cp -a "$s/kernel/$f" "$d/kernel/$(dirname $f)/"; done
  cp "$s"/modules.builtin* "$s"/modules.order "$d/" 2>/dev/null || :
  chroot "$LAB_DIR/tree" depmod "$UV"
}
kernel_qemu() {
  mkdir -p "$LAB_DIR/kern"
  if [ ! -e "$LAB_DIR/kern/vmlinuz" ]; then
    local p; p=$(apt-cache depends linux-image-cloud-amd64 | awk '/Depends: linux-image-6/{print $2;exit}')
    (cd "$LAB_DIR/kern" && apt-get download "$p" >/dev/null 2>&1 && dpkg-deb -x linux-image-*.deb x && cp x/boot/vmlinuz-* vmlinuz) || die "no kernel"
  fi
  KV=$(basename "$LAB_DIR"/kern/x/lib/modules/*); local s=$LAB_DIR/kern/x/lib/modules/$KV
  if [ ! -e "$LAB_DIR/tree/lib/modules/$KV/modules.dep" ]; then
    local d=$LAB_DIR/tree/lib/modules/$KV f; mkdir -p "$d/kernel/drivers" "$d/kernel/fs"
    for f in drivers/md fs/fuse fs/xfs lib net/core drivers/block drivers/virtio drivers/net/virtio_net.ko drivers/net/net_failover.ko; do
      [ -e "$s/kernel/$f" ] && mkdir -p "$d/kernel/$(dirname $f)" && cp -a "$s/kernel/$f" "$d/kernel/$(dirname $f)/"; done
    mkdir -p "$d/kernel"; for f in fs/ext4 fs/jbd2 fs/mbcache.ko crypto arch drivers/char/hw_random; do
      [ -e "$s/kernel/$f" ] && mkdir -p "$d/kernel/$(dirname $f)" && cp -a "$s/kernel/$f" "$d/kernel/$(dirname $f)/"; done
    cp "$s"/modules.builtin* "$s"/modules.order "$d/" 2>/dev/null || :
    chroot "$LAB_DIR/tree" depmod "$KV"
  fi
  if [ ! -e "$LAB_DIR/kern/initrd" ]; then   # busybox + the few modules that find the root disk
    local i=$LAB_DIR/kern/i m; rm -rf "$i"; mkdir -p "$i"/{bin,m,proc,sys,dev,root}; cp "$(command -v busybox)" "$i/bin/busybox"; ln -s busybox "$i/bin/sh"
    : >"$i/order"
    for m in virtio_ring virtio virtio_pci_legacy_dev virtio_pci_modern_dev virtio_pci virtio_mmio virtio_blk failover net_failover virtio_net \
             crc16 mbcache jbd2 libcrc32c crc32c_generic ext4; do
      f=$(find "$s" -name "$m.ko*" | head -1); [ -n "$f" ] && cp "$f" "$i/m/" && echo "$(basename "$f")" >>"$i/order"; done
    cat >"$i/init" <<'E'
#!/bin/sh
B=/bin/busybox; $B mount -t proc p /proc; $B mount -t sysfs s /sys; $B mount -t devtmpfs d /dev
while read -r m; do $B insmod /m/$m; done </order
n=0; while [ ! -b /dev/vda ] && [ $n -lt 100 ]; do $B usleep 100000; n=$((n+1)); done
$B mount -t ext4 /dev/vda /root; $B mount --move /dev /root/dev; $B mount --move /proc /root/proc; $B mount --move /sys /root/sys
exec $B switch_root /root /sbin/init
E
    chmod +x "$i/init"; (cd "$i" && find . | cpio -o -H newc --quiet | gzip -1) >"$LAB_DIR/kern/initrd"
  fi
}

build() {
  host_packages
  [ -e "$LAB_DIR/id_ed25519" ] || ssh-keygen -q -t ed25519 -N '' -C lab -f "$LAB_DIR/id_ed25519"
  local img=$LAB_DIR/base-$([ "$LAB_MODE" = uml ] && echo uml || echo qemu).img
  [ -e "$img" ] && return 0
  tree
  mkdir -p "$LAB_DIR/tree/root/.ssh"; chmod 700 "$LAB_DIR/tree/root/.ssh"; cp "$LAB_DIR/id_ed25519.pub" "$LAB_DIR/tree/root/.ssh/authorized_keys"
  if [ "$LAB_MODE" = uml ]; then kernel_uml; else kernel_qemu; fi
  say "mke2fs $img"; mke2fs -q -F -t ext4 -J size=8 -L labroot -d "$LAB_DIR/tree" "$img.tmp" 1200M; mv "$img.tmp" "$img"
}

net_up() {
  ip netns list | grep -qw "$LAB_NS" || ip netns add "$LAB_NS"
  local n="ip -n $LAB_NS"
  $n link set lo up; $n link show br0 >/dev/null 2>&1 || { $n link add br0 type bridge; $n addr add 10.77.0.1/24 dev br0; $n link set br0 up; }
  local i; for i in $(seq "$1"); do $n link show tap$i >/dev/null 2>&1 || $n tuntap add tap$i mode tap; $n link set tap$i master br0 up; done
  # names usable by clients in the namespace (ip netns exec binds this file over /etc/hosts)
  mkdir -p "/etc/netns/$LAB_NS"; { echo 127.0.0.1 localhost; for i in $(seq "$1"); do echo "10.77.0.$((10+i)) node$i"; done; } >"/etc/netns/$LAB_NS/hosts"
}

spawn() {  # spawn NAME LOG CMD...: own session, pid recorded together with its start time
  local name=$1 log=$2; shift 2
  setsid "$@" </dev/null >"$log" 2>&1 & local p=$!
  echo "$p $(awk '{print $22}' /proc/$p/stat)" >"$R/$name.pid"
}
alive() { local p s; [ -e "$R/$1.pid" ] && read -r p s <"$R/$1.pid" && [ -e /proc/$p/stat ] && [ "$(awk '{print $22}' /proc/$p/stat 2>/dev/null)" = "$s" ]; }
end() {  # end NAME: exactly what we started: the recorded pid and its own session's group
  local p s n=0; [ -e "$R/$1.pid" ] || return 0; read -r p s <"$R/$1.pid"
  if alive "$1"; then kill -TERM -- "-$p" 2>/dev/null || kill -TERM "$p" || :
    while alive "$1" && [ $n -lt 20 ]; do sleep 0.1; n=$((n+1)); done
    kill -KILL -- "-$p" 2>/dev/null || :; fi
  rm -f "$R/$1.pid"
}

start_node() {
  local i=$1 n=$2 d=$R/node$1 k; mkdir -p "$d"
  for k in $(seq 1 "$LAB_DISKS"); do [ -e "$d/${letters[$k]}.img" ] || truncate -s "$LAB_DISK_SIZE" "$d/${letters[$k]}.img"; done
  if [ "$LAB_MODE" = uml ]; then
    # a UML guest is one kernel thread tracing one process per guest process: all of them on one CPU makes each switch 2-3 times cheaper
    local pin=(); if [ "$LAB_PIN" = 1 ]; then pin=(taskset -c "$(( (i-1) % $(nproc) ))"); "${pin[@]}" true 2>/dev/null || pin=(); fi
    local a=(); for k in $(seq 1 "$LAB_DISKS"); do a+=("ubd$k=$d/${letters[$k]}.img"); done
    TMPDIR=/dev/shm LD_PRELOAD="$LAB_DIR/xstate.so" spawn "node$i" "$d/console.log" ${pin[@]+"${pin[@]}"} nsenter --net="/run/netns/$LAB_NS" linux.uml mem="${LAB_MEM}M" umid=node$i uml_dir="$d/" \
      ubd0="$d/root.cow,$LAB_DIR/base-uml.img" "${a[@]}" root=/dev/ubda rw noreboot \
      vec0:transport=tap,ifname=tap$i,depth=128,gro=1 con=null con0=null,fd:1 console=tty0 loglevel=4 systemd.show_status=0 \
      labnode=$i labnodes=$n
  else
    [ -e "$d/root.qcow2" ] || qemu-img create -q -f qcow2 -b "$LAB_DIR/base-qemu.img" -F raw "$d/root.qcow2"
    local acc=(-accel tcg,tb-size=256 -cpu qemu64) dv=() ; [ "$LAB_MODE" = kvm ] && acc=(-enable-kvm -cpu host)
    for k in $(seq 1 "$LAB_DISKS"); do dv+=(-drive "id=d$k,if=none,format=raw,discard=unmap,cache=unsafe,file=$d/${letters[$k]}.img" -device "virtio-blk-pci,drive=d$k"); done
    spawn "node$i" "$d/console.log" nsenter --net="/run/netns/$LAB_NS" qemu-system-x86_64 -M pc \
      "${acc[@]}" -m "$LAB_MEM" -smp 1 -nodefaults -no-user-config -display none -no-reboot -serial stdio -monitor none \
      -kernel "$LAB_DIR/kern/vmlinuz" -initrd "$LAB_DIR/kern/initrd" \
      -append "console=ttyS0 panic=-1 root=/dev/vda rw mitigations=off tsc=reliable no_timer_check loglevel=4 systemd.show_status=0 labnode=$i labnodes=$n" \
      -drive "id=r,if=none,format=qcow2,cache=unsafe,file=$d/root.qcow2" -device virtio-blk-pci,drive=r "${dv[@]}" \
      -netdev "tap,id=n0,ifname=tap$i,script=no,downscript=no" -device "virtio-net-pci,romfile=,netdev=n0,mac=52:54:00:77:00:$(printf %02x $i)" \
      -object rng-random,id=rng0,filename=/dev/urandom -device virtio-rng-pci,rng=rng0
  fi
}

SSHO=(-i "$LAB_DIR/id_ed25519" -o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null -o BatchMode=yes -o LogLevel=ERROR -o ConnectTimeout=5)
nssh() { local i=$1; shift; nsenter --net="/run/netns/$LAB_NS" ssh "${SSHO[@]}" "root@10.77.0.$((10+i))" "$@"; }

wait_node() {  # ssh answers, then glusterd answers
  local i=$1 t0=$SECONDS
  until nssh $i true 2>/dev/null; do alive node$i || die "node$i died, see $R/node$i/console.log"; [ $((SECONDS-t0)) -lt "$LAB_WAIT" ] || die "node$i: no ssh in $LAB_WAIT s"; sleep 0.5; done
  say "node$i ssh ready after $((SECONDS-t0))s"
  nssh $i 'n=0; until gluster pool list >/dev/null 2>&1; do n=$((n+1)); [ $n -lt 100 ] || exit 1; sleep 1; done' || die "node$i: glusterd does not answer"
  say "node$i glusterd ready after $((SECONDS-t0))s"
}

relay() {  # outside the namespace: 127.77.0.(10+I):22 -> node I's sshd (listen first, then enter the namespace)
  cat >"$R/relay.py" <<'E'
import ctypes, os, socket, sys, threading
ns, n = sys.argv[1], int(sys.argv[2]); ls = []
for i in range(1, n + 1):
    s = socket.socket(); s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1); s.bind((f"127.77.0.{10+i}", 22)); s.listen(64); ls.append((i, s))
fd = os.open(f"/run/netns/{ns}", os.O_RDONLY); assert ctypes.CDLL(None, use_errno=True).setns(fd, 0x40000000) == 0
def pump(a, b):
    try:
        while d := a.recv(65536): b.sendall(d)
    except OSError: pass
    try: b.shutdown(socket.SHUT_WR)
    except OSError: pass
def conn(c, i):
    try: d = socket.create_connection((f"10.77.0.{10+i}", 22), 10)
    except OSError: c.close(); return
    d.settimeout(None); t = threading.Thread(target=pump, args=(c, d), daemon=True); t.start(); pump(d, c); t.join(); c.close(); d.close()
def serve(i, s):
    while True: threading.Thread(target=conn, args=(s.accept()[0], i), daemon=True).start()
for i, s in ls: threading.Thread(target=serve, args=(i, s), daemon=True).start()
print("ready", flush=True); threading.Event().wait()
E
  spawn relay "$R/relay.log" python3 "$R/relay.py" "$LAB_NS" "$1"
  local k=0; until grep -q ready "$R/relay.log"; do alive relay || die "relay died, see $R/relay.log"; k=$((k+1)); [ $k -lt 100 ] || die "relay not ready"; sleep 0.1; done
}

up() {
  local n=${1:?up N} i p ps=(); mkdir -p "$R"; [ ! -e "$R/n" ] || die "already up (or half up): run down first"
  build; say "starting $n node(s), mode $LAB_MODE"; echo "$n" >"$R/n"; echo "$LAB_MODE" >"$R/mode"
  net_up "$n"; for i in $(seq "$n"); do start_node "$i" "$n"; done
  for i in $(seq "$n"); do wait_node "$i" & ps+=($!); done
  local bad=0; for p in "${ps[@]}"; do wait "$p" || bad=1; done; [ $bad = 0 ] || die "not all nodes came up"
  relay "$n"; say "up: $n nodes"
  for i in $(seq "$n"); do echo "node$i 10.77.0.$((10+i)) in netns $LAB_NS, 127.77.0.$((10+i)) port 22 outside; key $LAB_DIR/id_ed25519"; done
}
down() {
  [ -d "$R" ] || return 0; local f i; end relay
  for f in "$R"/node*.pid; do [ -e "$f" ] && end "$(basename "$f" .pid)"; done
  if ip netns list | grep -qw "$LAB_NS"; then ip netns del "$LAB_NS"; fi
  rm -rf "$R" "/etc/netns/$LAB_NS"; rmdir /etc/netns 2>/dev/null || :; say "down"
}
case ${1:-} in
  build) build;; up) up "${2:-3}";; down) down;; clean) down; rm -rf "$LAB_DIR";;
  reset) n=$(cat "$R/n"); LAB_MODE=$(cat "$R/mode"); down; up "$n";;
  ssh) shift; nssh "$@";;
  ns) shift; exec ip netns exec "$LAB_NS" "$@";;
  stop) timeout 20 "$0" ssh "$2" 'sync; systemctl stop glusterd; sync' >/dev/null 2>&1 || :; end "node$2";;   # orderly: peers see closed connections
  cut) timeout 20 "$0" ssh "$2" sync >/dev/null 2>&1 || :; end "node$2";;   # as if the cable went (peers notice after their timeouts)
  start) LAB_MODE=$(cat "$R/mode"); start_node "$2" "$(cat "$R/n")"; wait_node "$2";;
  status) for f in "$R"/*.pid; do b=$(basename "$f" .pid); if alive "$b"; then echo "$b running, pid $(cut -d' ' -f1 "$f")"; else echo "$b dead"; fi; done;;
  *) sed -n '2,20p' "$0"; exit 2;;
esac
