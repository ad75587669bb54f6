"""The real storage nodes that lab.sh starts, for the tests: where they are, what they have, how to break them."""

import contextlib
import fcntl
import json
import os
import platform
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

SCRIPT: Final = Path(__file__).parent / "lab.sh"
STATE: Final = Path(os.environ.get("LAB_DIR", "/var/tmp/brickyard-lab"))
SIZE: Final = 3
GLUSTERD_PORT: Final = 24007

_RUNNING: Final[set[int]] = set()

Answer = subprocess.CompletedProcess[str]


class LabError(Exception):
    """The lab does not do what it was asked; the text is what lab.sh said."""


@dataclass(frozen=True, slots=True)
class LabNode:
    """One node: `manage` is where SSH goes from this machine, `storage` its address among the nodes."""

    number: int

    @property
    def name(self) -> str:
        """Its hostname."""
        return f"node{self.number}"

    @property
    def manage(self) -> str:
        """The relay's address; sshd answers on port 22."""
        return f"127.77.0.{10 + self.number}"

    @property
    def storage(self) -> str:
        """The address that the trusted pool uses."""
        return f"10.77.0.{10 + self.number}"


class Lab:
    """The running nodes, numbered from 1. Times are seconds."""

    def __init__(self, size: int = SIZE, disks: int = 4) -> None:
        self.nodes: Final = tuple(LabNode(number) for number in range(1, size + 1))
        self.disks: Final = tuple(f"/dev/vd{letter}" for letter in "bcdefgh"[:disks])
        self.key: Final = STATE / "id_ed25519"

    def ssh(self, node: int, command: str, *, user: str = "root", timeout: float = 400) -> Answer:
        """Run a shell command on a node, through the relay as any client would."""
        address = self.nodes[node - 1].manage
        options = ("StrictHostKeyChecking=no", "UserKnownHostsFile=/dev/null", "BatchMode=yes", "LogLevel=ERROR")
        flags = [word for option in options for word in ("-o", option)]
        argv = [
            "ssh",
            "-n",
            "-F",
            "none",
            "-i",
            str(self.key),
            *flags,
            f"{user}@{address}",
            command,
        ]
        return subprocess.run(argv, capture_output=True, text=True, timeout=timeout, check=False)

    def must(self, node: int, command: str) -> str:
        """Run a shell command that has to succeed; gives its output. Raises LabError."""
        done = self.ssh(node, command)
        if done.returncode:
            raise LabError(f"node{node}: {command}: exit code {done.returncode}\n{done.stdout}{done.stderr}")
        return done.stdout

    def ns(self, *argv: str) -> Answer:
        """Run a program on this machine, but in the network of the nodes."""
        return subprocess.run([SCRIPT, "ns", *argv], capture_output=True, text=True, timeout=180, check=False)

    def wipe(self) -> None:
        """No volumes, no peers, blank disks, all nodes running; a few seconds."""
        control("wipe")

    def cut(self, node: int) -> None:
        """As if the cable went: its peers notice after their timeouts (gluster: up to 120)."""
        control("cut", str(node))

    def stop(self, node: int) -> None:
        """Shut down in order: its peers see closed connections."""
        control("stop", str(node))

    def start(self, node: int) -> None:
        """Start it again with its disks, and wait until glusterd answers."""
        control("start", str(node))

    def known_hosts(self) -> str:
        """Lines for a known_hosts file, with the keys that the nodes have now."""
        keys = [self.must(node.number, "cat /etc/ssh/ssh_host_ed25519_key.pub").split()[:2] for node in self.nodes]
        return "".join(f"{node.manage} {' '.join(key)}\n" for node, key in zip(self.nodes, keys, strict=True))

    def topology(self, nodes: int = SIZE, devices: int = 4, *, destroydata: bool = False) -> dict[str, Any]:
        """A topology as heketi reads it, of the first nodes with the first disks of each; one zone a node."""
        disks = [{"name": path, "destroydata": destroydata} for path in self.disks[:devices]]
        entries = [
            {
                "node": {"hostnames": {"manage": [n.manage], "storage": [n.storage]}, "zone": n.number},
                "devices": disks,
            }
            for n in self.nodes[:nodes]
        ]
        return {"clusters": [{"nodes": entries}]}

    def write_topology(self, path: Path, nodes: int = SIZE, devices: int = 4, *, destroydata: bool = False) -> Path:
        """Write that topology into a file."""
        path.write_text(json.dumps(self.topology(nodes, devices, destroydata=destroydata), indent=2))
        return path

    def write_known_hosts(self, path: Path) -> Path:
        """Write a known_hosts file."""
        path.write_text(self.known_hosts())
        return path

    def write_site(self, folder: Path, *, nodes: int = SIZE, user: str = "root") -> Path:
        """Write a configuration with the site "lab" of the first nodes, known_hosts beside it; gives its path."""
        hosts = [{"manage": n.manage, "storage": n.storage, "zone": n.number} for n in self.nodes[:nodes]]
        known_hosts = self.write_known_hosts(folder / "known_hosts")
        ssh = {"user": user, "sudo": user != "root", "key": str(self.key), "known_hosts": str(known_hosts)}
        path = folder / "config.yaml"
        path.write_text(json.dumps({"sites": {"lab": {"nodes": hosts, "ssh": ssh}}}, indent=2))
        return path


def control(*words: str) -> str:
    """Run lab.sh; gives what it prints. Raises LabError with its messages."""
    done = subprocess.run([SCRIPT, *words], capture_output=True, text=True, timeout=900, check=False)
    if done.returncode:
        raise LabError(f"lab.sh {' '.join(words)} failed:\n{done.stdout}{done.stderr}")
    return done.stdout


def why_not_here() -> str:
    """Why real nodes can't run on this machine, "" if they can."""
    if os.geteuid() != 0:
        return "real nodes need root (network namespaces, tap devices)"
    if os.uname().sysname != "Linux" or os.uname().machine != "x86_64":
        return "real nodes need Linux on x86_64"
    system = platform.freedesktop_os_release() if Path("/etc/os-release").exists() else {}
    if (system.get("ID"), system.get("VERSION_ID")) != ("debian", "12"):
        return "real nodes are made with the packages of Debian 12"
    if not shutil.which("apt-get"):
        return "real nodes need apt-get"
    if subprocess.run(["unshare", "--net", "true"], capture_output=True, check=False).returncode:
        return "this machine lets nobody make a network namespace"
    return ""


def is_healthy(size: int) -> bool:
    """Whether a lab of this size runs and each of its nodes answers, sshd and glusterd."""
    try:
        if control("status").count("node") != size:
            return False
        lab = Lab(size)
        return all(lab.ssh(node.number, "gluster pool list", timeout=30).returncode == 0 for node in lab.nodes)
    except (LabError, subprocess.TimeoutExpired):
        return False


@contextlib.contextmanager
def running_lab(size: int = SIZE) -> Iterator[Lab]:
    """The lab: a running one when it is well and of this size, else a new one, ended after unless LAB_KEEP=1.

    Two runs on one machine take turns; within one run all fixtures share it. Raises LabError.
    """
    if size in _RUNNING:
        yield Lab(size)
        return
    STATE.mkdir(parents=True, exist_ok=True)
    with (STATE / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        _RUNNING.add(size)
        found = is_healthy(size)
        if not found:
            control("down")
            control("up", str(size))
        try:
            yield Lab(size)
        finally:
            _RUNNING.discard(size)
        if not found and os.environ.get("LAB_KEEP") != "1":
            control("down")


def site_words(lab: Lab, known_hosts: Path, nodes: Sequence[LabNode] | None = None, *, user: str = "root") -> list[str]:
    """The options of the command line that name the nodes without a configuration."""
    words = [word for node in nodes or lab.nodes for word in ("--node", f"{user}@{node.manage}:22")]
    return [*words, "--key", str(lab.key), "--known-hosts", str(known_hosts)]
