"""Nodes, devices and bricks of heketi's: out of use, into use, off for good; tags; space read again.

heketi's way: online <-> offline -> failed. On the way to failed it moves bricks to other devices. A failed device
may come back over offline, a failed node never (it is deleted and added again).
"""

import json
from collections.abc import Collection, Mapping, Sequence

from tui.core.document import shown
from tui.core.heketi_model import FAILED, OFFLINE, ONLINE, HeketiBrick, HeketiDevice, HeketiNode, HeketiSite
from tui.core.json_fields import pointer
from tui.core.plan import Check, Command, Danger, Plan, Refused, Skipped, Step
from tui.core.runner import HEKETI
from tui.core.topology_words import MAX_TAG_NAME, MAX_TAG_VALUE, MAX_TAGS, TAG_NAME
from tui.dialects import heketi_requests as requests
from tui.dialects.heketi_requests import Request
from tui.plans.heketi_steps import DEVICE_SECONDS, exists

Member = HeketiNode | HeketiDevice
_MOVE_SECONDS = DEVICE_SECONDS * 4
_ENABLE = {OFFLINE: (ONLINE,), FAILED: (OFFLINE, ONLINE)}
_WORDS = {ONLINE: "takes bricks", OFFLINE: "is disabled", FAILED: "was removed"}


def kind_of(member: Member) -> str:
    """ "nodes" or "devices", as paths have it."""
    return "nodes" if isinstance(member, HeketiNode) else "devices"


def name_of(site: HeketiSite, member: Member) -> str:
    """ "node1", or "node1 /dev/sdb"."""
    if isinstance(member, HeketiNode):
        return member.name
    home = site.nodes.get(member.node)
    return f"{home.name if home else member.node} {member.name}"


def plan_enable(site: HeketiSite, member: Member) -> Plan:
    """Let heketi use a node or device again. Raises Refused for a node that was removed."""
    name = name_of(site, member)
    if isinstance(member, HeketiNode) and member.state == FAILED:
        raise Refused(
            f"heketi lets no removed node back: {name} can only be deleted and added again.",
            ("its devices that were removed come back one by one, with enable",),
        )
    title = f"Let heketi use {name}"
    if member.state == ONLINE:
        return Plan(title, (), (_already(name, ONLINE),))
    states = _ENABLE.get(member.state, (ONLINE,))
    back = (OFFLINE, FAILED) if member.state == FAILED and not _bricks(member) else (OFFLINE,)
    return Plan(title, (_move(site, member, ONLINE, states, back, title),))


def plan_disable(site: HeketiSite, member: Member) -> Plan:
    """Let heketi put no more bricks there; what is there goes on. Raises Refused for what was removed."""
    name = name_of(site, member)
    if member.state == FAILED:
        raise Refused(f"{name} was removed already; there is nothing to disable.")
    title = f"Let heketi put no more bricks on {name}"
    if member.state == OFFLINE:
        return Plan(title, (), (_already(name, OFFLINE),))
    return Plan(title, (_move(site, member, OFFLINE, (OFFLINE,), (ONLINE,), title),))


def plan_remove(site: HeketiSite, member: Member, *, heal_check: bool = True) -> Plan:
    """Move all bricks away and let heketi use it no more. Raises Refused where bricks can't be moved.

    Without `heal_check` bricks are moved even where others still heal from them: data may be lost.
    """
    name = name_of(site, member)
    title = f"Remove {name} from use in heketi"
    if member.state == FAILED:
        return Plan(title, (), (_already(name, FAILED),))
    bricks = _bricks(member)
    _refuse_rooted(site, name, bricks)
    states = (FAILED,) if member.state == OFFLINE else (OFFLINE, FAILED)
    back = (OFFLINE, ONLINE)[: 2 if member.state == ONLINE else 1] if isinstance(member, HeketiDevice) else ()
    step = _move(site, member, FAILED, states, back, title, heal_check=heal_check)
    warnings = [f"{_bricks_words(len(bricks))} moved to other devices: volumes heal for some time."] if bricks else []
    if not heal_check:
        warnings.append("heketi does not look whether a brick is the only good copy: data may be lost.")
    if isinstance(member, HeketiNode):
        warnings.append("heketi lets no removed node back: it can only be deleted and added again.")
    return Plan(title, (step,), warnings=tuple(warnings), confirm="" if heal_check else name)


def plan_evict(site: HeketiSite, brick: HeketiBrick, *, heal_check: bool = True) -> Plan:
    """Move one brick to another device. Raises Refused where its volume has one copy only."""
    device = site.devices.get(brick.device)
    where = name_of(site, device) if device is not None else brick.device
    volume = site.volumes.get(brick.volume)
    name = volume.name if volume is not None else brick.volume
    _refuse_rooted(site, where, (brick,))
    path = f"/volumes/{brick.volume}"
    still = exists(path, f"{name} has no such brick any more")
    step = Step(
        id=f"brick {brick.id}",
        node=HEKETI,
        title=f"move the brick of {name} off {where}",
        commands=(requests.evict_brick(brick.id, heal_check).command(_MOVE_SECONDS),),
        subject=where,
        done=_without_brick(path, brick.id, f"the brick of {name} is still on {where}"),
        guards=(Check(still.command, matches=brick.id, why=still.why),),
        danger=Danger.CHANGES if heal_check else Danger.DESTROYS,
        no_undo="heketi chooses where a brick goes, and does not move it back",
    )
    warnings = [f"Volume {name} heals for some time afterwards."]
    if not heal_check:
        warnings.append("heketi does not look whether this brick is the only good copy: data may be lost.")
    return Plan(f"Move a brick of {name}", (step,), warnings=tuple(warnings), confirm="" if heal_check else name)


def why_no_tag(key: str, value: str = "") -> str:
    """Why heketi takes no such tag, "" if it does."""
    if not TAG_NAME.fullmatch(key) or len(key) > MAX_TAG_NAME:
        return f'"{shown(key)}" is no name of a tag: it has 1 to {MAX_TAG_NAME} letters, digits and _.-'
    if len(value) > MAX_TAG_VALUE:
        return f"The value of tag {key} has {len(value)} characters; heketi takes {MAX_TAG_VALUE}."
    return ""


def plan_tags(site: HeketiSite, member: Member, put: Mapping[str, str], drop: Collection[str] = ()) -> Plan:
    """Give a node or device tags, and take others away; those that are not named stay.

    Raises Refused for tags that heketi would not take.
    """
    name, kind = name_of(site, member), kind_of(member)
    problem = next((why for key, value in put.items() if (why := why_no_tag(key, value))), "")
    if problem or len({**member.tags, **put}) > MAX_TAGS + len(set(drop) & set(member.tags)):
        raise Refused(problem or f"{name} would have more than {MAX_TAGS} tags: heketi takes no more.")
    wanted = {key: value for key, value in put.items() if member.tags.get(key) != value}
    gone = [key for key in drop if key in member.tags and key not in put]
    title = f"Change tags of {name}"
    wishes: list[Request] = []
    if wanted:
        wishes.append(requests.set_tags(kind, member.id, wanted, "update"))
    if gone:
        wishes.append(requests.set_tags(kind, member.id, dict.fromkeys(gone, ""), "delete"))
    if not wishes:
        return Plan(title, (), (Skipped(name, "its tags are like that already"),))
    fields = [(pointer("tags", key), json.dumps(value)) for key, value in wanted.items()]
    fields += [(pointer("tags", key), "") for key in gone]
    step = Step(
        id=f"tags {member.id}",
        node=HEKETI,
        title=", ".join([*(f"{key}={value}" for key, value in wanted.items()), *(f"no {key}" for key in gone)]),
        commands=tuple(wish.command() for wish in wishes),
        subject=name,
        done=exists(f"/{kind}/{member.id}", f"the tags of {name} are others", *fields),
        undo=(requests.set_tags(kind, member.id, member.tags, "set").command(),),
    )
    return Plan(title, (step,))


def plan_resync(site: HeketiSite, devices: Sequence[HeketiDevice]) -> Plan:
    """Let heketi read the space of devices from LVM again."""
    steps = tuple(
        Step(
            id=f"resync {device.id}",
            node=HEKETI,
            title=f"read the space of {name_of(site, device)} again",
            commands=(requests.resync_device(device.id).command(DEVICE_SECONDS),),
            subject=name_of(site, device),
            danger=Danger.SAFE,
            no_undo="heketi's numbers are those of LVM now",
        )
        for device in devices
    )
    return Plan(f"Read the space of {len(steps)} device{'s' * (len(steps) != 1)} again", steps)


def _move(
    site: HeketiSite, member: Member, to: str, states: Sequence[str], back: Sequence[str], title: str,
    *, heal_check: bool = True,
) -> Step:  # fmt: skip
    """The step that leads a member through states; `back` are those of its undo."""
    kind, name = kind_of(member), name_of(site, member)
    seconds = _MOVE_SECONDS if to == FAILED else DEVICE_SECONDS

    def commands(through: Sequence[str]) -> tuple[Command, ...]:
        wishes = (requests.set_state(kind, member.id, one, heal_check or one != FAILED) for one in through)
        return tuple(wish.command(seconds) for wish in wishes)

    return Step(
        id=f"{kind} {member.id}",
        node=HEKETI,
        title=title[0].lower() + title[1:],
        commands=commands(states),
        subject=name,
        done=exists(f"/{kind}/{member.id}", f"heketi still has {name} as {member.state}", ("/state", f'"{to}"')),
        danger=Danger.CHANGES if heal_check else Danger.DESTROYS,
        undo=commands(back),
        undone=exists(f"/{kind}/{member.id}", "", ("/state", f'"{member.state}"')) if back else None,
        no_undo="" if back else "heketi lets no removed node back",
    )


def _without_brick(path: str, brick: str, why: str) -> Check:
    return Check(Command(("GET", path), timeout=60.0, ok=(200, 404), sudo=False), r'"id"', brick, why)


def _already(name: str, state: str) -> Skipped:
    return Skipped(name, f"it {_WORDS[state]} already")


def _bricks(member: Member) -> tuple[HeketiBrick, ...]:
    devices = member.devices if isinstance(member, HeketiNode) else (member,)
    return tuple(brick for device in devices for brick in device.bricks)


def _bricks_words(count: int) -> str:
    return "1 brick is" if count == 1 else f"{count} bricks are"


def _refuse_rooted(site: HeketiSite, where: str, bricks: Sequence[HeketiBrick]) -> None:
    volumes = {brick.volume: site.volumes.get(brick.volume) for brick in bricks}
    rooted = sorted(one.name for one in volumes.values() if one is not None and one.durability == "none")
    if rooted:
        raise Refused(
            f"heketi can't move what is on {where}: {', '.join(rooted[:5])} has one copy of its data.",
            ("delete such a volume first, or leave the device as it is and disable it",),
        )
