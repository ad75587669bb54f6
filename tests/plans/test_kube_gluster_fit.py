"""A PersistentVolume is made on a Gluster volume that nobody has and that is large enough; what runs comes first."""

from dataclasses import replace

import pytest

from tui.core.model import Snapshot, State, Volume
from tui.core.plan import Refused
from tui.core.units import GIB
from tui.dialects.kube_write import volume
from tui.plans.kube_gluster_fit import GlusterFit, gluster_fit, parts_of

RWX = ("ReadWriteMany",)


def gluster(name: str, gib: float | None, state: State = State.ONLINE, reason: str = "") -> Volume:
    size = None if gib is None else int(gib * GIB)
    status = "Stopped" if state is State.STOPPED else "Started"
    return Volume(name, f"id-{name}", "c1", "replicate 3", 3, status, size, 0, state, reason)


def fit(*volumes: Volume, size: int | None = 60 * GIB, own: str = "") -> GlusterFit:
    share = volume(
        "media-share", {"glusterfs": {"endpoints": "g", "path": "media/share"}}, capacity="10Gi", access_modes=RWX,
        claim={"namespace": "media", "name": "share"},
    )  # fmt: skip
    csi = {"csi": {"driver": "kadalu", "volumeHandle": "x", "volumeAttributes": {"gvolname": "builds"}}}
    free = volume("builds-1", csi, capacity="10Gi", access_modes=RWX)
    return gluster_fit(Snapshot(volumes={one.name: one for one in volumes}), (share, free), size, own)


def test_what_others_use_is_refused_and_they_are_named() -> None:
    asked = fit(gluster("media", 320), gluster("builds", 320), gluster("old-wiki", 80))
    with pytest.raises(Refused, match="Gluster volume media can't be taken: it is used already by") as refused:
        asked.check("media")
    assert "PersistentVolume media-share (claim media/share)" in refused.value.sentence
    assert refused.value.details == ("that would fit: old-wiki",)
    assert asked.why_not("builds") == "it is used already by PersistentVolume builds-1 (no claim has it)"
    asked.check("old-wiki")


def test_the_volume_that_is_made_again_is_not_in_its_own_way() -> None:
    fit(gluster("media", 320), own="media-share").check("media")
    replace(fit(gluster("media", 320)), claim=("media", "share")).check("media")


def test_what_is_too_small_and_heketi_s_own_are_refused() -> None:
    asked = fit(gluster("la", 2), gluster("heketidbstorage", 200), gluster("near", 59.4))
    assert asked.why_not("la") == "it has 2 GiB, and 60 GiB are asked for"
    assert "its own database" in asked.why_not("heketidbstorage")
    assert asked.why_not("near") == ""
    assert (asked.choices(), asked.only()) == (("near",), "near")
    with pytest.raises(Refused, match="its own database"):
        list(asked.doubts("heketidbstorage"))
    assert list(asked.doubts("la")) == ["Is Gluster volume la the right one? It has 2 GiB, and 60 GiB are asked for."]
    assert "2 are left out: they are used by others, too small, or heketi's own." in asked.question()


def test_what_fits_best_comes_first_and_what_is_stopped_last() -> None:
    stopped = gluster("hv", 60, State.STOPPED, "it is stopped")
    asked = fit(stopped, gluster("big", 900), gluster("odd", None), gluster("right", 60), gluster("la", 2))
    assert asked.choices() == ("right", "big", "odd", "hv")
    (said,) = asked.warnings("hv")
    assert said == "Gluster volume hv does not run (it is stopped): no pod starts with it. Start it first."
    assert fit(stopped).only() == ""
    assert fit(stopped).question() == "Which Gluster volume it is for has to be said."
    assert "None of those that are known fits: they are used by others" in fit(gluster("la", 2)).question()
    assert list(asked.warnings("right")) == []
    assert "No Gluster volume typo is known" in next(asked.warnings("typo"))


def test_without_storage_nodes_what_kubernetes_says_counts() -> None:
    asked = fit(size=None)
    assert (asked.choices(), list(asked.warnings("any")), asked.why_not("any")) == ((), [], "")
    with pytest.raises(Refused):
        asked.check("media")


def test_a_folder_is_anothers_only_where_the_same_folder_is() -> None:
    asked = fit(gluster("media", 320), gluster("la", 2))
    for same in ("media/share", "/media//share/"):
        assert asked.why_not(same) == "it is used already by PersistentVolume media-share (claim media/share)"
    assert (asked.why_not("media/old"), asked.why_not("media/share/old")) == ("", "")
    assert asked.why_not("media").startswith("it is used already by")
    assert asked.why_not("la/old") == "it has 2 GiB, and 60 GiB are asked for"
    assert asked.why_not("heketidbstorage/x") == "heketi keeps its own database in it"
    assert asked.why_not("media/../la") == "a folder is named without '.' and '..'"
    assert list(asked.warnings("media/old")) == [
        "Folder old has to be there in Gluster volume media: nothing makes it, and pods wait for it."
    ]
    assert next(asked.warnings("typo/old")).startswith("No Gluster volume typo is known")
    with pytest.raises(Refused, match="its own database"):
        list(asked.doubts("heketidbstorage/x"))


def test_a_folder_that_a_driver_mounts_counts_too() -> None:
    attributes = {"gvolname": "builds", "path": "/maven/"}
    csi = {"csi": {"driver": "kadalu", "volumeHandle": "x", "volumeAttributes": attributes}}
    asked = gluster_fit(Snapshot(), [volume("maven", csi, capacity="10Gi", access_modes=RWX)])
    assert asked.why_not("builds/maven") == "it is used already by PersistentVolume maven (no claim has it)"
    assert asked.why_not("builds/old") == ""


def test_the_parts_of_a_path() -> None:
    assert [parts_of(one) for one in ("a", "/a/", "a/b", "//a//b/c/", "")] == [
        ("a", ""), ("a", ""), ("a", "b"), ("a", "b/c"), ("", ""),
    ]  # fmt: skip
