"""The configuration file: what it becomes, and what is told when it is wrong."""

import subprocess
import sys
from pathlib import Path

import pytest

from tui.config import Config, ConfigError, HeketiSettings, SshSettings, config_path, load_config
from tui.core.kube_settings import KubeSettings
from tui.core.topology import TopologyDevice


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "xdg"))
    monkeypatch.delenv("BRICKYARD_CONFIG", raising=False)
    return tmp_path


def write(home: Path, text: str, name: str = "config.yaml", mode: int = 0o600) -> Path:
    path = home / name
    path.write_text(text)
    path.chmod(mode)
    return path


def problems(home: Path, text: str) -> list[str]:
    """All that is wrong with a configuration, without the file's name."""
    path = write(home, text)
    with pytest.raises(ConfigError) as caught:
        load_config(path)
    assert str(caught.value) == "\n".join(str(problem) for problem in caught.value.problems)
    return [str(problem).removeprefix(f"{path}:") for problem in caught.value.problems]


FULL = """\
read_only: true
default_site: lab
sites:
  lab:
    nodes:
      - 10.77.0.11
      - {manage: node2, storage: 10.77.0.12, zone: 2, devices: [/dev/sdb, {name: /dev/sdc, destroydata: true}]}
    ssh: {user: admin, port: 2222, key: keys/id, sudo: true, jump: "me@bastion:2200", known_hosts: ~/known}
    kubeconfig: kube.yaml
    context: prod
    namespace: shop
    heketi: {url: "http://heketi:8080", key_file: secret}
    poll_seconds: 30
  other:
    topology: topology.json
"""


def test_everything_that_a_site_may_say(home: Path) -> None:
    for name in ("keys/id", "kube.yaml", "secret"):
        (home / name).parent.mkdir(exist_ok=True)
        write(home, "x", name)
    config = load_config(write(home, FULL))
    assert (config.read_only, config.default_site, config.missing, config.warnings) == (True, "lab", False, ())
    site = config.site()
    assert (site.name, site.read_only, site.poll_seconds) == ("lab", True, 30)
    assert site.kubernetes == KubeSettings(str(home / "kube.yaml"), "prod", "shop")
    assert site.heketi == HeketiSettings("http://heketi:8080", "admin", str(home / "secret"))
    assert site.ssh == SshSettings(
        "admin", 2222, (str(home / "keys/id"),), True, ("me@bastion:2200",), str(home / "known")
    )
    first, second = site.declared_nodes()
    assert (first.manage, first.storage, first.zone) == ("10.77.0.11", "10.77.0.11", 1)
    assert (second.manage, second.storage, second.zone) == ("node2", "10.77.0.12", 2)
    assert second.devices == (TopologyDevice("/dev/sdb", line=7), TopologyDevice("/dev/sdc", True, line=7))
    address = site.address("node2")
    assert (address.name, address.host, address.port, address.user) == ("node2", "node2", 2222, "admin")
    assert (address.key_files, address.sudo, address.jump) == (site.ssh.keys, True, ("me@bastion:2200",))


def test_a_site_may_leave_its_nodes_to_a_topology_file(home: Path) -> None:
    text = '{"clusters": [{"nodes": [{"node": {"hostnames": {"manage": ["a"], "storage": ["10.0.0.1"]}, "zone": 1}, "devices": ["/dev/sdb"]}]}]}'  # noqa: E501
    config = load_config(write(home, FULL))
    with pytest.raises(ConfigError, match=r"topology\.json:1:1: error: .*can't be read: No such file"):
        config.site("other").declared_nodes()
    write(home, text, "topology.json")
    assert [node.storage for node in config.site("other").declared_nodes()] == ["10.0.0.1"]
    write(home, text.replace("manage", "manages"), "topology.json")
    with pytest.raises(ConfigError, match=r"topology\.json:1:"):
        config.site("other").declared_nodes()


def test_without_a_file_the_configuration_is_missing(home: Path) -> None:
    config = load_config()
    assert config == Config(home / "xdg" / "brickyard" / "config.yaml", missing=True)
    with pytest.raises(ConfigError, match="there is no such file"):
        config.site()


def test_the_command_line_stands_above_the_environment(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BRICKYARD_CONFIG", "~/from-env.yaml")
    assert config_path() == home / "from-env.yaml"
    assert config_path(home / "named.yaml") == home / "named.yaml"


def test_all_faults_are_told_at_once_each_at_its_place(home: Path) -> None:
    told = problems(
        home,
        """\
read_olny: true
default_site: lba
sites:
  lab:
    nodes: [10.0.0.1, "bad name", 10.0.0.1]
    ssh: {prot: 22, port: 70000, sudo: "yes", jump: "a:b"}
    heketi: {url: "heketi:8080"}
    poll_seconds: fast
  both: {nodes: [a], topology: t.json}
  none: {}
""",
    )
    assert told == [
        '1:1: error: unknown key "read_olny" in the configuration; did you mean "read_only"? '
        "Allowed: default_site, read_only, sites",
        '2:15: error: "default_site" names no site: "lba"; did you mean "lab"?',
        '5:23: error: "bad name" is no hostname or IP address: a blank may not stand in it',
        '5:35: error: "10.0.0.1" stands twice in "nodes" in site "lab"',
        '6:11: error: unknown key "prot" in "ssh"; did you mean "port"? '
        "Allowed: jump, key, known_hosts, port, ssh_config, sudo, user",
        '6:27: error: "port" in "ssh" must be a whole number from 1 to 65535, not the number 70000',
        '6:40: error: "sudo" in "ssh" must be true or false, not the text "yes"; write true without quotes',
        '6:53: error: "jump" in "ssh": \'a:b\' is not a jump host: it reads [user@]host[:port]',
        '7:19: error: "url" in "heketi" must start with http:// or https://, like "http://heketi:8080"',
        '8:19: error: "poll_seconds" in site "lab" must be a number from 1 to 3600, not the text "fast"',
        '9:9: error: site "both" needs either "nodes" or "topology"; it has both',
        '10:9: error: site "none" has nothing to look at; give it "nodes", "topology", "kubeconfig" or "heketi"',
    ]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "1:1: error: the file is empty"),
        ("sites: [a]\n", '1:8: error: "sites" in the configuration must be an object'),
        ("- a\n", "1:1: error: the configuration must be an object"),
        ("read_only: false\n", '1:1: error: "sites" is missing'),
        ("sites: {lab: {nodes: []}}\n", '1:22: error: "nodes" in site "lab" is empty'),
        ("sites: {lab: {nodes: [{zone: 1}]}}\n", '1:23: error: "manage" is missing'),
        ("sites: {lab: {nodes: [{manage: a, devices: [sdb]}]}}\n", "1:45: error: "),
        ("sites: {lab: {nodes: [a], heketi_json: no.json}}\n", "1:40: error: "),
        ("sites: {a b: {nodes: [a]}}\n", '1:14: error: site "a b": a name has letters'),
        ("sites: {lab: {nodes: [a]\n", "error: "),
    ],
)
def test_a_fault_is_told_at_its_place(home: Path, text: str, told: str) -> None:
    assert told in problems(home, text)[0]


def test_a_file_that_can_not_be_read_is_an_error(home: Path) -> None:
    with pytest.raises(ConfigError, match="the configuration can't be read: Is a directory"):
        load_config(home)


def test_which_site_is_meant(home: Path) -> None:
    two = load_config(write(home, "sites: {lab: {nodes: [a]}, live: {nodes: [b]}}\n"))
    assert two.site("live").nodes[0].manage == "b"
    with pytest.raises(ConfigError, match=r"several sites are configured.*: lab, live"):
        two.site()
    with pytest.raises(ConfigError, match=r"no site 'lib'; did you mean '(lab|live)'"):
        two.site("lib")
    one = load_config(write(home, "sites: {lab: {nodes: [a], read_only: true}}\n"))
    assert (one.site().name, one.site().read_only) == ("lab", True)


def test_secrets_that_others_can_read_are_warned_about(home: Path) -> None:
    for name in ("id", "kube", "secret"):
        write(home, "x", name, mode=0o644)
    text = (
        "sites:\n  lab: {nodes: [a], ssh: {key: id}, kubeconfig: kube, heketi: {url: 'http://h', key_file: secret}}\n"
    )
    told = [str(warning) for warning in load_config(write(home, text, mode=0o666)).warnings]
    assert len(told) == 4
    assert "config.yaml:1:1: warning: other users may change this file (mode 0666)" in told[0]
    assert any(f"the private key {home}/id is open to other users (mode 0644): chmod 600" in text for text in told)
    (home / "id").unlink()
    warnings = load_config(write(home, text)).warnings
    assert any(f"the private key {home}/id can't be read: No such file" in str(warning) for warning in warnings)


def test_reading_the_configuration_needs_no_ssh_library() -> None:
    code = "import sys, tui.config; sys.exit(bool({'asyncssh', 'aiohttp', 'textual'} & set(sys.modules)))"
    assert subprocess.run([sys.executable, "-c", code]).returncode == 0


def test_a_site_may_be_a_heketi_and_nothing_else(home: Path) -> None:
    (home / "ca.pem").write_text("x")
    text = (
        "sites:\n"
        "  far: {heketi: {url: 'https://h:8080', user: user, ca: ca.pem, manage: false}}\n"
        "  near: {kubeconfig: kube, heketi: {storage_class: gluster}}\n"
    )
    far, near = load_config(write(home, text)).sites
    assert far.heketi == HeketiSettings("https://h:8080", "user", ca=str(home / "ca.pem"), manage=False)
    assert (near.heketi, near.heketi and near.heketi.name) == (
        HeketiSettings("", storage_class="gluster"), "StorageClass gluster",
    )  # fmt: skip
    wrong = "sites: {far: {heketi: {url: 'http://h', storage_class: gluster}}}\n"
    with pytest.raises(ConfigError, match='either "url" or "storage_class"'):
        load_config(write(home, wrong))
