"""Lists in pages: each page of a list shows the objects as they were when its first page was made."""

import base64
import json
from bisect import bisect_right
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from typing import Final

from tui.demo.kube_resources import Obj, Resource
from tui.demo.kube_selectors import Selection
from tui.demo.kube_status import (
    ApiError,
    Version,
    bad_request,
    bad_version,
    expired_continue,
    expired_list,
    future_version,
)
from tui.demo.kube_store import KubeStore, Stored, dump

_MOST: Final = 64


class Lists:
    """Answers lists, and remembers what the later pages of unfinished ones shall show."""

    def __init__(self, store: KubeStore, version: Version) -> None:
        self._store, self.version = store, version
        self._open: OrderedDict[tuple[str, Selection, int], list[Stored]] = OrderedDict()

    def forget(self) -> None:
        """Forget all unfinished lists: every token for a next page is too old."""
        self._open.clear()

    def page(
        self, resource: Resource, selection: Selection, query: Mapping[str, str], gone: bool = False
    ) -> tuple[list[Stored], Obj]:
        """The objects of a page, and the metadata of the list. Raises ApiError; `gone` makes the token too old."""
        limit = _limit(query.get("limit", ""))
        token = query.get("continue", "")
        if token:
            found, version = self._resume(resource, selection, token, gone)
        else:
            version = self._store.version
            self._check_version(query)
            found = self._select(resource, selection)
            if query.get("resourceVersion") == "0" and resource.plural != "events":
                # answered from the cache of the server, which knows no pages
                limit = 0
        meta: Obj = {"resourceVersion": str(version)}
        if limit and len(found) > limit:
            self._keep((resource.plural, selection, version), found)
            meta["continue"] = _token(version, found[limit - 1].key)
            if selection.everything:
                meta["remainingItemCount"] = len(found) - limit
        return found[:limit] if limit else found, meta

    def _select(self, resource: Resource, selection: Selection) -> list[Stored]:
        found = self._store.all(resource, selection.namespace)
        return found if selection.everything else [one for one in found if selection.selects(one)]

    def _keep(self, key: tuple[str, Selection, int], found: list[Stored]) -> None:
        self._open.setdefault(key, found)
        while len(self._open) > _MOST:
            self._open.popitem(last=False)

    def _resume(self, resource: Resource, selection: Selection, token: str, gone: bool) -> tuple[list[Stored], int]:
        version, start = _read_token(token)
        if version < 0:
            # goes on without consistency: what is there now, behind the last key
            return _behind(self._select(resource, selection), start), self._store.version
        kept = None if gone else self._open.get((resource.plural, selection, version))
        if kept is None:
            raise expired_continue(_token(-1, start))
        return _behind(kept, start), version

    def _check_version(self, query: Mapping[str, str]) -> None:
        raw = query.get("resourceVersion", "")
        if not raw:
            return
        asked = version_of(raw, self.version, watch=False)
        if asked > self._store.version:
            raise future_version(asked, self._store.version)
        if query.get("resourceVersionMatch") == "Exact" and asked != self._store.version:
            raise expired_list()


def list_body(resource: Resource, found: Sequence[Stored], meta: Obj) -> bytes:
    """The body of a list; its items lack kind and apiVersion, as on a real server."""
    head = dump({"kind": f"{resource.kind}List", "apiVersion": resource.api_version, "metadata": meta})
    return head[:-1] + b',"items":[' + b",".join(one.body for one in found) + b"]}\n"


def version_of(raw: str, version: Version, watch: bool) -> int:
    """A resourceVersion as number. Raises ApiError."""
    if not (raw.isascii() and raw.isdigit()):
        raise bad_version(raw, version, watch)
    return int(raw)


def _behind(found: list[Stored], start: str) -> list[Stored]:
    return found[bisect_right(found, start, key=lambda one: one.key) :]


def _limit(raw: str) -> int:
    return int(raw) if raw.isascii() and raw.isdigit() else 0


def _token(version: int, key: str) -> str:
    text = dump({"v": "meta.k8s.io/v1", "rv": version, "start": f"{key.lstrip('/')}\u0000"})
    return base64.urlsafe_b64encode(text).decode().rstrip("=")


def _read_token(token: str) -> tuple[int, str]:
    try:
        found = json.loads(base64.urlsafe_b64decode(token + "=" * (-len(token) % 4)))
        start = str(found["start"]).rstrip("\u0000")
        return int(found["rv"]), start if "/" in start else f"/{start}"
    except (ValueError, KeyError, TypeError) as error:
        raise _unreadable(token) from error


def _unreadable(token: str) -> ApiError:
    try:
        first = base64.urlsafe_b64decode(token + "=" * (-len(token) % 4)).decode("latin-1")[:1]
    except ValueError:
        first = token[:1]
    text = f"invalid character '{first}' looking for beginning of value"
    return bad_request(f"invalid continue token: continue key is not valid: {text}")
