"""Volumes that heketi and Gluster do not tell alike: known to one side only, other bricks, type or options (R1-R5)."""

from collections.abc import Iterator
from typing import Final

from tui.checks.claim_case import by_hand, fixed_by, found, seen
from tui.checks.heketi_drift_case import BRICK, GROUP, Drift, gluster_ref, volume_ref
from tui.core.finding import Evidence, Finding, Remedy, Severity
from tui.core.heketi_model import HeketiVolume
from tui.core.model import Volume

ID_OPTION: Final = "user.heketi.id"
_LEAVE: Final = "Leave heketi: brickyard manages all volumes of the pool, whoever made them."
_SHOWN: Final = 4


def volume_rules(drift: Drift) -> Iterator[Finding]:
    """Everything about volumes, cluster by cluster; nothing of clusters whose Gluster volumes nobody told."""
    for cluster in drift.site.clusters:
        known = drift.gluster(cluster)
        if known is None:
            continue
        mine = [one for one in drift.site.volumes.values() if one.cluster == cluster]
        twins = {one.id: known[one.name] for one in mine if one.name in known}
        for one in mine:
            if one.id in drift.held:
                continue
            if one.id in twins:
                yield from _compare(drift, one, twins[one.id])
            else:
                yield _only_heketi(drift, one)
        names = {one.name for one in mine}
        for volume in known.values():
            if volume.name not in names:
                yield from _only_gluster(drift, volume)


def _only_heketi(drift: Drift, volume: HeketiVolume) -> Finding:
    used = _claimed(drift, volume)
    ref = volume_ref(volume)
    return found(
        "R1", ref, f"heketi has volume {volume.name}, and Gluster does not",
        cause="A delete broke off at a busy brick after the Gluster volume was gone, or somebody deleted the volume "
        "without heketi. Its bricks keep their space in heketi.",
        proof=[seen(ref, "id", volume.id), seen(gluster_ref(volume.name), "gluster volume info", "no such volume"),
               *(seen(ref, "named by PersistentVolume", name) for name in used)],
        remedies=[
            fixed_by(f"Delete {volume.name} in heketi; what is left of its bricks goes too", "heketi-delete-volume",
                     volume=volume.id),
            by_hand("If its data is needed, do not delete it: the bricks may still hold it."),
        ],
        severity=Severity.ERROR if used else Severity.WARNING,
    )  # fmt: skip


def _claimed(drift: Drift, volume: HeketiVolume) -> list[str]:
    if drift.tables is None:
        return []
    named = {one.name for one in drift.tables.volumes_of_gluster(volume.name)}
    return sorted(named | {one.name for one in drift.tables.volumes.values() if one.heketi_volume == volume.id})


def _only_gluster(drift: Drift, volume: Volume) -> Iterator[Finding]:
    """A volume on heketi's devices, or with heketi's mark; any other is none of heketi's business."""
    bricks = [drift.storage.bricks[key] for key in volume.bricks if key in drift.storage.bricks]
    mark = volume.options.get(ID_OPTION, "")
    lvs = {match[1] for brick in bricks if (match := BRICK.fullmatch(brick.lv))}
    if mark in drift.held or lvs & drift.held:
        return
    devices = {match[1] for brick in bricks if (match := GROUP.fullmatch(brick.vg))} & drift.devices.keys()
    if not devices and not mark:
        return
    ref = gluster_ref(volume.name)
    renamed = drift.site.volumes.get(mark)
    cause = "heketi's database is older than the volume (a backup was restored, or the write failed), or the volume "
    cause += "was made beside heketi. heketi counts the space of its bricks as free and would promise it again."
    if renamed is not None:
        cause = f"It carries the mark of heketi's volume {renamed.name}: somebody made it anew under another name."
    proof = [seen(ref, ID_OPTION, mark or "(not set)")]
    proof += [seen(ref, "brick", f"{brick.host}:{brick.path}") for brick in bricks[:_SHOWN]]
    yield found(
        "R2", ref, f"Gluster has volume {volume.name}, and heketi does not know it", cause=cause, proof=proof,
        remedies=[
            *(fixed_by(f"Let heketi read the space of {drift.device_words(drift.devices[one])} again", "heketi-resync",
                       device=one) for one in sorted(devices)),
            by_hand(_LEAVE),
            by_hand(f"If nobody needs it: brickyard volume delete {volume.name}"),
        ],
        severity=Severity.WARNING,
    )  # fmt: skip


def _compare(drift: Drift, volume: HeketiVolume, twin: Volume) -> Iterator[Finding]:
    mark = twin.options.get(ID_OPTION, "")
    if mark and mark != volume.id:
        yield _other_id(volume, mark)
    yield from _bricks(drift, volume, twin)
    yield from _type(volume, twin)
    yield from _options(volume, twin)


def _other_id(volume: HeketiVolume, mark: str) -> Finding:
    ref = volume_ref(volume)
    return found(
        "R5", ref, f"Gluster's volume {volume.name} carries the id of another volume of heketi's",
        cause="The volume was deleted and made anew under the same name while heketi did not look.",
        proof=[seen(ref, "id", volume.id), seen(gluster_ref(volume.name), ID_OPTION, mark)],
        remedies=[by_hand("Compare the bricks of both; what heketi deletes by its id may be the wrong volume.")],
        severity=Severity.WARNING,
    )  # fmt: skip


def _bricks(drift: Drift, volume: HeketiVolume, twin: Volume) -> Iterator[Finding]:
    if any(brick.id in drift.held for brick in volume.bricks):
        return
    hosts = {key[1] for key in twin.bricks}
    ours = {(drift.host(brick.node), brick.path) for brick in volume.bricks}
    # a pool may know a node by another name than heketi: then its path alone tells a brick
    by_path = not {host for host, _ in ours} <= hosts
    theirs = {("", key[2]) if by_path else (key[1], key[2]) for key in twin.bricks}
    ours = {("", path) for _, path in ours} if by_path else ours
    missing, more = sorted(ours - theirs), sorted(theirs - ours)
    if not missing and not more:
        return
    ref = volume_ref(volume)
    proof = [seen(ref, "brick that Gluster does not have", _place(one)) for one in missing[:_SHOWN]]
    proof += [seen(gluster_ref(volume.name), "brick that heketi does not have", _place(one)) for one in more[:_SHOWN]]
    yield found(
        "R3", ref, f"heketi and Gluster name different bricks of volume {volume.name}",
        cause="A brick was replaced, added or removed with the gluster command. heketi would delete and expand the "
        "bricks that it knows.",
        proof=proof,
        remedies=[
            by_hand(_LEAVE),
            by_hand("Do not delete, expand or evict bricks of this volume through heketi until both agree."),
        ],
        severity=Severity.WARNING,
    )  # fmt: skip


def _place(brick: tuple[str, str]) -> str:
    return f"{brick[0]}:{brick[1]}" if brick[0] else brick[1]


def _type(volume: HeketiVolume, twin: Volume) -> Iterator[Finding]:
    if not twin.type or _is_same(volume, twin):
        return
    wanted = _kind(volume)
    ref = volume_ref(volume)
    yield found(
        "R4", ref, f"volume {volume.name} is {wanted} in heketi, and {twin.type} in Gluster",
        cause="The number of replicas was changed with the gluster command (add-brick or remove-brick replica N).",
        proof=[seen(ref, "durability", wanted), seen(gluster_ref(volume.name), "type", twin.type)],
        remedies=[by_hand(_LEAVE), by_hand("heketi expands this volume with sets of the old kind: Gluster refuses.")],
        severity=Severity.WARNING,
    )  # fmt: skip


def _is_same(volume: HeketiVolume, twin: Volume) -> bool:
    if volume.durability == "replicate" and volume.replica > 1:
        return "replicate" in twin.type and twin.replica == volume.replica
    if volume.durability == "disperse":
        return "disperse" in twin.type and f"{volume.data}+{volume.redundancy}" in twin.type
    return twin.type.startswith("distribute ")


def _kind(volume: HeketiVolume) -> str:
    if volume.durability == "replicate":
        return f"replicate {volume.replica}"
    return f"disperse {volume.data}+{volume.redundancy}" if volume.durability == "disperse" else "without replicas"


def _options(volume: HeketiVolume, twin: Volume) -> Iterator[Finding]:
    """Options of Gluster that heketi set and that are otherwise now; its own words and groups are no options."""
    pairs = [tuple(option.split(maxsplit=1)) for option in volume.options]
    wanted = {pair[0]: pair[1] for pair in pairs if len(pair) == 2 and not pair[0].startswith(("user.", "group"))}
    other = {key: value for key, value in wanted.items() if twin.options.get(key, "").lower() != value.lower()}
    if not other:
        return
    ref = volume_ref(volume)
    proof: list[Evidence] = []
    for key, value in sorted(other.items()):
        proof += [seen(ref, key, value), seen(gluster_ref(volume.name), key, twin.options.get(key) or "(not set)")]
    remedies: list[Remedy] = [
        by_hand(f"gluster volume set {volume.name} {key} {value}") for key, value in sorted(other.items())
    ]
    yield found(
        "R5", ref, f"options of volume {volume.name} are not those that heketi gave it: {', '.join(sorted(other))}",
        cause="They were changed with the gluster command; heketi sets options only when it makes a volume.",
        proof=proof, remedies=remedies, severity=Severity.INFO, definite=True,
    )  # fmt: skip
