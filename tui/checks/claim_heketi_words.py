"""What heketi's answers mean, by their texts (heketi 10.4), and how that is said to an admin."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from tui.core.finding import Severity


@dataclass(frozen=True, slots=True)
class Words:
    """A cause in words; `{url}`, `{user}`, `{text}` and `{class_}` are filled in."""

    sentence: str
    cause: str
    advice: tuple[str, ...]
    severity: Severity = Severity.ERROR


_CLOCK: Final = "Set the clocks right on the machine of heketi and on the masters (chrony or ntp)."

TEXTS: Final[tuple[tuple[str, re.Pattern[str]], ...]] = tuple(
    (code, re.compile(pattern))
    for code, pattern in (
        ("D21", r"Token used before issued"),
        ("D22", r"signature is invalid"),
        ("D23", r"Token is expired"),
        ("D24", r"Unknown user|missing iss claim|Required authorization token not found|Invalid qsh claim"),
        ("D25", r"Administrator access required"),
        ("D26", r"Cluster id \S+ not found|No clusters configured"),
        ("D28", r"Minimum brick size limit|Maximum number of bricks|smaller than the minimum|Invalid volume size"),
        ("D35", r"has \d+ volumes and limit is"),
        ("D29", r"No online storage devices in cluster|No nodes in cluster"),
        ("D27", r"No space"),
        ("D30", r"read-only mode"),
        ("D31", r"Server busy"),
        ("D33", r"Service disabled for maintenance|local-client"),
        ("D37", r"Id not found"),
        ("H12", r"is already part of a volume"),
        ("H11", r"Some of the peers are down|Host \S+ (is )?not connected"),
        ("H8", r"Another transaction is in progress|Locking failed on"),
        ("D36", r"Commit failed on"),
        ("D34", r"Unable to execute command on|ssh: handshake failed|Unable to find a GlusterFS pod"),
        ("D20", r"dial tcp|no such host|[Cc]onnection refused|no route to host|i/o timeout|deadline exceeded"),
    )
)
"""Codes by what heketi, or the connection to it, said; the first that fits is meant."""

WORDS: Final[Mapping[str, Words]] = MappingProxyType({
    "D20": Words(
        "heketi does not answer at {url}",
        "Volumes are made by heketi, and nothing answers at the address that the StorageClass names: {text}",
        ("Start heketi, or make the class anew with the address at which it is now.",),
    ),
    "D21": Words(
        "heketi's clock is behind: it takes our token as one of the future",
        "A token is valid from the moment at which it is signed; clocks may differ by 120 seconds. heketi said: {text}",
        (_CLOCK,),
    ),
    "D22": Words(
        "heketi refuses the key of user '{user}' (StorageClass '{class_}')",
        "The key in the Secret, or in restuserkey, is not the one in heketi's configuration. heketi said: {text}",
        ("Put heketi's key (jwt.{user}.key in its heketi.json) into the Secret.",),
    ),
    "D23": Words(
        "heketi's clock is ahead: our token is over before it arrives",
        "A token is valid for a few minutes after it was signed, by the clock of the one that signs. "
        "heketi said: {text}",
        (_CLOCK,),
    ),
    "D24": Words(
        "heketi does not accept user '{user}' (StorageClass '{class_}')",
        "heketi knows the users 'admin' and 'user' only, wants a token unless it runs with --disable-auth, and a proxy "
        "that changes the path spoils the token. heketi said: {text}",
        ("Make the class anew with restuser=admin, restauthenabled=true and a Secret with heketi's key.",),
    ),
    "D25": Words(
        "heketi's user '{user}' may not make volumes (StorageClass '{class_}')",
        "Only 'admin' may look at clusters and nodes and wait for a volume. heketi said: {text}",
        ("Make the class anew with restuser=admin and the Secret of that user's key.",),
    ),
    "D26": Words(
        "heketi does not know the cluster that StorageClass '{class_}' asks for",
        "The clusterid is not one of heketi's, or no topology was loaded. heketi said: {text}",
        ("Load the topology into heketi, or make the class anew with a clusterid that exists (or with none).",),
    ),
    "D27": Words(
        "heketi has no space for it",
        "No set of devices on different nodes has room for the bricks. heketi said: {text}",
        ("Add devices or nodes, ask for less, or delete volumes that nobody needs.",
         "If the devices have more space than heketi believes: heketi-cli device resync DEVICE."),
    ),
    "D28": Words(
        "heketi can't cut a volume of this size into bricks",
        "A brick has 1 GiB to 4 TiB and a volume 32 bricks at most, unless heketi.json says otherwise. "
        "heketi said: {text}",
        ("Ask for another size, or another volumetype.",),
    ),
    "D29": Words(
        "no storage node of heketi's takes bricks",
        "All its nodes or devices are offline, taken out of service, or there are none. heketi said: {text}",
        ("Bring nodes and devices back: heketi-cli node enable NODE, heketi-cli device enable DEVICE.",),
    ),
    "D30": Words(
        "heketi's database is read-only",
        "Another heketi holds the database, or the volume on which it lies can't be written. heketi said: {text}",
        ("Stop the second heketi (one replica, strategy Recreate); see that volume heketidbstorage is well.",),
    ),
    "D31": Words(
        "heketi is busy with as many operations as it takes at once",
        "heketi works on 8 operations at a time and refuses more; one that hangs keeps its place. heketi said: {text}",
        ("Wait; Kubernetes tries again. If it stays so, look for a hanging gluster or ssh command; restart heketi.",),
        Severity.WARNING,
    ),
    "D33": Words(
        "heketi is in a mode in which it takes no changes",
        "Somebody switched it for maintenance. heketi said: {text}",
        ("heketi-cli server mode set normal. In mode read-only only a restart of heketi, or SIGUSR2, helps.",),
    ),
    "D34": Words(
        "heketi can't work on a storage node",
        "Its way to the node (ssh, or exec into the glusterfs pod) is broken. heketi said: {text}",
        ("See that the node runs, and that heketi's key, sudo and port are right; look into heketi's log.",),
    ),
    "D35": Words(
        "a cluster of heketi's has as many volumes as it may have",
        "A cluster takes 1000 volumes unless heketi.json says otherwise. heketi said: {text}",
        ("Delete volumes, add a cluster, or raise max_volumes_per_cluster in heketi.json.",),
    ),
    "D36": Words(
        "Gluster could not start a volume that heketi made",
        "A brick does not come up on one of the nodes; heketi takes the volume back and tries again. "
        "heketi said: {text}",
        ("Look at the bricks and at glusterd on the node that is named: port, mount, free space.",),
    ),
    "D37": Words(
        "heketi's database refers to something that it does not hold (Id not found)",
        "After a crash, mostly during a clone, heketi's database may name volumes or bricks that are not in it; then "
        "every look at the topology and every new volume fails. heketi said: {text}",
        ("heketi-cli db check names the reference.",
         "Stop heketi, export its database, take the reference out, import it into a new file, and start heketi."),
    ),
    "H8": Words(
        "Gluster is busy with another operation on its pool",
        "glusterd does one change at a time; a lock that was left behind ends after 3 minutes. It said: {text}",
        ("Wait some minutes. If it stays so, restart glusterd on the node that holds the lock.",),
        Severity.WARNING,
    ),
    "H11": Words(
        "Gluster can't change its pool, because a storage node is down",
        "To make and delete volumes glusterd needs all nodes of the pool. It said: {text}",
        ("Bring the node back, or take it out of the pool for good.",),
    ),
    "H12": Words(
        "a brick for it lies in a folder that another volume has used",
        "Gluster marks the folders of its bricks, and a deleted volume leaves the marks. It said: {text}",
        ("Let the brick be made on a new file system; remove the marks only if the old data is not needed.",),
    ),
})  # fmt: skip
"""How each cause is said."""


def code_of(text: str) -> str:
    """The code of what heketi or the connection to it said, "" when the text tells nothing."""
    return next((code for code, pattern in TEXTS if pattern.search(text)), "")


def filled(template: str, **values: str) -> str:
    """A sentence with its values; what comes from outside may hold braces."""
    for name, value in values.items():
        template = template.replace("{" + name + "}", value)
    return template
