"""Watches of the simulated Kubernetes: what happened since a version, as lines."""

import asyncio
from collections import deque
from typing import Final

from tui.demo.kube_resources import Obj, Resource
from tui.demo.kube_selectors import Selection
from tui.demo.kube_status import Version, too_old
from tui.demo.kube_store import Change, KubeStore, dump, watch_line

_MOST_PENDING: Final = 100_000
# what the empty object in a bookmark shows of its kind
_EMPTY: Final[dict[str, Obj]] = {
    "persistentvolumeclaims": {"spec": {"resources": {}}, "status": {}},
    "persistentvolumes": {"spec": {}, "status": {}},
    "pods": {"spec": {"containers": None}, "status": {}},
    "nodes": {"spec": {}, "status": {}},
    "namespaces": {"spec": {}, "status": {}},
    "services": {"spec": {}, "status": {"loadBalancer": {}}},
    "resourcequotas": {"spec": {}, "status": {}},
    "limitranges": {"spec": {"limits": None}},
    "storageclasses": {"provisioner": ""},
    "csidrivers": {"spec": {}},
    "leases": {"spec": {}},
    "endpointslices": {"addressType": "", "endpoints": None, "ports": None},
}


class Watcher:
    """One watch: collects its lines until they are written."""

    def __init__(self, store: KubeStore, resource: Resource, selection: Selection) -> None:
        self._store, self.resource, self.selection = store, resource, selection
        self.lines: deque[bytes] = deque()
        self.wake = asyncio.Event()
        self.ended = False

    def start(self, version: int | None) -> None:
        """Begin: with all objects (`version` None), or after a version. What is too old gives one line and the end."""
        table = self._store.tables[self.resource.plural]
        if version is None:
            found = self._store.all(self.resource, self.selection.namespace)
            self.lines.extend(watch_line("ADDED", one) for one in found if self.selection.selects(one))
        elif version < table.floor:
            self.fail(version, table.floor)
            return
        else:
            for change in table.history:
                if change.new.version > version:
                    self.offer(change)
        self._store.listeners.append(self.offer)

    def offer(self, change: Change) -> None:
        """Take in a change when it belongs to the watch."""
        if change.new.resource is not self.resource or self.ended:
            return
        line = self._line(change)
        if line:
            self.lines.append(line)
            # a reader that does not follow is cut off, as on a real server
            self.ended = len(self.lines) > _MOST_PENDING
            self.wake.set()

    def fail(self, asked: int, oldest: int) -> None:
        """End with the line that says that a version is too old."""
        gone = too_old(self.resource.plural, asked, oldest)
        self.lines.append(b'{"type":"ERROR","object":%s}\n' % dump(gone))
        self.end()

    def end(self) -> None:
        """Write what is there and stop."""
        self.ended = True
        self.wake.set()

    def stop(self) -> None:
        """Take in nothing any more."""
        if self.offer in self._store.listeners:
            self._store.listeners.remove(self.offer)

    def bookmark(self, version: Version, initial: bool = False) -> None:
        """A line that only says how far the watch has come."""
        meta: Obj = {"resourceVersion": str(self._store.version)}
        if version < (1, 30):
            meta["creationTimestamp"] = None
        if initial:
            meta["annotations"] = {"k8s.io/initial-events-end": "true"}
        head = {"kind": self.resource.kind, "apiVersion": self.resource.api_version, "metadata": meta}
        self.lines.append(b'{"type":"BOOKMARK","object":%s}\n' % dump({**head, **_EMPTY.get(self.resource.plural, {})}))
        self.wake.set()

    def take(self) -> bytes:
        """All lines that wait, as one piece."""
        self.wake.clear()
        found = b"".join(self.lines)
        self.lines.clear()
        return found

    def _line(self, change: Change) -> bytes:
        if self.selection.everything:
            same = not self.selection.namespace or change.new.namespace == self.selection.namespace
            return change.line if same else b""
        was = change.old is not None and self.selection.selects(change.old)
        now = change.type != "DELETED" and self.selection.selects(change.new)
        if now:
            return watch_line("MODIFIED" if was else "ADDED", change.new)
        if not was or change.old is None:
            return b""
        if change.type == "DELETED":
            return change.line
        # what leaves the selection is shown as it was, with the version at which it left
        left = change.old.obj()
        left["metadata"]["resourceVersion"] = str(change.new.version)
        return b'{"type":"DELETED","object":%s}\n' % dump(left)
