"""What an API server answers when it refuses: the bodies of real ones (1.25 and 1.36), byte for byte."""

import json
from collections.abc import Sequence
from typing import NamedTuple

from tui.demo.kube_resources import Obj, Resource

Version = tuple[int, int]
"""(1, 25) and so on."""


class Cause(NamedTuple):
    """One reason why an object is not valid."""

    field: str
    reason: str
    message: str


class ApiError(Exception):
    """A refused request."""

    def __init__(self, status: Obj, headers: dict[str, str] | None = None, text: str = "") -> None:
        super().__init__(status.get("message", text))
        self.status, self.headers, self.text = status, headers or {}, text
        self.code = int(status["code"])

    @property
    def message(self) -> str:
        return str(self.status.get("message", ""))

    @property
    def body(self) -> bytes:
        """The body, with its newline."""
        return self.text.encode() or json.dumps(self.status, separators=(",", ":"), ensure_ascii=False).encode() + b"\n"

    @property
    def content_type(self) -> str:
        return "text/plain; charset=utf-8" if self.text else "application/json"


def status(code: int, reason: str, message: str, details: Obj | None = None, meta: Obj | None = None) -> Obj:
    """A Status of kind Failure; `details` None leaves them out."""
    found: Obj = {"kind": "Status", "apiVersion": "v1", "metadata": meta or {}, "status": "Failure", "message": message}
    if reason:
        found["reason"] = reason
    if details is not None:
        found["details"] = details
    return {**found, "code": code}


def success(resource: Resource, name: str, uid: str) -> Obj:
    """What the deletion of an object is answered with where the object itself is not given back."""
    details = {"name": name, **_group(resource), "kind": resource.plural, "uid": uid}
    return {"kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Success", "details": details}


def _group(resource: Resource) -> Obj:
    return {"group": resource.group} if resource.group else {}


def not_found(resource: Resource, name: str) -> ApiError:
    details = {"name": name, **_group(resource), "kind": resource.plural}
    return ApiError(status(404, "NotFound", f'{resource.qualified} "{name}" not found', details))


def unknown_resource() -> ApiError:
    return ApiError(status(404, "NotFound", "the server could not find the requested resource", {}))


def unknown_path() -> ApiError:
    return ApiError({"code": 404}, text="404 page not found\n")


def already_exists(resource: Resource, name: str) -> ApiError:
    details = {"name": name, **_group(resource), "kind": resource.plural}
    return ApiError(status(409, "AlreadyExists", f'{resource.qualified} "{name}" already exists', details))


def conflict(resource: Resource, name: str) -> ApiError:
    why = "the object has been modified; please apply your changes to the latest version and try again"
    message = f'Operation cannot be fulfilled on {resource.qualified} "{name}": {why}'
    return ApiError(status(409, "Conflict", message, {"name": name, **_group(resource), "kind": resource.plural}))


def precondition(resource: Resource, name: str, what: str, asked: str, recorded: str) -> ApiError:
    """`what` is "UID" or "ResourceVersion"."""
    why = f"the {what} in the precondition ({asked}) does not match the {what} in record ({recorded}). "
    why += "The object might have been " + ("deleted and then recreated" if what == "UID" else "modified")
    message = f'Operation cannot be fulfilled on {resource.kind} "{name}": {why}'
    return ApiError(status(409, "Conflict", message, {"name": name, **_group(resource), "kind": resource.kind}))


def invalid(kind: str, name: str, causes: Sequence[Cause], group: str = "") -> ApiError:
    """422: `name` "" leaves it out of the details, as on an object without a name."""
    texts = list(dict.fromkeys(f"{cause.field}: {cause.message}" for cause in causes))
    text = texts[0] if len(texts) == 1 else f"[{', '.join(texts)}]"
    details: Obj = {"name": name} if name else {}
    if group:
        details["group"] = group
    details["kind"] = kind
    details["causes"] = [{"reason": c.reason, "message": c.message, "field": c.field} for c in causes]
    full = f"{kind}.{group}" if group else kind
    return ApiError(status(422, "Invalid", f'{full} "{name}" is invalid: {text}', details))


def bad_request(message: str) -> ApiError:
    return ApiError(status(400, "BadRequest", message))


def rejected() -> ApiError:
    """What a patch that does not fit is answered with."""
    return ApiError(status(422, "Invalid", "the server rejected our request due to an error in our request", {}))


def unsupported_media(body: bool) -> ApiError:
    accepted = "application/json, application/yaml, application/vnd.kubernetes.protobuf"
    if body:
        text = f"the body of the request was in an unknown format - accepted media types include: {accepted}"
        return ApiError(status(415, "UnsupportedMediaType", text))
    return ApiError(status(415, "UnsupportedMediaType", "415: Unsupported Media Type", {}))


def not_acceptable() -> ApiError:
    kinds = "application/json, application/yaml, application/vnd.kubernetes.protobuf, application/json;stream=watch"
    text = (
        f"406: Not Acceptable\n\nAvailable representations: {kinds}, application/vnd.kubernetes.protobuf;stream=watch"
    )
    return ApiError(status(406, "NotAcceptable", text, {}))


def method_not_allowed() -> ApiError:
    text = "the server does not allow this method on the requested resource"
    return ApiError(status(405, "MethodNotAllowed", text, {}))


def unauthorized() -> ApiError:
    return ApiError(status(401, "Unauthorized", "Unauthorized"))


def forbidden(resource: Resource, name: str, why: str, causes: Sequence[Cause] = ()) -> ApiError:
    """403 of the admission or of the rights; `why` follows "is forbidden: "."""
    subject = f'{resource.qualified} "{name}"' if name else resource.qualified
    details: Obj = {"name": name} if name else {}
    details |= {**_group(resource), "kind": resource.plural}
    if causes:
        details["causes"] = [{"reason": c.reason, "message": c.message, "field": c.field} for c in causes]
    return ApiError(status(403, "Forbidden", f"{subject} is forbidden: {why}", details))


def not_allowed(user: str, verb: str, resource: Resource, namespace: str, name: str) -> ApiError:
    """403 for want of a right."""
    where = f'in the namespace "{namespace}"' if namespace else "at the cluster scope"
    why = f'User "{user}" cannot {verb} resource "{resource.plural}" in API group "{resource.group}" {where}'
    return forbidden(resource, name, why)


def too_old(resource: str, asked: int, oldest: int) -> Obj:
    """The line that ends a watch whose version is gone; events are not in the cache of the server."""
    uncached = "The resourceVersion for the provided watch is too old."
    return status(410, "Expired", uncached if resource == "events" else f"too old resource version: {asked} ({oldest})")


def expired_list() -> ApiError:
    return ApiError(status(410, "Expired", "The resourceVersion for the provided list is too old."))


def expired_continue(token: str) -> ApiError:
    """`token` is the new one, which goes on without consistency."""
    text = (
        "The provided continue parameter is too old to display a consistent list result. You can start a new list "
        "without the continue parameter, or use the continue token in this response to retrieve the remainder of the "
        "results. Continuing with the provided token results in an inconsistent list - objects that were created, "
        "modified, or deleted between the time the first chunk was returned and now may show up in the list."
    )
    return ApiError(status(410, "Expired", text, meta={"continue": token}))


def future_version(asked: int, current: int) -> ApiError:
    causes = [{"reason": "ResourceVersionTooLarge", "message": "Too large resource version"}]
    text = f"Timeout: Too large resource version: {asked}, current: {current}"
    details = {"causes": causes, "retryAfterSeconds": 1}
    return ApiError(status(504, "Timeout", text, details), {"Retry-After": "1"})


def bad_version(raw: str, version: Version, watch: bool) -> ApiError:
    text = f'resourceVersion: Invalid value: "{raw}": strconv.ParseUint: parsing "{raw}": invalid syntax'
    if watch or version < (1, 30):
        return ApiError(status(500, "", text))
    return bad_request(f"invalid resource version: {text}")


def too_many_requests(seconds: int) -> ApiError:
    text = "Too many requests, please try again later.\n"
    return ApiError({"code": 429}, {"Retry-After": str(seconds)}, text)


def server_error(code: int) -> ApiError:
    """500, 503 or 504 as a server in trouble gives them."""
    if code == 504:
        text = "Timeout: request did not complete within the allotted timeout"
        body = {"metadata": {}, "status": "Failure", "message": text, "reason": "Timeout", "details": {}, "code": 504}
        return ApiError({"code": 504}, text=json.dumps(body, separators=(",", ":")) + "\n")
    if code == 503:
        text = "the server is currently unable to handle the request"
        return ApiError(status(503, "ServiceUnavailable", text, {}))
    return ApiError(status(code, "InternalError", "Internal error occurred: etcdserver: request timed out", {}))
