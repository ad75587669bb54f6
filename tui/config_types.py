"""What the configuration file becomes: sites, and how their nodes are reached."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from tui.core.address import NodeAddress
from tui.core.document import Problem, nearest
from tui.core.kube_settings import KubeSettings
from tui.core.topology import TopologyNode
from tui.core.topology_file import parse_topology

DEFAULT_POLL_SECONDS = 15.0


class ConfigError(ValueError):
    """The configuration can't be used. `problems` are all that is wrong with it, each with file, line and column."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__("\n".join(str(problem) for problem in problems))
        self.problems = tuple(problems)


@dataclass(frozen=True, slots=True)
class SshSettings:
    """How one logs in to the nodes of a site. What is empty or 0 comes from the ssh config of this machine.

    `keys` and `known_hosts` are absolute paths, `jump` are jump hosts "user@host:port" in order.
    """

    user: str = ""
    port: int = 0
    keys: tuple[str, ...] = ()
    sudo: bool = False
    jump: tuple[str, ...] = ()
    known_hosts: str = ""
    ssh_config: str = ""


@dataclass(frozen=True, slots=True)
class HeketiSettings:
    """The heketi server beside us. `key_file` holds the secret of `user`, `ca` the certificate of its CA.

    Instead of all that a `storage_class` may be named, whose provisioner knows the way. With `manage`, what heketi
    can change is changed through it; else over SSH, and heketi is only looked at.
    """

    url: str
    user: str = "admin"
    key_file: str = ""
    ca: str = ""
    manage: bool = True
    storage_class: str = ""

    @property
    def name(self) -> str:
        """What to call it: its address, or the class that names it."""
        return self.url or f"StorageClass {self.storage_class}"


@dataclass(frozen=True, slots=True)
class BrickSettings:
    """What a heketi.json says about bricks: sizes in bytes (0: heketi's default), and where mounts are recorded."""

    fstab: str = "/etc/fstab"
    min_size: int = 0
    max_size: int = 0


@dataclass(frozen=True, slots=True)
class SiteConfig:
    """One site. Its nodes stand in `nodes`, or in the file `topology`; paths are absolute.

    With `kubernetes` the site has a Kubernetes cluster too, or alone. `poll_seconds` is the time between two
    looks at a node. `warnings` are those of the file that are about this site.
    """

    name: str
    nodes: tuple[TopologyNode, ...] = ()
    topology: str = ""
    ssh: SshSettings = field(default_factory=SshSettings)
    heketi: HeketiSettings | None = None
    heketi_json: str = ""
    bricks: BrickSettings = field(default_factory=BrickSettings)
    kubernetes: KubeSettings | None = None
    poll_seconds: float = DEFAULT_POLL_SECONDS
    read_only: bool = False
    warnings: tuple[Problem, ...] = field(default=(), compare=False)

    def declared_nodes(self) -> tuple[TopologyNode, ...]:
        """The nodes that the site names; reads its topology file. Raises ConfigError where it can't be used."""
        if not self.topology:
            return self.nodes
        try:
            text = Path(self.topology).read_bytes()
        except OSError as error:
            reason = f"the topology file of site '{self.name}' can't be read: {error.strerror or error}"
            raise ConfigError([Problem(self.topology, 1, 1, "error", reason)]) from error
        reading = parse_topology(text, self.topology)
        if reading.topology is None:
            raise ConfigError([problem for problem in reading.problems if problem.severity == "error"])
        return reading.topology.nodes

    def address(self, node: str) -> NodeAddress:
        """How the node with this `manage` name is reached over SSH."""
        ssh = self.ssh
        return NodeAddress(
            name=node,
            host=node,
            port=ssh.port,
            user=ssh.user,
            key_files=ssh.keys,
            sudo=ssh.sudo,
            jump=ssh.jump,
            known_hosts=ssh.known_hosts,
            ssh_config=ssh.ssh_config,
        )


@dataclass(frozen=True, slots=True)
class Config:
    """The whole file. `missing` means that there is none; `warnings` are problems that don't stop anything."""

    path: Path
    sites: tuple[SiteConfig, ...] = ()
    default_site: str = ""
    read_only: bool = False
    missing: bool = False
    warnings: tuple[Problem, ...] = ()

    def site(self, name: str = "") -> SiteConfig:
        """The site of this name, else the default one, else the only one. Raises ConfigError."""
        wanted = name or self.default_site
        names = [site.name for site in self.sites]
        if not wanted and len(names) == 1:
            wanted = names[0]
        for site in self.sites:
            if site.name == wanted:
                return replace(site, read_only=site.read_only or self.read_only)
        raise ConfigError([Problem(str(self.path), 1, 1, "error", self._why_no_site(wanted, names))])

    def warnings_for(self, site: SiteConfig) -> tuple[Problem, ...]:
        """The warnings that concern who works on this site: not those about other sites alone."""
        others = {problem for other in self.sites if other.name != site.name for problem in other.warnings}
        return tuple(problem for problem in self.warnings if problem in site.warnings or problem not in others)

    def _why_no_site(self, wanted: str, names: Sequence[str]) -> str:
        if self.missing:
            return "there is no such file; start brickyard without a command to have it made"
        listed = ", ".join(names) or "none"
        if not wanted:
            return f"several sites are configured; name one with --site, or as default_site: {listed}"
        near = nearest(wanted, names)
        hint = f"; did you mean '{near}'?" if near else "."
        return f"there is no site '{wanted}'{hint} Configured: {listed}"
