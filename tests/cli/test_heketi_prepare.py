"""`brickyard heketi prepare`: the key pair, the nodes, heketi.json and what the nodes say of their disks."""

import argparse
import json
from pathlib import Path

import pytest

from tests.cli.running import Cli
from tui.cli import codes
from tui.cli.change import WrongInput
from tui.cli.choose import choose_site
from tui.cli.heketi_prepare import prepare
from tui.cli.parser import make_parser
from tui.config import load_config
from tui.core.asker import RefusingAsker
from tui.site import Site


def wishes(cli: Cli, **more: object) -> argparse.Namespace:
    """The options as the command line gives them."""
    given = {
        "file": cli.demo.topology_path, "pair": cli.home / "keys" / "heketi", "write": cli.home / "heketi.json",
        "login": "", "home": "", "dry_run": False, "yes": True, "output": "table",
    }  # fmt: skip
    return argparse.Namespace(**given | more)


async def run(cli: Cli, **more: object) -> int:
    site = Site(load_config(cli.demo.config_path).site(), RefusingAsker(), journal=cli.home / "journal.db")
    try:
        return await prepare(wishes(cli, **more), site, RefusingAsker())
    finally:
        await site.close()


def keys(cli: Cli) -> list[str]:
    """The authorized_keys of each node, "" where there is none."""
    found = []
    for node in cli.demo.nodes:
        try:
            found.append(node.machine.files.read("/root/.ssh/authorized_keys").decode())
        except OSError:
            found.append("")
    return found


async def test_a_server_is_prepared_and_a_second_time_nothing_is_done(
    cli: Cli, capsys: pytest.CaptureFixture[str]
) -> None:
    assert await run(cli) == codes.DONE
    said = capsys.readouterr()
    public = (cli.home / "keys" / "heketi.pub").read_text()
    assert keys(cli) == [public] * 3
    whole = json.loads((cli.home / "heketi.json").read_text())
    assert (cli.home / "heketi.json").stat().st_mode & 0o777 == 0o600
    assert whole["glusterfs"]["sshexec"]["keyfile"] == str(cli.home / "keys" / "heketi")
    assert len({whole["jwt"]["admin"]["key"], whole["jwt"]["user"]["key"]}) == 2
    for user in ("admin", "user"):
        secret = whole["jwt"][user]["key"]
        assert len(secret) >= 32
        assert secret not in said.out + said.err
        assert secret.encode() not in (cli.home / "journal.db").read_bytes()
    assert "topology load" in said.err
    assert await run(cli) == codes.DONE
    again = capsys.readouterr()
    assert "there already, it stays as it is" in again.err
    assert "key pair" in again.err
    assert keys(cli) == [public] * 3
    assert json.loads((cli.home / "heketi.json").read_text()) == whole


async def test_the_command_itself(cli: Cli) -> None:
    files = ("--pair", cli.home / "k", "--write", cli.home / "h.json")
    ended = await cli("heketi", "prepare", cli.demo.topology_path, *files, "--yes", "-o", "json")
    assert ended.code == codes.DONE, ended
    assert json.loads(ended.out)["ok"]
    assert [bool(text) for text in keys(cli)] == [True, True, True]
    assert (await cli.here("heketi", "lint", cli.home / "h.json")).code == codes.DONE
    missing = await cli.here("heketi", "prepare", cli.home / "none.json", *files)
    assert missing.code == codes.USAGE


def test_a_topology_needs_no_configuration(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HOME", "XDG_CONFIG_HOME"):
        monkeypatch.setenv(name, str(tmp_path))
    monkeypatch.delenv("HEKETI_CLI_SERVER", raising=False)
    site = choose_site(make_parser().parse_args(["heketi", "prepare", "/tmp/lab.json"]))
    assert site is not None
    assert site.name == "lab"


async def test_a_dry_run_makes_nothing(cli: Cli, capsys: pytest.CaptureFixture[str]) -> None:
    assert await run(cli, dry_run=True) == codes.DONE
    assert "is not there yet" in capsys.readouterr().err
    assert not (cli.home / "keys").exists()
    assert not (cli.home / "heketi.json").exists()
    assert await run(cli) == codes.DONE
    assert await run(cli, dry_run=True) == codes.DONE
    assert "tee -a /root/.ssh/authorized_keys" in capsys.readouterr().out


async def test_a_disk_that_lvm_filters_is_told(cli: Cli, capsys: pytest.CaptureFixture[str]) -> None:
    machine = cli.demo.nodes[0].machine
    machine.lvm.rejected["/dev/sdb"] = "device is rejected by filter config"
    machine.lvm_filter = '"r|/dev/sdb$|"'
    assert await run(cli) == codes.FAILED
    assert "filter" in capsys.readouterr().err


async def test_a_node_that_is_off_is_left_out(cli: Cli, capsys: pytest.CaptureFixture[str]) -> None:
    cli.demo.nodes[1].faults.powered_off = True
    assert await run(cli) == codes.FAILED
    said = capsys.readouterr().err
    assert "node2: " in said
    assert "its key is not added" in said
    assert [bool(text) for text in keys(cli)] == [True, False, True]


async def test_a_node_that_lets_nobody_in_is_asked_by_password(cli: Cli, capsys: pytest.CaptureFixture[str]) -> None:
    cli.demo.nodes[2].faults.refuse_key = True
    assert await run(cli) == codes.FAILED
    said = capsys.readouterr().err
    assert "the password for root@" in said
    assert [bool(text) for text in keys(cli)] == [True, True, False]


async def test_a_heketi_json_with_faults_is_told_and_stays(cli: Cli, capsys: pytest.CaptureFixture[str]) -> None:
    path: Path = cli.home / "heketi.json"
    path.write_text('{"port": "8080", "glusterfs": {"executor": "mock"}}')
    assert await run(cli) == codes.FAILED
    assert f'{path}:1:44: error: with "executor": "mock"' in capsys.readouterr().err
    assert "mock" in path.read_text()


async def test_a_key_that_heketi_can_not_use(cli: Cli) -> None:
    path: Path = cli.home / "key"
    path.write_text("nothing")
    path.chmod(0o600)
    with pytest.raises(WrongInput, match="is no private key"):
        await run(cli, pair=path)
    assert keys(cli) == ["", "", ""]
