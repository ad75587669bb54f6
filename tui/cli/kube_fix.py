"""`fix CODE OBJECT`: what a repair needs to know is asked for, its plan tried on the API server, shown and run."""

import argparse
from dataclasses import replace
from pathlib import Path

from tui.cli import codes
from tui.cli.asker import ask, ask_secret
from tui.cli.change import WrongInput, run_plan
from tui.cli.kube_rows import is_runnable
from tui.cli.output import note
from tui.core.finding import Finding, Fix, Remedy
from tui.core.plan import Plan, Refused
from tui.dialects.failures import explain, succeeded
from tui.plans.kube_asks import Needs, answered
from tui.site import Site


async def fix_finding(args: argparse.Namespace, site: Site, finding: Finding) -> int:
    """Run a remedy of a finding; the answer is the exit code. Raises WrongInput, Refused."""
    remedy = _remedy(args, finding)
    if remedy.plan is not None and args.set:
        raise WrongInput(f"the repair of {finding.code} has no value that --set could change")
    plan = remedy.plan or await _plan(args, site, remedy.fix or Fix(""))
    if args.dry_run and not await _rehearse(site, plan):
        await run_plan(args, site, plan)
        return codes.FAILED
    return await run_plan(args, site, plan)


def _remedy(args: argparse.Namespace, finding: Finding) -> Remedy:
    runnable = [remedy for remedy in finding.remedies if is_runnable(remedy)]
    if not runnable:
        by_hand = tuple(f"by hand: {remedy.title}" for remedy in finding.remedies)
        raise Refused(f"{finding.code} of {finding.subject} can't be repaired from here", by_hand)
    number = args.remedy or 1
    if not 1 <= number <= len(runnable):
        raise WrongInput(f"--remedy goes from 1 to {len(runnable)} for {finding.code}")
    if len(runnable) > 1 and not args.remedy:
        for place, remedy in enumerate(runnable, 1):
            note(f"remedy {place}{' (taken)' * (place == 1)}: {remedy.title}")
    return runnable[number - 1]


async def _plan(args: argparse.Namespace, site: Site, fix: Fix) -> Plan:
    fix, heard = _overheard(_with_values(args, site, fix))
    while True:
        try:
            plan = await site.fix_plan(fix)
            _check_heard(args, fix, heard)
            return plan
        except Needs as missing:
            if value := await _asked(site, missing):
                fix = answered(fix, missing.name, value)
                continue
            more = "--key-file FILE" if missing.secret else f"--set {missing.name}=VALUE"
            choices = (f"possible: {', '.join(missing.choices)}",) if missing.choices else ()
            raise Refused(f"{missing.sentence} Give it with {more}.", choices) from None


def _overheard(fix: Fix) -> tuple[Fix, set[str]]:
    """The same repair, and the names of its values that were asked for so far."""
    heard: set[str] = set()

    class Overheard(Fix):
        def given(self, name: str) -> str | None:
            heard.add(name)
            return Fix.given(self, name)

    return Overheard(fix.name, fix.values), heard


def _check_heard(args: argparse.Namespace, fix: Fix, heard: set[str]) -> None:
    """Raise WrongInput for a value that did nothing: most likely its name is mistyped."""
    given = [pair.partition("=")[0] for pair in args.set]
    for name in given:
        if name not in heard and not (name.startswith("param.") and fix.name == "recreate-class"):
            known = ", ".join(sorted(heard - {"key"}))
            raise WrongInput(f"--set {name}=... would do nothing in this repair; it looks at {known or 'no value'}")


def _with_values(args: argparse.Namespace, site: Site, fix: Fix) -> Fix:
    for pair in args.set:
        name, sign, value = pair.partition("=")
        if not sign or not name:
            raise WrongInput(f"--set takes NAME=VALUE, not '{pair}'")
        if name == "key":
            raise WrongInput("a key on the command line is seen by everybody on this machine: use --key-file FILE")
        fix = answered(fix, name, value)
    if args.key_file is None:
        return fix
    try:
        value = Path(args.key_file).expanduser().read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise WrongInput(f"{args.key_file}: {getattr(error, 'strerror', None) or error}") from None
    if not value:
        raise WrongInput(f"{args.key_file} is empty")
    return answered(fix, "key", site.vault.put(value))


async def _asked(site: Site, missing: Needs) -> str:
    """The answer of the admin; "" where nobody is there or nothing is said."""
    if missing.secret:
        typed = await ask_secret(f"{missing.sentence} Type it (it is not shown): ")
        return site.vault.put(typed) if typed else ""
    if missing.choices:
        note(f"possible: {', '.join(missing.choices)}")
    return (await ask(f"{missing.sentence} {missing.name}: ")).strip()


async def _rehearse(site: Site, plan: Plan) -> bool:
    """Say what the API server thinks of each request; whether it would take all of them."""
    well = True
    for step, result in await site.rehearse(plan):
        if succeeded(result):
            note(f"tried on the API server, nothing changed: {step.title}: it would be done")
            continue
        well = False
        why = explain(replace(result, command=step.commands[0]))
        note(f"tried on the API server, nothing changed: {step.title}: refused: {why.reason}")
        if why.remedy:
            note(f"    what to do: {why.remedy}")
    return well
