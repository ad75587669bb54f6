"""Who asks, and whether he may: bearer tokens, client certificates, and simple rights."""

import base64
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from tui.demo.kube_faults import KubeFaults
from tui.demo.kube_resources import Obj, Resource
from tui.demo.kube_status import not_allowed, unauthorized

ANONYMOUS: Final = "system:anonymous"
ADMIN: Final = "admin"


@dataclass(frozen=True, slots=True)
class Right:
    """What a user may do; "*" is everything. A right without a namespace counts in the whole cluster."""

    verb: str = "*"
    resource: str = "*"
    namespace: str = "*"

    def allows(self, verb: str, resource: str, namespace: str) -> bool:
        """Whether a request falls under it."""
        mine, asked = (self.verb, self.resource, self.namespace), (verb, resource, namespace)
        return all(have in ("*", wanted) for have, wanted in zip(mine, asked, strict=True))


@dataclass(slots=True)
class KubeAuth:
    """The users of one server. A user who is not in `rights` may do everything.

    `open` lets in whoever brings no token (kubectl sends none without https); otherwise he is "system:anonymous" and
    may do nothing.
    """

    faults: KubeFaults
    tokens: dict[str, str] = field(default_factory=lambda: {"demo-token": ADMIN})
    rights: dict[str, list[Right]] = field(default_factory=lambda: {ANONYMOUS: []})
    open: bool = True

    def user(self, headers: Mapping[str, str], certificate: Mapping[str, object] | None) -> str:
        """The user of a request. Raises ApiError (401)."""
        kind, _, value = headers.get("Authorization", "").partition(" ")
        if kind.lower() == "bearer":
            if value.strip() not in self.tokens:
                raise unauthorized()
            return self.tokens[value.strip()]
        if kind.lower() == "basic":
            name, _, password = base64.b64decode(value).decode().partition(":")
            if self.tokens.get(password) != name:
                raise unauthorized()
            return name
        if certificate:
            return _common_name(certificate)
        return ADMIN if self.open else ANONYMOUS

    def allowed(self, user: str, verb: str, resource: str, namespace: str = "") -> bool:
        """Whether a user may do something."""
        if self.faults.take("forbid", verb, resource, user, namespace):
            return False
        rights = self.rights.get(user)
        return rights is None or any(right.allows(verb, resource, namespace) for right in rights)

    def check(self, user: str, verb: str, resource: Resource, namespace: str, name: str) -> None:
        """Raises ApiError (403) where the right is missing."""
        if not self.allowed(user, verb, resource.plural, namespace):
            raise not_allowed(user, verb, resource, namespace, name)

    def review(self, user: str, body: Obj, old: bool) -> Obj:
        """The answer to a SelfSubjectAccessReview; `old` servers show an empty creationTimestamp."""
        spec = body.get("spec") or {}
        asked = spec.get("resourceAttributes") or {}
        allowed = self.allowed(user, asked.get("verb", "*"), asked.get("resource", "*"), asked.get("namespace", ""))
        return {
            "kind": "SelfSubjectAccessReview",
            "apiVersion": "authorization.k8s.io/v1",
            "metadata": {"creationTimestamp": None} if old else {},
            "spec": spec,
            "status": {"allowed": allowed},
        }


def _common_name(certificate: Mapping[str, object]) -> str:
    """The CN of a certificate as the ssl module gives it."""
    subject = certificate.get("subject", ())
    for parts in subject if isinstance(subject, tuple) else ():
        for name, value in parts:
            if name == "commonName":
                return str(value)
    return ANONYMOUS
