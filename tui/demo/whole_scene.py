"""All of the demo: storage nodes, the Kubernetes that uses their volumes, and the heketi that its classes name."""

import json
from dataclasses import dataclass
from pathlib import Path

from tui.demo.heketi import SimHeketi
from tui.demo.heketi_of_site import heketi_of
from tui.demo.kube_heketi import HeketiClient
from tui.demo.kube_scene import HEKETI_KEY, kube_scene
from tui.demo.kube_server import SimKube
from tui.demo.scenes import demo_scene
from tui.demo.site import DemoSite


@dataclass(frozen=True, slots=True)
class WholeDemo:
    """Everything runs until `close`."""

    site: DemoSite
    kube: SimKube
    heketi: SimHeketi

    async def close(self) -> None:
        """End all of it."""
        await self.kube.close()
        await self.heketi.close()
        await self.site.close()


async def whole_scene(folder: Path | None = None, *, latency: float = 0.05) -> WholeDemo:
    """Start everything; the configuration of the site names the cluster too. Raises OSError."""
    site = await demo_scene(folder, latency=latency)
    heketi = heketi_of(site)
    heketi.admin_key = HEKETI_KEY
    try:
        await heketi.start()
        kube = await kube_scene(site, heketi_url=heketi.url)
    except BaseException:
        await heketi.close()
        await site.close()
        raise
    HeketiClient(kube.controllers.world).plug_in()
    kubeconfig = kube.write_kubeconfig(site.folder / "kubeconfig")
    config = json.loads(site.config_path.read_text())
    key_file = site.folder / "heketi.key"
    key_file.touch(mode=0o600)
    key_file.write_text(HEKETI_KEY + "\n")
    # it is looked at, but what is changed goes over SSH
    server = {"url": heketi.url, "key_file": str(key_file), "manage": False}
    config["sites"][site.name] |= {"kubeconfig": str(kubeconfig), "context": "demo", "heketi": server}
    site.config_path.write_text(json.dumps(config, indent=2) + "\n")
    return WholeDemo(site, kube, heketi)
