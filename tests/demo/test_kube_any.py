"""Whatever is done to the objects: who follows a watch has the same picture as who lists."""

import asyncio
import json
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from tui.demo.kube_objects import claim
from tui.demo.kube_resources import CLAIMS
from tui.demo.kube_selectors import Selection, select
from tui.demo.kube_store import KubeStore
from tui.demo.kube_watch import Watcher

Obj = dict[str, Any]
SELECTORS = ("", "w=1", "w in (1,2)", "!w", "w!=2")
STEP = st.tuples(st.sampled_from(("put", "label", "delete")), st.sampled_from("abcd"), st.sampled_from(("", "1", "2")))


def do(store: KubeStore, what: str, name: str, value: str) -> None:
    """One change, where it makes sense."""
    stored = store.get(CLAIMS, "default", name)
    if what == "delete" and stored:
        store.drop(stored)
    elif what == "label" and stored:
        store.update(stored, lambda obj: obj["metadata"].update(labels={"w": value} if value else {}))
    elif what == "put":
        made = claim("default", name, "1Gi")
        store.put({**made, "metadata": {**made["metadata"], "labels": {"w": value} if value else {}}})


def listed(store: KubeStore, selection: Selection) -> dict[str, int]:
    """The versions of what a list shows."""
    return {one.name: one.version for one in store.all(CLAIMS) if selection.selects(one)}


def followed(picture: dict[str, int], lines: bytes) -> dict[str, int]:
    """The picture after the lines of a watch; each line must fit what is there."""
    for raw in lines.splitlines():
        line = json.loads(raw)
        meta = line["object"]["metadata"]
        known = meta["name"] in picture
        assert known is (line["type"] != "ADDED")
        if line["type"] == "DELETED":
            del picture[meta["name"]]
        else:
            picture[meta["name"]] = int(meta["resourceVersion"])
    return picture


@settings(max_examples=150, deadline=None)
@given(before=st.lists(STEP, max_size=12), after=st.lists(STEP, max_size=20), labels=st.sampled_from(SELECTORS))
def test_a_list_and_its_watch_give_what_a_later_list_shows(
    before: list[tuple[str, str, str]], after: list[tuple[str, str, str]], labels: str
) -> None:
    async def run() -> None:
        store, selection = KubeStore(), select(CLAIMS.plural, "default", labels, "")
        for step in before:
            do(store, *step)
        picture, version = listed(store, selection), store.version
        live = Watcher(store, CLAIMS, selection)
        live.start(version)
        for step in after:
            do(store, *step)
        late = Watcher(store, CLAIMS, selection)
        late.start(version)
        now = listed(store, selection)
        # whether a watch was there while it happened, or heard of it afterwards, makes no difference
        lines = live.take()
        assert lines == late.take()
        assert followed(dict(picture), lines) == now
        anew = Watcher(store, CLAIMS, selection)
        anew.start(None)
        assert followed({}, anew.take()) == now

    asyncio.run(run())
