"""Directory quotas of a claim's Gluster volume that are used up (H10), as the nodes count them."""

from collections.abc import Iterator

from tui.checks.claim_case import ClaimCase, by_hand, found, seen
from tui.checks.claim_storage_words import gluster_ref
from tui.core.finding import Evidence, Finding
from tui.core.kube import CsiSource, GlusterSource, PersistentVolume
from tui.core.model import Volume


def quota_faults(
    case: ClaimCase, gluster: Volume, volume: PersistentVolume, chain: list[Evidence]
) -> Iterator[Finding]:
    """H10: the limit of the claim's folder, of one above or below it, is reached."""
    mine = folder_of(volume)
    for quota in gluster.quotas:
        if not quota.is_reached or not quota.concerns(mine):
            continue
        where = "the whole volume" if quota.path == "/" else f"folder {quota.path}"
        yield found(
            "H10", case.ref, f"the quota of {where} on Gluster volume '{gluster.name}' is used up ({quota.words})",
            cause="Gluster limits the space of the folder: writes there fail with 'Disk quota exceeded', however much "
            "room the bricks have.",
            proof=[*chain, seen(gluster_ref(gluster), f"quota of {quota.path}", quota.words)],
            remedies=[
                by_hand(f"Raise it: gluster volume quota {gluster.name} limit-usage {quota.path} SIZE"),
                by_hand("Or delete files; it takes some seconds until that is counted."),
            ],
        )  # fmt: skip


def folder_of(volume: PersistentVolume) -> str:
    """The folder of the Gluster volume that a PersistentVolume shows, "/" for all of it."""
    source = volume.source
    if isinstance(source, GlusterSource):
        return f"/{source.path.strip('/').partition('/')[2]}"
    if isinstance(source, CsiSource):
        return f"/{source.folder}"
    return "/"
