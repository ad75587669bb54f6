"""What the Kubernetes API answers when it refuses: the reason in a sentence, and what to do now.

The texts are those of real servers (1.20 to 1.36): Status objects, and plain text from what stands before them.
"""

import json
import re
from typing import Any, Final

from tui.core.plan import Result
from tui.dialects.explanation import Explanation

LOOK_AGAIN: Final = "look again, then decide anew: what is there now may be somebody's work"

_RIGHT: Final = re.compile(
    r'User "(?P<user>[^"]*)" cannot (?P<verb>\S+) resource "(?P<resource>[^"]+)" in API group "(?P<group>[^"]*)"'
    r'(?: in the namespace "(?P<namespace>[^"]+)")?'
)
_QUOTA: Final = re.compile(r"exceeded quota: (\S+), requested: (.+), used: (.+), limited: (.+)$")
_LIMIT: Final = re.compile(r"((?:maximum|minimum) storage usage per PersistentVolumeClaim is \S+, but request is \S+)")
_WEBHOOK: Final = re.compile(r'admission webhook "([^"]+)" denied the request:? ?(.*)', re.DOTALL)
_PATCH_TEST: Final = "the server rejected our request due to an error in our request"
_MOMENTARY: Final = (429, 500, 502, 503, 504)


def explain_request(result: Result) -> Explanation:
    """Why a request to Kubernetes failed; `result.code` is the HTTP status."""
    code, path = result.code, result.command.argv[1]
    status = _status(result.stdout)
    message = status.get("message") or _first_line(result.stdout)
    if code == 200 and result.command.argv[0] == "GET":
        return _still_there(result)
    if code == 401:
        return Explanation(
            "the API server does not accept our credentials",
            "log in again, or use another context of the kubeconfig",
        )
    if code == 403:
        return _forbidden(message)
    if code == 404:
        return _not_found(message, status, path)
    if code == 409:
        return _conflict(message, status)
    if code == 422:
        return _invalid(message, status)
    if code == 415 or code == 405:
        return Explanation(f"the API server does not know this way of changing {path}: {message}")
    if code in _MOMENTARY:
        words = message or f"HTTP {code}"
        return Explanation(
            f"the API server can't answer just now: {words}", "run it again in a moment", transient=_passes(code, words)
        )
    return Explanation(message or f"the API server answers with HTTP {code}")


def _status(text: str) -> dict[str, Any]:
    try:
        value = json.loads(text)
    except ValueError:
        return {}
    return value if isinstance(value, dict) and isinstance(value.get("message", ""), str) else {}


def _first_line(text: str) -> str:
    return next((line.strip() for line in text.splitlines() if line.strip()), "")[:300]


def _passes(code: int, words: str) -> bool:
    """An internal error stays, unless the database behind the server only changed its leader or was slow."""
    return code != 500 or "etcdserver" in words or "timeout" in words.lower()


def _still_there(result: Result) -> Explanation:
    """It was asked whether something is gone, and it is not yet."""
    meta = _status(result.stdout).get("metadata")
    meta = meta if isinstance(meta, dict) else {}
    name = meta.get("name") or result.command.argv[1]
    held = ", ".join(str(one) for one in meta.get("finalizers") or ())
    reason = f"{name} is still there" + (f": it waits for {held}" if held and meta.get("deletionTimestamp") else "")
    return Explanation(reason, "see what still uses it (pods, mostly), and end that", transient=True)


def _forbidden(message: str) -> Explanation:
    right = _RIGHT.search(message)
    if right:
        return _missing_right(right)
    quota = _QUOTA.search(message)
    if quota:
        reason = f"quota {quota[1]} does not allow it: asked for {quota[2]}, used {quota[3]} of {quota[4]}"
        return Explanation(reason, f"raise the quota {quota[1]}, ask for less, or delete claims that nobody needs")
    limit = _LIMIT.search(message)
    if limit:
        return Explanation(f"a LimitRange of the namespace does not allow it: {limit[1]}", "choose a size within it")
    if "being terminated" in message:
        return Explanation("the namespace is being deleted, so nothing new can be made in it", "wait until it is gone")
    webhook = _WEBHOOK.search(message)
    if webhook:
        return Explanation(f"the admission webhook {webhook[1]} refuses it: {webhook[2].strip()}")
    return Explanation(message or "the API server refuses it (HTTP 403)")


def _missing_right(right: "re.Match[str]") -> Explanation:
    user, verb, resource = right["user"], right["verb"], right["resource"]
    where = f"in namespace {right['namespace']}" if right["namespace"] else "in the whole cluster"
    kind, scope = ("role", f" -n {right['namespace']}") if right["namespace"] else ("clusterrole", "")
    full = f"{resource}.{right['group']}" if right["group"] else resource
    name = f"brickyard-{verb}-{resource.partition('/')[0]}"
    account = re.fullmatch(r"system:serviceaccount:([^:]+):(.+)", user)
    subject = f"--serviceaccount={account[1]}:{account[2]}" if account else f"--user={user}"
    return Explanation(
        f"{user} may not {verb} {full} {where}",
        f"somebody who may has to run: kubectl create {kind} {name} --verb={verb} --resource={full}{scope}"
        f" && kubectl create {kind}binding {name} --{kind}={name} {subject}{scope}",
    )


def _not_found(message: str, status: dict[str, Any], path: str) -> Explanation:
    if status.get("reason") == "NotFound" and (missing := re.search(r'namespaces "([^"]+)" not found', message)):
        return Explanation(f"there is no namespace {missing[1]}", "make it first, or correct its name")
    if status.get("reason") == "NotFound":
        return Explanation(f"it is not there (any more): {message}", LOOK_AGAIN)
    return Explanation(f"the API server does not serve {path}", "look at its version; is a proxy before it?")


def _conflict(message: str, status: dict[str, Any]) -> Explanation:
    if message.startswith("object is being deleted"):
        return Explanation("the old one of this name is still being deleted", "wait until it is gone", transient=True)
    if status.get("reason") == "AlreadyExists":
        return Explanation(f"there is one of this name already: {message}", LOOK_AGAIN)
    if "resourcequotas" in message:
        return Explanation("the quota was just being counted", "run it again", transient=True)
    return Explanation(f"it was changed meanwhile: {message}", LOOK_AGAIN)


def _invalid(message: str, status: dict[str, Any]) -> Explanation:
    if _PATCH_TEST in message:
        return Explanation("it was changed meanwhile: a value is not what it was when the plan was made", LOOK_AGAIN)
    details = status.get("details")
    causes = details.get("causes") if isinstance(details, dict) else None
    said = [_cause(one) for one in causes or () if isinstance(one, dict)]
    words = "; ".join(dict.fromkeys(said)) or _first_line(message)
    fixed = "immutable" in words or "forbidden" in words.lower()
    remedy = "such a field is changed only by making the object anew" if fixed else "correct what it names"
    return Explanation(f"the API server does not take it: {words}", remedy)


def _cause(cause: dict[str, Any]) -> str:
    """ "spec.capacity: Required value"; the picture of the difference that may follow is left out."""
    field, text = str(cause.get("field", "")), _first_line(str(cause.get("message", "")))
    return f"{field}: {text}" if field and field != "<nil>" else text
