"""Which site a command works on: one of the configuration, or what the command line names."""

import argparse
from dataclasses import replace
from pathlib import Path

from tui.cli.choose_heketi import heketi_of, site_of_variables
from tui.cli.heketi_parser import OFFLINE_ACTIONS
from tui.cli.kube_parser import KUBE_COMMANDS, KUBE_KINDS
from tui.cli.output import note
from tui.config import Config, ConfigError, SiteConfig, SshSettings, load_config
from tui.core.address import NodeAddress, jump_address
from tui.core.document import Problem
from tui.core.kube_settings import KubeSettings
from tui.core.topology import TopologyNode


def choose_site(args: argparse.Namespace) -> SiteConfig | None:
    """The site to work on; None where nothing is configured and none is named.

    A topology that is loaded or checked brings its own nodes and needs no configuration, and claims are looked
    at in the cluster that kubectl would use. A kubeconfig or a heketi that is named stands alone. Raises ConfigError.
    """
    site: SiteConfig | None
    if args.node:
        site = _named(args.node)
    elif args.command == "heketi" and args.action in OFFLINE_ACTIONS and not getattr(args, "nodes", False):
        return SiteConfig("heketi")
    elif args.heketi and not args.site and args.config is None:
        site = SiteConfig("heketi")
    elif args.kubeconfig and not args.site and args.config is None:
        site = SiteConfig("kubernetes")
    else:
        config = load_config(args.config)
        site = _configured(config, args)
        if site is None:
            return None
        for warning in config.warnings_for(site):
            note(str(warning))
    return _with_options(site, args)


def _configured(config: Config, args: argparse.Namespace) -> SiteConfig | None:
    if config.missing and args.config is not None:
        raise ConfigError([Problem(str(config.path), 1, 1, "error", "there is no such file")])
    if not config.missing:
        return config.site(args.site or "")
    over_kube = args.command in KUBE_COMMANDS or getattr(args, "kind", "") in KUBE_KINDS
    over_heketi = None if args.direct or over_kube else site_of_variables()
    if over_heketi is not None:
        return over_heketi
    command = (args.command, getattr(args, "action", ""))
    if args.command == "topology" or command in (("clean", "topology"), ("heketi", "prepare")):
        return SiteConfig(Path(args.file).stem)
    if args.command is None and not args.site:
        return None
    if over_kube:
        return SiteConfig("kubernetes", kubernetes=KubeSettings())
    text = "no site is configured: name a node (--node root@HOST), or start brickyard without a command to make a site"
    raise ConfigError([Problem(str(config.path), 1, 1, "error", text)])


def _named(specs: list[str]) -> SiteConfig:
    """A site made of the nodes on the command line. They share one user and port."""
    try:
        places = [jump_address(spec, NodeAddress(spec)) for spec in specs]
    except ValueError:
        wrong = ", ".join(specs)
        raise ConfigError(
            [Problem("--node", 0, 0, "error", f"write [USER@]HOST[:PORT], with a port up to 65535, not {wrong}")]
        ) from None
    if len({(place.user, place.port) for place in places}) > 1:
        text = "all nodes must have the same user and port; make a configuration for nodes that differ"
        raise ConfigError([Problem("--node", 0, 0, "error", text)])
    first = places[0]
    nodes = tuple(TopologyNode(place.host, place.host) for place in places)
    return SiteConfig(first.host, nodes, ssh=SshSettings(user=first.user, port=first.port))


def _with_options(site: SiteConfig, args: argparse.Namespace) -> SiteConfig:
    ssh = site.ssh
    if args.key:
        ssh = replace(ssh, keys=(str(args.key.expanduser().absolute()),))
    if args.known_hosts:
        ssh = replace(ssh, known_hosts=str(args.known_hosts.expanduser().absolute()))
    return replace(
        site,
        ssh=ssh,
        kubernetes=_kubernetes(site.kubernetes, args),
        heketi=heketi_of(site.heketi, args),
        read_only=site.read_only or bool(args.read_only),
    )


def _kubernetes(known: KubeSettings | None, args: argparse.Namespace) -> KubeSettings | None:
    """What the command line says of the cluster stands above the configuration."""
    if not (args.kubeconfig or args.context or args.namespace):
        return known
    settings = known or KubeSettings()
    if args.kubeconfig:
        settings = KubeSettings(str(args.kubeconfig.expanduser().absolute()))
    return replace(settings, context=args.context or settings.context, namespace=args.namespace or settings.namespace)
