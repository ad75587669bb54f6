"""Which heketi a command works with: the site's, that of the command line, or that of heketi-cli's variables."""

import argparse
import os
from dataclasses import replace

from tui.cli.output import note
from tui.config import ConfigError, HeketiSettings, SiteConfig
from tui.core.document import Problem
from tui.core.heketi_settings import SERVER, from_environment


def heketi_of(known: HeketiSettings | None, args: argparse.Namespace) -> HeketiSettings | None:
    """The settings; what the command line says stands above the configuration. Raises ConfigError.

    The variable with the server counts for the command `heketi` alone, where the site names none: who manages nodes
    over SSH is not sent through a heketi by a variable.
    """
    if args.heketi:
        known = HeketiSettings(args.heketi)
    elif args.heketi_class:
        known = HeketiSettings("", storage_class=args.heketi_class)
    elif known is None and args.command == "heketi":
        known = from_variables()
    if known is None:
        return None
    if not known.storage_class and not known.url.startswith(("http://", "https://")):
        text = f'an address of heketi starts with http:// or https://, not like "{known.url}"'
        raise ConfigError([Problem("--heketi" if args.heketi else SERVER, 0, 0, "error", text)])
    if args.heketi_user:
        known = replace(known, user=args.heketi_user)
    if args.heketi_key_file:
        known = replace(known, key_file=str(args.heketi_key_file.expanduser().absolute()))
    if args.heketi_ca:
        known = replace(known, ca=str(args.heketi_ca.expanduser().absolute()))
    return replace(known, manage=known.manage and not args.direct)


def from_variables() -> HeketiSettings | None:
    """What heketi-cli would ask; the key stays where it is."""
    there = from_environment(os.environ)
    return HeketiSettings(there.url, there.user) if there is not None else None


def site_of_variables() -> SiteConfig | None:
    """A site of nothing else, where heketi-cli's variables name a server."""
    heketi = from_variables()
    if heketi is None:
        return None
    note(f"the heketi of {SERVER}: {heketi.url}")
    return SiteConfig("heketi", heketi=heketi)
