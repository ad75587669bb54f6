"""The three ways to change an object of Kubernetes, as steps that know when they are done and how they are taken back.

Objects are dictionaries as the API gave them, with `kind` and `apiVersion`. What is needed to have the old state
back is in the step itself, so that the journal keeps it.
"""

import re
from collections.abc import Mapping, Sequence
from typing import Any, Final

from tui.core.json_fields import ABSENT, at, pointer
from tui.core.plan import Check, Command, Danger, Plan, Step
from tui.core.runner import KUBERNETES
from tui.core.vault import names_secret
from tui.dialects import kube_request as api
from tui.dialects.kube_request import Raw
from tui.dialects.kube_write import LAST_APPLIED, MARK, Manifest, bare, marked

GONE_SECONDS: Final = 60.0
BOUND_SECONDS: Final = 60.0

__all__ = ["ABSENT", "create", "delete", "name_of", "one_step", "patch", "uid_of", "unused"]


def undo_warning(*raws: Raw) -> tuple[str, ...]:
    """What is to be said where the way back holds a secret: that is never written down."""
    if any(names_secret(api.dumps(raw)) for raw in raws):
        return ("There is a key in what is replaced. It is kept in memory only: undo works until brickyard ends.",)
    return ()


def name_of(raw: Raw) -> str:
    """ "PersistentVolumeClaim default/db": an object as plans name it."""
    meta = raw["metadata"]
    namespace = meta.get("namespace", "")
    return f"{raw['kind']} {namespace}/{meta['name']}" if namespace else f"{raw['kind']} {meta['name']}"


def uid_of(raw: Raw) -> str:
    """The uid of this life of an object."""
    return str(raw["metadata"]["uid"])


def one_step(title: str, step: Step, **more: Any) -> Plan:
    """A plan of one step."""
    return Plan(title, (step,), **more)


def create(
    manifest: Raw, token: str, *, title: str = "", needs: Sequence[str] = (), guards: Sequence[Check] = (),
    settled: Check | None = None, settle_seconds: float = 0.0,
) -> Step:  # fmt: skip
    """Make an object. It is done where one with the same content is there; undo takes away only ours.

    `token` is a fresh word: it marks what this plan made.
    """
    ours = marked(manifest, token)
    path, name = api.path_of(ours), name_of(ours)
    mark = {pointer("metadata", "annotations", MARK): token}
    is_ours = api.holds(path, mark, f"{name} is another one than we made")
    # a claim that pods use would be marked for deletion for good, and its data would go with the last pod
    keep = (unused(ours),) if ours["kind"] == "PersistentVolumeClaim" else ()
    return Step(
        id=f"create {name}",
        node=KUBERNETES,
        title=title or f"create {name}",
        commands=(api.create(ours),),
        subject=name,
        needs=tuple(needs),
        done=_has_content(path, ours, mark),
        guards=(api.gone(path, f"there is a {name} already, with other content"), *guards),
        settled=settled,
        settle_seconds=settle_seconds,
        undo=_delete_and_wait(path),
        undone=api.gone_or_other(path, token, f"{name} is there"),
        undo_guards=(is_ours, *keep),
        retry=True,
    )


def unused(raw: Raw) -> Check:
    """Whether no pod that has a node names the claim."""
    meta = raw["metadata"]
    return Check(
        Command(("GET", api.list_path("Pod", meta["namespace"]) + "?fieldSelector=spec.nodeName!="), ok=(200,)),
        matches=r'"items"',
        absent=rf'"claimName"\s*:\s*"{re.escape(meta["name"])}"',
        why=f"a pod uses claim {meta['namespace']}/{meta['name']} now: end it first",
    )


def _has_content(path: str, manifest: Raw, mark: Mapping[str, Any]) -> Check:
    """Whether an object with all that the manifest says is there; secrets are never compared, so the mark decides."""
    content = {key: value for key, value in api.leaves(manifest).items() if not key.startswith("/metadata/")}
    meta = manifest["metadata"]
    notes = {key: value for key, value in (meta.get("annotations") or {}).items() if key not in (MARK, LAST_APPLIED)}
    fields = content | {pointer("metadata", "labels", key): value for key, value in (meta.get("labels") or {}).items()}
    fields |= {pointer("metadata", "annotations", key): value for key, value in notes.items()}
    if any(isinstance(value, str) and names_secret(value) for value in fields.values()):
        fields = dict(mark)
    return api.holds(path, fields | {"/metadata/deletionTimestamp": ABSENT}, f"{path} is not like that yet")


def _delete_and_wait(path: str, uid: str = "") -> tuple[Command, Command]:
    return (api.delete(path, uid), api.read(path, 404))


def delete(
    raw: Raw, *, title: str = "", needs: Sequence[str] = (), fields: Mapping[str, Any] | None = None,
    guards: Sequence[Check] = (), again: Raw | None = None, no_undo: str = "", danger: Danger = Danger.CHANGES,
) -> Step:  # fmt: skip
    """Delete this life of an object, as long as it has these `fields`. Undo makes it `again` (as it was)."""
    path, uid, name = api.path_of(raw), uid_of(raw), name_of(raw)
    still = {"/metadata/uid": uid} | dict(fields or {})
    gone = api.gone_or_other(path, uid, f"{name} is still there: it waits for what uses it")
    return Step(
        id=f"delete {name}",
        node=KUBERNETES,
        title=title or f"delete {name}",
        commands=(api.delete(path, uid),),
        subject=name,
        needs=tuple(needs),
        done=gone,
        guards=(api.holds(path, still, f"{name} is not what it was when the plan was made"), *guards),
        settled=gone,
        settle_seconds=GONE_SECONDS,
        danger=danger,
        undo=() if no_undo else (api.create(again or bare(raw)),),
        undone=None if no_undo else _is_there(path, f"{name} is not there"),
        no_undo=no_undo,
        retry=True,
    )


def _is_there(path: str, why: str) -> Check:
    return Check(api.read(path), fields=(("/metadata/deletionTimestamp", ""),), why=why)


def patch(
    raw: Raw, changes: Mapping[str, Any], *, title: str, key: str = "", needs: Sequence[str] = (),
    fields: Mapping[str, Any] | None = None, guards: Sequence[Check] = (), undo: bool = True, no_undo: str = "",
    danger: Danger = Danger.CHANGES,
) -> Step:  # fmt: skip
    """Change fields of an object, by JSON pointer, where they still have the values that they had.

    `fields` are others that must not have changed. `key` tells steps for one object apart. Undo gives the
    fields their old values back where they still have ours.
    """
    path, uid, name = api.path_of(raw), uid_of(raw), name_of(raw)
    old = {where: at(raw, where) for where in changes}
    same = {"/metadata/uid": uid}
    changed = _with(raw, changes)
    takes_back = undo and not no_undo
    since = f"{name} was changed since: what is to be as before has to be put back by hand"
    return Step(
        id=f"{key or 'change'} {name}",
        node=KUBERNETES,
        title=title,
        commands=(api.patch(path, uid, raw, changes),),
        subject=name,
        needs=tuple(needs),
        done=api.holds(path, same | dict(changes), f"{name} is not like that yet"),
        guards=(
            api.holds(path, same | old | dict(fields or {}), f"{name} is not what it was when the plan was made"),
            *guards,
        ),
        danger=danger,
        undo=(api.patch(path, uid, changed, old),) if takes_back else (),
        undone=api.holds(path, same | old, f"{name} is not as it was") if takes_back else None,
        undo_guards=(api.holds(path, same | dict(changes), since),) if takes_back else (),
        no_undo=no_undo,
        retry=True,
    )


def _with(raw: Raw, changes: Mapping[str, Any]) -> Manifest:
    """The object with the changes made; only what is on the way to them is copied.

    The server keeps no empty annotations and labels, so they are none here either.
    """
    changed: Manifest = dict(raw)
    for where, value in changes.items():
        *way, last = api.names(where)
        places = [changed]
        for part in way:
            places[-1][part] = dict(places[-1].get(part) or {})
            places.append(places[-1][part])
        places[-1].pop(last, None)
        if value is not ABSENT:
            places[-1][last] = value
        elif way and not places[-1]:
            del places[-2][way[-1]]
    return changed
