"""How heketi is, in the titles and in the details. Pure, but for the time that ages count from."""

from screens.columns_topology import TreeRow
from screens.health import Part
from screens.words import BAD, DIM, GOOD, PLAIN, WARN, freshness_text, freshness_tone, one_line
from tui.core.heketi_facts import HeketiFacts
from tui.core.heketi_links import links_of
from tui.core.heketi_model import HeketiBrick, HeketiCluster, HeketiDevice, HeketiNode, HeketiSite, HeketiVolume
from tui.core.model import Brick, Device, Freshness, Node, Snapshot, Volume
from tui.core.units import format_age, format_size

Line = tuple[str, str, str]  # as in `screens.details`
_TONES = {"online": GOOD, "offline": WARN, "failed": BAD}


def heketi_health(snapshot: Snapshot, now: float) -> list[Part]:
    """ "heketi live · 2 operations stuck · read-only"; nothing where the site has none."""
    facts = snapshot.heketi
    if facts is None:
        return []
    fresh = facts.source.freshness
    if fresh is Freshness.LIVE:
        parts: list[Part] = [("heketi live", GOOD)]
    else:
        age = facts.source.age(now)
        since = f" {format_age(age)}" if age is not None else ""
        tone = BAD if fresh in (Freshness.UNREACHABLE, Freshness.DENIED) else WARN
        parts = [(f"heketi {fresh.value}{since}", tone)]
    if facts.stuck:
        parts.append((f"{_count(facts.stuck)} stuck in heketi", BAD))
    if facts.under_way:
        parts.append((f"{_count(facts.under_way)} under way in heketi", WARN))
    if facts.mode not in ("", "normal"):
        parts.append((f"heketi is {one_line(facts.mode)}", WARN))
    return parts


def heketi_banner(snapshot: Snapshot) -> str:
    """Why nothing of heketi's is there, "" where all is; for a pane without rows."""
    facts = snapshot.heketi
    if facts is None or facts.site is not None:
        return ""
    source = facts.source
    if source.freshness is Freshness.CONNECTING:
        return f"Waiting for the first answer of heketi at {one_line(source.name)}."
    remedy = f" What to do: {one_line(source.remedy)}." if source.remedy else ""
    return f"heketi at {one_line(source.name)} is {source.freshness}: {one_line(source.reason)}.{remedy}"


def heketi_details(snapshot: Snapshot, thing: object, now: float) -> list[Line]:
    """What heketi says of the selected object, and of itself; nothing where the site has none."""
    facts = snapshot.heketi
    if facts is None:
        return []
    source = facts.source
    lines: list[Line] = [("-", "heketi", PLAIN), ("last heard", freshness_text(source, now), freshness_tone(source))]
    if source.remedy:
        lines.append(("what to do", one_line(source.remedy), WARN))
    if facts.site is None:
        return lines
    return [*lines, *_thing(snapshot, facts.site, thing), *_server(facts)]


def _server(facts: HeketiFacts) -> list[Line]:
    lines: list[Line] = []
    if facts.mode:
        lines.append(("mode", one_line(facts.mode), PLAIN if facts.mode == "normal" else WARN))
    for one in facts.site.operations if facts.site else ():
        state = one.status or "under way"
        lines.append(("operation", f"{one.type} {one.id[:6]}: {state}", BAD if one.is_stuck else WARN))
    return lines


def _thing(snapshot: Snapshot, known: HeketiSite, thing: object) -> list[Line]:
    links = links_of(known)
    if isinstance(thing, TreeRow):
        there = next((one for one in snapshot.clusters if thing.key == ("cluster", one.id)), None)
        return _cluster(links.cluster(there, snapshot)) if there is not None and there.id else []
    if isinstance(thing, Node):
        return _node(links.node(thing))
    if isinstance(thing, Device):
        return _device(links.device(thing, snapshot.nodes.get(thing.node)))
    if isinstance(thing, Brick):
        return _brick(links.brick(thing))
    if isinstance(thing, Volume) and thing.name in snapshot.block_volumes:
        return [("heketi's id", thing.id, DIM), ("hosted by", thing.name.partition("/")[0], PLAIN)]
    return _volume(known, links.volume(thing.name)) if isinstance(thing, Volume) else []


def _cluster(one: HeketiCluster | None) -> list[Line]:
    if one is None:
        return [_UNKNOWN]
    taken = [words for words, takes in (("volumes", one.takes_files), ("block volumes", one.takes_blocks)) if takes]
    return [
        ("heketi's id", one.id, DIM),
        ("takes", " and ".join(taken) or "nothing new", PLAIN if len(taken) == 2 else WARN),
        ("block volumes", str(len(one.block_volumes)), PLAIN),
    ]


def _node(one: HeketiNode | None) -> list[Line]:
    if one is None:
        return [_UNKNOWN]
    return [("state there", one.state, _TONES.get(one.state, WARN)), ("heketi's id", one.id, DIM)]


def _device(one: HeketiDevice | None) -> list[Line]:
    if one is None:
        return [_UNKNOWN]
    return [
        ("state there", one.state, _TONES.get(one.state, WARN)),
        ("free there", f"{format_size(one.free)} of {format_size(one.total)}", PLAIN),
        ("heketi's id", one.id, DIM),
    ]


def _brick(one: HeketiBrick | None) -> list[Line]:
    return [_UNKNOWN] if one is None else [("heketi's id", one.id, DIM)]


def _volume(known: HeketiSite, one: HeketiVolume | None) -> list[Line]:
    if one is None:
        return [_UNKNOWN]
    blocks = [known.block_volumes[ident].name for ident in one.block_volumes if ident in known.block_volumes]
    lines: list[Line] = [("size there", format_size(one.size), PLAIN), ("heketi's id", one.id, DIM)]
    if one.is_block:
        lines.append(("for blocks", f"{format_size(one.free)} free" + (", locked" if one.restriction else ""), PLAIN))
        lines += [("block volume", name, PLAIN) for name in sorted(blocks)]
    return lines


_UNKNOWN: Line = ("", "heketi does not know it", WARN)


def _count(number: int) -> str:
    return f"{number} operation{'s' * (number != 1)}"
