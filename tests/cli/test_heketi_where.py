"""Which heketi is meant, what is said where it can't be asked, and what needs none."""

import json
from pathlib import Path

import pytest

from tests.cli.heketi import HeketiCli
from tests.cli.running import begin, end, environment
from tests.remote.heketi_world import client_of
from tui.cli.parser import make_parser
from tui.demo.heketi import HttpFault
from tui.demo.whole_scene import whole_scene
from tui.dialects import heketi_requests as requests
from tui.dialects.heketi_requests import VolumeWish


async def test_where_it_can_not_be_asked(far: HeketiCli) -> None:
    far.server.http_faults.append(HttpFault("GET /clusters", cut="before", times=-1))
    for words in (("heketi", "info"), ("get", "nodes"), ("volume", "create", "x", "--size", "1GiB", "--yes")):
        ended = await far(*words)
        assert ended.code == 3, (words, ended)
        assert far.server.url in ended.err
    (far.home / "wrong.key").write_text("wrong")
    denied = await far("--heketi-key-file", far.home / "wrong.key", "heketi", "info")
    far.server.http_faults.clear()
    denied = await end(
        await begin(
            "--heketi", far.server.url, "--heketi-key-file", far.home / "wrong.key", "heketi", "info", home=far.home
        )
    )
    assert denied.code == 3
    assert 'the key of user "admin" is wrong' in denied.err
    assert "jwt.admin" in denied.err


async def test_the_variables_of_heketi_cli(far: HeketiCli, monkeypatch: pytest.MonkeyPatch) -> None:
    far.seed()
    for name, value in (("HEKETI_CLI_SERVER", far.server.url), ("HEKETI_CLI_KEY", far.server.admin_key)):
        monkeypatch.setenv(name, value)
    known = environment(far.home) | {"HEKETI_CLI_SERVER": far.server.url, "HEKETI_CLI_KEY": far.server.admin_key}
    monkeypatch.setattr("tests.cli.running.environment", lambda home: known)
    info = await end(await begin("heketi", "info", home=far.home))
    assert (info.code, "node0" in info.out) == (0, True)
    nodes = await end(await begin("get", "nodes", home=far.home))
    assert (nodes.code, "node3" in nodes.out) == (0, True)
    assert far.server.admin_key not in info.out + info.err + nodes.out + nodes.err


async def test_the_heketi_of_a_storage_class(tmp_path: Path) -> None:
    demo = await whole_scene(tmp_path / "demo", latency=0.0)
    try:
        kubeconfig = ("--kubeconfig", demo.site.folder / "kubeconfig")
        name = ("--heketi-class", "gluster-replica3")
        info = await end(await begin(*kubeconfig, *name, "heketi", "info", "-o", "json", home=tmp_path))
        assert info.code == 0, info
        data = json.loads(info.out)
        assert data["url"] == demo.heketi.url
        assert len(data["nodes"]) == len(demo.heketi.state.tables.nodes)
        assert demo.heketi.admin_key not in info.out + info.err
        for other, words in (
            ("nothing", "StorageClass nothing can't be read"),
            ("gluster-archive", "Secret storage/heketi-archive of StorageClass gluster-archive can't be read"),
        ):
            ended = await end(await begin(*kubeconfig, "--heketi-class", other, "heketi", "info", home=tmp_path))
            assert (ended.code, words in ended.err) == (3, True), ended
    finally:
        await demo.close()


async def test_without_a_heketi_it_says_how_to_name_one(tmp_path: Path) -> None:
    ended = await end(await begin("--node", "root@127.0.0.1", "heketi", "info", home=tmp_path))
    assert ended.code == 1
    assert "--heketi URL" in ended.err
    wrong = await end(await begin("--heketi", "heketi:8080", "heketi", "info", home=tmp_path))
    assert (wrong.code, "starts with http://" in wrong.err) == (2, True)


async def test_an_export_is_repaired(far: HeketiCli) -> None:
    far.seed()
    async with client_of(far.server) as client:
        await client.change(requests.create_volume(VolumeWish(1, "db")))
        good = await client.get("/db/dump")
    (far.home / "good.json").write_text(good)
    ended = await end(await begin("heketi", "export-repair", far.home / "good.json", home=far.home))
    assert (ended.code, "nothing was wrong" in ended.err) == (0, True)
    raw = json.loads(good)
    assert json.loads(ended.out) == raw
    next(iter(raw["clusterentries"].values()))["Info"]["volumes"].append("f" * 32)
    (far.home / "broken.json").write_text(json.dumps(raw))
    mended = await end(await begin("heketi", "export-repair", far.home / "broken.json", home=far.home))
    assert mended.code == 0
    assert json.loads(mended.out) == json.loads(good)
    assert "heketi db import" in mended.err
    (far.home / "none.json").write_text("[]")
    assert (await end(await begin("heketi", "export-repair", far.home / "none.json", home=far.home))).code == 2


def test_every_action_has_its_help(capsys: pytest.CaptureFixture[str]) -> None:
    parser = make_parser()
    with pytest.raises(SystemExit):
        parser.parse_args(["heketi", "--help"])
    said = capsys.readouterr().out
    for name in ("info", "operations", "drift", "check", "enable", "disable", "remove", "delete", "evict", "resync",
                 "expand", "clone", "tags", "flags", "mode", "loglevel", "export-repair"):  # fmt: skip
        assert name in said
        with pytest.raises(SystemExit) as ended:
            parser.parse_args(["heketi", name, "--help"])
        assert ended.value.code == 0
        assert "exit codes" in capsys.readouterr().out
