"""What was typed wrong: exit code 2, a sentence, and no node is asked anything."""

from pathlib import Path

import pytest

from tests.cli.running import begin, end
from tui.__main__ import main
from tui.cli.parser import make_parser


@pytest.fixture
def config(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A configuration whose only node can't be reached: who asks it ends with 3, and not with 2."""
    monkeypatch.setenv("BRICKYARD_CONFIG", str(tmp_path / "no.yaml"))
    config = tmp_path / "site.yaml"
    config.write_text("sites: {lab: {nodes: [127.0.0.9]}}\n")
    config.chmod(0o600)
    return config


def run(*args: object) -> int:
    """The exit code of a command, wherever it was found wrong."""
    try:
        return main([str(arg) for arg in args])
    except SystemExit as ended:
        return ended.code if isinstance(ended.code, int) else 1


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("get pods", "invalid choice"),
        ("get nodes -o xml", "invalid choice"),
        ("volume create db", "--size"),
        ("volume create db --size abc", "'abc' is no size"),
        ("volume create db --size 0", "more than 0"),
        ("volume create db --size 10 --brick-min x", "'x' is no size"),
        ("volume create db --size 10 --gid -4", "-4 is no group id"),
        ("volume create db --size 10 --gid x", "--gid"),
        ("volume create d:b --size 10", '"d:b" can\'t be the name'),
        ("volume create db --size 10 --replica 4", "--replica"),
        ("volume create db --size 10 --durability none --replica 3", "contradict each other"),
        ("volume delete", "NAME"),
        ("topology load", "FILE"),
        ("topology check /no/such/file", "/no/such/file: No such file"),
        ("topology load /dev --yes", "/dev: Is a directory"),
        ("--site other get nodes", "there is no site 'other'. Configured: lab"),
        ("--site lap get nodes", "there is no site 'lap'; did you mean 'lab'? Configured: lab"),
        ("--node a/b:c@: get nodes", "--node: error: write [USER@]HOST[:PORT]"),
        ("--node root@h:99999 get nodes", "a port up to 65535, not root@h:99999"),
        ("--heketi h:8080 heketi info", "--heketi: error: an address of heketi starts with http"),
        ("volume crate", "brickyard volume: error: "),
        ("--log /no/such/log get nodes", "/no/such/log: No such file"),
    ],
)
def test_typed_wrong(config: Path, typed: str, words: str, capsys: pytest.CaptureFixture[str]) -> None:
    code = run("--config", config, *typed.split())
    printed = capsys.readouterr()
    assert (code, printed.out) == (2, "")
    assert words in printed.err
    assert len(printed.err.splitlines()) <= 3, "a long usage hides what is wrong"


def test_a_wrong_configuration_is_told_with_its_place(config: Path, capsys: pytest.CaptureFixture[str]) -> None:
    config.write_text("sites:\n  lab:\n    nodes: 5\n    shh: {}\n")
    assert run("--config", config, "get", "nodes") == 2
    printed = capsys.readouterr().err
    assert f"{config}:3:12: error:" in printed
    assert f"{config}:4:5: error:" in printed


def test_warnings_about_other_sites_are_not_told(config: Path, capsys: pytest.CaptureFixture[str]) -> None:
    config.write_text(
        "sites:\n  lab: {nodes: [127.0.0.9], ssh: {key: /no/lab.key}}\n"
        "  far: {nodes: [127.0.0.8], ssh: {key: /no/far.key}}\n"
    )
    config.chmod(0o622)
    topology = str(config)
    assert run("--config", config, "--site", "lab", "topology", "check", topology) == 2
    told = capsys.readouterr().err
    assert "/no/lab.key can't be read" in told
    assert "/no/far.key" not in told
    assert "other users may change this file" in told


def test_a_configuration_that_can_not_be_read(config: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("--config", config.parent, "get", "nodes") == 2
    assert "can't be read: Is a directory" in capsys.readouterr().err


def test_no_configuration(config: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("get", "nodes") == 2
    assert "--node root@HOST" in capsys.readouterr().err
    assert run("--config", config.parent / "nowhere.yaml", "get", "nodes") == 2
    assert "nowhere.yaml:1:1: error: there is no such file" in capsys.readouterr().err


@pytest.mark.parametrize("command", [(), ("demo",), ("--load", "topology.json")], ids=" ".join)
async def test_the_screen_needs_a_terminal(command: tuple[str, ...], tmp_path: Path) -> None:
    ended = await end(await begin(*command, home=tmp_path))
    assert (ended.code, ended.out) == (2, "")
    assert "needs a terminal" in ended.err


COMMANDS = [
    "", "demo", "get", "topology", "topology load", "topology check",
    "volume", "volume create", "volume start", "volume stop", "volume delete", "volume mount-test",
]  # fmt: skip


@pytest.mark.parametrize("words", COMMANDS)
def test_every_help_tells_usage_and_exit_codes(words: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        make_parser().parse_args([*words.split(), "--help"])
    text = capsys.readouterr().out
    assert ended.value.code == 0
    assert text.startswith(f"usage: brickyard {words}".rstrip())
    assert "130  cancelled" in text
    assert max(map(len, text.splitlines())) <= 110
