"""Everything that can go wrong between a client and the simulated Kubernetes, settable while it runs."""

from dataclasses import dataclass, field

from tui.demo.kube_status import ApiError, server_error, too_many_requests


@dataclass(slots=True)
class KubeFault:
    """One fault; `times` counts down, -1 is for ever. "*" means any verb, kind or user."""

    kind: str
    times: int = -1
    verb: str = "*"
    resource: str = "*"
    user: str = "*"
    namespace: str = "*"
    number: int = 0

    def hits(self, kind: str, verb: str, resource: str, user: str, namespace: str) -> bool:
        """Whether it concerns a request."""
        asked = (verb, resource, user, namespace)
        mine = (self.verb, self.resource, self.user, self.namespace)
        return self.kind == kind and self.times != 0 and all(a in ("*", b) for a, b in zip(mine, asked, strict=True))


@dataclass(slots=True)
class KubeFaults:
    """The faults of one server. `latency` in seconds an answer; `skew` in seconds in the Date header."""

    latency: float = 0.0
    skew: float = 0.0
    rules: list[KubeFault] = field(default_factory=list)

    def forbid(self, resource: str, verb: str = "*", user: str = "*", namespace: str = "*") -> KubeFault:
        """Take a right away: 403 with the text of a real server. `allow` gives it back."""
        return self._add(KubeFault("forbid", -1, verb, resource, user, namespace))

    def allow(self, resource: str = "*") -> None:
        """Give all rights back, on one kind or on all."""
        self.rules = [r for r in self.rules if r.kind != "forbid" or resource not in ("*", r.resource)]

    def fail(self, code: int = 500, times: int = 1, verb: str = "*", resource: str = "*") -> KubeFault:
        """Answer with a server error (500, 503 or 504) without doing anything."""
        return self._add(KubeFault("fail", times, verb, resource, number=code))

    def fail_after(self, code: int = 504, times: int = 1, verb: str = "*", resource: str = "*") -> KubeFault:
        """Do what was asked, then answer with an error all the same."""
        return self._add(KubeFault("after", times, verb, resource, number=code))

    def throttle(self, times: int = 1, seconds: int = 1, verb: str = "*", resource: str = "*") -> KubeFault:
        """Answer 429 with Retry-After, as plain text."""
        return self._add(KubeFault("throttle", times, verb, resource, number=seconds))

    def hang(self, times: int = 1, verb: str = "*", resource: str = "*") -> KubeFault:
        """Never answer."""
        return self._add(KubeFault("hang", times, verb, resource))

    def stall_lines(self, lines: int, times: int = 1, resource: str = "*") -> KubeFault:
        """Watches say nothing any more after so many lines, and do not end: a connection that died silently."""
        return self._add(KubeFault("stall", times, "watch", resource, number=lines))

    def close(self, times: int = 1, verb: str = "*", resource: str = "*") -> KubeFault:
        """Close the connection instead of an answer."""
        return self._add(KubeFault("close", times, verb, resource))

    def cut_lines(self, lines: int, times: int = 1, resource: str = "*") -> KubeFault:
        """Cut watches after so many lines."""
        return self._add(KubeFault("lines", times, "watch", resource, number=lines))

    def cut_bytes(self, count: int, times: int = 1, resource: str = "*") -> KubeFault:
        """Cut watches after so many bytes, in the middle of a line if it comes so."""
        return self._add(KubeFault("bytes", times, "watch", resource, number=count))

    def end_lines(self, lines: int, times: int = 1, resource: str = "*") -> KubeFault:
        """End watches in good order after so many lines, as a proxy with a time limit does."""
        return self._add(KubeFault("end", times, "watch", resource, number=lines))

    def gone(self, times: int = 1, resource: str = "*") -> KubeFault:
        """The next watch that goes on from a version hears that it is too old (410 in its first line)."""
        return self._add(KubeFault("gone", times, "watch", resource))

    def gone_list(self, times: int = 1, resource: str = "*") -> KubeFault:
        """The next list that goes on with a token hears that it is too old (410)."""
        return self._add(KubeFault("gone_list", times, "list", resource))

    def clear(self) -> None:
        """Take all faults away."""
        self.latency = self.skew = 0.0
        self.rules.clear()

    def take(self, kind: str, verb: str, resource: str, user: str = "", namespace: str = "") -> KubeFault | None:
        """The first fault of a kind that concerns a request; counts it down."""
        for rule in self.rules:
            if rule.hits(kind, verb, resource, user, namespace):
                if rule.times > 0:
                    rule.times -= 1
                return rule
        return None

    def error(self, verb: str, resource: str) -> ApiError | None:
        """The error that a request shall be answered with."""
        throttled = self.take("throttle", verb, resource)
        if throttled:
            return too_many_requests(throttled.number)
        failed = self.take("fail", verb, resource)
        return server_error(failed.number) if failed else None

    def _add(self, rule: KubeFault) -> KubeFault:
        self.rules.append(rule)
        return rule
