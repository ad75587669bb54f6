"""Claims and volumes that were only created: what the simulated cluster makes of them is what a real one made."""

import pytest

from tests.contract.kube_scene import SPACE, as_made, class_names, cluster, differences, scene, scenes

# the claim was there first, and the class is not: the real binder said so before it saw the volume
CLAIM_FIRST = ("45-endpointsNamespace-readOnly", "46-lost", "47-pvc-in-use-terminating")
# what happened in these is played in test_kube_life
LATER = ("08", "10", "17b", "22b", "48", "5", "6", "7", "8")
PLAIN = [name for name in scenes() if not name.startswith(LATER)]


@pytest.mark.parametrize("name", PLAIN)
async def test_as_recorded(name: str) -> None:
    recorded = scene(name)
    async with await cluster(*class_names(recorded)) as kube:
        volumes = [as_made(one) for one in recorded["volumes"].values()]
        claims = [as_made(one) for one in recorded["claims"].values()]
        first, second = (claims, volumes) if name in CLAIM_FIRST else (volumes, claims)
        for obj in first:
            kube.create(obj)
        await kube.controllers.settle()
        for obj in second:
            kube.create(obj)
        await kube.controllers.settle()
        kube.controllers.resync()
        await kube.controllers.settle()
        assert differences(kube, recorded) == []


async def test_the_same_words_are_counted_up() -> None:
    recorded = scene("18-storageclass-missing")
    async with await cluster() as kube:
        kube.create(as_made(recorded["claims"]["p18"]))
        await kube.controllers.settle()
        for _ in range(3):
            kube.controllers.resync()
            await kube.controllers.settle()
        (event,) = kube.list("events", SPACE)
        assert event["count"] == 4
        assert event["involvedObject"]["uid"] == kube.get("persistentvolumeclaims", "p18", SPACE)["metadata"]["uid"]  # type: ignore[index]
