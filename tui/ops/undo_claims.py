"""Claims that an undo takes away are looked at as they are now, before its plan is shown."""

import json

from tui.core.plan import Command, Plan, Result, Step
from tui.core.runner import KUBERNETES, Runner
from tui.dialects import kube_request as api
from tui.dialects.kube_failures import explain_request
from tui.dialects.kube_request import CLAIM, VOLUME, Raw
from tui.dialects.kube_write import typed
from tui.plans.undo_claims import ClaimNow, claims_that_go, judged, path_of_claim
from tui.remote.errors import RemoteError


async def with_claims(plan: Plan, runner: Runner | None) -> Plan:
    """The plan with what it means for the data of claims. Raises Refused where a volume would go with its claim.

    What can't be read, or not without a runner, is taken for the worst: see `tui.plans.undo_claims.judged`.
    """
    going = claims_that_go(plan)
    if runner is None:
        return judged(plan, {step.id: ClaimNow(unread="no Kubernetes cluster is configured") for step in going})
    return judged(plan, {step.id: await _look(step, runner) for step in going})


async def _look(step: Step, runner: Runner) -> ClaimNow:
    try:
        result = await _get(runner, api.read(path_of_claim(step), 200, 404))
        if step.done is not None and not result.truncated and step.done.passes(result):
            return ClaimNow()
        claim = _object(CLAIM, result)
        if claim is None:
            return ClaimNow(unread=_why(result))
        name = str((claim.get("spec") or {}).get("volumeName") or "")
        if not name:
            return ClaimNow(claim)
        result = await _get(runner, api.read(api.object_path(VOLUME, "", name), 200, 404))
        if result.code == 404:
            return ClaimNow(claim)
        volume = _object(VOLUME, result)
        return ClaimNow(claim, volume, "" if volume is not None else _why(result))
    except RemoteError as error:
        return ClaimNow(unread=error.reason)


async def _get(runner: Runner, command: Command) -> Result:
    return (await runner.run(KUBERNETES, [command], stop=False))[0]


def _object(kind: str, result: Result) -> Raw | None:
    if result.code != 200 or result.truncated:
        return None
    try:
        raw = json.loads(result.stdout)
    except ValueError:
        return None
    return typed(kind, raw) if isinstance(raw, dict) and isinstance(raw.get("metadata"), dict) else None


def _why(result: Result) -> str:
    if result.code == 200:
        return "the answer of the API server can't be read"
    return explain_request(result).reason
