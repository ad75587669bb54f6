"""What a real Kubernetes 1.25 made of claims and volumes, played again on the simulated one."""

import json
import re
from pathlib import Path
from typing import Any

from tui.demo.kube_resources import EVENTS
from tui.demo.kube_server import SimKube

Obj = dict[str, Any]
DATA = Path(__file__).parent.parent / "data" / "kube-1.25-scenes"
SPACE = "cap"
BY_CONTROLLER = "pv.kubernetes.io/bound-by-controller"
_UID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_OWN = ("pv.kubernetes.io/", "volume.kubernetes.io/storage-", "volume.beta.kubernetes.io/storage-provisioner")


def scene(name: str) -> dict[str, dict[str, Any]]:
    """The recorded end of a scene: claims, volumes, pods, events."""
    found: dict[str, dict[str, Any]] = json.loads((DATA / f"{name}.json").read_text())
    return found


def scenes() -> list[str]:
    """The names of all recorded scenes."""
    return sorted(path.stem for path in DATA.glob("[0-9]*.json"))


def classes() -> dict[str, Obj]:
    """The classes of the recorded cluster."""
    return {one["metadata"]["name"]: one for one in json.loads((DATA / "classes.json").read_text())}


async def cluster(*names: str) -> SimKube:
    """A simulated cluster with classes of the recorded one; controllers run, in rounds that are asked for."""
    kube = SimKube()
    kube.controllers.delays.resync = 0
    kube.controllers.off.add("pods")
    await kube.start((1, 25), controllers=True)
    kube.create_namespace(SPACE)
    known = classes()
    for name in dict.fromkeys(names):
        if name in known:
            kube.create(known[name])
    return kube


def class_names(recorded: dict[str, dict[str, Any]]) -> list[str]:
    """The classes that recorded objects name."""
    objects = [*recorded["claims"].values(), *recorded["volumes"].values()]
    return [one["spec"].get("storageClassName", "") for one in objects]


def as_made(recorded: Obj) -> Obj:
    """An object as somebody once created it: without what the cluster added."""
    meta, spec = recorded["metadata"], json.loads(json.dumps(recorded["spec"]))
    notes = meta.get("annotations", {})
    if BY_CONTROLLER in notes and recorded["kind"] == "PersistentVolumeClaim":
        spec.pop("volumeName")
    elif BY_CONTROLLER in notes:
        spec.pop("claimRef", None)
    elif recorded["kind"] == "PersistentVolume" and recorded["status"]["phase"] == "Bound":
        spec["claimRef"] = {key: spec["claimRef"][key] for key in ("namespace", "name")}
    kept = {key: value for key, value in notes.items() if not key.startswith(_OWN)}
    head = {key: meta[key] for key in ("name", "namespace", "labels") if key in meta}
    return {"kind": recorded["kind"], "metadata": {**head, "annotations": kept}, "spec": spec}


def essence(obj: Obj | None, uids: dict[str, str]) -> Any:
    """What is compared of an object: everything but times, versions and uids, which are given their owners' names."""
    if obj is None:
        return None
    meta = obj["metadata"]
    found = {key: meta[key] for key in ("name", "labels", "annotations", "finalizers") if meta.get(key)}
    found |= {"deleted": "deletionTimestamp" in meta, "spec": obj["spec"], "status": obj.get("status")}
    text = json.dumps(found)
    for uid, name in uids.items():
        text = text.replace(uid, f"<{name}>")
    # what is left are uids of objects that are gone
    return _timeless(json.loads(_UID.sub("<gone>", text)))


def _timeless(value: Any) -> Any:
    if isinstance(value, dict):
        times = ("resourceVersion", "lastTransitionTime", "lastProbeTime")
        return {key: _timeless(inner) for key, inner in value.items() if key not in times}
    return [_timeless(inner) for inner in value] if isinstance(value, list) else value


def uids_of(objects: list[Obj]) -> dict[str, str]:
    """Names for the uids of objects."""
    return {one["metadata"]["uid"]: f"{one['kind']} {one['metadata']['name']}" for one in objects}


def said(kube: SimKube, kind: str, name: str) -> set[tuple[str, str, str, str]]:
    """(type, reason, message, who) of the events of an object."""
    kinds = {"pvc": "PersistentVolumeClaim", "pv": "PersistentVolume", "pod": "Pod"}
    events = [stored.obj() for stored in kube.store.all(EVENTS)]
    about = [one for one in events if one["involvedObject"]["name"] == name]
    return heard([one for one in about if one["involvedObject"]["kind"] == kinds[kind]])


def heard(events: list[Obj]) -> set[tuple[str, str, str, str]]:
    """The same of recorded events."""
    return {(one["type"], one["reason"], _UID.sub("<uid>", one["message"]), _who(one)) for one in events}


def _who(event: Obj) -> str:
    return str(event["source"].get("component") or event["reportingComponent"])


def _renamed(kube: SimKube, recorded: dict[str, dict[str, Any]]) -> dict[str, str]:
    """The names here of recorded volumes that are called after the uids of their claims."""
    found = {}
    for name, volume in recorded["volumes"].items():
        if name.startswith("pvc-"):
            claim = kube.get("persistentvolumeclaims", volume["spec"]["claimRef"]["name"], SPACE)
            found[name] = f"pvc-{claim['metadata']['uid']}" if claim else name
    return found


def differences(kube: SimKube, recorded: dict[str, dict[str, Any]]) -> list[str]:
    """Where the simulated cluster differs from the recorded one; empty when it does not."""
    found = []
    kinds = (("claims", "persistentvolumeclaims", SPACE), ("volumes", "persistentvolumes", ""))
    names = _renamed(kube, recorded)
    mine = [kube.get(plural, names.get(name, name), space) for part, plural, space in kinds for name in recorded[part]]
    theirs = [one for part, _, _ in kinds for one in recorded[part].values()]
    ours, real = uids_of([one for one in mine if one]), uids_of(theirs)
    for got, wanted in zip(mine, theirs, strict=True):
        a, b = essence(got, ours), essence(wanted, real)
        if a != b:
            found.append(f"{wanted['metadata']['name']}:\n  simulated {json.dumps(a)}\n  real      {json.dumps(b)}")
    for about, events in recorded["events"].items():
        kind, _, name = about.partition("/")
        ours_said, real_said = said(kube, kind, names.get(name, name)), heard(events)
        if ours_said != real_said:
            found.append(f"events of {about}:\n  simulated {sorted(ours_said)}\n  real      {sorted(real_said)}")
    return found
