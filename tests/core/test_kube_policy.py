"""What access modes and reclaim policies mean, and what a deletion does."""

from dataclasses import replace

import pytest

from tests.dialects.kube_answers import claim, volume
from tui.core.kube import NfsSource, OtherSource, StorageClass
from tui.core.kube_policy import access_words, can_delete, short_modes, what_deletion_does

ALL = ("ReadWriteOnce", "ReadOnlyMany", "ReadWriteMany", "ReadWriteOncePod")
CLASS = StorageClass("", "gold", "u", "", 0.0, provisioner="kubernetes.io/glusterfs")


def _words(policy: str, version: tuple[int, int] = (1, 25), **changes: object) -> str:
    own = replace(volume("v40"), reclaim_policy=policy, spec_class="gold", **changes)  # type: ignore[arg-type]
    return " ".join(what_deletion_does(claim("p40"), own, CLASS, version))


def test_access_modes_in_short_and_in_words() -> None:
    assert short_modes(ALL) == "RWO,ROX,RWX,RWOP"
    assert short_modes(["Other"]) == "Other"
    words = access_words(ALL)
    assert [text.split(":")[0] for text in words] == [
        "ReadWriteOnce (RWO)", "ReadOnlyMany (ROX)", "ReadWriteMany (RWX)", "ReadWriteOncePod (RWOP)",
    ]  # fmt: skip
    assert access_words(["Other"]) == ("Other",)


def test_retain_keeps_the_data() -> None:
    assert "stays as Released with all data" in _words("Retain")
    assert "LOST" not in _words("Retain")


@pytest.mark.parametrize("version", [(1, 20), (1, 25)])
def test_delete_loses_the_data_while_kubernetes_knows_glusterfs(version: tuple[int, int]) -> None:
    assert "the Gluster volume vol_v40 is deleted through heketi: ALL DATA IS LOST" in _words("Delete", version)


@pytest.mark.parametrize("version", [(1, 26), (1, 36)])
def test_delete_leaves_the_volume_behind_since_1_26(version: tuple[int, int]) -> None:
    words = _words("Delete", version)
    assert "becomes Failed" in words
    assert "LOST" not in words


def test_delete_without_a_class_or_with_one_that_is_gone_only_fails() -> None:
    own = replace(volume("v40"), reclaim_policy="Delete", spec_class="")
    assert "has no StorageClass" in " ".join(what_deletion_does(None, own, None, (1, 25)))
    gone = replace(own, spec_class="gold")
    assert "StorageClass gold is gone" in " ".join(what_deletion_does(None, gone, None, (1, 25)))


def test_delete_of_any_other_volume_loses_its_data_in_every_version() -> None:
    assert "ALL DATA IS LOST" in _words("Delete", (1, 36), source=OtherSource("rbd"))


def test_recycle_says_that_it_is_deprecated_and_what_it_does() -> None:
    assert "deprecated" in _words("Recycle")
    assert "becomes Failed" in _words("Recycle")
    assert "LOST" in _words("Recycle", source=NfsSource("10.0.0.1", "/data"))


def test_an_unknown_policy_is_taken_for_the_worst() -> None:
    assert "all data is lost" in _words("Shred")


def test_a_claim_that_is_not_bound_loses_nothing() -> None:
    assert what_deletion_does(claim("p24"), None, None, (1, 25)) == (
        "The claim is not bound: nothing but the claim itself goes.",
    )
    assert what_deletion_does(None, None, None, (1, 25)) == ()


def test_only_kubernetes_before_1_26_can_delete_glusterfs_volumes() -> None:
    assert can_delete(volume("v40"), (1, 25))
    assert not can_delete(volume("v40"), (1, 26))
    assert can_delete(replace(volume("v40"), source=OtherSource("rbd")), (1, 36))
