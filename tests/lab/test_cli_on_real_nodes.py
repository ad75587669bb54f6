"""The main job by the command line, on real nodes, and what the nodes say of it in their own words."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from tests.lab.nodes import Lab, site_words
from tui.core.units import GIB

USABLE = 4059136 * 1024  # of a 4 GiB disk behind 128 MiB of LVM metadata, in whole extents


class Cli:
    """The command line with a site of the lab's nodes."""

    def __init__(self, lab: Lab, folder: Path) -> None:
        self.lab, self.config = lab, lab.write_site(folder)
        self.known_hosts = folder / "known_hosts"
        self.environment = {**os.environ, "XDG_STATE_HOME": str(folder / "state")}

    def run(self, *words: str, code: int = 0) -> str:
        """Run a command; gives its standard output."""
        argv = [sys.executable, "-m", "tui", *words]
        done = subprocess.run(
            argv,
            capture_output=True,
            text=True,
            timeout=600,
            check=False,
            stdin=subprocess.DEVNULL,
            env=self.environment,
        )
        assert done.returncode == code, (words, done.returncode, done.stdout, done.stderr)
        return done.stdout

    def __call__(self, *words: str, code: int = 0) -> str:
        """Run a command on the configured site."""
        return self.run("--config", str(self.config), *words, code=code)

    def get(self, kind: str) -> list[dict[str, Any]]:
        """The rows of a kind."""
        rows = json.loads(self("get", kind, "-o", "json"))
        assert isinstance(rows, list)
        return rows


def test_load_volume_undo(clean_lab: Lab, tmp_path: Path) -> None:
    lab, cli = clean_lab, Cli(clean_lab, tmp_path)
    topology = str(lab.write_topology(tmp_path / "topology.json", devices=2))
    assert "3 nodes, 6 devices: good" in cli("topology", "check", topology)
    assert "vgcreate" in cli("topology", "load", topology, "--dry-run")
    assert all(lab.must(node, "vgs --noheadings").strip() == "" for node in (1, 2, 3))

    cli("topology", "load", topology, "--yes")
    assert "nothing to do" in cli("topology", "load", topology, "--yes")
    nodes = cli.get("nodes")
    assert [(n["name"], n["storage"], n["zone"], n["state"]) for n in nodes] == [
        (node.manage, node.storage, node.number, "online") for node in lab.nodes
    ]
    managed = [device for device in cli.get("devices") if device["vg"]]
    assert [(d["size"], d["free"], d["used"], d["state"]) for d in managed] == [(USABLE, USABLE, 0, "online")] * 6

    cli("volume", "create", "db", "--size", "1GiB", "--yes")
    (volume,) = cli.get("volumes")
    assert (volume["type"], volume["replica"], volume["state"]) == ("replicate 3", 3, "online")
    assert 0.9 * GIB < volume["size"] <= GIB
    assert {brick["state"] for brick in cli.get("bricks")} == {"online"}
    cli("volume", "mount-test", "db", "--yes")

    # a second bastion knows one node, and that one knows the first by another name than we do
    words = site_words(lab, cli.known_hosts, [lab.nodes[1]])
    others = json.loads(cli.run(*words, "get", "nodes", "-o", "json"))
    assert [(n["name"], n["zone"]) for n in others] == [(n["name"], n["zone"]) for n in nodes]

    cli("volume", "stop", "db", "--yes")
    cli("volume", "start", "db", "--yes")
    cli("volume", "delete", "db", "--yes")
    for node in (1, 2, 3):
        assert lab.must(node, "lvs --noheadings").strip() == ""
        assert "brick_" not in lab.must(node, "cat /etc/fstab /proc/mounts")
    assert cli.get("volumes") == []

    load = json.loads(cli("operations", "-o", "json"))[-1]
    assert "Load" in load["title"]
    cli("undo", load["id"], "--yes")
    for node in (1, 2, 3):
        assert lab.must(node, "pvs --noheadings").strip() == ""
        assert lab.must(node, "gluster pool list").count("Connected") == 1
        for device in ("/dev/vdb", "/dev/vdc"):
            assert lab.ssh(node, f"blkid -p {device}").returncode == 2
            assert lab.ssh(node, f"cmp -n 1048576 {device} /dev/zero").returncode == 0
