"""The configuration that the first-run screen writes."""

import stat
from dataclasses import replace
from pathlib import Path

import pytest

from tui.config import ConfigError, HeketiSettings, SiteConfig, SshSettings, load_config, write_first_config
from tui.core.kube_settings import KubeSettings
from tui.core.topology import TopologyDevice, TopologyNode

SITE = SiteConfig(
    name="prod",
    nodes=(
        TopologyNode("10.0.0.1", "10.0.0.1"),
        TopologyNode("node2", "10.0.0.2", 2, (TopologyDevice("/dev/sdb"), TopologyDevice("/dev/sdc", True))),
    ),
    ssh=SshSettings("root", 2222, ("/keys/id",), True, ("me@bastion",), "/known"),
    heketi=HeketiSettings("http://heketi:8080", "admin", "/key"),
    kubernetes=KubeSettings("/kube", "a: b", "shop"),
    poll_seconds=5,
)


def without_lines(site: SiteConfig) -> SiteConfig:
    """The same, forgetting where in the file it stood."""
    nodes = tuple(replace(n, line=0, devices=tuple(replace(d, line=0) for d in n.devices)) for n in site.nodes)
    return replace(site, nodes=nodes)


@pytest.mark.parametrize(
    "site", [SITE, SiteConfig("yes", topology="/t.json"), SiteConfig("a", (TopologyNode("node-1", "node-1"),))]
)
def test_what_is_written_is_read_again(tmp_path: Path, site: SiteConfig) -> None:
    path = tmp_path / "new" / "config.yaml"
    write_first_config(path, site)
    assert without_lines(load_config(path).site()) == site
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


def test_a_file_that_is_there_is_never_overwritten(tmp_path: Path) -> None:
    path = tmp_path / "config.yaml"
    path.write_text("mine")
    with pytest.raises(FileExistsError):
        write_first_config(path, SITE)
    assert path.read_text() == "mine"


def test_what_could_not_be_read_again_is_not_written(tmp_path: Path) -> None:
    path = tmp_path / "config.yaml"
    with pytest.raises(ConfigError, match="a blank may not stand in it"):
        write_first_config(path, SiteConfig("lab", (TopologyNode("my node", "my node"),)))
    assert not path.exists()
