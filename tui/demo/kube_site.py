"""The Gluster volumes under the Kubernetes of the demo: those of the simulated site, made and deleted there."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from tui.core.units import GIB
from tui.demo.gluster_model import STARTED
from tui.demo.kube_resources import Obj
from tui.demo.kube_world import Made, OutsideError
from tui.demo.machine import Machine
from tui.demo.scenes import make_volume
from tui.demo.site import DemoSite

_COPIES: Final = 3
_NAMED: Final = {
    "heketidbstorage": 2, "registry": 200, "prometheus": 320, "media": 320, "builds-cache": 240, "old-wiki": 40,
}  # fmt: skip


@dataclass(slots=True)
class Volumes:
    """Gluster volumes by name with their sizes in GiB; `dynamic` are heketi's, `peers` the nodes' addresses."""

    sizes: Mapping[str, int]
    dynamic: tuple[str, ...]
    peers: tuple[str, ...]
    site: DemoSite | None = None
    made: dict[str, int] = field(default_factory=dict)

    def gib(self, name: str) -> int:
        """The size of a volume in GiB; 10 of one that is not known."""
        return self.made.get(name) or self.sizes.get(name, 10)

    async def provision(self, claim: Obj, cls: Obj, key: str) -> Made:
        """Make a volume as heketi would. Raises OutsideError."""
        asked = str(claim["spec"]["resources"]["requests"]["storage"])
        size = int(asked.removesuffix("Gi")) if asked.endswith("Gi") and asked[:-2].isdigit() else 1
        name = f"vol_{claim['metadata']['uid'].replace('-', '')}"
        if self.site is not None:
            self._make(self.site, name, size)
        self.made[name] = size
        return Made(name.removeprefix("vol_"), name, self.peers, size)

    async def delete(self, volume: Obj, cls: Obj, key: str) -> None:
        """Delete a volume as heketi would; one that is gone is no error."""
        name = str(volume["spec"]["glusterfs"]["path"])
        self.made.pop(name, None)
        for machine in self._running()[:1]:
            for what in ("stop", "delete"):
                machine.run(["gluster", "--mode=script", "--xml", "volume", what, name])

    async def expand(self, volume: Obj, gib: int) -> None:
        """Grow a volume by name only: its bricks stay as they are."""
        self.made[str(volume["spec"]["glusterfs"]["path"])] = gib

    def mount(self, pod: Obj, volume: Obj) -> str:
        """The error that a mount of the volume ends with, "" for none."""
        if self.site is None or "glusterfs" not in volume["spec"]:
            return ""
        name, source = volume["metadata"]["name"], volume["spec"]["glusterfs"]
        path = str(source["path"])
        wanted = path.strip("/").partition("/")[0]
        found = next((m.glusterd.pool.volumes.get(wanted) for m in self._running()), None)
        if found is not None and found.status == STARTED and any(brick.online for brick in found.bricks):
            return ""
        folder = f"/var/lib/kubelet/pods/{pod['metadata']['uid']}/volumes/kubernetes.io~glusterfs/{name}"
        arguments = f"-t glusterfs -o backup-volfile-servers={':'.join(self.peers)} {self.peers[0]}:{path} {folder}"
        why = f"mount failed: exit status 1\nMounting command: mount\nMounting arguments: {arguments}\n"
        why += f"Output: Mounting glusterfs on {folder} failed.\n"
        return f'MountVolume.SetUp failed for volume "{name}" : {why}'

    def _running(self) -> list[Machine]:
        nodes = self.site.nodes if self.site else ()
        return [node.machine for node in nodes if node.machine.glusterd.running and node.machine.glusterd.pool.volumes]

    def _make(self, site: DemoSite, name: str, size: int) -> None:
        zones: dict[int, Machine] = {}
        for machine in self._running():
            zones.setdefault(site.zones.get(machine.name, 1), machine)
        if len(zones) < _COPIES:
            raise OutsideError("No space")
        try:
            make_volume(site, name, [tuple(zones.values())[:_COPIES]], size * GIB, 0.0, f"replica {_COPIES}")
        except RuntimeError as error:
            raise OutsideError(str(error)) from error


def site_volumes(site: DemoSite | None) -> Volumes:
    """The volumes of a site; without one, names and sizes like those of the demo."""
    if site is None:
        dynamic = tuple(f"vol_{number:032x}" for number in range(1, 10))
        sizes = {**_NAMED, **{name: 5 + 5 * number for number, name in enumerate(dynamic)}}
        return Volumes(sizes, dynamic, tuple(f"10.42.0.{number}" for number in range(1, 6)))
    pool = max((node.machine.glusterd.pool for node in site.nodes), key=lambda one: len(one.members))
    sizes = {}
    for volume in pool.volumes.values():
        bricks = [one[0] for one in volume.sets]
        sizes[volume.name] = sum(_gib(brick.machine, brick.path) for brick in bricks)
    dynamic = tuple(name for name in pool.volumes if name.startswith("vol_"))
    return Volumes(sizes, dynamic, tuple(member.machine.addresses[0] for member in pool.members), site)


def _gib(machine: Machine, path: str) -> int:
    """The size of the filesystem of a brick in GiB, rounded up."""
    mount = machine.files.mounted_at(path.rpartition("/")[0])
    return -(-mount.fs.size // GIB) if mount else 1
