"""LVM's commands, its reports in both of their forms, and the questions that are asked with them."""

import pytest

from tests.dialects.answers import DATA
from tui.core.plan import Result
from tui.core.units import GIB, MIB
from tui.dialects import lvm, lvm_answers

VG, POOL, BRICK = (
    "vg_5a1a5a1a5a1a5a1a5a1a5a1a5a1a5a1a",
    "tp_5b1a5a1a5a1a5a1a5a1a5a1a5a1a5a1b",
    "brick_5b1a5a1a5a1a5a1a5a1a5a1a5a1a5a1b",
)


def _report(name: str) -> str:
    return (DATA / "lvm" / name).read_text()


def test_commands_are_what_heketi_runs() -> None:
    assert str(lvm.vgcreate("vg_1", "/dev/sdb", ["brickyard.zone=2", "a=b"])) == (
        "lvm vgcreate -qq --metadatasize=128M --dataalignment=256K --physicalextentsize=4M --autobackup=n "
        "--addtag brickyard.zone=2 --addtag a=b vg_1 /dev/sdb"
    )
    assert str(lvm.lvcreate_brick("vg_1", "tp_1", "brick_1", GIB, GIB + 4 * MIB, 8 * MIB)) == (
        "lvm lvcreate -qq --autobackup=n --poolmetadatasize 8192K --chunksize 256K --size 1052672K "
        "--thin vg_1/tp_1 --virtualsize 1048576K --name brick_1"
    )
    assert str(lvm.lvremove_by_uuid("vg_1", "brick_1", "a-b")) == (
        "lvm lvremove --autobackup=n -f -S lv_uuid=a-b vg_1/brick_1"
    )
    assert str(lvm.lvremove_empty_pool("vg_1", "tp_1")) == "lvm lvremove --autobackup=n -f -S thin_count=0 vg_1/tp_1"
    assert str(lvm.add_tags("vg_1", ["a", "b"])) == "lvm vgchange --addtag a --addtag b vg_1"


def test_a_size_that_is_no_whole_kib_is_refused() -> None:
    with pytest.raises(ValueError, match="KiB"):
        lvm.lvcreate_brick("vg", "tp", "b", GIB + 1, GIB, 8 * MIB)


def test_reports_of_a_node_with_one_brick() -> None:
    (pv,) = lvm_answers.parse_pvs(_report("pvs.json"))
    assert (pv.path, pv.vg, pv.number, pv.missing) == ("/dev/vde", VG, "98:64", False)
    assert (pv.size, pv.free) == (4156555264, 3066036224)
    (vg,) = lvm_answers.parse_vgs(_report("vgs.json"))
    assert (vg.extent, vg.tags) == (4 * MIB, ("brickyard.node.K=V&20x", "brickyard.zone=2"))
    lvs = {lv.name: lv for lv in lvm_answers.parse_lvs(_report("lvs.json"))}
    assert (lvs[BRICK].pool, lvs[BRICK].size, lvs[BRICK].thin_count) == (POOL, GIB, None)
    assert (lvs[POOL].is_pool, lvs[POOL].thin_count) == (True, 1)
    assert lvs[POOL].metadata_percent is not None
    assert lvs["lvol0_pmspare"].hidden
    assert lvs["lvol0_pmspare"].number == ""


def test_typed_json_of_later_releases() -> None:
    text = (
        '{"report": [{"lv": [{"lv_name":"b","vg_name":"v","lv_uuid":"u","lv_size":1024,"lv_attr":"Vwi---tz--",'
        '"pool_lv":null,"data_percent":6.5,"metadata_percent":null,"thin_count":null,"lv_kernel_major":-1,'
        '"lv_kernel_minor":-1,"lv_tags":["a","b"]}]}]}'
    )
    (lv,) = lvm_answers.parse_lvs(text)
    assert (lv.size, lv.pool, lv.data_percent, lv.metadata_percent) == (1024, "", 6.5, None)
    assert (lv.number, lv.tags) == ("", ("a", "b"))


def test_a_disk_that_is_missing() -> None:
    text = (
        '{"report":[{"pv":[{"pv_name":"[unknown]","pv_uuid":"u","vg_name":"v","pv_size":"4096","pv_free":"0",'
        '"pv_major":"-1","pv_minor":"-1","pv_missing":"missing"}]}]}'
    )
    (pv,) = lvm_answers.parse_pvs(text)
    assert (pv.missing, pv.number, pv.vg) == (True, "", "v")


@pytest.mark.parametrize("text", ["", "WARNING: nothing", "[]", "{}"])
def test_an_answer_that_is_no_report_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="answer is no"):
        lvm_answers.parse_vgs(text)


def test_questions_about_groups_and_volumes() -> None:
    vgs, lvs = Result(lvm.vgs(), 0, _report("vgs.json")), Result(lvm.lvs(), 0, _report("lvs.json"))
    assert lvm.vg_exists(VG).passes(vgs)
    assert not lvm.vg_exists(VG[:-1]).passes(vgs)
    assert not lvm.vg_gone(VG).passes(vgs)
    assert lvm.vg_gone("vg_other").passes(vgs)
    assert not lvm.vg_gone("vg_other").passes(Result(lvm.vgs(), 5, ""))
    assert lvm.lv_exists(VG, BRICK).passes(lvs)
    assert not lvm.lv_exists(VG, BRICK, uuid="other").passes(lvs)
    assert not lvm.lv_exists("vg_other", BRICK).passes(lvs)
    assert lvm.lv_gone(VG, "brick_other").passes(lvs)
    assert not lvm.lv_gone(VG, POOL).passes(lvs)
    assert not lvm.vg_is_empty(VG).passes(lvs)
    assert lvm.vg_is_empty("vg_other").passes(lvs)


def test_a_brick_is_found_with_its_uuid() -> None:
    lvs = _report("lvs.json")
    uuid = next(lv.uuid for lv in lvm_answers.parse_lvs(lvs) if lv.name == BRICK)
    assert lvm.lv_exists(VG, BRICK, uuid).passes(Result(lvm.lvs(), 0, lvs))
