"""`undo` of a claim that was made anew and got a volume since."""

import asyncio
from pathlib import Path

from tests.cli.kube import kube_cli


async def test_a_claim_whose_volume_would_be_deleted_with_it_stays(tmp_path: Path) -> None:
    async with kube_cli(tmp_path) as cli:
        fixed = await cli("fix", "C1", "shop/invoices", "--set", "class=gluster-replica3", "--yes")
        assert fixed.code == 0, fixed.err
        async with asyncio.timeout(60):
            while (cli.kube.get("persistentvolumeclaims", "invoices", "shop") or {})["status"]["phase"] != "Bound":
                await asyncio.sleep(0.05)
        bound = cli.kube.get("persistentvolumeclaims", "invoices", "shop")
        assert bound is not None
        for args in (("--yes",), ("--dry-run", "-o", "json")):
            ended = await cli("undo", *args)
            assert ended.code == 1, ended
            assert f"PersistentVolume {bound['spec']['volumeName']} (Gluster volume " in ended.err
            assert "set Retain first" in ended.err
        assert cli.kube.get("persistentvolumeclaims", "invoices", "shop") == bound
