"""What shall the new StorageClass be? All that heketi's provisioner understands, with its rules."""

from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from screens.wizard_form import WizardDialog, first, words, yes
from screens.words import one_line
from screens.yaml_view import Draft
from tui.core.kube import StorageClass
from tui.core.kube_tables import KubeTables
from tui.dialects.kube_write import GLUSTERFS
from tui.plans.kube_wizard import RECLAIM_WORDS, StorageClassRequest
from tui.widgets.form import Field, Validate

if TYPE_CHECKING:
    from tui.site import Site

# field of the request: name of the parameter, what is meant
_PARAMETERS: Final = {
    "user": ("restuser", "admin"),
    "secret_namespace": ("secretNamespace", "namespace of the Secret"),
    "secret_name": ("secretName", "has the key; K makes it"),
    "cluster": ("clusterid", "empty: any of heketi's"),
    "volume_type": ("volumetype", "or disperse:4:2, none"),
    "gid_min": ("gidMin", "2000 or more"),
    "gid_max": ("gidMax", "not below gidMin"),
    "volume_options": ("volumeoptions", "of gluster, by commas"),
    "name_prefix": ("volumenameprefix", "without '_'"),
    "snap_factor": ("snapfactor", "1 to 100, for snapshots"),
    "endpoint_prefix": ("customepnameprefix", "names of Endpoints"),
}
_READ: Final = ("resturl", "restauthenabled", "restuserkey", *(name.lower() for name, _ in _PARAMETERS.values()))
_VALID: Final = StorageClassRequest("x", url="http://h:1", user_key="x")


def _check(field: str) -> Validate:
    """What the provisioner has against one value, all others being well."""

    def problems(value: str) -> list[str]:
        change: dict[str, Any] = {field: value}
        return replace(_VALID, **change).problems()

    return first(problems)


class ClassWizard(WizardDialog):
    """`like` is the class whose values stand in the form; under its own name it is made anew with others.

    `name` is what a class is to be called that is missing.
    """

    heading = "StorageClass"

    def __init__(self, site: "Site", tables: KubeTables, like: StorageClass | None = None, name: str = "") -> None:
        super().__init__(site, tables)
        self._like, self._called = like, name
        self.heading = f"A StorageClass like {one_line(like.name)}" if like else "Create a StorageClass"

    def intro(self) -> str:
        """What a name does that is there."""
        if self._like is None:
            return (
                "Empty fields are left out. Another provisioner gets none of heketi's parameters, only those in 'more'."
            )
        return "With its name it is deleted and made anew, since a class can't be changed; with another name it stays."

    def fields(self) -> list[Field]:
        """All parameters."""
        like = (
            asked_like(self._like)
            if self._like
            else StorageClassRequest(self._called, user="admin", volume_type="replicate:3")
        )
        values: dict[str, Any] = {name: getattr(like, name) for name in like.__dataclass_fields__}
        named = [
            Field(
                key, label, value=values[key], hint=hint, required=False,
                validate=None if key.startswith("secret") else _check(key),
            )
            for key, (label, hint) in _PARAMETERS.items()
        ]  # fmt: skip
        policies = tuple(word for word in RECLAIM_WORDS if word != "Recycle")
        return [
            Field("name", "name", value=values["name"], validate=_check("name")),
            Field("provisioner", "provisioner", value=values["provisioner"]),
            Field("url", "resturl", value=values["url"], hint="http://HOST:PORT", required=False,
                  validate=_check("url")),
            Field("auth", "restauthenabled", kind="yesno", value=yes(like.auth), hint="heketi asks for a key"),
            *named,
            Field("reclaim", "reclaim policy", kind="choice", value=like.reclaim, options=policies,
                  hint="when its claim is deleted"),
            Field("binding", "binding", kind="choice", value=like.binding,
                  options=("Immediate", "WaitForFirstConsumer")),
            Field("expansion", "claims may grow", kind="yesno", value=yes(like.expansion)),
            Field("default", "default class", kind="yesno", value=yes(like.default), hint="for claims that name none"),
            Field("mount_options", "mount options", value=", ".join(like.mount_options), hint="by commas",
                  required=False),
            Field("more", "more parameters", value=", ".join(f"{k}={v}" for k, v in like.more.items()),
                  hint="NAME=VALUE, by commas", required=False, validate=_more_problem),
        ]  # fmt: skip

    def problems(self, values: dict[str, str]) -> list[str]:
        """What the provisioner would refuse later."""
        return asked_of(values).problems()

    async def draft(self, values: dict[str, str]) -> Draft:
        """The class."""
        asked = asked_of(values)
        return Draft(
            f"StorageClass {asked.name}", (asked.manifest(),), lambda: self.site.class_plan(asked),
            self.site.rehearse, notes=tuple(self._notes(asked)),
        )  # fmt: skip

    def _notes(self, asked: StorageClassRequest) -> list[str]:
        found = [f"Reclaim policy {asked.reclaim}: {RECLAIM_WORDS[asked.reclaim]}."]
        if ("", asked.name) in self.tables.classes:
            found.append(f"StorageClass {asked.name} is there: it is deleted and made anew with these values.")
        others = [one.name for one in self.tables.default_classes() if one.name != asked.name]
        if asked.default and others:
            found.append(f"{', '.join(others)} is the default already: only one class should be.")
        return found


def asked_like(one: StorageClass) -> StorageClassRequest:
    """A class that is there as it would be asked for. A key in clear text is not taken over."""
    read = {key: one.parameter(label) or "" for key, (label, _) in _PARAMETERS.items()}
    is_gluster = one.provisioner == GLUSTERFS
    more = {key: value for key, value in one.parameters.items() if not is_gluster or key.lower() not in _READ}
    return StorageClassRequest(
        one.name, one.provisioner, one.parameter("resturl") or "",
        auth=(one.parameter("restauthenabled") or "true").lower() != "false", reclaim=one.reclaim_policy,
        binding=one.binding_mode, expansion=one.expands, default=one.is_default, mount_options=one.mount_options,
        more=more, **read,
    )  # fmt: skip


def asked_of(values: dict[str, str]) -> StorageClassRequest:
    """The answers of the form."""
    names = ("name", "provisioner", "url", "reclaim", "binding", *_PARAMETERS)
    typed: dict[str, Any] = {key: values[key].strip() for key in names}
    flags: dict[str, Any] = {key: values[key] == "yes" for key in ("auth", "expansion", "default")}
    more = dict(pair.partition("=")[::2] for pair in words(values["more"]))
    options = words(values["mount_options"])
    return StorageClassRequest(**typed, **flags, mount_options=options, more=more)


def _more_problem(value: str) -> str:
    wrong = next((pair for pair in words(value) if not pair.partition("=")[2]), "")
    if "restuserkey" in value.lower():
        return "everybody could read the key: name a Secret"
    return f"'{wrong}' is not NAME=VALUE" if wrong else ""
