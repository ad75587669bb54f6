"""A claim that tries a StorageClass out."""

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from screens.wizard_form import WizardDialog, first, yes
from screens.yaml_view import Draft
from tui.core.kube import Key
from tui.core.kube_policy import access_words, short_modes
from tui.core.kube_tables import KubeTables
from tui.plans.kube_volume import MODES
from tui.plans.kube_wizard import ClaimRequest, size_problems
from tui.widgets.form import Field

if TYPE_CHECKING:
    from tui.site import Site

NO_CLASS: Final = "(no class: only volumes that are there)"
TRIAL: Final = ClaimRequest()


class ClaimWizard(WizardDialog):
    """`follow` is called with the key of the claim when it is being made."""

    heading = "Try a StorageClass with a claim"

    def __init__(
        self, site: "Site", tables: KubeTables, follow: Callable[[Key], object], *, name: str = "", namespace: str = ""
    ) -> None:
        super().__init__(site, tables)
        self._follow, self._class, self._namespace = follow, name, namespace

    def intro(self) -> str:
        """What comes of it."""
        return "When it is being made, its row is shown until it is bound, or says why not. D deletes it again."

    def fields(self) -> list[Field]:
        """The claim."""
        options = class_options(self.tables)
        chosen = next((label for label, name in options.items() if name == self._class), "")
        modes = tuple(f"{mode} ({short_modes([mode])})" for mode in MODES)
        return [
            Field("namespace", "namespace", value=self._namespace or TRIAL.namespace,
                  validate=first(lambda value: replace(TRIAL, namespace=value).problems())),
            Field("name", "name", value=TRIAL.name, validate=self._name_problem),
            Field("class", "StorageClass", kind="choice", value=chosen, options=tuple(options)),
            Field("size", "size", value=TRIAL.size, hint="as 20Gi",
                  validate=first(lambda value: list(size_problems(value)))),
            Field("mode", "access mode", kind="choice", value=modes[MODES.index(TRIAL.access_modes[0])], options=modes),
            Field("legacy", "class in annotation", kind="yesno", value=yes(TRIAL.legacy), hint="the way of old"),
        ]  # fmt: skip

    def _name_problem(self, value: str) -> str:
        return next(iter(replace(TRIAL, name=value.strip()).problems()), "")

    def problems(self, values: dict[str, str]) -> list[str]:
        """One of this name is not made twice."""
        asked = self._asked(values)
        key = (asked.namespace, asked.name)
        there = [f"claim {'/'.join(key)} is there already: take another name"] if key in self.tables.claims else []
        return asked.problems() + there

    def _asked(self, values: dict[str, str]) -> ClaimRequest:
        return ClaimRequest(
            values["namespace"].strip(), values["name"].strip(), values["size"].strip(),
            (values["mode"].partition(" ")[0],), class_options(self.tables).get(values["class"]),
            legacy=values["legacy"] == "yes",
        )  # fmt: skip

    async def draft(self, values: dict[str, str]) -> Draft:
        """The claim."""
        asked = self._asked(values)
        key = (asked.namespace, asked.name)
        return Draft(
            f"Claim {'/'.join(key)}", (asked.manifest(),), lambda: self.site.claim_plan(asked), self.site.rehearse,
            notes=access_words(asked.access_modes), started=lambda: self._follow(key),
        )  # fmt: skip


def class_options(tables: KubeTables) -> dict[str, str | None]:
    """What can be chosen as a class: the default first, by the words for it."""
    defaults = ", ".join(one.name for one in tables.default_classes())
    options: dict[str, str | None] = {f"(the default: {defaults or 'there is none'})": None}
    options |= {key[1]: key[1] for key in sorted(tables.classes)}
    return options | {NO_CLASS: ""}
