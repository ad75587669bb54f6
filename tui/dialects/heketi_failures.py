"""What heketi answers when it refuses or fails: its own words in one line, and what to do now.

Its words are often those of a program on a node; heketi gives them as they are, in several lines.
"""

import html
import json
import re
from typing import Final

from tui.core.heketi_model import FAILED
from tui.core.plan import Command, Result
from tui.dialects.explanation import Explanation
from tui.dialects.failure_rules import RULES

_LONGEST: Final = 500
_MOMENTARY: Final = (429, 502, 503, 504)
_MAINTENANCE: Final = "Service disabled for maintenance"
_GLUSTERS_WORDS: Final = re.compile(r"<opErrstr>([^<]+)")
_STATE: Final = re.compile(r"/(node|device)s/[^/]+/state")
_STAYS: Final = {
    "device": "the device takes no new bricks now; brickyard undo takes that back",
    "node": "the node takes no new bricks now; brickyard heketi enable NODE takes that back",
}

_LOOK: Final = "brickyard heketi info shows nodes, devices and their free space"
_REMEDIES: Final[tuple[tuple[str, str], ...]] = (
    (r"Failed to allocate .*: Id not found|unknown volume",
     "its database names what it does not hold: brickyard heketi check, then brickyard heketi export-repair"),
    (r"No space|Minimum brick size limit",
     f"it needs as many online nodes with room as the volume has copies: {_LOOK}; where LVM has more room than heketi "
     "believes: brickyard heketi resync NODE"),
    (r"Maximum number of bricks", "a volume has 32 bricks at most (max_bricks_per_volume in heketi.json)"),
    (r"No online storage devices in cluster|No nodes in cluster",
     "bring nodes and devices back: brickyard heketi enable NODE [PATH], or load a topology"),
    (r"The target exists, contains other items, or is in use",
     "another operation holds it: brickyard heketi operations"),
    (r"Cannot replace brick \S+ as it is source brick for data to be healed",
     "wait until the volume is healed (gluster volume heal VOLUME info), then run it again"),
    (r"Cannot replace brick \S+ as only \d+ of \d+ required peer bricks are online",
     "start the bricks that are down, then run it again"),
    (r"No Replacement was found",
     f"it needs a device with room on a node that has no other brick of the same set: {_LOOK}"),
    (r"Unable to replace brick \S+ with \S+ for volume (\S+)",
     "heketi's log has Gluster's words; glusterd must run everywhere: gluster peer status, gluster volume status {0}"),
    (r"replace brick is not supported for volume durability type none",
     "a volume with one copy of its data stays where it is: delete it, or leave the device disabled"),
    (r"(?:None of the nodes in cluster|New Node doesn't) ha(?:s|ve) glusterd running",
     "heketi asks with 'systemctl status glusterd' over its own SSH: see that it runs, and that heketi's user, key, "
     "port and sudo are right"),
    (r"Hostname (\S+) already used by node with id",
     "a node has one entry in heketi: look for {0} in brickyard heketi info"),
    (r"\(already initialized or contains data\?\)|aleady contains Physical Volume",
     "make sure that nobody needs what is on it, then load it with 'destroydata', or choose another device"),
    (r"Can not destroy device", "empty the disk by hand, after you made sure that nobody needs what is on it"),
    (r"Block Hosting Volume Creation is disabled",
     "set auto_create_block_hosting_volume in heketi.json, or make one: heketi-cli volume create --block --size=GIB"),
    (r"is too small to host the requested block volume",
     "ask for less, or set block_hosting_volume_size in heketi.json"),
    (r"insufficient block hosts online", "see that glusterd and gluster-blockd run on as many nodes, or ask for less"),
    (r"database is in read-only mode", "another heketi holds its database: stop that one, then start heketi anew"),
    (r"has insufficient free space",
     "LVM has less room there than heketi believes: brickyard heketi resync NODE, then run it again"),
    (r"dial tcp|ssh: |SSH command timeout|Unable to execute command on",
     "heketi can't work on the node: see that it runs, and that heketi's key, user and port are right"),
    (r"validation failed", "heketi takes nothing like that: correct it"),
)  # fmt: skip
_RULES: Final = tuple((re.compile(pattern), remedy) for pattern, remedy in _REMEDIES)


def explain_heketi(result: Result) -> Explanation:
    """Why heketi refused a request or failed with it; `result.code` is the HTTP status of its end."""
    glusters = _GLUSTERS_WORDS.search(result.stdout)
    # a Gluster that was asked for XML refuses in XML, and heketi hands all of that on
    text = html.unescape(glusters[1]) if glusters and glusters[1].strip() else result.stdout
    told = re.split(r"^\s*Usage:", text, maxsplit=1, flags=re.MULTILINE)[0]
    words = "; ".join(line.strip() for line in told.splitlines() if line.strip())
    reason = words[:_LONGEST] or f"'{' '.join(result.command.argv[:2])}' was answered with HTTP {result.code}"
    if _MAINTENANCE in words:
        remedy = "heketi takes no changes: brickyard heketi mode; out of read-only leads only SIGUSR2, or a restart"
        return Explanation(reason, remedy)
    remedies = (_remedy(html.unescape(result.stdout)), _what_stays(result.command))
    return Explanation(reason, "; ".join(filter(None, remedies)), transient=result.code in _MOMENTARY)


def _what_stays(command: Command) -> str:
    """What is other than before though a request failed: whatever shall be emptied was taken offline first."""
    place = _STATE.fullmatch(command.argv[1]) if command.argv[0] == "POST" else None
    if place is None or json.loads(command.stdin or "{}").get("state") != FAILED:
        return ""
    return _STAYS[place[1]]


def _remedy(text: str) -> str:
    for pattern, remedy in _RULES:
        if match := pattern.search(text):
            return remedy.format(*match.groups())
    for rule in RULES:
        # what names the program or its argument means those on the node, which heketi does not tell
        if rule.remedy and not re.search(r"\{(?:program|last)\}", rule.remedy) and (match := rule.pattern.search(text)):
            return rule.remedy.format(*(group or "" for group in match.groups()))
    return ""
