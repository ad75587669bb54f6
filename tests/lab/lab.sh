#!/bin/bash
# lab.sh - real storage nodes on one Debian 12 machine, as root: sshd, systemd, lvm2 with thin
# provisioning, xfs and glusterd, each node with a kernel of its own (user-mode-linux: it needs no
# KVM, no modules and no device-mapper on the machine itself).
#
#   lab.sh up [N]        bring nodes 1..N up from nothing (3; installs packages and makes the image if needed)
#   lab.sh wipe          clean in place in seconds: no volumes, no peers, blank disks; resets where that fails
#   lab.sh reset         down, then up with the same N (fresh disks, fresh roots, new host keys)
#   lab.sh down          end everything (by recorded pid) and remove the namespace
#   lab.sh status        what runs; exit code 0 when all of it does
#   lab.sh ssh I CMD...  run CMD on node I as root
#   lab.sh ns CMD...     run CMD on this machine, in the network of the nodes (names node1.. resolve)
#   lab.sh stop I        stop a node in order: its peers see closed connections
#   lab.sh cut I         as if the cable went: its peers notice after their timeouts
#   lab.sh start I       start it again with its disks
#   lab.sh build         only install packages and make the image
#   lab.sh clean         down, and delete images and keys
#
# Node I is 10.77.0.(10+I) in the network namespace LAB_NS, and 127.77.0.(10+I) port 22 outside of it
# (relay.py). Users: root; admin, who may sudo; nosudo, who may not. Key: $LAB_DIR/id_ed25519.
# Spare disks: /dev/vdb, /dev/vdc ...
#
#   LAB_DIR=/var/tmp/brickyard-lab   images, keys, state     LAB_NS=glab   network namespace
#   LAB_DISKS=4        spare disks per node, at most 7       LAB_DISK_SIZE=4G
#   LAB_MEM=384        MiB per node (256 suffice)            LAB_WAIT=240  seconds until a node has to answer
#   LAB_PIN=1          each node on one CPU (2-3 times faster)             MIRROR=  another Debian mirror
#
# xstate.c is preloaded into the nodes' kernels: without it they die on hosts with wide registers.
set -euo pipefail
LAB_DIR=${LAB_DIR:-/var/tmp/brickyard-lab} LAB_NS=${LAB_NS:-glab} LAB_MEM=${LAB_MEM:-384} LAB_PIN=${LAB_PIN:-1}
LAB_DISKS=${LAB_DISKS:-4} LAB_DISK_SIZE=${LAB_DISK_SIZE:-4G} LAB_WAIT=${LAB_WAIT:-240} MIRROR=${MIRROR:-} SUITE=bookworm
export DEBIAN_FRONTEND=noninteractive LC_ALL=C.UTF-8 PATH=$PATH:/usr/sbin:/sbin
R=$LAB_DIR/run HERE=$(cd "$(dirname "$0")" && pwd)
say() { printf '%s lab: %s\n' "$(date +%T)" "$*" >&2; }
die() { say "$*"; exit 1; }
die_with() {  # die_with LOG WORDS...: with the end of a log, without the hosts that packages come from
  tail -n 5 "$1" | sed -E 's#https?://[^ /]+#MIRROR#g' >&2; die "${*:2}, see $1"
}
letters=(a b c d e f g h)
mkdir -p "$LAB_DIR"
. "$HERE/image.sh"

need() {  # need CMD PACKAGE...: install the packages if CMD is absent; what apt says goes into a file
  command -v "$1" >/dev/null && return 0
  shift; say "apt-get install $*"
  [ -e "$LAB_DIR/.apt-updated" ] || { apt-get update -qq >>"$LAB_DIR/apt.log" 2>&1 || :; touch "$LAB_DIR/.apt-updated"; }
  apt-get install -y -qq --no-install-recommends "$@" >>"$LAB_DIR/apt.log" 2>&1 || die_with "$LAB_DIR/apt.log" "apt-get failed"
}

build() {
  [ "$(id -u)" = 0 ] || die "the lab needs root (network namespaces, tap devices)"
  need ssh openssh-client; need ip iproute2; need mmdebstrap mmdebstrap; need mke2fs e2fsprogs; need python3 python3
  need linux.uml user-mode-linux; need gcc gcc libc6-dev
  [ "$LAB_DIR/xstate.so" -nt "$HERE/xstate.c" ] || gcc -O2 -Wall -shared -fPIC -o "$LAB_DIR/xstate.so" "$HERE/xstate.c" -ldl
  [ -c /dev/net/tun ] || { mkdir -p /dev/net; mknod /dev/net/tun c 10 200 || die "no /dev/net/tun on this machine"; }
  build_image
}

# --- processes: each in a session of its own, its pid recorded with its start time

spawn() {  # spawn NAME LOG CMD...
  local name=$1 log=$2; shift 2
  setsid "$@" </dev/null >"$log" 2>&1 & local p=$!
  echo "$p $(awk '{print $22}' /proc/$p/stat)" >"$R/$name.pid"
}
alive() { local p s; [ -e "$R/$1.pid" ] && read -r p s <"$R/$1.pid" && [ -e /proc/$p/stat ] && [ "$(awk '{print $22}' /proc/$p/stat 2>/dev/null)" = "$s" ]; }
end() {  # end NAME: exactly what we started, with its own session's group
  local p s n=0; [ -e "$R/$1.pid" ] || return 0; read -r p s <"$R/$1.pid"
  if alive "$1"; then kill -TERM -- "-$p" 2>/dev/null || kill -TERM "$p" || :
    while alive "$1" && [ $n -lt 20 ]; do sleep 0.1; n=$((n+1)); done
    kill -KILL -- "-$p" 2>/dev/null || :; fi
  rm -f "$R/$1.pid"
}

# --- network

net_up() {
  ip netns list | grep -qw "$LAB_NS" || ip netns add "$LAB_NS"
  local i n="ip -n $LAB_NS"
  $n link set lo up
  $n link show br0 >/dev/null 2>&1 || { $n link add br0 type bridge; $n addr add 10.77.0.1/24 dev br0; $n link set br0 up; }
  for i in $(seq "$1"); do $n link show "tap$i" >/dev/null 2>&1 || $n tuntap add "tap$i" mode tap; $n link set "tap$i" master br0 up; done
  # names for clients in the namespace (ip netns exec binds this file over /etc/hosts)
  mkdir -p "/etc/netns/$LAB_NS"
  { echo 127.0.0.1 localhost; for i in $(seq "$1"); do echo "10.77.0.$((10+i)) node$i"; done; } >"/etc/netns/$LAB_NS/hosts"
}
start_relay() {
  spawn relay "$R/relay.log" python3 "$HERE/relay.py" "$LAB_NS" "$1"
  local k=0; until grep -q ready "$R/relay.log"; do alive relay || die "relay died, see $R/relay.log"; k=$((k+1)); [ $k -lt 100 ] || die "relay not ready"; sleep 0.1; done
}
SSHO=(-i "$LAB_DIR/id_ed25519" -o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null -o BatchMode=yes -o LogLevel=ERROR -o ConnectTimeout=5)
nssh() { local i=$1; shift; nsenter --net="/run/netns/$LAB_NS" ssh "${SSHO[@]}" "root@10.77.0.$((10+i))" "$@"; }

# --- nodes

start_node() {
  local i=$1 d=$R/node$1 k disks=() pin=(); mkdir -p "$d"
  for k in $(seq 1 "$LAB_DISKS"); do
    [ -e "$d/${letters[$k]}.img" ] || truncate -s "$LAB_DISK_SIZE" "$d/${letters[$k]}.img"
    disks+=("ubd$k=$d/${letters[$k]}.img")
  done
  # a node is one kernel thread tracing one process per process of the node: all of them on one CPU makes each switch 2-3 times cheaper
  if [ "$LAB_PIN" = 1 ]; then pin=(taskset -c "$(( (i-1) % $(nproc) ))"); "${pin[@]}" true 2>/dev/null || pin=(); fi
  TMPDIR=/dev/shm LD_PRELOAD="$LAB_DIR/xstate.so" spawn "node$i" "$d/console.log" ${pin[@]+"${pin[@]}"} nsenter --net="/run/netns/$LAB_NS" \
    linux.uml mem="${LAB_MEM}M" umid="node$i" uml_dir="$d/" ubd0="$d/root.cow,$(cat "$R/base")" "${disks[@]}" root=/dev/ubda rw noreboot \
    "vec0:transport=tap,ifname=tap$i,depth=128,gro=1,mac=$(printf 02:00:0a:4d:00:%02x "$i")" con=null con0=null,fd:1 console=tty0 loglevel=4 systemd.show_status=0 \
    "labnode=$i" "labnodes=$(cat "$R/n")"
}
wait_node() {  # ssh answers, then glusterd answers
  local i=$1 t0=$SECONDS
  until nssh "$i" true 2>/dev/null; do
    alive "node$i" || die "node$i died, see $R/node$i/console.log"
    [ $((SECONDS-t0)) -lt "$LAB_WAIT" ] || die "node$i: no ssh in $LAB_WAIT s"; sleep 0.5
  done
  nssh "$i" 'n=0; until gluster pool list >/dev/null 2>&1; do n=$((n+1)); [ $n -lt 100 ] || exit 1; sleep 1; done' || die "node$i: glusterd does not answer"
  say "node$i ready after $((SECONDS-t0)) s"
}
each_node() {  # each_node FUNCTION: on all nodes at once; fails if one fails
  local i p ps=() bad=0
  for i in $(seq "$(cat "$R/n")"); do "$1" "$i" & ps+=($!); done
  for p in "${ps[@]}"; do wait "$p" || bad=1; done; return $bad
}

# --- commands

up() {
  local n=$1 i; [ ! -e "$R/n" ] || die "already up (or half up): run down first"
  build; mkdir -p "$R"; say "starting $n node(s)"; echo "$n" >"$R/n"; echo "$BASE" >"$R/base"
  net_up "$n"; each_node start_node; each_node wait_node || die "not all nodes came up"
  start_relay "$n"; say "up: $n nodes"
}
down() {
  [ -d "$R" ] || return 0; local f; end relay
  for f in "$R"/node*.pid; do [ -e "$f" ] && end "$(basename "$f" .pid)"; done
  if ip netns list | grep -qw "$LAB_NS"; then ip netns del "$LAB_NS"; fi
  rm -rf "$R" "/etc/netns/$LAB_NS"; rmdir /etc/netns 2>/dev/null || :; say "down"
}
reset() { local n; n=$(cat "$R/n" 2>/dev/null || echo 3); down; up "$n"; }
release_node() {  # nobody on the disks any more, and nothing on them
  local i=$1 image
  if ! alive "node$i"; then rm -f "$R/node$i"/*.img "$R/node$i/root.cow"; return 0; fi
  timeout 30 "$0" ssh "$i" sh -s RELEASE <"$HERE/wipe.sh" >&2 || return 1
  for image in "$R/node$i"/?.img; do fallocate --punch-hole --offset 0 --length "$(stat -c %s "$image")" "$image" || return 1; done
}
renew_node() { if alive "node$1"; then timeout 60 "$0" ssh "$1" sh -s RENEW <"$HERE/wipe.sh" >&2; else start_node "$1"; wait_node "$1"; fi; }
wipe() {  # in two rounds: a renewed glusterd must not meet one that still remembers it
  [ -e "$R/n" ] || die "the lab is not up"
  if alive relay && each_node release_node && each_node renew_node; then say "wiped"; else say "can't clean in place; resetting"; reset; fi
}
status() {
  [ -e "$R/n" ] || { echo "not up"; return 1; }
  local i name bad=0
  for name in relay $(seq -f 'node%g' "$(cat "$R/n")"); do
    if alive "$name"; then echo "$name running, pid $(cut -d' ' -f1 "$R/$name.pid")"; else echo "$name dead"; bad=1; fi
  done; return $bad
}
case ${1:-} in
  build) build;; up) up "${2:-3}";; down) down;; clean) down; rm -rf "$LAB_DIR";;
  reset) reset;; wipe) wipe;; status) status;;
  ssh) shift; nssh "$@";;
  ns) shift; exec ip netns exec "$LAB_NS" "$@";;
  stop) timeout 20 "$0" ssh "$2" 'sync; systemctl stop glusterd; sync' >/dev/null 2>&1 || :; end "node$2";;
  cut) timeout 20 "$0" ssh "$2" sync >/dev/null 2>&1 || :; end "node$2";;
  start) start_node "$2"; wait_node "$2";;
  *) sed -n '2,/^set -e/{/^set -e/d;p}' "$0"; exit 2;;
esac
