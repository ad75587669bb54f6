"""Volumes as a client sees them: their kind, size, and how they are."""

from collections.abc import Sequence

from tui.core.facts import VolumeFact
from tui.core.heal import Heal, HealFacts, heal_of, split_brain_words
from tui.core.join_bricks import set_size
from tui.core.model import Brick, State, Volume
from tui.core.quota import Quota, quotas_on

_UP = (State.ONLINE, State.DEGRADED)


def type_label(volume: VolumeFact) -> str:
    """ "replicate 3", "distributed-replicate 2x3", "replicate 2+1 arbiter", "disperse 4+2", "distribute 2"."""
    sets = volume.distribute
    if volume.disperse:
        inner, word = f"{volume.disperse - volume.redundancy}+{volume.redundancy}", "disperse"
    elif volume.arbiter:
        inner, word = f"{volume.replica - volume.arbiter}+{volume.arbiter} arbiter", "replicate"
    elif volume.replica > 1:
        inner, word = str(volume.replica), "replicate"
    else:
        return f"distribute {len(volume.bricks)}"
    if sets == 1:
        return f"{word} {inner}"
    return f"distributed-{word} {sets}x({inner})" if "+" in inner else f"distributed-{word} {sets}x{inner}"


def join_volume(
    volume: VolumeFact,
    cluster: str,
    bricks: Sequence[Brick],
    said: HealFacts | None = None,
    quotas: tuple[Quota, ...] = (),
) -> Volume:
    """One volume with the bricks that were joined for it, in its own order; `said` is of its copies."""
    width = set_size(volume)
    sets = [bricks[start : start + width] for start in range(0, len(bricks), width)]
    data = volume.disperse - volume.redundancy if volume.disperse else 1
    heal = None
    if said is not None and volume.status == "Started":
        heal = heal_of(said, [[(brick.host, brick.path) for brick in members] for members in sets])
    state, reason = _with_heal(*_health(volume, sets), heal)
    return Volume(
        name=volume.name,
        id=volume.id,
        cluster=cluster,
        type=type_label(volume),
        replica=volume.replica,
        status=volume.status,
        size=_sum([_least(members) for members in sets], data),
        used=_sum([_most(members) for members in sets], data),
        state=state,
        reason=reason,
        bricks=tuple(brick.key for brick in bricks),
        options=volume.options,
        heal=heal,
        quotas=quotas if volume.status == "Started" and quotas_on(volume.options) else (),
    )


def _least(members: Sequence[Brick]) -> int | None:
    return min((b.size for b in members if b.size is not None and not b.arbiter), default=None)


def _most(members: Sequence[Brick]) -> int | None:
    return max((b.used for b in members if b.used is not None and not b.arbiter), default=None)


def _sum(values: Sequence[int | None], factor: int) -> int | None:
    """Unknown as soon as one of them is."""
    known = [value for value in values if value is not None]
    return sum(known) * factor if values and len(known) == len(values) else None


def _health(volume: VolumeFact, sets: Sequence[Sequence[Brick]]) -> tuple[State, str]:
    bricks = [brick for members in sets for brick in members]
    faults = [brick for brick in bricks if brick.state in (State.OFFLINE, State.MISSING, State.DEGRADED)]
    if volume.status != "Started":
        words = "it was never started" if volume.status == "Created" else "it is stopped"
        return State.STOPPED, words + (f"; {_words(faults, len(bricks))}" if faults else "")
    dead = [number for number, members in enumerate(sets) if _is_dead(volume, members)]
    if dead:
        which = "" if len(sets) == 1 else f" of set {dead[0] + 1}"
        return State.OFFLINE, f"too few bricks{which} run: {_words(faults, len(bricks))}"
    if faults:
        return State.DEGRADED, _words(faults, len(bricks))
    unknown = [brick for brick in bricks if brick.state not in _UP]
    if unknown or not bricks:
        return State.UNKNOWN, unknown[0].reason if unknown else "it has no bricks"
    return State.ONLINE, ""


def _with_heal(state: State, reason: str, heal: Heal | None) -> tuple[State, str]:
    """Files in split-brain can't be read, however well the bricks are; what is only pending is no fault."""
    words = split_brain_words(heal)
    if not words:
        return state, reason
    return (state if state is State.OFFLINE else State.DEGRADED), f"{words}; {reason}" if reason else words


def _is_dead(volume: VolumeFact, members: Sequence[Brick]) -> bool:
    """Whether no client can read from this set: no brick with data runs, or fewer than disperse needs."""
    holders = [brick for brick in members if not brick.arbiter]
    down = [brick for brick in holders if brick.state in (State.OFFLINE, State.MISSING)]
    if volume.disperse:
        return len(down) > volume.redundancy
    return bool(holders) and len(down) == len(holders)


def _words(faults: Sequence[Brick], count: int) -> str:
    down = [brick for brick in faults if brick.state is not State.DEGRADED]
    first = (down or faults)[0]
    host = first.node or first.host
    # what is wrong with the node itself begins with its name already
    where = first.reason if first.reason.startswith(f"{host}: ") else f"{host}: {first.reason}"
    if not down:
        return where
    return f"{len(down)} of {count} bricks {'is' if len(down) == 1 else 'are'} down ({where})"
