"""What is written in LVM tags comes back from them, whatever characters it has."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.dialects import tags

ALLOWED = re.compile(r"[A-Za-z0-9_+.\-/=!:&#]+")
# a text that UTF-8 can't hold never comes from a topology file
TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
WORD = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=20)
PAIRS = st.dictionaries(TEXT, TEXT, max_size=3)


@given(
    zone=st.one_of(st.none(), st.integers(0, 99)), manage=WORD, storage=WORD, node=PAIRS, device=PAIRS, members=PAIRS
)
def test_all_comes_back(
    zone: int | None, manage: str, storage: str, node: dict[str, str], device: dict[str, str], members: dict[str, str]
) -> None:
    group = tags.GroupTags(zone, manage, storage, "0123abcd" * 4, node, device, members)
    written = tags.write(group)
    assert all(ALLOWED.fullmatch(tag) and not tag.startswith("-") for tag in written)
    assert tags.read(written) == group


def test_tags_as_lvm_shows_them() -> None:
    group = tags.GroupTags(2, "node1", "10.0.0.1", node={"K": "V x"}, members={"10.0.0.2": "node2"})
    assert tags.write(group) == (
        "brickyard.zone=2",
        "brickyard.manage=node1",
        "brickyard.storage=10.0.0.1",
        "brickyard.node.K=V&20x",
        "brickyard.member=10.0.0.2=node2",
    )


def test_tags_of_others_and_broken_ones_are_left_alone() -> None:
    assert tags.read(["theirs", "brickyard.zone=two", "brickyard.unknown=1"]) == tags.GroupTags()
    assert tags.unescape("a&zz&2") == "a&zz&2"


def test_members_map_storage_names_to_manage_names() -> None:
    assert tags.members(["brickyard.member=10.0.0.2=node2", "brickyard.member=fd00::1=node&3d3"]) == {
        "10.0.0.2": "node2",
        "fd00::1": "node=3",
    }


def test_a_tag_longer_than_lvm_allows_is_refused() -> None:
    with pytest.raises(ValueError, match="LVM allows 1024"):
        tags.write(tags.GroupTags(node={"key": "v" * 1100}))
