"""The Secret with heketi's key that a StorageClass of kubernetes.io/glusterfs names.

The key itself is never in here: a placeholder of `tui.core.vault` stands for it, also for the one that was there.
"""

from tui.core.json_fields import pointer
from tui.core.plan import Plan, Step
from tui.core.runner import KUBERNETES
from tui.dialects import kube_request as api
from tui.dialects.kube_request import Raw
from tui.dialects.kube_write import GLUSTERFS, MARK, gluster_secret
from tui.plans import kube_steps as steps


def plan_create_secret(namespace: str, name: str, placeholder: str, old: Raw | None, token: str) -> Plan:
    """Put a key into the Secret: make it, change it, or make it anew where its type is another.

    `placeholder` stands for the key in base64; `old` is the Secret as it is, with placeholders for its values.
    """
    manifest = gluster_secret(namespace, name, placeholder)
    if old is None:
        title = f"Create Secret {namespace}/{name} of type {GLUSTERFS}"
        return steps.one_step(title, steps.create(manifest, token))
    if old.get("type") == GLUSTERFS:
        return steps.one_step(
            f"Put a new key into Secret {namespace}/{name}", _change(old, placeholder, token),
            warnings=steps.undo_warning(old),
        )  # fmt: skip
    gone = steps.delete(old, title=f"delete the Secret of type {old.get('type', 'Opaque')}")
    made = steps.create(manifest, token, title=f"create it with type {GLUSTERFS}", needs=(gone.id,))
    warning = (
        f"Secret {namespace}/{name} has type {old.get('type', 'Opaque')}, which can't be changed: it is made anew."
    )
    return Plan(
        f"Recreate Secret {namespace}/{name} with type {GLUSTERFS}",
        (gone, made),
        warnings=(warning, *steps.undo_warning(old)),
    )


def _change(old: Raw, placeholder: str, token: str) -> Step:
    """The values are never asked for, so our mark says whether ours is there."""
    path, name = api.path_of(old), steps.name_of(old)
    uid, meta = steps.uid_of(old), old["metadata"]
    before = (meta.get("annotations") or {}).get(MARK)
    values = dict.fromkeys(old.get("data") or {})
    new = {"metadata": {"uid": uid, "annotations": {MARK: token}}, "data": values | {"key": placeholder}}
    back = {
        "metadata": {"uid": uid, "annotations": {MARK: before}},
        "data": {"key": None} | dict(old.get("data") or {}),
    }
    mark = pointer("metadata", "annotations", MARK)
    ours = api.holds(path, {"/metadata/uid": uid, mark: token}, f"{name} was changed since")
    return Step(
        id=f"key {name}",
        node=KUBERNETES,
        title="write the key, and nothing else, into it",
        commands=(api.merge(path, new),),
        subject=name,
        done=ours,
        guards=(api.holds(path, {"/metadata/uid": uid, "/type": GLUSTERFS}, f"{name} is another one by now"),),
        undo=(api.merge(path, back),),
        undone=api.holds(path, {"/metadata/uid": uid, mark: before or steps.ABSENT}, f"{name} has our key"),
        undo_guards=(ours,),
        retry=True,
    )
