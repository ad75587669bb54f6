"""`fix`: shown, tried on the API server, run, taken back."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.cli.kube import KubeCli, kube_cli


@pytest.fixture
async def cli(tmp_path: Path) -> AsyncIterator[KubeCli]:
    """A cluster of its own for each test."""
    async with kube_cli(tmp_path) as cli:
        yield cli


def labels(cli: KubeCli) -> list[tuple[str, str]]:
    return sorted((obj["metadata"]["namespace"], obj["metadata"]["name"]) for obj in cli.kube.list("endpoints"))


async def test_a_dry_run_asks_the_server_and_changes_nothing(cli: KubeCli) -> None:
    before = labels(cli)
    ended = await cli("fix", "F2", "wiki/pages", "--set", "addresses=10.0.0.11,10.0.0.12", "--dry-run")
    assert ended.code == 0, ended.err
    assert ended.err.count("it would be done") == 2
    assert "POST /api/v1/namespaces/wiki/endpoints" in ended.out
    assert labels(cli) == before


async def test_endpoints_are_made_and_taken_back(cli: KubeCli) -> None:
    before = labels(cli)
    assert (await cli("fix", "f2", "wiki/pages", "--set", "addresses=10.0.0.11", "--yes")).code == 0
    made = cli.kube.get("endpoints", "glusterfs-cluster", "wiki")
    assert made is not None
    assert made["subsets"][0]["addresses"] == [{"ip": "10.0.0.11"}]
    assert (await cli("explain", "claim", "wiki/pages", "-o", "json")).out.count('"F2"') == 0
    assert (await cli("undo", "--yes")).code == 0
    assert labels(cli) == before


async def test_a_key_comes_from_a_file_and_stands_nowhere(cli: KubeCli) -> None:
    key = cli.home / "heketi.key"
    key.write_text("a-very-secret-key\n")
    refused = await cli("fix", "D4", "ci/artifacts", "--set", "key=a-very-secret-key", "--yes")
    assert refused.code == 2
    ended = await cli("fix", "D4", "ci/artifacts", "--key-file", key, "--yes")
    assert ended.code == 0, ended.err
    secret = cli.kube.get("secrets", "heketi-archive", "storage")
    assert secret is not None
    assert secret["type"] == "kubernetes.io/glusterfs"
    written = [path.read_bytes() for path in cli.home.rglob("*") if path.is_file() and path != key]
    assert not [text for text in written if b"a-very-secret-key" in text]
    assert "a-very-secret-key" not in ended.out + ended.err + refused.err


async def test_what_is_missing_is_named(cli: KubeCli) -> None:
    ended = await cli("fix", "D4", "ci/artifacts", "--yes")
    assert ended.code == 1
    assert "--key-file FILE" in ended.err
    ended = await cli("fix", "B6", "wiki/attachments", "--yes")
    assert (ended.code, "--set gluster=VALUE" in ended.err) == (1, True)


async def test_a_value_that_the_repair_does_not_know_is_wrong_input(cli: KubeCli) -> None:
    before = labels(cli)
    ended = await cli("fix", "F2", "wiki/pages", "--set", "addresses=10.0.0.11", "--set", "nonsense=1", "--yes")
    assert ended.code == 2
    assert "--set nonsense=... would do nothing in this repair; it looks at addresses" in ended.err
    assert labels(cli) == before
    # nobody can be asked, so that what is missing comes first
    assert (await cli("fix", "D4", "ci/artifacts", "--set", "nonsense=1", "--yes")).code == 1


async def test_help_names_all_options(cli: KubeCli) -> None:
    ended = await cli("fix", "--help")
    usage = " ".join(ended.out.partition("positional")[0].split())
    assert "[--set NAME=VALUE] [--key-file FILE]" in usage


async def test_what_can_not_be_fixed(cli: KubeCli) -> None:
    nothing = await cli("fix", "C1", "ci/maven")
    assert (nothing.code, "C1 was not found for ci/maven" in nothing.err) == (1, True)
    assert "shop/invoices" in nothing.err
    by_hand = await cli("fix", "A1", "shop/data-search-0")
    assert (by_hand.code, "by hand: Raise the quota" in by_hand.err) == (1, True)
    assert (await cli("fix", "B8", "media/uploads", "--remedy", "9", "--yes")).code == 2
    assert (await cli("--read-only", "fix", "B8", "media/uploads", "--yes")).code == 1
    volume = cli.kube.get("persistentvolumes", "media-uploads")
    assert volume is not None
    assert volume["status"]["phase"] == "Released"
