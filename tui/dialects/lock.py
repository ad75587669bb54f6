"""The lock on a node: flock(1) held by a small program that lives as long as whoever feeds it.

The program's words on its standard input are single letters: `BEAT` is answered with the same
letter and a newline, `RELEASE` ends it. It ends as well with its input (the SSH channel is gone)
and when no letter came for `patience` seconds (the other machine is frozen or its network cut).
The lock file says who holds it. It is never removed: a new file would be a second lock.
"""

import json
import time
from dataclasses import asdict, dataclass
from typing import Final

from tui.core.plan import Command

# /run is a tmpfs that only root may write to: the file is gone after a boot, as the lock is
LOCK_FILE: Final = "/run/brickyard.lock"
# exit codes: somebody holds the lock; somebody else had it since we lost it; the file can't be written
BUSY, TAKEN, UNWRITABLE = 75, 76, 74
HELD: Final = "held"
BEAT: Final = "b"
RELEASE: Final = "r"
FRESH, AGAIN = "fresh", "again"
# what stands in the file while nobody holds the lock; an empty file was made by this boot
FREE: Final = "{}"
# dash has no `read -t`, so timeout(1) and dd(1) wait for the next letter
SCRIPT: Final = f"""\
old=$(cat "$3")
if [ "$4" = {AGAIN} ] && [ -n "$old" ] && [ "$old" != "$1" ]; then exit {TAKEN}; fi
printf '%s\\n' "$1" >"$3" || exit {UNWRITABLE}
echo {HELD}
while :; do
  case $(timeout "$2" dd bs=1 count=1 2>/dev/null) in
    {BEAT}) echo {BEAT} ;;
    {RELEASE}) echo '{FREE}' >"$3"; exit 0 ;;
    *) exit 1 ;;
  esac
done
"""
_LONGEST: Final = 200


@dataclass(frozen=True, slots=True)
class LockRecord:
    """What the lock file says of its holder: `who` is user@host, `since` seconds since the epoch.

    `token` tells this holder from any other, `process` is its number on its own machine.
    """

    who: str
    since: float
    what: str
    token: str
    process: int = 0

    def dump(self) -> str:
        """One line of ASCII."""
        return json.dumps(asdict(self), separators=(",", ":"))


def parse_record(text: str) -> LockRecord | None:
    """The holder as the lock file names it; None where it names none. What it says is not trusted."""
    try:
        found = json.loads(text)
        return LockRecord(
            _shown(found["who"]),
            float(found["since"]),
            _shown(found["what"]),
            str(found["token"]),
            int(found.get("process", 0)),
        )
    except (ValueError, TypeError, KeyError, OverflowError, RecursionError):
        return None


def take(record: LockRecord, patience: float, *, again: bool = False, path: str = LOCK_FILE) -> Command:
    """The program that holds the lock until its input ends or no letter came for `patience` seconds.

    It prints `HELD` once it has the lock and exits with `BUSY` when somebody else has. With
    `again` it exits with `TAKEN` where another holder stands in the file: then somebody had the
    lock since this record was written.
    """
    mode = AGAIN if again else FRESH
    words = ("sh", "-c", SCRIPT, "brickyard", record.dump(), f"{patience:g}", path, mode)
    return Command(("flock", "-n", "-E", str(BUSY), path, *words))


def read_holder(path: str = LOCK_FILE) -> Command:
    """Print the lock file."""
    return Command(("cat", path), timeout=15)


def busy(record: LockRecord | None, node: str, now: float, own: str = "") -> str:
    """Who holds the lock, as a sentence. `own` is our user@host, `now` seconds since the epoch."""
    if record is None:
        return f"another brickyard changes this cluster (it holds the lock on {node}); reading goes on"
    who = f"{record.who} (process {record.process} on this machine)" if record.who == own else record.who
    what = f" ({record.what})" if record.what else ""
    return f"{who} changes this cluster since {_clock(record.since, now)}{what}; reading goes on"


def _clock(when: float, now: float) -> str:
    """The time of day, with the date where it was another day."""
    try:
        then, today = time.localtime(when), time.localtime(now)
    except (OverflowError, OSError, ValueError):
        return "an unknown time"
    return time.strftime("%H:%M" if then[:3] == today[:3] else "%Y-%m-%d %H:%M", then)


def _shown(text: object) -> str:
    """Text from the file without what a terminal would obey, at most 200 characters."""
    return "".join(letter for letter in str(text) if letter.isprintable())[:_LONGEST]
