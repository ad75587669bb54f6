"""The command line on the Kubernetes of the demo, without storage nodes."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.cli.running import Ended, begin, end
from tui.demo.kube_scene import kube_scene
from tui.demo.kube_server import SimKube


@dataclass(frozen=True, slots=True)
class KubeCli:
    """Runs commands with the kubeconfig of one simulated cluster and nothing else."""

    kube: SimKube
    kubeconfig: Path
    home: Path

    async def __call__(self, *args: object) -> Ended:
        """Run a command in a process of its own."""
        return await end(await begin("--kubeconfig", self.kubeconfig, *args, home=self.home))


@asynccontextmanager
async def kube_cli(home: Path) -> AsyncIterator[KubeCli]:
    """A fresh cluster with eight claims in trouble."""
    kube = await kube_scene(resync=0.5)
    try:
        yield KubeCli(kube, kube.write_kubeconfig(home / "kubeconfig"), home)
    finally:
        await kube.close()
