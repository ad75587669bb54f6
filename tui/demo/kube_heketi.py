"""The part of kubernetes.io/glusterfs that talks to heketi: makes, grows and deletes volumes over HTTP.

Source: pkg/volume/glusterfs/glusterfs.go of Kubernetes 1.25, and heketi's client.
"""

import asyncio
import base64
import hashlib
import hmac
import json
import time
import uuid
from typing import Final

import aiohttp

from tui.demo.kube_admission import class_of
from tui.demo.kube_glusterfs import read_parameters
from tui.demo.kube_resources import CLASSES, Obj
from tui.demo.kube_world import Made, OutsideError, World
from tui.dialects.heketi import claims
from tui.dialects.kube_quantity import parse_quantity

_GIB: Final = 1 << 30
_VOLUME_ID: Final = "gluster.kubernetes.io/heketi-volume-id"


class HeketiClient:
    """heketi as the controller manager asks it; `pause` is seconds between two looks at what it does."""

    def __init__(self, world: World, pause: float = 0.05) -> None:
        self._world, self._pause = world, pause

    def plug_in(self) -> None:
        """Let the provisioner of the simulated Kubernetes use the heketi that each class names."""
        hooks = self._world.hooks
        hooks.provision, hooks.delete, hooks.expand = self.provision, self.delete, self.expand

    async def provision(self, claim: Obj, cls: Obj, key: str) -> Made:
        """Make a volume. Raises OutsideError with heketi's words."""
        size = parse_quantity(claim["spec"]["resources"]["requests"]["storage"]) or 0
        wanted = {"size": -(-size // _GIB), **_durability(cls), "gid": 2000}
        wanted |= _wishes(claim, cls)
        made = json.loads(await self._ask(cls, key, "POST", "/volumes", wanted))
        hosts = made["mount"]["glusterfs"]["hosts"]
        return Made(made["id"], made["name"], tuple(hosts), int(made["size"]))

    async def delete(self, volume: Obj, cls: Obj, key: str) -> None:
        """Delete a volume; one that heketi does not know counts as deleted. Raises OutsideError."""
        try:
            await self._ask(cls, key, "DELETE", f"/volumes/{_id(volume)}")
        except OutsideError as error:
            if "Id not found" not in str(error):
                raise

    async def expand(self, volume: Obj, gib: int) -> None:
        """Grow a volume to a size in GiB. Raises OutsideError."""
        name = class_of(volume)
        cls = self._world.read(CLASSES, "", name)
        if cls is None:
            raise OutsideError(f'storageclasses.storage.k8s.io "{name}" not found')
        key = read_parameters(self._world, cls).key
        have = (parse_quantity(volume["spec"]["capacity"]["storage"]) or 0) // _GIB
        await self._ask(cls, key, "POST", f"/volumes/{_id(volume)}/expand", {"expand_size": gib - have})

    async def _ask(self, cls: Obj, key: str, method: str, path: str, body: Obj | None = None) -> str:
        url, user = _of(cls, "resturl").rstrip("/"), _of(cls, "restuser")
        try:
            async with aiohttp.ClientSession() as session:
                while True:
                    headers = {"Authorization": f"bearer {token(user, key, method, path)}"} if key else {}
                    async with session.request(
                        method, url + path, json=body, headers=headers, allow_redirects=False
                    ) as answer:
                        text = await answer.text()
                        if answer.status >= 400:
                            raise OutsideError(text.strip())
                        if answer.status in (202, 303):
                            method, path, body = "GET", answer.headers["Location"], None
                        elif answer.headers.get("X-Pending") != "true":
                            return text
                        if answer.status != 303:
                            await asyncio.sleep(self._pause)
        except aiohttp.ClientError as error:
            raise OutsideError(f'{method.capitalize()} "{url}{path}": {error}') from error


def token(user: str, key: str, method: str, path: str) -> str:
    """A JWT as heketi wants one: HS256, for one method and path."""
    parts: list[Obj] = [{"alg": "HS256", "typ": "JWT"}, claims(user, method, path, time.time())]
    text = ".".join(_base64(json.dumps(part).encode()) for part in parts)
    return f"{text}.{_base64(hmac.digest(key.encode(), text.encode(), hashlib.sha256))}"


def _base64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def _of(cls: Obj, name: str) -> str:
    return next((value for key, value in (cls.get("parameters") or {}).items() if key.lower() == name), "")


def _durability(cls: Obj) -> Obj:
    kind, *counts = (_of(cls, "volumetype") or "replicate:3").split(":")
    if kind == "disperse":
        return {"durability": {"type": kind, "disperse": {"data": int(counts[0]), "redundancy": int(counts[1])}}}
    if kind == "none":
        return {"durability": {"type": "none"}}
    return {"durability": {"type": "replicate", "replicate": {"replica": int(counts[0]) if counts else 3}}}


def _wishes(claim: Obj, cls: Obj) -> Obj:
    """What else a class asks of heketi."""
    found: Obj = {}
    if _of(cls, "clusterid"):
        found["clusters"] = _of(cls, "clusterid").split(",")
    if _of(cls, "volumeoptions"):
        found["glustervolumeoptions"] = [one.strip() for one in _of(cls, "volumeoptions").split(",")]
    if _of(cls, "snapfactor"):
        found["snapshot"] = {"enable": True, "factor": float(_of(cls, "snapfactor"))}
    if _of(cls, "volumenameprefix"):
        meta = claim["metadata"]
        found["name"] = f"{_of(cls, 'volumenameprefix')}_{meta['namespace']}_{meta['name']}_{uuid.uuid4()}"
    return found


def _id(volume: Obj) -> str:
    notes = volume["metadata"].get("annotations") or {}
    return str(notes.get(_VOLUME_ID) or volume["spec"]["glusterfs"]["path"].removeprefix("vol_"))
