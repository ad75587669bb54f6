"""What is taken from a heketi.json."""

import json
from pathlib import Path
from typing import Any

import pytest

from tui.config import BrickSettings, ConfigError, SiteConfig, SshSettings, load_config

GIB = 2**30


def load(folder: Path, glusterfs: Any, ssh: str = "{}", **top: Any) -> tuple[SiteConfig, list[str]]:
    """The site of a configuration that names a heketi.json, and the warnings."""
    heketi = folder / "heketi.json"
    heketi.write_text(json.dumps({"port": "8080", "glusterfs": glusterfs, **top}, indent=1))
    config = folder / "config.yaml"
    config.write_text(f"sites: {{lab: {{nodes: [a], heketi_json: heketi.json, ssh: {ssh}}}}}\n")
    read = load_config(config)
    return read.site(), [warning.message for warning in read.warnings if "may change" not in warning.message]


def key_in(folder: Path, mode: int = 0o600) -> str:
    (folder / "key").write_text("x")
    (folder / "key").chmod(mode)
    return str(folder / "key")


@pytest.mark.parametrize("port", ["2222", 2222])
def test_how_heketi_reaches_its_nodes(tmp_path: Path, port: object) -> None:
    key = key_in(tmp_path)
    section = {"keyfile": key, "user": "admin", "port": port, "sudo": True, "fstab": "/etc/fstab.heketi", "other": 1}
    limits = {"brick_min_size_gb": 4, "brick_max_size_gb": 1024, "db": "/var/lib/heketi/heketi.db"}
    site, warnings = load(tmp_path, {"executor": "ssh", "sshexec": section, **limits})
    assert site.ssh == SshSettings("admin", 2222, (key,), True)
    assert site.bricks == BrickSettings("/etc/fstab.heketi", 4 * GIB, 1024 * GIB)
    assert warnings == []


def test_what_heketi_assumes_when_nothing_is_said(tmp_path: Path) -> None:
    site, _ = load(tmp_path, {"sshexec": {"keyfile": key_in(tmp_path)}})
    assert (site.ssh.user, site.ssh.port, site.ssh.sudo) == ("heketi", 22, False)
    assert site.bricks == BrickSettings("/etc/fstab", 0, 0)


def test_what_the_site_says_itself_stands_above_it(tmp_path: Path) -> None:
    key = key_in(tmp_path)
    section = {"keyfile": key, "user": "heketi", "port": "22", "sudo": True}
    site, _ = load(tmp_path, {"sshexec": section}, ssh="{user: root, sudo: false, jump: bastion}")
    assert site.ssh == SshSettings("root", 22, (key,), False, ("bastion",))


@pytest.mark.parametrize(
    ("glusterfs", "told"),
    [
        (
            {"executor": "kubernetes"},
            r'4:15: error: "executor" must be "ssh", not "kubernetes" \(glusterd runs in pods',
        ),
        ({"executor": "mock"}, r"no real node stands behind it"),
        ({"executor": "ssh"}, r'"sshexec" is missing in "glusterfs"'),
        ({"sshexec": {"user": "root"}}, r'4:14: error: "keyfile" is missing in "sshexec"'),
        ({"sshexec": {"keyfile": "k", "port": "ssh"}}, r'6:12: error: "port" in "sshexec" must be a whole number'),
        ({"sshexec": {"keyfile": "k"}, "brick_min_size_gb": 9, "brick_max_size_gb": 3}, r"is greater than"),
        ("none", r'"glusterfs" in heketi.json must be an object'),
    ],
)
def test_faults_are_told_at_their_place(tmp_path: Path, glusterfs: object, told: str) -> None:
    with pytest.raises(ConfigError, match=told) as caught:
        load(tmp_path, glusterfs)
    assert caught.value.problems[0].file == str(tmp_path / "heketi.json")


def test_keys_that_others_can_read_are_warned_about(tmp_path: Path) -> None:
    key = key_in(tmp_path, mode=0o640)
    _, warnings = load(tmp_path, {"sshexec": {"keyfile": key}}, jwt={"admin": {"key": "secret"}})
    assert len(warnings) == 2
    assert all("is open to other users" in text and "secret" not in text for text in warnings)
