"""Events: what controllers say of objects, counted up where they say the same again."""

from collections.abc import Callable
from datetime import UTC, datetime

from tui.demo.kube_resources import EVENTS, Obj
from tui.demo.kube_status import Version
from tui.demo.kube_store import KubeStore, stamp


class Recorder:
    """Writes events into the store."""

    def __init__(self, store: KubeStore, version: Callable[[], Version]) -> None:
        self._store, self._version = store, version
        self._known: dict[tuple[str, ...], str] = {}
        self._count = 0
        self._host = "kube-control-1"

    def event(self, obj: Obj, kind: str, reason: str, message: str, component: str, host: str = "") -> None:
        """An event of the old form; `host` is named by kubelets only."""
        about = self._about(obj)
        namespace = about.get("namespace", "default")
        key = (about["uid"], kind, reason, message, component, host)
        now = self._store.now()
        stored = self._store.get(EVENTS, namespace, self._known.get(key, ""))
        if stored:

            def again(event: Obj) -> None:
                event["lastTimestamp"], event["count"] = now, event["count"] + 1

            self._store.update(stored, again)
            return
        source = {"component": component, **({"host": host} if host else {})}
        name = self._name(obj)
        self._known[key] = name
        new = self._version() >= (1, 28)
        self._store.put(
            {
                "kind": "Event",
                "apiVersion": "v1",
                "metadata": {"name": name, "namespace": namespace},
                "involvedObject": about,
                "reason": reason,
                "message": message,
                "source": source,
                "firstTimestamp": now,
                "lastTimestamp": now,
                "count": 1,
                "type": kind,
                "eventTime": None,
                "reportingComponent": component if new else "",
                "reportingInstance": host if new else "",
            }
        )

    def scheduler(self, pod: Obj, kind: str, reason: str, message: str, action: str) -> None:
        """An event of the new form, which schedulers write: a time of its own, and a series instead of a count."""
        when = datetime.fromtimestamp(self._store.clock(), UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
        about, namespace = self._about(pod), pod["metadata"]["namespace"]
        key = (about["uid"], about["resourceVersion"], kind, reason, message)
        stored = self._store.get(EVENTS, namespace, self._known.get(key, ""))
        if stored:

            def again(event: Obj) -> None:
                count = (event.get("series") or {"count": 1})["count"] + 1
                event["series"] = {"count": count, "lastObservedTime": when}

            self._store.update(stored, again)
            return
        name = self._known[key] = self._name(pod)
        self._store.put(
            {
                "kind": "Event",
                "apiVersion": "v1",
                "metadata": {"name": name, "namespace": namespace},
                "involvedObject": about,
                "reason": reason,
                "message": message,
                "source": {},
                "firstTimestamp": None,
                "lastTimestamp": None,
                "type": kind,
                "eventTime": when,
                "action": action,
                "reportingComponent": "default-scheduler",
                "reportingInstance": f"default-scheduler-{self._host}",
            }
        )

    def expire(self, life: float) -> None:
        """Take away the events that are older than `life` seconds."""
        oldest = stamp(self._store.clock() - life)
        for stored in self._store.all(EVENTS):
            event = stored.obj()
            series = (event.get("series") or {}).get("lastObservedTime")
            last = event.get("lastTimestamp") or series or event.get("eventTime") or ""
            if last < oldest:
                self._store.drop(stored)

    def _about(self, obj: Obj) -> Obj:
        meta = obj["metadata"]
        found = {"kind": obj["kind"], "namespace": meta.get("namespace", ""), "name": meta["name"], "uid": meta["uid"]}
        found |= {"apiVersion": obj["apiVersion"], "resourceVersion": meta["resourceVersion"]}
        return {name: value for name, value in found.items() if value}

    def _name(self, obj: Obj) -> str:
        self._count += 1
        return f"{obj['metadata']['name']}.{int(self._store.clock() * 1e9) + self._count:016x}"
