"""The feed of Kubernetes on a server that behaves."""

from dataclasses import replace

from tests.bench.kube_objects import raw_claim, raw_class, raw_volume
from tests.sync.conftest import MakeScene
from tests.sync.kube_world import CLAIMS, CLASSES, EVENTS, PODS, QUICK, SECRETS, VOLUMES, raw_event, raw_secret
from tui.core.kube import KINDS


async def test_everything_is_read_in_pages(scene: MakeScene) -> None:
    one = await scene(claims=30)
    await one.begin()
    await one.until_same()
    assert len(one.tables.claims) == len(one.tables.volumes) == 30
    assert one.tables.version == (1, 25)
    assert {one.part(kind) for kind in KINDS} == {"live"}
    assert all(one.tables.is_listed(kind) for kind in KINDS)
    pages = [path for path in one.api.requests if path.startswith("/api/v1/persistentvolumeclaims?limit=7")]
    assert len(pages) == 5
    assert sum("continue=" in path for path in pages) == 4
    assert one.api.requests[0] == "/version"
    assert one.feed.status.state == "live"


async def test_changes_come_by_the_watch(scene: MakeScene) -> None:
    one = await scene()
    await one.begin()
    lists = sum("limit=" in path for path in one.api.requests)
    one.api.put(CLAIMS, raw_claim(77, is_bound=False))
    one.api.put(CLAIMS, raw_claim(3, is_bound=False))
    one.api.remove(VOLUMES, ("", raw_volume(4)["metadata"]["name"]))
    one.api.put(EVENTS, raw_event(3, "changed"))
    told = one.told
    await one.until_same()
    assert one.told > told
    key = raw_claim(3)["metadata"]["namespace"], raw_claim(3)["metadata"]["name"]
    assert not one.tables.claims[key].is_bound
    assert sum("limit=" in path for path in one.api.requests if "leases" not in path) <= lists


async def test_an_object_that_is_of_no_interest_any_more_goes(scene: MakeScene) -> None:
    one = await scene()
    await one.begin()
    place = next(iter(one.api.objects[PODS]))
    raw = one.api.objects[PODS][place]
    one.api.put(PODS, {**raw, "spec": {"volumes": []}})
    await one.until(lambda: place not in one.tables.pods)


async def test_a_bookmark_moves_the_place_to_go_on_from(scene: MakeScene) -> None:
    one = await scene(pace=replace(QUICK, quiet=5.0))
    await one.begin()
    one.api.put(CLAIMS, raw_claim(50))
    await one.until(lambda: len(one.tables.claims) == 21)
    asked = len(one.api.requests)
    await one.until(lambda: any("/nodes?watch=true" in path for path in one.api.requests[asked:]))
    again = next(path for path in one.api.requests[asked:] if "/nodes?watch=true" in path)
    assert f"resourceVersion={one.api.version}" in again
    assert "allowWatchBookmarks=true" in again


async def test_only_secrets_that_classes_name_are_asked_for(scene: MakeScene) -> None:
    one = await scene()
    one.api.put(SECRETS, raw_secret("other", "unrelated"))
    await one.begin()
    assert set(one.tables.secrets) == {("storage", "heketi")}
    secret = one.tables.secrets["storage", "heketi"]
    assert (secret.type, secret.keys) == ("kubernetes.io/glusterfs", ("key",))
    assert "c2VjcmV0" not in repr(secret)
    assert not [path for path in one.api.requests if "/secrets?" in path or path.endswith("/secrets")]
    raw = raw_class(9)
    raw["parameters"] = {**raw["parameters"], "secretNamespace": "other", "secretName": "unrelated"}
    one.api.put(CLASSES, raw)
    await one.until(lambda: ("other", "unrelated") in one.tables.secrets)
    one.api.remove(CLASSES, ("", "gluster-9"))
    await one.until(lambda: ("other", "unrelated") not in one.tables.secrets)


async def test_a_secret_that_is_made_later_is_found(scene: MakeScene) -> None:
    one = await scene()
    one.api.objects[SECRETS].clear()
    await one.begin()
    assert one.tables.is_listed(SECRETS)
    assert not one.tables.secrets
    one.api.put(SECRETS, raw_secret("storage", "heketi"))
    await one.until(lambda: ("storage", "heketi") in one.tables.secrets)


async def test_a_first_list_shows_while_it_is_read(scene: MakeScene) -> None:
    one = await scene(claims=60)
    seen: list[tuple[int, bool, str]] = []

    def look() -> None:
        part = one.tables.parts[CLAIMS]
        seen.append((len(one.tables.claims), one.tables.is_listed(CLAIMS), part.reason))

    one.feed.subscribe(look)
    await one.begin()
    early = [(count, reason) for count, listed, reason in seen if 0 < count < 60 and not listed]
    assert early
    assert ("7 of 60 read") in {reason for _, reason in early}


async def test_closing_ends_all_requests(scene: MakeScene) -> None:
    one = await scene()
    await one.begin()
    await one.feed.close()
    await one.until(lambda: one.api.watches(CLAIMS) == 0)
    asked = len(one.api.requests)
    one.api.put(CLAIMS, raw_claim(99))
    assert len(one.tables.claims) == 20
    assert len(one.api.requests) == asked
