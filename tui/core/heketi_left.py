"""Which clusters have left heketi: the nodes say it, so that it holds for every admin and without heketi."""

from collections.abc import Mapping
from dataclasses import replace

from tui.core import group_tags as tags
from tui.core.facts import NodeFacts
from tui.core.heketi_model import HeketiSite
from tui.core.join_view import is_for_bricks

Facts = Mapping[str, NodeFacts]


def left_clusters(facts: Facts) -> frozenset[str]:
    """The ids of heketi's clusters that have left it, as the tags of volume groups have it."""
    said = (tags.read(group.tags).left for node in facts.values() for group in node.volume_groups)
    return frozenset(ident for ident in said if ident)


def all_left(facts: Facts, site: HeketiSite | None) -> bool:
    """Whether nothing is left for heketi to manage.

    Where heketi was not heard (its server may be stopped by then), every node with volume groups for bricks
    has to say that its cluster has left.
    """
    left = left_clusters(facts)
    if not left:
        return False
    if site is not None:
        return left >= {ident for ident, cluster in site.clusters.items() if cluster.nodes}
    groups = (
        [group for group in node.volume_groups if is_for_bricks(group.name, group.tags)] for node in facts.values()
    )
    return all(any(tags.read(group.tags).left for group in known) for known in groups if known)


def without_left(site: HeketiSite, left: frozenset[str]) -> HeketiSite:
    """What heketi still manages: all that it knows but the clusters that have left."""
    if not left & site.clusters.keys():
        return site
    return replace(
        site,
        clusters={ident: one for ident, one in site.clusters.items() if ident not in left},
        nodes={ident: one for ident, one in site.nodes.items() if one.cluster not in left},
        volumes={ident: one for ident, one in site.volumes.items() if one.cluster not in left},
        block_volumes={ident: one for ident, one in site.block_volumes.items() if one.cluster not in left},
    )
