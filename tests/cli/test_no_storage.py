"""A site of Kubernetes alone: what needs storage nodes says that there are none, and never shows unknown as none."""

import asyncio
from pathlib import Path

import pytest

from tui.__main__ import main


@pytest.fixture
def kubeconfig(tmp_path: Path) -> Path:
    """A cluster that nobody has to ask for what is told here."""
    path = tmp_path / "kubeconfig"
    path.write_text(
        "apiVersion: v1\nkind: Config\ncurrent-context: c\ncontexts: [{name: c, context: {cluster: c, user: u}}]\n"
        'clusters: [{name: c, cluster: {server: "http://127.0.0.1:9"}}]\nusers: [{name: u, user: {}}]\n'
    )
    return path


async def run(kubeconfig: Path, typed: str) -> int:
    return await asyncio.to_thread(main, ["--kubeconfig", str(kubeconfig), *typed.split()])


@pytest.mark.parametrize(
    "typed",
    [
        "volume create x --size 1 --yes",
        "volume delete x --yes",
        "volume start x",
        "clean cluster --yes",
        "clean leftovers",
        "clean leftovers -o json",
    ],
)
async def test_changes_of_storage_say_what_to_name(
    kubeconfig: Path, typed: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert await run(kubeconfig, typed) == 2
    printed = capsys.readouterr()
    assert printed.out == ""
    assert "no storage node is configured: name one (--node root@HOST" in printed.err


@pytest.mark.parametrize("kind", ["nodes", "devices", "bricks", "volumes"])
async def test_nobody_who_could_tell_is_not_the_same_as_none(
    kubeconfig: Path, kind: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert await run(kubeconfig, f"get {kind} -o json") == 3
    printed = capsys.readouterr()
    assert printed.out == "[]\n"
    assert f"{kind} are unknown here: no storage node is configured" in printed.err
    assert await run(kubeconfig, f"get {kind}") == 3
    printed = capsys.readouterr()
    assert (printed.out, f"no {kind}\n" in printed.err) == ("", False)
