"""The Secret with heketi's key: the key is typed where nobody sees it, or read from a file."""

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING, Final

from screens.wizard_form import WizardDialog
from screens.yaml_view import Draft
from tui.core.finding import Fix
from tui.core.kube import Key
from tui.core.kube_tables import KubeTables
from tui.core.plan import Refused
from tui.dialects.kube_write import gluster_secret
from tui.plans.kube_wizard import is_label, is_name
from tui.widgets.form import Field

if TYPE_CHECKING:
    from tui.site import Site

IN_ITS_PLACE: Final = "THE-KEY-IN-BASE64"
MOST: Final = 4096
"""So many characters of a file are read as a key."""


class SecretWizard(WizardDialog):
    """`key` is the Secret that is meant, as a StorageClass names it."""

    heading = "heketi's key into a Secret"

    def __init__(self, site: "Site", tables: KubeTables, key: Key | None = None) -> None:
        super().__init__(site, tables)
        self._key = key or ("default", "heketi-secret")

    def intro(self) -> str:
        """Where the key is, and where it is not."""
        return "The key is kept in memory while brickyard runs; no screen, file, journal or log of it shows the key."

    def fields(self) -> list[Field]:
        """Where, and the key."""
        return [
            Field("namespace", "namespace", value=self._key[0],
                  validate=lambda value: "" if is_label(value.strip()) else "that is no namespace"),
            Field("name", "name", value=self._key[1],
                  validate=lambda value: "" if is_name(value.strip()) else "that is no name"),
            Field("key", "key", password=True, required=False, hint="of heketi's user admin"),
            Field("file", "or a file with it", required=False, hint="its last line break is cut off"),
        ]  # fmt: skip

    def problems(self, values: dict[str, str]) -> list[str]:
        """One of the two ways."""
        if not values["key"].strip() and not values["file"].strip():
            return ["type the key, or name a file that it is read from"]
        return ["take one: the key, or the file"] if values["key"].strip() and values["file"].strip() else []

    async def draft(self, values: dict[str, str]) -> Draft:
        """The Secret, with a word in place of the key."""
        namespace, name = values["namespace"].strip(), values["name"].strip()
        key = values["key"] or await asyncio.to_thread(read_key, values["file"].strip())
        place = self.site.vault.put(key)
        fix = Fix("create-secret", (("namespace", namespace), ("name", name), ("key", place)))
        notes = ["The key is not shown: the plan puts it in right before it is sent."]
        there = self.tables.secrets.get((namespace, name))
        if there is not None:
            notes.append(f"Secret {namespace}/{name} is there (type {there.type}): the plan says what becomes of it.")
        return Draft(
            f"Secret {namespace}/{name}", (gluster_secret(namespace, name, IN_ITS_PLACE),),
            lambda: self.site.fix_plan(fix), self.site.rehearse, notes=tuple(notes),
            comment=f"Put heketi's key, in base64, in the place of {IN_ITS_PLACE}: brickyard writes it into no file.",
        )  # fmt: skip


def read_key(typed: str) -> str:
    """The key in a file; ~ is the home folder. Raises OSError, and Refused for what is no key."""
    path = Path(typed).expanduser()
    try:
        with path.open(encoding="utf-8") as file:
            key = file.read(MOST + 1).rstrip("\r\n")
    except UnicodeDecodeError:
        key = ""
    if not key.strip() or len(key) > MOST:
        raise Refused(f"{path} holds no key: one line of text is expected.")
    return key
