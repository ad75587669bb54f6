"""Composition root: the only file that sees the engine and the screens."""

import argparse
import asyncio
import contextlib
import importlib
import logging
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final

from tui import terminal
from tui.cli import codes
from tui.cli.choose import choose_site
from tui.cli.output import note
from tui.cli.parser import make_parser
from tui.config import ConfigError, SiteConfig, SshSettings, config_path, load_config, write_first_config
from tui.core.asker import Asker

if TYPE_CHECKING:
    from tui.app import FirstRun, MakeSite, SiteDraft
    from tui.site import Site

_LOG_FORMAT: Final = "%(asctime)s %(levelname)s %(name)s: %(message)s"


def main(argv: Sequence[str] | None = None) -> int:
    """Run `brickyard`; returns the exit code."""
    args = make_parser().parse_args(argv)
    try:
        return _main(args)
    except KeyboardInterrupt:
        note("cancelled")
        return codes.CANCELLED


def _main(args: argparse.Namespace) -> int:
    try:
        _log_to(args.log)
        if args.command == "demo":
            return _screen(args, _demo_site, None)
        if args.command == "explain" and args.what != "claim":
            from tui.cli.kube_explain import explain_code

            return explain_code(args.what, args.output)
        site = choose_site(args)
    except ConfigError as error:
        note(str(error))
        return codes.USAGE
    except OSError as error:
        note(f"{error.filename}: {error.strerror}")
        return codes.USAGE
    if args.command is None:
        return _screen(args, _site_maker(site) if site else None, _first_run(args.config))
    assert site is not None, "a command without a site ends in choose_site"
    from tui.cli.main import run

    return run(args, site)


def _screen(args: argparse.Namespace, make_site: "MakeSite | None", first_run: "FirstRun | None") -> int:
    if not (sys.stdin.isatty() and sys.stdout.isatty() and sys.stderr.isatty()):
        note("the screen needs a terminal; without one use a command, such as: brickyard get nodes (see --help)")
        return codes.USAGE
    from screens import house
    from tui.app import BrickyardApp

    terminal.give_size()
    app = BrickyardApp(house(), make_site, first_run=first_run, topology=args.load)
    app.run()
    if app.return_code == terminal.HUNG_UP:
        terminal.forget()
    return app.return_code or codes.DONE


def _site_maker(config: SiteConfig) -> "MakeSite":
    async def make(asker: Asker) -> "Site":
        # it takes a third of a second, and keys come meanwhile
        await asyncio.to_thread(importlib.import_module, "tui.site")
        from tui.site import Site

        return Site(config, asker, read_only=config.read_only)

    return make


async def _demo_site(asker: Asker) -> "Site":
    """A site of simulated nodes, with Kubernetes and heketi, that live as long as the site is open."""
    await asyncio.to_thread(importlib.import_module, "tui.demo.whole_scene")
    from tui.demo.whole_scene import whole_scene
    from tui.site import Site

    demo = await whole_scene()
    # what breaks off in a demo is of no interest to the next one, whose nodes are new
    site = Site(load_config(demo.site.config_path).site(), asker, journal=demo.site.folder / "journal.db")
    site.on_close(demo.close)
    return site


def _first_run(path: Path | None) -> "FirstRun":
    from tui.app import FirstRun

    def save(draft: "SiteDraft") -> "MakeSite":
        site = _drafted(draft)
        # what can't be opened must not be written: nobody is asked again
        site.declared_nodes()
        if site.kubernetes is not None:
            Path(site.kubernetes.kubeconfig).read_bytes()
        write_first_config(config_path(path), site)
        return _site_maker(load_config(path).site(site.name))

    return FirstRun(save, _demo_site, str(config_path(path)))


def _drafted(draft: "SiteDraft") -> SiteConfig:
    from tui.core.kube_settings import KubeSettings
    from tui.core.topology import TopologyNode

    kube = KubeSettings(str(Path(draft.kubeconfig).expanduser().absolute())) if draft.kubeconfig else None
    if kube is not None and not draft.nodes and not draft.topology:
        return SiteConfig(draft.name, kubernetes=kube)
    keys = (str(Path(draft.key).expanduser()),) if draft.key else ()
    topology = str(Path(draft.topology).expanduser().absolute()) if draft.topology else ""
    nodes = tuple(TopologyNode(node, node) for node in draft.nodes)
    ssh = SshSettings(user=draft.user, keys=keys, sudo=draft.user not in ("", "root"))
    return SiteConfig(draft.name, nodes, topology=topology, ssh=ssh, kubernetes=kube)


def _log_to(path: Path | None) -> None:
    """Write everything from DEBUG on to a file that only its owner can read."""
    if path is None:
        logging.getLogger().addHandler(logging.NullHandler())
        return
    with contextlib.closing(os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600))):
        pass
    logging.basicConfig(filename=path, level=logging.DEBUG, format=_LOG_FORMAT)


if __name__ == "__main__":
    sys.exit(main())
