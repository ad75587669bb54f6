"""The shape of the configuration file: what may stand where, and what each value may be."""

import re
from dataclasses import replace
from pathlib import Path

from tui.config_fields import Fields
from tui.config_heketi import read_heketi_json
from tui.config_types import DEFAULT_POLL_SECONDS, BrickSettings, HeketiSettings, SiteConfig, SshSettings
from tui.core.address import NodeAddress, jump_address
from tui.core.document import Value, describe, nearest
from tui.core.kube_settings import KubeSettings
from tui.core.topology import TopologyDevice, TopologyNode
from tui.core.topology_fields import Notes, is_kind
from tui.core.topology_words import why_no_device, why_no_hostname

TOP_KEYS = ("read_only", "default_site", "sites")
SITE_KEYS = (
    "nodes", "topology", "ssh", "heketi_json", "kubeconfig", "context", "namespace", "heketi", "poll_seconds",
    "read_only",
)  # fmt: skip
SSH_KEYS = ("user", "port", "key", "sudo", "jump", "known_hosts", "ssh_config")
HEKETI_KEYS = ("url", "user", "key_file", "ca", "manage", "storage_class")
NODE_KEYS = ("manage", "storage", "zone", "devices")
DEVICE_KEYS = ("name", "destroydata")
SITE_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,62}")


def read_config(root: Value, notes: Notes, base: Path) -> tuple[tuple[SiteConfig, ...], str, bool]:
    """Sites, default site and the read-only flag, as far as they can be read; the rest becomes problems."""
    if not is_kind(root, notes, "object", "the configuration", 'write "sites:" and below it a name for the first site'):
        return (), "", False
    top = Fields(root, notes, "the configuration", base)
    top.check_keys(TOP_KEYS)
    if top.get("sites") is None:
        notes.error(root, '"sites" is missing; write "sites:" and below it a name for the first site')
    sites = top.fields("sites")
    read = (
        tuple(_site(name, member.value, notes, base) for name, member in sites.value.members.items()) if sites else ()
    )
    found = tuple(site for site in read if site is not None)
    default = top.text("default_site")
    names = list(sites.value.members) if sites else []
    if default and default not in names:
        near = nearest(default, names)
        hint = f'; did you mean "{near}"?' if near else f"; allowed: {', '.join(names)}"
        notes.error(root.members["default_site"].value, f'"default_site" names no site: "{default}"{hint}')
    return found, default, top.flag("read_only")


def _site(name: str, value: Value, notes: Notes, base: Path) -> SiteConfig | None:
    where = f'site "{name}"'
    if not SITE_NAME.fullmatch(name):
        notes.error(value, f"{where}: a name has letters, digits, dots, dashes and underscores")
    if not is_kind(value, notes, "object", where, 'write "nodes:" or "topology:" below it'):
        return None
    before = len(notes.problems)
    site = Fields(value, notes, where, base)
    site.check_keys(SITE_KEYS)
    _check_sources(site, value)
    ssh, bricks = _reach(site)
    made = SiteConfig(
        name=name,
        nodes=_nodes(site),
        topology=site.path("topology"),
        ssh=ssh,
        heketi=_heketi(site),
        heketi_json=site.path("heketi_json"),
        bricks=bricks,
        kubernetes=_kubernetes(site),
        poll_seconds=site.number("poll_seconds", DEFAULT_POLL_SECONDS, 1, 3600, whole=False),
        read_only=site.flag("read_only"),
    )
    return replace(made, warnings=tuple(one for one in notes.problems[before:] if one.severity == "warning"))


def _check_sources(site: Fields, value: Value) -> None:
    """A site has storage nodes, a Kubernetes cluster, a heketi, or several of them; its nodes stand in one place."""
    named = [key for key in ("nodes", "topology") if site.get(key) is not None]
    if len(named) == 2:
        site.notes.error(value, f'{site.where} needs either "nodes" or "topology"; it has both')
    elif not named and not any(site.get(key) is not None for key in ("kubeconfig", "context", "heketi")):
        site.notes.error(
            value, f'{site.where} has nothing to look at; give it "nodes", "topology", "kubeconfig" or "heketi"'
        )


def _reach(site: Fields) -> tuple[SshSettings, BrickSettings]:
    """heketi.json first; what the site says itself stands above it."""
    ssh, bricks = SshSettings(), BrickSettings()
    path = site.path("heketi_json")
    if path:
        try:
            found = read_heketi_json(path, site.notes)
        except OSError as error:
            at = site.value.members["heketi_json"].value
            site.notes.error(at, f"{path} can't be read: {error.strerror or error}")
            found = None
        if found:
            ssh, bricks = found.ssh, found.bricks
    section = site.fields("ssh")
    return (_ssh(section, ssh) if section else ssh), bricks


def _ssh(section: Fields, base: SshSettings) -> SshSettings:
    section.check_keys(SSH_KEYS)
    keys = tuple(section.absolute(path) for path in section.texts("key"))
    for key in keys:
        if not key.endswith(".pub"):
            section.warn_secret("key", key, "the private key")
    jump = section.texts("jump")
    for spec in jump:
        try:
            jump_address(spec, NodeAddress("jump"))
        except ValueError as error:
            section.notes.error(section.value.members["jump"].value, f'"jump" in "ssh": {error}')
    config = section.text("ssh_config")
    return replace(
        base,
        user=section.text("user", base.user),
        port=int(section.number("port", base.port, 1, 65535, whole=True)),
        keys=keys or base.keys,
        sudo=section.flag("sudo", base.sudo),
        jump=jump,
        known_hosts=section.path("known_hosts"),
        ssh_config=config if config == "none" else section.absolute(config),
    )


def _kubernetes(site: Fields) -> KubeSettings | None:
    """The cluster of the claims; with a context alone it is in the kubeconfig that kubectl uses."""
    kubeconfig, context = site.path("kubeconfig"), site.text("context")
    if kubeconfig:
        site.warn_secret("kubeconfig", kubeconfig, "the kubeconfig")
    return KubeSettings(kubeconfig, context, site.text("namespace")) if kubeconfig or context else None


def _heketi(site: Fields) -> HeketiSettings | None:
    section = site.fields("heketi")
    if section is None:
        return None
    section.check_keys(HEKETI_KEYS)
    url, storage_class = section.text("url"), section.text("storage_class")
    if url and storage_class:
        section.notes.error(section.value, '"heketi" needs either "url" or "storage_class"; it has both')
    if not storage_class and not re.match(r"https?://[^/\s]", url):
        at = section.get("url") or section.value
        section.notes.error(at, '"url" in "heketi" must start with http:// or https://, like "http://heketi:8080"')
    key_file = section.path("key_file")
    if key_file:
        section.warn_secret("key_file", key_file, "the file with heketi's key")
    return HeketiSettings(
        url,
        section.text("user", "admin"),
        key_file,
        section.path("ca"),
        section.flag("manage", default=True),
        storage_class,
    )


def _nodes(site: Fields) -> tuple[TopologyNode, ...]:
    value = site.get("nodes")
    if value is None or not is_kind(value, site.notes, "list", f'"nodes" in {site.where}'):
        return ()
    if not value.items:
        site.notes.error(value, f'"nodes" in {site.where} is empty; name at least one node')
    nodes = tuple(node for item in value.items if (node := _node(item, site)))
    seen: set[str] = set()
    for item, node in zip(value.items, nodes, strict=False):
        if node.manage in seen:
            site.notes.error(item, f'"{node.manage}" stands twice in "nodes" in {site.where}')
        seen.add(node.manage)
    return nodes


def _node(item: Value, site: Fields) -> TopologyNode | None:
    """A node: its name, or an object where more is to be said."""
    if item.kind == "text":
        _check_host(item, site.notes)
        return TopologyNode(manage=str(item.content), storage=str(item.content), line=item.line)
    if item.kind != "object":
        site.notes.error(item, f"a node is a hostname, an IP address, or an object with manage, not {describe(item)}")
        return None
    node = Fields(item, site.notes, '"nodes"', site.base)
    node.check_keys(NODE_KEYS)
    if node.get("manage") is None:
        site.notes.error(item, '"manage" is missing: the name or IP address that SSH goes to')
    for key in ("manage", "storage"):
        if (name := node.get(key)) and name.kind == "text":
            _check_host(name, site.notes)
    manage = node.text("manage")
    return TopologyNode(
        manage=manage,
        storage=node.text("storage", manage),
        zone=int(node.number("zone", 1, 1, 2**31 - 1, whole=True)),
        devices=_devices(node),
        line=item.line,
    )


def _check_host(value: Value, notes: Notes) -> None:
    if reason := why_no_hostname(str(value.content)):
        notes.error(value, reason)


def _devices(node: Fields) -> tuple[TopologyDevice, ...]:
    value = node.get("devices")
    if value is None or not is_kind(value, node.notes, "list", '"devices"'):
        return ()
    return tuple(device for item in value.items if (device := _device(item, node)))


def _device(item: Value, node: Fields) -> TopologyDevice | None:
    if item.kind == "object":
        device = Fields(item, node.notes, '"devices"', node.base)
        device.check_keys(DEVICE_KEYS)
        path, destroy, at = device.text("name"), device.flag("destroydata"), device.get("name") or item
    elif is_kind(item, node.notes, "text", "a device", "write its path"):
        path, destroy, at = str(item.content), False, item
    else:
        return None
    if reason := why_no_device(path):
        node.notes.error(at, reason)
    return TopologyDevice(path, destroy, line=item.line)
