"""Answers requests: the addresses, the verbs, the rights and the faults of the simulated Kubernetes."""

import asyncio
import json
from email.utils import formatdate
from typing import Final

from aiohttp import web

from tui.demo.kube_api import KubeApi
from tui.demo.kube_auth import KubeAuth
from tui.demo.kube_delete import delete, delete_all
from tui.demo.kube_discovery import discover, version_info
from tui.demo.kube_faults import KubeFaults
from tui.demo.kube_list import Lists, list_body
from tui.demo.kube_request import Answer, Ask, is_dry, read_ask, read_body, read_options, read_patch
from tui.demo.kube_resources import Obj, Target, parse_path
from tui.demo.kube_status import (
    ApiError,
    Version,
    method_not_allowed,
    server_error,
    unknown_path,
    unknown_resource,
    unsupported_media,
)
from tui.demo.kube_store import KubeStore, dump
from tui.demo.kube_stream import Stream
from tui.demo.kube_table import table

_REVIEW: Final = "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews"
_PARTS: Final = ("", "status")


class Handler:
    """Answers the requests to one server. `requests` are all of them: (user, method, path with query)."""

    def __init__(self, store: KubeStore, version: Version, faults: KubeFaults, auth: KubeAuth) -> None:
        self.store, self.version, self.faults, self.auth = store, version, faults, auth
        self.api, self.lists = KubeApi(store, version), Lists(store, version)
        self.address, self.bookmarks = "", 60.0
        self.requests: list[tuple[str, str, str]] = []
        self._verbs = {
            "get": self._get, "list": self._list, "create": self._create, "update": self._update,
            "patch": self._patch, "delete": self._delete, "deletecollection": self._delete_all,
        }  # fmt: skip

    async def __call__(self, request: web.BaseRequest) -> web.StreamResponse:
        """Answer a request."""
        try:
            if self.faults.latency:
                await asyncio.sleep(self.faults.latency)
            return await self._respond(request)
        except ApiError as error:
            answer = Answer(error.body, error.code, error.content_type, error.headers)
            return self._response(request, answer)

    async def _respond(self, request: web.BaseRequest) -> web.StreamResponse:
        path = request.path.rstrip("/") or "/"
        self.requests.append(("", request.method, str(request.rel_url)))
        if request.path in ("/readyz", "/livez", "/healthz"):
            failed = self.faults.error("get", request.path)
            if failed:
                raise failed
            return self._response(request, Answer(b"ok", content_type="text/plain; charset=utf-8"))
        user = self.auth.user(request.headers, _certificate(request))
        self.requests[-1] = (user, request.method, str(request.rel_url))
        if path == "/version":
            return self._response(request, Answer(dump(version_info(self.version)) + b"\n"))
        if path == _REVIEW and request.method == "POST":
            return self._response(request, await self._review(request, user))
        found = discover(path, self.address)
        if found is not None:
            return self._response(request, Answer(dump(found) + b"\n"))
        return await self._object(request, self._target(path), user)

    async def _review(self, request: web.BaseRequest, user: str) -> Answer:
        if request.content_type != "application/json":
            raise unsupported_media(body=True)
        review = self.auth.review(user, json.loads(await request.read()), self.version < (1, 30))
        return Answer(dump(review) + b"\n", 201)

    def _target(self, path: str) -> Target:
        words = [word for word in path.split("/") if word]
        known = words[:2] == ["api", "v1"] or (words[:1] == ["apis"] and discover("/".join(words[:3]), "") is not None)
        if not known or len(words) < 3:
            raise unknown_path()
        target = parse_path(path)
        if target is None or target.part not in _PARTS or (target.part and not target.resource.status):
            raise unknown_resource()
        return target

    async def _object(self, request: web.BaseRequest, target: Target, user: str) -> web.StreamResponse:
        ask = await read_ask(request, target)
        ask.user = user
        verb, plural = ask.verb, target.resource.plural
        if not verb:
            raise method_not_allowed()
        await self._break(request, verb, plural)
        self.auth.check(user, verb, target.resource, target.namespace, target.name)
        failed = self.faults.error(verb, plural)
        if failed:
            raise failed
        if verb == "watch":
            return await self._watch(request, ask)
        answer = self._verbs[verb](ask)
        late = self.faults.take("after", verb, plural)
        if late:
            raise server_error(late.number)
        return self._response(request, answer)

    async def _break(self, request: web.BaseRequest, verb: str, plural: str) -> None:
        if self.faults.take("hang", verb, plural):
            await asyncio.Event().wait()
        if self.faults.take("close", verb, plural) and request.transport:
            request.transport.close()
            raise ApiError({"code": 503}, text="closed\n")

    def _get(self, ask: Ask) -> Answer:
        found = self.api.find(ask.target)
        if ask.as_table:
            meta: Obj = {"resourceVersion": str(found.version)}
            return self._answer(dump(table(ask.resource, [found.obj()], meta, self.version, self.store.clock())))
        return self._answer(found.whole)

    def _list(self, ask: Ask) -> Answer:
        token = bool(ask.query.get("continue"))
        gone = token and self.faults.take("gone_list", "list", ask.resource.plural) is not None
        found, meta = self.lists.page(ask.resource, ask.selection, ask.query, gone)
        if ask.as_table:
            objects = [one.obj() for one in found]
            return self._answer(dump(table(ask.resource, objects, meta, self.version, self.store.clock())))
        return Answer(list_body(ask.resource, found, meta))

    def _create(self, ask: Ask) -> Answer:
        dry, body = is_dry(ask, {}, self.version), read_body(ask)
        strict = ask.query.get("fieldValidation") == "Strict"
        return self._answer(self.api.create(ask.resource, ask.target.namespace, body, dry, strict), 201)

    def _update(self, ask: Ask) -> Answer:
        return self._answer(self.api.update(ask.target, read_body(ask), is_dry(ask, {}, self.version)))

    def _patch(self, ask: Ask) -> Answer:
        kind, body = read_patch(ask)
        dry = is_dry(ask, {}, self.version)
        if kind == "apply":
            whole, new = self.api.apply(ask.target, body, ask.query.get("fieldManager", ""), ask.flag("force"), dry)
            return self._answer(whole, 201 if new else 200)
        return self._answer(self.api.patch(ask.target, kind, body, dry))

    def _delete(self, ask: Ask) -> Answer:
        options = read_options(ask)
        dry = is_dry(ask, options, self.version)
        return self._answer(delete(self.store, self.api.find(ask.target), options, dry))

    def _delete_all(self, ask: Ask) -> Answer:
        options = read_options(ask)
        found, _ = self.lists.page(ask.resource, ask.selection, {})
        dry = is_dry(ask, options, self.version)
        return self._answer(delete_all(self.store, ask.resource, found, options, dry))

    async def _watch(self, request: web.BaseRequest, ask: Ask) -> web.StreamResponse:
        plural = ask.resource.plural
        gone = bool(ask.query.get("resourceVersion", "0").strip("0")) and self.faults.take("gone", "watch", plural)
        cuts = [self.faults.take(kind, "watch", plural) for kind in ("lines", "bytes", "end", "stall")]
        stream = Stream(self.store, ask, self.version, self.bookmarks)
        stream.begin(bool(gone), next((cut for cut in cuts if cut), None))
        response = web.StreamResponse(headers=self._headers("application/json"))
        response.enable_chunked_encoding()
        await response.prepare(request)
        fine = await stream.run(response)
        if fine:
            await response.write_eof()
        elif request.transport:
            request.transport.close()
        return response

    def _answer(self, body: bytes, code: int = 200) -> Answer:
        return Answer(body + b"\n", code)

    def _response(self, request: web.BaseRequest, answer: Answer) -> web.Response:
        body = answer.body
        pretty = request.query.get("pretty") == "true" or request.headers.get("User-Agent", "").startswith("curl")
        if pretty and answer.content_type == "application/json":
            body = json.dumps(json.loads(body), indent=2, ensure_ascii=False).encode()
        return web.Response(
            body=body, status=answer.code, headers={**self._headers(answer.content_type), **answer.headers}
        )

    def _headers(self, content_type: str) -> dict[str, str]:
        found = {"Content-Type": content_type, "Cache-Control": "no-cache, private", "Audit-Id": self.store.new_uid()}
        if self.faults.skew:
            found["Date"] = formatdate(self.store.clock() + self.faults.skew, usegmt=True)
        return found


def _certificate(request: web.BaseRequest) -> dict[str, object] | None:
    found = request.transport.get_extra_info("peercert") if request.transport else None
    return dict(found) if found else None
