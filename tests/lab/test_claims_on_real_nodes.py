"""A claim on a real Gluster volume: dead bricks and a stopped volume are found, repaired, and all is well again."""

import asyncio
import json
import os
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import yaml

from tests.lab.nodes import Lab
from tui.demo.kube_server import SimKube

VOLUME = {
    "apiVersion": "v1", "kind": "PersistentVolume", "metadata": {"name": "pv-db"},
    "spec": {
        "capacity": {"storage": "1Gi"}, "accessModes": ["ReadWriteMany"], "storageClassName": "static",
        "persistentVolumeReclaimPolicy": "Retain", "glusterfs": {"endpoints": "gluster", "path": "db"},
    },
}  # fmt: skip
CLAIM = {
    "apiVersion": "v1", "kind": "PersistentVolumeClaim", "metadata": {"name": "db", "namespace": "shop"},
    "spec": {
        "accessModes": ["ReadWriteMany"], "storageClassName": "static",
        "resources": {"requests": {"storage": "1Gi"}},
    },
}  # fmt: skip


class Bastion:
    """The command line on a site that has real storage nodes and a simulated Kubernetes."""

    def __init__(self, lab: Lab, folder: Path, kube: SimKube) -> None:
        self.lab, self.kube = lab, kube
        path = lab.write_site(folder)
        config = yaml.safe_load(path.read_text())
        config["sites"]["lab"] |= {"kubeconfig": str(kube.write_kubeconfig(folder / "kubeconfig")), "context": "demo"}
        path.write_text(yaml.safe_dump(config))
        self.argv = [sys.executable, "-m", "tui", "--config", str(path), "--site", "lab"]
        self.environment = {**os.environ, "XDG_STATE_HOME": str(folder / "state")}

    async def __call__(self, *words: str, code: int = 0) -> str:
        """Run a command while the cluster goes on; gives its standard output."""
        return await asyncio.to_thread(self._run, words, code)

    def _run(self, words: tuple[str, ...], code: int) -> str:
        done = subprocess.run(
            [*self.argv, *words], capture_output=True, text=True, timeout=600, check=False,
            stdin=subprocess.DEVNULL, env=self.environment,
        )  # fmt: skip
        assert done.returncode == code, (words, done.returncode, done.stdout, done.stderr)
        return done.stdout

    async def findings(self, code: int = 1) -> list[dict[str, Any]]:
        """What is wrong with the claim, without what is no fault."""
        told = json.loads(await self("explain", "claim", "shop/db", "-o", "json", code=code))
        return [finding for finding in told["findings"] if finding["severity"] != "info"]

    def pids(self) -> list[str]:
        """The pids of the brick processes, as Gluster tells them."""
        status = ElementTree.fromstring(self.lab.must(1, "gluster --xml volume status db"))
        bricks = (node for node in status.iter("node") if node.findtext("path", "").startswith("/"))
        return [brick.findtext("pid", "") for brick in bricks if brick.find("node") is None]


@asynccontextmanager
async def bastion(lab: Lab, folder: Path) -> AsyncIterator[Bastion]:
    """A loaded pool with the volume "db", and a claim that is bound to it."""
    async with SimKube() as kube:
        kube.controllers.start()
        kube.create_namespace("shop")
        kube.create(VOLUME)
        kube.create(CLAIM)
        cli = Bastion(lab, folder, kube)
        await cli("topology", "load", str(lab.write_topology(folder / "topology.json", devices=1)), "--yes")
        await cli("volume", "create", "db", "--size", "1GiB", "--yes")
        yield cli


async def test_bricks_and_endpoints_of_a_claim(clean_lab: Lab, tmp_path: Path) -> None:
    lab = clean_lab
    async with bastion(lab, tmp_path) as cli:
        assert [finding["code"] for finding in await cli.findings()] == ["F2"]
        await cli("fix", "F2", "shop/db", "--yes")
        made = cli.kube.get("endpoints", "gluster", "shop")
        assert made is not None
        assert {address["ip"] for address in made["subsets"][0]["addresses"]} == {n.storage for n in lab.nodes}
        assert await cli.findings(code=0) == []

        lab.must(2, "pkill -KILL -f 'glusterf[s]d.*db' && sleep 1")
        (dead,) = await cli.findings()
        assert (dead["code"], dead["definite"]) == ("H2", True)
        assert "10.77.0.12" in json.dumps(dead) or "127.77.0.12" in json.dumps(dead)
        assert "it would be" not in await cli("fix", "H2", "shop/db", "--dry-run")
        assert cli.pids().count("-1") == 1
        await cli("fix", "H2", "shop/db", "--yes")
        assert [pid.isdigit() for pid in cli.pids()] == [True] * 3
        assert await cli.findings(code=0) == []

        await cli("volume", "stop", "db", "--yes")
        assert (await cli.findings())[0]["code"] == "H1"
        await cli("fix", "H1", "shop/db", "--yes")
        assert await cli.findings(code=0) == []


async def test_a_brick_that_is_not_mounted_is_not_started(clean_lab: Lab, tmp_path: Path) -> None:
    lab = clean_lab
    async with bastion(lab, tmp_path) as cli:
        await cli("fix", "F2", "shop/db", "--yes")
        mount = lab.must(3, "findmnt -n -o TARGET -t xfs | grep brick_").strip()
        lab.must(3, f"pkill -KILL -f 'glusterf[s]d.*db'; sleep 1; umount {mount}")
        (dead,) = await cli.findings()
        assert dead["code"] == "H2"
        await cli("fix", "H2", "shop/db", "--yes", code=1)
        assert lab.must(3, f"ls -A {mount}").strip() == "", "nothing was written below the mount point"
        lab.must(3, f"mount {mount}")
        await cli("fix", "H2", "shop/db", "--yes")
        assert await cli.findings(code=0) == []
