"""The first configuration, written for an admin who has none."""

import os
from dataclasses import asdict
from pathlib import Path
from typing import Any

import yaml

from tui.config_schema import read_config
from tui.config_types import DEFAULT_POLL_SECONDS, ConfigError, HeketiSettings, SiteConfig, SshSettings
from tui.core.document import parse_document
from tui.core.topology import TopologyNode
from tui.core.topology_fields import Notes

HEADER = "# brickyard: the sites it works on. README.md explains the keys, below 'Configure it'.\n"


def write_first_config(path: Path, site: SiteConfig) -> None:
    """Write a configuration with one site, readable by its owner only.

    Raises ConfigError where the site can't be configured like this, FileExistsError where there is a file
    (it is never overwritten), OSError where it can't be written.
    """
    data = {"read_only": site.read_only, "default_site": site.name, "sites": {site.name: _site(site)}}
    text = HEADER + yaml.safe_dump(data, sort_keys=False, allow_unicode=True, default_flow_style=None)
    _check(text, path)
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with open(handle, "w", encoding="utf-8") as file:
        file.write(text)


def _check(text: str, path: Path) -> None:
    """What can't be read again must not be written: nobody could start the program any more."""
    root, problems = parse_document(text, str(path))
    notes = Notes(str(path), problems)
    if root:
        read_config(root, notes, path.absolute().parent)
    errors = [problem for problem in notes.problems if problem.severity == "error"]
    if errors:
        raise ConfigError(errors)


def _site(site: SiteConfig) -> dict[str, Any]:
    data: dict[str, Any] = {}
    if site.topology:
        data["topology"] = site.topology
    elif site.nodes:
        data["nodes"] = [_node(node) for node in site.nodes]
    if site.heketi_json:
        data["heketi_json"] = site.heketi_json
    elif ssh := _ssh(site.ssh):
        data["ssh"] = ssh
    if site.kubernetes:
        data |= {key: value for key, value in asdict(site.kubernetes).items() if value}
    if site.heketi:
        usual = asdict(HeketiSettings(""))
        data["heketi"] = {key: value for key, value in asdict(site.heketi).items() if value != usual[key]}
    if site.poll_seconds != DEFAULT_POLL_SECONDS:
        data["poll_seconds"] = site.poll_seconds
    return data


def _ssh(ssh: SshSettings) -> dict[str, Any]:
    keys: str | list[str] = ssh.keys[0] if len(ssh.keys) == 1 else list(ssh.keys)
    data = {
        "user": ssh.user,
        "port": ssh.port,
        "key": keys,
        "sudo": ssh.sudo,
        "jump": list(ssh.jump),
        "known_hosts": ssh.known_hosts,
        "ssh_config": ssh.ssh_config,
    }
    return {key: value for key, value in data.items() if value}


def _node(node: TopologyNode) -> str | dict[str, Any]:
    if node.manage == node.storage and node.zone == 1 and not node.devices:
        return node.manage
    data: dict[str, Any] = {"manage": node.manage, "storage": node.storage, "zone": node.zone}
    if node.devices:
        data["devices"] = [{"name": d.path, "destroydata": True} if d.destroydata else d.path for d in node.devices]
    return data
