"""One request to the simulated Kubernetes: what it asks for, and its answer."""

import json
from dataclasses import dataclass, field
from typing import Any, Final

import yaml
from aiohttp import web

from tui.demo.kube_resources import Obj, Resource, Target
from tui.demo.kube_selectors import Selection, select
from tui.demo.kube_status import (
    Cause,
    Version,
    bad_request,
    invalid,
    not_acceptable,
    unsupported_media,
)

_VERBS: Final = {"POST": "create", "PUT": "update", "PATCH": "patch", "DELETE": "delete"}
_PATCHES: Final = {
    "application/json-patch+json": "json-patch",
    "application/merge-patch+json": "merge-patch",
    "application/strategic-merge-patch+json": "strategic-merge-patch",
    "application/apply-patch+yaml": "apply",
}


@dataclass(frozen=True, slots=True)
class Answer:
    """What a request is answered with."""

    body: bytes
    code: int = 200
    content_type: str = "application/json"
    headers: dict[str, str] = field(default_factory=dict)


@dataclass(slots=True)
class Ask:
    """A request for an object or a collection, read."""

    target: Target
    verb: str
    query: dict[str, str]
    accept: str
    content_type: str
    raw: bytes
    user: str = ""

    @property
    def resource(self) -> Resource:
        return self.target.resource

    @property
    def selection(self) -> Selection:
        """What a list or a watch asks for; of one object, its name. Raises ApiError (400)."""
        target, fields = self.target, self.query.get("fieldSelector", "")
        if target.name:
            fields = f"metadata.name={target.name}"
        return select(target.resource.plural, target.namespace, self.query.get("labelSelector", ""), fields)

    @property
    def as_table(self) -> bool:
        """Whether a Table is wanted, as `kubectl get` does."""
        return "as=Table" in self.accept

    def flag(self, name: str) -> bool:
        """A yes-or-no parameter: everything but "0" and "false" is yes."""
        return self.query.get(name, "0").lower() not in ("", "0", "false")


async def read_ask(request: web.BaseRequest, target: Target) -> Ask:
    """Read a request for a known kind. Raises ApiError (406)."""
    accept = request.headers.get("Accept", "*/*")
    kinds = [part.split(";")[0].strip() for part in accept.split(",")]
    if not {"application/json", "application/*", "*/*", "application/yaml"} & set(kinds):
        raise not_acceptable()
    query = dict(request.query)
    content = request.headers.get("Content-Type", "").split(";")[0].strip()
    ask = Ask(target, "", query, accept, content, await request.read())
    ask.verb = _verb(request.method, target, ask)
    return ask


def _verb(method: str, target: Target, ask: Ask) -> str:
    """The verb of the rights; "" where the method makes no sense on the address."""
    if method in ("GET", "HEAD"):
        if ask.flag("watch"):
            return "watch"
        return "get" if target.name else "list"
    if method == "POST":
        return "create" if not target.name and (target.namespace or not target.resource.namespaced) else ""
    if method == "DELETE" and not target.name:
        return "deletecollection"
    return _VERBS.get(method, "") if target.name else ""


def read_body(ask: Ask) -> Any:
    """The object in a body. Raises ApiError (400, 415)."""
    if ask.content_type == "application/yaml":
        return _from_yaml(ask.raw)
    if ask.content_type not in ("application/json", ""):
        raise unsupported_media(body=True)
    try:
        return json.loads(ask.raw)
    except ValueError as error:
        kind, text = ask.resource.kind, ask.raw.decode(errors="replace")
        why = f"couldn't get version/kind; json parse error: {_go_error(error, text)} ({text[:1000]})"
        raise bad_request(f"the object provided is unrecognized (must be of type {kind}): {why}") from error


def _go_error(error: ValueError, text: str) -> str:
    at = getattr(error, "pos", len(text))
    if at >= len(text.rstrip()) or "Unterminated" in str(error):
        return "unexpected end of JSON input"
    return f"invalid character '{text[at]}' looking for beginning of value"


def read_patch(ask: Ask) -> tuple[str, Any]:
    """The kind of a patch and its content. Raises ApiError (400, 415)."""
    kind = _PATCHES.get(ask.content_type)
    if kind is None:
        raise unsupported_media(body=False)
    if kind == "apply":
        return kind, _from_yaml(ask.raw)
    try:
        return kind, json.loads(ask.raw)
    except ValueError as error:
        text = ask.raw.decode(errors="replace")
        raise bad_request(f"error decoding patch: {_go_error(error, text)}") from error


def read_options(ask: Ask) -> Obj:
    """The options of a deletion, of the body and of the query. Raises ApiError (400)."""
    found: Any = json.loads(ask.raw) if ask.raw.strip() else {}
    if not isinstance(found, dict):
        raise bad_request('DeleteOptions in version "v1" cannot be handled as a DeleteOptions')
    if "propagationPolicy" in ask.query:
        found["propagationPolicy"] = ask.query["propagationPolicy"]
    if "gracePeriodSeconds" in ask.query:
        found["gracePeriodSeconds"] = int(ask.query["gracePeriodSeconds"])
    return found


def is_dry(ask: Ask, options: Obj, version: Version) -> bool:
    """Whether nothing shall be stored. Raises ApiError (422) for anything but dryRun=All."""
    asked = ask.query.get("dryRun") or next(iter(options.get("dryRun") or ()), "")
    if asked in ("", "All"):
        return bool(asked)
    shown = f'["{asked}"]' if version >= (1, 30) else f'[]string{{"{asked}"}}'
    cause = Cause("dryRun", "FieldValueNotSupported", f'Unsupported value: {shown}: supported values: "All"')
    kind = {"create": "CreateOptions", "update": "UpdateOptions", "patch": "PatchOptions"}.get(
        ask.verb, "DeleteOptions"
    )
    raise invalid(kind, "", [cause], "meta.k8s.io")


def _from_yaml(raw: bytes) -> Any:
    try:
        found = yaml.safe_load(raw)
    except yaml.YAMLError as error:
        raise bad_request(f"error decoding YAML: {error}") from error
    return found
