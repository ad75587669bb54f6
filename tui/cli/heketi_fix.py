"""`fix R..`: the repair of what `heketi drift` found."""

import argparse

from tui.cli import codes
from tui.cli.change import tell_unreached
from tui.cli.kube_fix import fix_finding
from tui.core.plan import Refused
from tui.site import Site


async def fix_drift(args: argparse.Namespace, site: Site) -> int:
    """Run a remedy of a difference between heketi and the nodes. Raises Refused."""
    await site.open(watch=False)
    await site.heketi_client()
    await site.refresh()
    if site.kube is not None:
        await site.look_at_claims()
    facts = site.store.heketi
    if facts is None or not facts.is_live:
        tell_unreached(site)
        return codes.UNREACHED
    code, name = args.code.upper(), args.object
    found = [finding for finding in site.heketi_findings() if finding.code == code]
    for finding in found:
        about = finding.about
        names = {finding.subject} | ({about.name, str(about)} if about is not None else set())
        if name in names or any(len(name) >= 6 and one.startswith(name) for one in names):
            return await fix_finding(args, site, finding)
    others = ", ".join(sorted({finding.about.name if finding.about else finding.subject for finding in found})[:5])
    raise Refused(f"{code} was not found for {name}", (f"it was found for: {others or 'nothing'}",))
