"""Names that were mistyped on the command line, and what is meant by them."""

import json
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from tests.cli.kube import KubeCli, kube_cli
from tests.cli.running import begin, end

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def cli(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[KubeCli]:
    """One cluster that all tests here only look at."""
    async with kube_cli(tmp_path_factory.mktemp("kube")) as cli:
        yield cli


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        ("fix C99 shop/invoices", 2, "there is no code 'C99'; `brickyard explain` lists them all"),
        ("fix C1 shop/data-search-0", 1, "what was found for it: A1"),
        ("fix C1 nobody", 1, "C1 was found for: shop/invoices"),
        ("fix C1 invoices -n wiki", 1, "C1 was not found for invoices"),
        ("explain claim shop/invoice", 1, "did you mean shop/invoices?"),
        ("explain claim shopp/invoices", 1, "there is no namespace shopp - did you mean shop?"),
        ("explain claim shop/invoices/x", 2, "NAMESPACE/NAME"),
        ("explain shop/invoices", 2, "brickyard explain claim shop/invoices"),
        ("doctor -n wikki", 1, "there is no namespace wikki - did you mean wiki?"),
        ("get claims -n nosuch", 1, "there is no namespace nosuch"),
    ],
)
async def test_a_name_that_is_not_there(cli: KubeCli, words: str, code: int, said: str) -> None:
    ended = await cli(*words.split())
    assert (ended.code, ended.out) == (code, "")
    assert said in ended.err


async def test_one_namespace_is_told_of_its_own_volumes_and_classes(cli: KubeCli) -> None:
    found = json.loads((await cli("doctor", "-n", "wiki", "-o", "json")).out)["findings"]
    assert {(one["code"], one["object"]["name"]) for one in found} == {("B6", "attachments"), ("F2", "pages")}
    table = (await cli("doctor", "-n", "wiki")).out
    assert table.splitlines()[-1] == "namespace wiki: 2 claims, 1 bound; 1 PersistentVolume; 2 findings"
    media = json.loads((await cli("doctor", "-n", "media", "-o", "json")).out)["findings"]
    assert ("B8", "media-uploads") in {(one["code"], one["object"]["name"]) for one in media}


async def test_a_name_alone_is_enough_where_it_is_the_only_one(cli: KubeCli) -> None:
    for words in ("fix C1 invoices --dry-run", "fix C1 invoices -n shop --dry-run"):
        ended = await cli(*words.split())
        assert (ended.code, "Recreate claim shop/invoices" in ended.out) == (0, True), ended.err


async def test_nothing_is_repaired_where_claims_can_not_be_read(cli: KubeCli) -> None:
    cli.kube.faults.forbid("persistentvolumeclaims")
    try:
        ended = await cli("fix", "C1", "shop/invoices", "--yes")
    finally:
        cli.kube.faults.allow()
    assert (ended.code, ended.out) == (3, "")
    assert "cannot list persistentvolumeclaims" in ended.err


async def test_a_server_that_does_not_answer(tmp_path: Path, cli: KubeCli) -> None:
    raw = json.loads(cli.kubeconfig.read_text())
    raw["clusters"][0]["cluster"]["server"] = "http://127.0.0.1:1"
    dead = tmp_path / "dead"
    dead.write_text(json.dumps(raw))
    for words in ("get claims", "explain claim shop/invoices", "fix C1 shop/invoices --yes"):
        ended = await end(await begin("--kubeconfig", dead, *words.split(), home=tmp_path))
        assert (ended.code, ended.out) == (3, "")
        assert "http://127.0.0.1:1 can't be reached" in ended.err


async def test_what_is_no_fault_is_not_marked_in_the_chain(cli: KubeCli) -> None:
    ended = await cli("explain", "claim", "media/transcoding")
    assert (ended.code, "<- here" in ended.out, "none yet: nothing is bound" in ended.out) == (0, False, True)


async def test_sizes_are_told_readable_and_exact(cli: KubeCli) -> None:
    found = json.loads((await cli("doctor", "-n", "monitoring", "-o", "json")).out)["findings"]
    told = [piece["value"] for one in found if one["code"] == "B4" for piece in one["evidence"]]
    assert "100 GiB (107374182400 bytes)" in told


async def test_a_key_that_nobody_can_be_asked_for(cli: KubeCli) -> None:
    ended = await cli("fix", "D4", "ci/artifacts", "--yes")
    assert ended.code == 1
    assert ended.err.rstrip().endswith("Give it with --key-file FILE.")
