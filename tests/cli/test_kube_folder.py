"""A PersistentVolume that was on a folder of a Gluster volume is made again, whoever has the rest of the volume."""

import asyncio
from pathlib import Path

from tests.cli.kube import kube_cli


async def test_a_lost_volume_on_a_folder_is_made_again(tmp_path: Path) -> None:
    async with kube_cli(tmp_path) as cli:
        whole = await cli("fix", "B7", "ci/old-cache", "--set", "gluster=builds-cache", "--yes")
        assert whole.code == 1, whole
        assert "Gluster volume builds-cache can't be taken: it is used already by" in whole.err
        other = await cli("fix", "B7", "ci/old-cache", "--set", "gluster=builds-cache/maven", "--yes")
        assert other.code == 1, other
        assert "it is used already by PersistentVolume ci-maven (claim ci/maven)" in other.err
        ended = await cli("fix", "B7", "ci/old-cache", "--set", "gluster=builds-cache/old", "--yes")
        assert ended.code == 0, ended
        made = cli.kube.get("persistentvolumes", "ci-old-cache")
        assert made is not None
        source = made["spec"]["glusterfs"]
        assert (source["path"], source["endpoints"]) == ("builds-cache/old", "glusterfs-builds-cache")
        of_others = cli.kube.get("persistentvolumes", "ci-builds-cache")
        assert of_others is not None
        theirs = cli.kube.get("endpoints", of_others["spec"]["glusterfs"]["endpoints"], "ci")
        ours = cli.kube.get("endpoints", "glusterfs-builds-cache", "ci")
        assert ours is not None
        assert theirs is not None
        addresses = [[one["ip"] for one in each["subsets"][0]["addresses"]] for each in (ours, theirs)]
        assert addresses[0] == addresses[1]
        async with asyncio.timeout(60):
            while (cli.kube.get("persistentvolumeclaims", "old-cache", "ci") or {})["status"]["phase"] != "Bound":
                await asyncio.sleep(0.05)
