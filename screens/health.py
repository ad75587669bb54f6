"""One line of health for each pane's title, and the counts of the header. Pure."""

from collections import Counter
from collections.abc import Iterable

from screens.words import BAD, DIM, GOOD, WARN
from tui.core.model import Freshness, Snapshot, State
from tui.core.units import format_age, format_size

Part = tuple[str, str]  # text, tone


def nodes_health(snapshot: Snapshot, now: float) -> list[Part]:
    """ "3 nodes live · 1 unreachable 2m": each freshness with its count, and the oldest age where not live."""
    if not snapshot.nodes:
        return [("no nodes", DIM)]
    parts: list[Part] = []
    for freshness in Freshness:
        nodes = [node for node in snapshot.nodes.values() if node.source.freshness is freshness]
        if not nodes:
            continue
        if freshness is Freshness.LIVE:
            parts.insert(0, (f"{len(nodes)} node{'s' * (len(nodes) > 1)} live", GOOD))
            continue
        ages = [age for node in nodes if (age := node.source.age(now)) is not None]
        since = f" {format_age(max(ages))}" if ages else ""
        tone = BAD if freshness in (Freshness.UNREACHABLE, Freshness.DENIED) else WARN
        parts.append((f"{len(nodes)} {freshness.value}{since}", tone))
    ill = sum(node.state.severity == 2 and node.source.freshness is Freshness.LIVE for node in snapshot.nodes.values())
    if ill:
        parts.append((f"{ill} node fault{'s' * (ill > 1)}", BAD))
    faulty = sum(device.state.severity == 2 for device in snapshot.devices.values())
    if faulty:
        parts.append((f"{faulty} device fault{'s' * (faulty > 1)}", BAD))
    return parts


def bricks_health(snapshot: Snapshot) -> list[Part]:
    """ "28 online · 2 offline"."""
    return _by_state((brick.state for brick in snapshot.bricks.values()), _none(snapshot, "no bricks"))


def volumes_health(snapshot: Snapshot) -> list[Part]:
    """ "38 online · 1 degraded · 1 stopped · 1 split-brain · 2 to heal"."""
    parts = _by_state((volume.state for volume in snapshot.volumes.values()), _none(snapshot, "no volumes"))
    heals = [volume.heal for volume in snapshot.volumes.values() if volume.heal is not None]
    if apart := sum(bool(heal.split_brain) for heal in heals):
        parts.append((f"{apart} split-brain", BAD))
    if pending := sum(bool(heal.pending) for heal in heals):
        parts.append((f"{pending} to heal", DIM))
    return parts


def _none(snapshot: Snapshot, word: str) -> str:
    return "being read…" if snapshot.awaits_volumes else word


def _by_state(states: Iterable[State], nothing: str) -> list[Part]:
    counts = Counter(states)
    if not counts:
        return [(nothing, DIM)]
    ordered = sorted(counts.items(), key=lambda item: (item[0].severity > 0, -item[0].severity, item[0].value))
    tones = (GOOD, WARN, BAD)
    return [(f"{count} {state.value}", tones[state.severity]) for state, count in ordered]


def counts(snapshot: Snapshot) -> str:
    """ "2 clusters · 6 nodes · 40 volumes · 1.2 TiB free of 3.9 TiB" for the header."""
    clusters = len([cluster for cluster in snapshot.clusters if cluster.id])
    devices = [d for d in snapshot.devices.values() if d.size is not None and d.free is not None and d.vg]
    parts = [_count(clusters, "cluster"), _count(len(snapshot.nodes), "node")]
    if snapshot.volumes or not snapshot.awaits_volumes:
        parts.append(_count(len(snapshot.volumes), "volume"))
    if devices:
        free, size = sum(d.free or 0 for d in devices), sum(d.size or 0 for d in devices)
        parts.append(f"{format_size(free)} free of {format_size(size)}")
    return " · ".join(parts)


def data_age(snapshot: Snapshot, now: float) -> Part:
    """How old the oldest data on the screen is: "data 4s old", or that there is none yet."""
    ages = [age for node in snapshot.nodes.values() if (age := node.source.age(now)) is not None]
    if not snapshot.nodes:
        return ("no data", DIM)
    if not ages:
        return ("waiting for the first answer", WARN)
    well = all(node.source.freshness is Freshness.LIVE for node in snapshot.nodes.values())
    text = f"data {format_age(min(ages))} old" if well else f"oldest data {format_age(max(ages))}"
    return (text, DIM if well else WARN)


def _count(number: int, word: str) -> str:
    return f"{number} {word}{'' if number == 1 else 's'}"
