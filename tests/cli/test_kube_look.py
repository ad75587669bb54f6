"""Claims on the command line: what is there, what is wrong, why."""

import json
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from tests.cli.kube import KubeCli, kube_cli
from tests.cli.running import begin, end
from tui import pages

CODES = {
    ("ci", "artifacts"): "D4", ("ci", "old-cache"): "B7", ("media", "uploads"): "B8", ("monitoring", "loki"): "B4",
    ("shop", "data-search-0"): "A1", ("shop", "invoices"): "C1", ("wiki", "attachments"): "B6",
    ("wiki", "pages"): "F2",
}  # fmt: skip


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def cli(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[KubeCli]:
    """One cluster that all tests here only look at."""
    async with kube_cli(tmp_path_factory.mktemp("kube")) as cli:
        yield cli


@pytest.mark.asyncio(loop_scope="module")
async def test_doctor_finds_all_that_is_broken_and_nothing_else(cli: KubeCli) -> None:
    ended = await cli("doctor", "-o", "json")
    assert ended.code == 1, ended.err
    told = json.loads(ended.out)
    claims = [f for f in told["findings"] if f["object"]["kind"] == "PersistentVolumeClaim" and f["definite"]]
    found = {(f["object"]["namespace"], f["object"]["name"]): f["code"] for f in claims if f["severity"] == "error"}
    assert found.items() >= CODES.items()
    assert {key for key in found if key not in CODES} <= {("media", "transcoding")}
    one = next(f for f in claims if f["code"] == "C1")
    assert one["summary"] == "no StorageClass 'gluster-replica-3' - did you mean 'gluster-replica3'?"
    assert {"object", "field", "value"} == set(one["evidence"][0])
    assert one["remedies"][0]["can_run"] is True
    sources = {source["name"]: source["state"] for source in told["sources"]}
    assert sources["kubernetes/persistentvolumeclaims"] == "live"
    assert "demo-key" not in ended.out + ended.err


@pytest.mark.asyncio(loop_scope="module")
async def test_one_namespace_alone(cli: KubeCli) -> None:
    ended = await cli("doctor", "-n", "wiki")
    assert ended.code == 1
    assert "B6 PersistentVolumeClaim wiki/attachments" in ended.out
    assert "shop/" not in ended.out


@pytest.mark.asyncio(loop_scope="module")
async def test_claims_as_json_and_as_a_table(cli: KubeCli) -> None:
    ended = await cli("get", "claims", "-o", "json")
    assert ended.code == 1
    rows = {(row["namespace"], row["name"]): row for row in json.loads(ended.out)}
    lost, bound = rows["ci", "old-cache"], rows["ci", "maven"]
    assert (lost["state"], lost["phase"], lost["findings"]) == ("lost", "Lost", ["B7"])
    assert (bound["state"], bound["reason"], bound["findings"]) == ("bound", "", [])
    assert (bound["size"], bound["access_modes"], bound["pods"]) == (40 << 30, ["ReadWriteMany"], ["runner-1"])
    assert bound["created"].endswith("+00:00")
    table = (await cli("get", "claims")).out.splitlines()
    assert table[0].split()[:4] == ["NAMESPACE", "NAME", "STATE", "CLASS"]
    assert "no StorageClass 'gluster-replica-3'" in "".join(table)


@pytest.mark.asyncio(loop_scope="module")
async def test_a_missing_right_takes_only_its_own_part_away(cli: KubeCli) -> None:
    cli.kube.faults.forbid("nodes")
    cli.kube.faults.forbid("persistentvolumes")
    try:
        claims, volumes = await cli("get", "claims", "-n", "shop"), await cli("get", "pvs")
    finally:
        cli.kube.faults.allow()
    assert (claims.code, "cannot list nodes" in claims.err, "invoices" in claims.out) == (1, True, True)
    assert (volumes.code, volumes.out.strip()) == (3, "")


@pytest.mark.asyncio(loop_scope="module")
async def test_without_the_right_to_see_volumes_nothing_is_made_up_about_them(cli: KubeCli) -> None:
    cli.kube.faults.forbid("persistentvolumes")
    try:
        doctor, explained = await cli("doctor", "-n", "ci"), await cli("explain", "claim", "ci/maven")
        fixed = await cli("fix", "C1", "ci/maven", "--yes")
    finally:
        cli.kube.faults.allow()
    assert "bound; PersistentVolumes unknown" in doctor.out.splitlines()[-1]
    assert (explained.code, "cannot list persistentvolumes" in explained.err) == (3, True), explained
    assert "PersistentVolumes can't be listed <- here" in explained.out
    assert (fixed.code, fixed.out) == (3, "")
    assert "C1 was not found for ci/maven, but not all could be read:" in fixed.err
    assert "cannot list persistentvolumes" in fixed.err


@pytest.mark.asyncio(loop_scope="module")
async def test_volumes_and_classes(cli: KubeCli) -> None:
    volumes = {row["name"]: row for row in json.loads((await cli("get", "pvs", "-o", "json")).out)}
    assert volumes["media-uploads"]["state"] == "released"
    assert volumes["wiki-pages"]["claim"] == "wiki/pages"
    assert volumes["wiki-pages"]["source"] == "gluster"
    classes = {row["name"]: row for row in json.loads((await cli("get", "classes", "-o", "json")).out)}
    assert classes["gluster-replica3"]["default"] is True
    assert classes["gluster-archive"]["findings"] == ["D4"]


@pytest.mark.asyncio(loop_scope="module")
async def test_a_claim_is_explained_down_to_where_it_breaks(cli: KubeCli) -> None:
    ended = await cli("explain", "claim", "wiki/pages")
    assert ended.code == 1
    here = [line for line in ended.out.splitlines() if line.endswith("<- here")]
    assert len(here) == 1
    assert "Endpoints wiki/glusterfs-cluster  missing" in here[0]
    told = json.loads((await cli("explain", "claim", "pages", "-n", "wiki", "-o", "json")).out)
    assert [link["kind"] for link in told["chain"] if link["first_broken"]] == ["Endpoints"]
    assert (await cli("explain", "claim", "ci/maven")).code == 0


@pytest.mark.asyncio(loop_scope="module")
async def test_what_can_not_be_explained(cli: KubeCli) -> None:
    elsewhere = await cli("explain", "claim", "shop/maven")
    assert (elsewhere.code, elsewhere.out) == (1, "")
    assert "there is no claim shop/maven" in elsewhere.err
    assert "elsewhere: ci/maven" in elsewhere.err
    assert (await cli("explain", "claim", "maven")).code == 2
    assert "NAMESPACE/NAME" in (await cli("explain", "claim", "maven")).err


async def test_pages_need_no_cluster(tmp_path_factory: pytest.TempPathFactory) -> None:
    home = tmp_path_factory.mktemp("home")
    page = await end(await begin("explain", "c1", home=home))
    assert (page.code, page.out.rstrip()) == (0, pages.page("C1").rstrip())
    listed = await end(await begin("explain", "-o", "json", home=home))
    assert list(json.loads(listed.out)) == list(pages.codes())
    wrong = await end(await begin("explain", "C999", home=home))
    assert (wrong.code, wrong.out) == (2, "")


async def test_a_cluster_that_can_not_be_asked(tmp_path_factory: pytest.TempPathFactory) -> None:
    home = tmp_path_factory.mktemp("home")
    missing = await end(await begin("--kubeconfig", home / "none", "doctor", home=home))
    assert (missing.code, missing.err.count("can't be read")) == (3, 1)
    assert "A13" not in missing.out
    assert "nothing is wrong" not in missing.out
    told = await end(await begin("--kubeconfig", home / "none", "doctor", "-o", "json", home=home))
    assert json.loads(told.out)["findings"] == []
    empty = await end(await begin("--kubeconfig", home / "none", "get", "claims", home=home))
    assert "no claims" not in empty.out + empty.err
    broken = home / "broken"
    broken.write_text("{")
    assert (await end(await begin("--kubeconfig", broken, "get", "claims", home=home))).code == 3
    nobody = await end(await begin("--kubeconfig", home / "none", "get", "claims", "-o", "json", home=home))
    assert json.loads(nobody.out) == []
