"""The paths of the simulated heketi, and its way from a request to an answer."""

import re
from collections.abc import Awaitable, Callable
from typing import Final

from tui.demo import heketi_blocks as blocks
from tui.demo import heketi_calls as calls
from tui.demo import heketi_devices as devices
from tui.demo import heketi_members as members
from tui.demo import heketi_states as states
from tui.demo import heketi_volumes as volumes
from tui.demo.heketi_nodes import CommandError
from tui.demo.heketi_state import Heketi
from tui.demo.heketi_wire import Ask, Fail, Reply, done, leads, refused

Handler = Callable[[Heketi, Ask], Awaitable[Reply]]
OPEN: Final = ("/hello", "/metrics")
"""Paths that need no token."""

_ROUTES: Final[tuple[tuple[str, str, Handler], ...]] = (
    ("GET", "/hello", calls.hello),
    ("GET", "/metrics", calls.metrics),
    ("GET", "/queue/ID", calls.queue),
    ("GET", "/clusters", members.list_clusters),
    ("POST", "/clusters", members.create_cluster),
    ("GET", "/clusters/ID", members.cluster),
    ("DELETE", "/clusters/ID", members.delete_cluster),
    ("POST", "/clusters/ID/flags", members.set_flags),
    ("POST", "/nodes", members.add_node),
    ("GET", "/nodes/ID", members.node),
    ("DELETE", "/nodes/ID", members.delete_node),
    ("POST", "/nodes/ID/state", states.set_node_state),
    ("POST", "/nodes/ID/tags", members.set_node_tags),
    ("POST", "/devices", devices.add_device),
    ("GET", "/devices/ID", devices.device),
    ("DELETE", "/devices/ID", devices.delete_device),
    ("POST", "/devices/ID/state", states.set_device_state),
    ("GET", "/devices/ID/resync", devices.resync),
    ("POST", "/devices/ID/tags", devices.set_device_tags),
    ("GET", "/volumes", volumes.list_volumes),
    ("POST", "/volumes", volumes.create_volume),
    ("GET", "/volumes/ID", volumes.volume),
    ("DELETE", "/volumes/ID", volumes.delete_volume),
    ("POST", "/volumes/ID/expand", volumes.expand_volume),
    ("POST", "/volumes/ID/clone", volumes.clone_volume),
    ("POST", "/volumes/ID/block-restriction", volumes.restrict_blocks),
    ("GET", "/blockvolumes", blocks.list_block_volumes),
    ("POST", "/blockvolumes", blocks.create_block_volume),
    ("GET", "/blockvolumes/ID", blocks.block_volume),
    ("DELETE", "/blockvolumes/ID", blocks.delete_block_volume),
    ("POST", "/blockvolumes/ID/expand", blocks.expand_block_volume),
    ("POST", "/bricks/to-evict/ID", states.evict),
    ("GET", "/operations", calls.operations),
    ("GET", "/operations/pending", calls.pending),
    ("POST", "/operations/pending/cleanup", calls.cleanup),
    ("GET", "/operations/pending/ID", calls.pending_one),
    ("GET", "/db/dump", calls.db_dump),
    ("GET", "/db/check", calls.db_check),
    ("GET", "/backup/db", calls.backup),
    ("GET", "/internal/logging", calls.logging),
    ("POST", "/internal/logging", calls.set_logging),
    ("GET", "/internal/state/examine/gluster", calls.examine),
    ("GET", "/admin", calls.mode),
    ("POST", "/admin", calls.set_mode),
)


def _patterns() -> list[tuple[re.Pattern[str], dict[str, Handler]]]:
    paths: dict[str, dict[str, Handler]] = {}
    for method, path, handler in _ROUTES:
        paths.setdefault(path, {})[method] = handler
    return [(re.compile(path.replace("ID", "([A-Fa-f0-9]+)")), handlers) for path, handlers in paths.items()]


_PATTERNS: Final = _patterns()


async def answer(heketi: Heketi, ask: Ask) -> Reply:
    """The answer to a request whose token was good."""
    try:
        return await _handled(heketi, ask)
    except Fail as fail:
        return refused(fail)
    except CommandError as error:
        return refused(Fail(500, str(error)))


async def _handled(heketi: Heketi, ask: Ask) -> Reply:
    if ask.method != "GET" and (heketi.mode == "read-only" or (heketi.mode == "local-client" and not ask.local)):
        raise Fail(503, "Service disabled for maintenance")
    path, known = ask.path, False
    if len(path) > 1 and path.endswith("/") and _match(path[:-1]):
        return leads(301, "Moved Permanently", path[:-1], ask.method == "GET")
    for pattern, handlers in _PATTERNS:
        found = pattern.fullmatch(path)
        if found and ask.method in handlers:
            given = Ask(ask.method, path, found.groups(), ask.body, ask.user, ask.local)
            return await handlers[ask.method](heketi, given)
        known = known or bool(found)
    if known:
        return done(405)
    raise Fail(404, "Invalid path or request")


def _match(path: str) -> bool:
    return any(pattern.fullmatch(path) for pattern, _ in _PATTERNS)
