"""`heketi prepare`: what a heketi server needs before it is started - a key on the nodes, and its heketi.json."""

import argparse
import secrets
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Final

from tui.cli import codes, topology
from tui.cli.asker import TerminalAsker
from tui.cli.change import WrongInput, run_plan
from tui.cli.output import note, show_data
from tui.cli.review import plan_data
from tui.core.asker import Asker
from tui.core.finding import Severity
from tui.core.model import Freshness
from tui.core.plan import Command, Plan, Refused, Skipped
from tui.core.topology import TopologyNode
from tui.dialects.heketi_json import HeketiWish, lint_heketi_json, write_heketi_json
from tui.plans.heketi_prepare import plan_install_key
from tui.remote.errors import RemoteError
from tui.site import Site
from tui.site_load import SiteLoad

_INSTALL: Final = "Put heketi's key onto the nodes"


async def prepare(args: argparse.Namespace, site: Site, asker: Asker | None = None) -> int:
    """All of it; what is done already is left as it is. Raises Refused, WrongInput, RemoteError."""
    wanted = topology.read_topology(args, site)
    await site.open(watch=False)
    if site.read_only and not args.dry_run:
        raise Refused("the site is read-only")
    site.declare(wanted.nodes)
    await site.refresh([node.manage for node in wanted.nodes])
    # the nodes themselves are looked at, whether there is a heketi yet or not
    proposal = await SiteLoad.propose_load(site, wanted)
    faults = [one for one in proposal.findings if one.severity is not Severity.INFO]
    for finding in faults:
        topology.tell(finding)
    public = _key(args)
    user = args.login or _ours(site, wanted.nodes[0].manage)
    errors = _heketi_json(args, site, user)
    if not public:
        text = f"the key pair {args.pair} is not there yet: without --dry-run it is made, and put onto the nodes"
        note(text)
        _tell_no_plan(args, Plan(_INSTALL, (), warnings=(text,)))
        return codes.FAILED if errors else codes.DONE
    code = await _install(args, site, wanted.nodes, user, public, asker or TerminalAsker())
    if code == codes.DONE and not args.dry_run:
        note("next: put the key and heketi.json where heketi runs, start it, and load the topology through it:\n"
            f"  brickyard --heketi http://HOST:8080 topology load {args.file}")  # fmt: skip
    broken = errors or any(one.severity is Severity.ERROR for one in faults)
    return codes.FAILED if broken and code == codes.DONE else code


def _key(args: argparse.Namespace) -> str:
    """The public key; "" where it would have to be made in a dry run."""
    from tui.remote.make_key import make_key

    path = args.pair.expanduser()
    if args.dry_run and not path.exists():
        return ""
    try:
        made = make_key(path)
    except (OSError, ValueError) as error:
        raise WrongInput(str(error)) from None
    note(f"key pair {path}: {'made' if made.is_new else 'there already'}, {made.fingerprint}")
    return made.public


def _ours(site: Site, node: str) -> str:
    """The user that we log in as, by the site's settings and the ssh config. Raises RemoteError."""
    from tui.remote.resolve import resolve

    return resolve(site.config.address(node)).user


def _heketi_json(args: argparse.Namespace, site: Site, user: str) -> int:
    """Write the file, or look through the one that is there; the number of its errors."""
    from tui.remote.make_key import write_private

    path: Path = args.write.expanduser()
    if path.exists():
        problems = lint_heketi_json(path.read_bytes(), str(path))
        for problem in problems:
            note(str(problem))
        note(f"{path}: there already, it stays as it is")
        return sum(problem.severity == "error" for problem in problems)
    if args.dry_run:
        note(f"{path}: would be written")
        return 0
    wish = HeketiWish(
        str(args.pair.expanduser()), secrets.token_urlsafe(24), secrets.token_urlsafe(24), user=user,
        ssh_port=site.config.ssh.port or 22, sudo=user != "root",
    )  # fmt: skip
    try:
        write_private(path, write_heketi_json(wish), replace=False)
    except OSError as error:
        raise WrongInput(f"{path}: {error.strerror or error}") from None
    note(f"{path}: written, with new keys for the users admin and user; nobody else may read it")
    return 0


async def _install(
    args: argparse.Namespace, site: Site, nodes: Sequence[TopologyNode], user: str, public: str, asker: Asker
) -> int:
    """The key onto the nodes: over the logins we have, by password where a node refuses them."""
    own = user == _ours(site, nodes[0].manage)
    home = args.home or ("/root" if user == "root" else f"/home/{user}")
    sources = {node.manage: site.store.storage.nodes[node.manage].source for node in nodes}
    reached = [name for name, source in sources.items() if source.freshness is Freshness.LIVE]
    refused = [name for name, source in sources.items() if source.freshness is Freshness.DENIED]
    away = [name for name in sources if name not in (*reached, *refused)]
    code = codes.DONE
    if reached:
        plan = plan_install_key(dict.fromkeys(reached, home), public, user=user, own=own)
        code = await run_plan(args, site, plan)
    else:
        left_out = tuple(Skipped(name, sources[name].reason, is_fault=True) for name in sources)
        _tell_no_plan(args, Plan(_INSTALL, (), left_out))
    for name in away:
        note(f"{name}: {sources[name].reason}: its key is not added")
    if args.dry_run or code != codes.DONE:
        for name in refused:
            note(f"{name}: no key logs in: the password will be asked for, once")
        return code
    done = [await _by_password(site, name, user, public, asker) for name in refused]
    added = [name for name, good in zip(refused, done, strict=True) if good]
    works = [await _logs_in(site, name, user, args.pair.expanduser(), asker) for name in (*reached, *added)]
    return codes.DONE if all(done) and all(works) and not away else codes.FAILED


def _tell_no_plan(args: argparse.Namespace, plan: Plan) -> None:
    """For programs, where there is nothing to run; people read it on standard error."""
    if args.output != "table":
        show_data(plan_data(plan), args.output)


async def _by_password(site: Site, node: str, user: str, public: str, asker: Asker) -> bool:
    from tui.remote.install_key import install_key

    try:
        is_new = await install_key(replace(site.config.address(node), user=user), public, asker)
    except RemoteError as error:
        note(f"{node}: {error.reason}")
        note(f"    what to do: {error.remedy}" if error.remedy else "")
        return False
    note(f"{node}: the key is {'added' if is_new else 'there already'}")
    return True


async def _logs_in(site: Site, node: str, user: str, key: Path, asker: Asker) -> bool:
    """Whether heketi's own login works, with its key and nothing else."""
    from tui.remote.ssh import SshPool

    pool = SshPool(asker)
    address = replace(site.config.address(node), user=user, key_files=(str(key),), only_keys=True, sudo=user != "root")
    pool.add(address)
    try:
        [result] = await pool.run(node, [Command(("true",), sudo=True)])
    except RemoteError as error:
        note(f"{node}: heketi's key does not log in: {error.reason}")
        return False
    finally:
        await pool.close()
    if result.code != 0:
        note(f"{node}: {user} may not become root without a password: {result.stderr.strip()}")
    return result.code == 0
