"""200 random faults in a row, with changes all the while: in the end the picture is that of a fresh list."""

import asyncio
import random
from typing import Any

import pytest

from tests.bench.kube_objects import raw_claim, raw_class, raw_volume
from tests.sync.conftest import MakeScene
from tests.sync.kube_api import Fault
from tests.sync.kube_world import CLAIMS, CLASSES, EVENTS, PODS, VOLUMES, Scene, raw_event, raw_pod
from tests.sync.test_kube_faults import FAULTS
from tui.core.kube import KINDS

FOLLOWED = (CLAIMS, CLAIMS, VOLUMES, CLASSES, PODS, EVENTS, "nodes")


class Storm:
    """Changes and faults from one seed."""

    def __init__(self, one: Scene, seed: int) -> None:
        self.one, self._luck = one, random.Random(seed)
        self.sorts: set[str] = set()

    def change(self) -> None:
        """One object comes, changes or goes."""
        api, luck, number = self.one.api, self._luck, self._luck.randrange(40)
        kind = luck.choice(FOLLOWED)
        if luck.random() < 0.3 and api.objects[kind]:
            api.remove(kind, luck.choice(sorted(api.objects[kind])))
            return
        api.put(kind, self._make(kind, number))

    def _make(self, kind: str, number: int) -> dict[str, Any]:
        luck = self._luck
        match kind:
            case "persistentvolumeclaims":
                return raw_claim(number, is_bound=luck.random() < 0.5)
            case "persistentvolumes":
                return raw_volume(number) | {"status": {"phase": luck.choice(("Bound", "Released"))}}
            case "storageclasses":
                return raw_class(number % 5) | {"allowVolumeExpansion": luck.random() < 0.5}
            case "pods":
                return raw_pod(number, luck.choice(("", "w0", "w1")))
            case "events":
                return raw_event(number, str(luck.random()))
        return {"metadata": {"name": f"w{number % 3}"}, "spec": {"unschedulable": luck.random() < 0.5}}

    async def strike(self) -> None:
        """One fault; returns when it was served."""
        api, luck = self.one.api, self._luck
        name, kind = luck.choice([*FAULTS, "restart", "compaction"]), luck.choice(FOLLOWED)
        self.sorts.add(name)
        if name == "restart":
            await api.stop()
            self.change()
            await api.start()
        elif name == "compaction":
            api.compact()
            api.strike(kind, Fault("end"))
        else:
            told = FAULTS[name]
            fault = Fault(told.sort, told.code, told.text, told.headers)
            api.strike(kind, fault)
            if not fault.is_within:
                api.strike(kind, Fault("end"))
            self.change()
            await asyncio.wait_for(fault.served.wait(), 20)


@pytest.mark.parametrize("seed", [1, 2])
async def test_two_hundred_faults_in_a_row(scene: MakeScene, seed: int) -> None:
    one = await scene()
    await one.begin()
    storm = Storm(one, seed)
    for _ in range(200):
        for _ in range(3):
            storm.change()
        await storm.strike()
    assert len(storm.sorts) > 15
    await one.until_same()
    await one.until(lambda: {one.part(kind) for kind in KINDS} == {"live"})
    storm.change()
    await one.until_same()
