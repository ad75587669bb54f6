"""Bricks that no volume uses, and bricks whose mount and entry in the fstab do not agree."""

from collections.abc import Iterator

from tui.checks.leftovers_case import BRICK, OUR_GROUP, POOL, Site
from tui.core.finding import Finding, Severity
from tui.core.units import format_size


def brick_leftovers(site: Site) -> Iterator[Finding]:
    """All of one node that has to do with bricks."""
    if not (site.knows_volumes and site.was_read("logical_volumes", "volume_groups", "mounts", "fstab")):
        return
    yield from _orphans(site)
    yield from _pools(site)
    yield from _gone(site)
    yield from _half_known(site)


def _orphans(site: Site) -> Iterator[Finding]:
    """Logical volumes of bricks that no volume uses. Without glusterd nobody knows the volumes."""
    if site.facts.glusterd != "active":
        return
    for lv in site.facts.logical_volumes:
        names = (lv.vg, lv.name)
        if lv.hidden or not (OUR_GROUP.fullmatch(lv.vg) and BRICK.fullmatch(lv.name)) or names in site.used:
            continue
        used = "" if lv.data_percent is None else f", {lv.data_percent:.0f} % used"
        text = f"Brick {lv.name} on {site.node} ({format_size(lv.size)}{used}) belongs to no volume."
        places = [
            word for word, known in (("mounted", site.mounted), ("in the fstab", site.in_fstab)) if names in known
        ]
        evidence = f"lvs: {lv.vg}/{lv.name}; " + (" and ".join(places) or "neither mounted nor in the fstab")
        yield site.finding(
            "leftover-brick", f"{lv.vg}/{lv.name}", text, "Remove it with its data, if no volume shall be made of it.",
            evidence=evidence, device=_device(site, lv.vg),
        )  # fmt: skip


def _pools(site: Site) -> Iterator[Finding]:
    """Thin pools without a thin volume."""
    used = {(lv.vg, lv.pool) for lv in site.facts.logical_volumes if lv.pool}
    for lv in site.facts.logical_volumes:
        ours = lv.is_pool and OUR_GROUP.fullmatch(lv.vg) and POOL.fullmatch(lv.name)
        if not ours or lv.thin_count or (lv.vg, lv.name) in used:
            continue
        text = f"Thin pool {lv.name} on {site.node} ({format_size(lv.size)}) holds no logical volume."
        yield site.finding(
            "leftover-pool", f"{lv.vg}/{lv.name}", text, "Remove the thin pool: its space is free again then.",
            evidence=f"lvs: {lv.vg}/{lv.name}, thin_count 0", device=_device(site, lv.vg),
        )  # fmt: skip


def _gone(site: Site) -> Iterator[Finding]:
    """Entries of the fstab, and mounts, of bricks whose logical volume is gone."""
    for names in sorted(site.traces - site.lvs):
        vg, name = names
        volume = site.used.get(names, "")
        where = (
            "is still mounted" if names in site.mounted else "is still in the fstab: the node may hang when it starts"
        )
        text = f"The logical volume of brick {name} on {site.node} is gone, and it {where}."
        evidence = f"lvs: no {vg}/{name}"
        if volume:
            help_ = f"Replace the brick in volume {volume}."
            yield site.finding("brick-lost", f"{vg}/{name}", text, help_, evidence=evidence, severity=Severity.ERROR)
        else:
            help_ = "Unmount it and take it out of the fstab."
            yield site.finding("leftover-fstab", f"{vg}/{name}", text, help_, evidence=evidence)


def _half_known(site: Site) -> Iterator[Finding]:
    """Bricks of volumes that are mounted and not in the fstab, or the other way round."""
    for names in sorted(site.traces & site.lvs & site.used.keys()):
        vg, name = names
        volume, device = site.used[names], _device(site, vg)
        if names not in site.in_fstab:
            text = f"Brick {name} of volume {volume} on {site.node} is not in the fstab: a restart unmounts it."
            yield site.finding(
                "brick-not-in-fstab", f"{vg}/{name}", text, "Add it to the fstab.", device=device,
                evidence="/etc/fstab does not name it (in a container heketi may keep it in /var/lib/heketi/fstab)",
            )  # fmt: skip
        elif names not in site.mounted:
            text = f"Brick {name} of volume {volume} on {site.node} is in the fstab and not mounted."
            yield site.finding(
                "brick-not-mounted", f"{vg}/{name}", text, "Mount it, then start the volume with force.",
                device=device, evidence="/proc/1/mountinfo does not name it", severity=Severity.ERROR,
            )  # fmt: skip


def _device(site: Site, vg: str) -> str:
    return next((label.path for label in site.facts.physical_volumes if label.vg == vg), "")
