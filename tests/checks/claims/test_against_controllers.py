"""Random claims and volumes given to the simulated controllers: what they leave unbound is explained, and nothing else.

The controllers have a matcher of their own; the diagnosis is asked only about what they made of the objects.
"""

import random
from collections.abc import Mapping
from typing import Any

import pytest

from tui.checks.claim_case import ClaimCase, ClaimWorld
from tui.checks.claims import diagnose
from tui.core.finding import Finding, Severity
from tui.core.kube import KINDS, KubeObject
from tui.core.kube_tables import KubeTables
from tui.demo.kube_objects import claim, endpoints, service, storage_class, volume
from tui.demo.kube_server import SimKube
from tui.dialects.kube import parse

MODES = (("ReadWriteOnce",), ("ReadWriteMany",), ("ReadWriteOnce", "ReadWriteMany"))
STATIC = "kubernetes.io/no-provisioner"


def _claim(luck: random.Random, number: int) -> dict[str, Any]:
    more: dict[str, object] = {}
    if luck.random() < 0.3:
        more["volumeName"] = f"v{luck.randrange(8)}"
    if luck.random() < 0.2:
        more["selector"] = {"matchLabels": {"tier": luck.choice(["gold", "lead"])}}
    if luck.random() < 0.1:
        more["volumeMode"] = "Block"
    size, cls = luck.choice(["1Gi", "2Gi", "5Gi"]), luck.choice(["", "", "static", "no-such-class"])
    return claim("default", f"c{number}", size, cls, luck.choice(MODES), **more)


def _volume(luck: random.Random, number: int) -> dict[str, Any]:
    more: dict[str, Any] = {}
    if luck.random() < 0.3:
        uid = luck.choice([{}, {"uid": "00000000-an-older-life"}])
        more["claimRef"] = {
            "kind": "PersistentVolumeClaim",
            "namespace": "default",
            "name": f"c{luck.randrange(8)}",
            **uid,
        }
    size, cls = luck.choice(["1Gi", "2Gi", "3G"]), luck.choice(["", "", "static", "no-such-class"])
    found = volume(f"v{number}", f"vol_{number}", size, cls, luck.choice(MODES), **more)
    if luck.random() < 0.5:
        found["metadata"]["labels"] = {"tier": "gold"}
    return found


def _world(kube: SimKube) -> ClaimWorld:
    """All that is in the server, an hour later."""
    tables = KubeTables()
    tables.set_version(kube.version)
    for kind in KINDS:
        objects = [parse(kind, obj) for obj in kube.list(kind)]
        tables.replace(kind, [obj for obj in objects if isinstance(obj, KubeObject)])
    return ClaimWorld(tables, kube.store.clock() + 3600.0)


def _said(world: ClaimWorld) -> Mapping[str, tuple[Finding, ...]]:
    return {key[1]: diagnose(ClaimCase(world, key, one)) for key, one in world.tables.claims.items()}


@pytest.mark.parametrize("seed", range(25))
async def test_every_claim_that_waits_is_explained_and_no_other(seed: int) -> None:
    luck = random.Random(seed)
    async with SimKube() as kube:
        kube.controllers.start()
        kube.create(storage_class("static", by=STATIC))
        kube.create(service("default", "glusterfs-cluster"))
        kube.create(endpoints("default", "glusterfs-cluster", ["10.0.0.1"]))
        made = [_claim(luck, number) for number in range(8)] + [_volume(luck, number) for number in range(8)]
        luck.shuffle(made)
        for obj in made:
            kube.create(obj)
        await kube.controllers.settle()
        kube.controllers.resync()
        await kube.controllers.settle()
        world = _world(kube)
    for name, findings in _said(world).items():
        phase = world.tables.claims[("default", name)].phase
        faults = [one.code for one in findings if one.severity is not Severity.INFO and one.code[0] in "ABC"]
        assert bool(faults) == (phase != "Bound"), (name, phase, faults)
        assert not {"C13", "C14"} & set(faults), (name, faults)
        if phase != "Bound":
            assert findings[0].definite, (name, faults)
