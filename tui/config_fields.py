"""Reading typed fields from an object of the configuration; whatever is wrong is noted with its place."""

import os
import stat
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

from tui.core.document import Member, Value, describe, nearest, shown
from tui.core.topology_fields import Notes, is_kind


@dataclass(frozen=True, slots=True)
class Fields:
    """One object of the file. `where` names it in messages, `base` is the folder that paths are relative to."""

    value: Value
    notes: Notes
    where: str
    base: Path

    def check_keys(self, known: Collection[str]) -> None:
        """An unknown key is an error: a misspelt `read_only` must not be passed over."""
        for key, member in self.value.members.items():
            if key not in known:
                near = nearest(key, known)
                hint = f'did you mean "{near}"? ' if near else ""
                allowed = ", ".join(sorted(known))
                self.notes.error(member, f'unknown key "{shown(key)}" in {self.where}; {hint}Allowed: {allowed}')

    def get(self, key: str) -> Value | None:
        """The value under a key; null is as if it was not there."""
        member = self.value.members.get(key)
        return None if member is None or member.value.kind == "null" else member.value

    def text(self, key: str, default: str = "") -> str:
        """A text that is not empty."""
        value = self.get(key)
        if value is None or not is_kind(value, self.notes, "text", f'"{key}" in {self.where}'):
            return default
        if not str(value.content).strip():
            self.notes.error(value, f'"{key}" in {self.where} is empty; leave the key out, or give it a value')
        return str(value.content)

    def texts(self, key: str) -> tuple[str, ...]:
        """One text, or a list of texts."""
        value = self.get(key)
        if value is None:
            return ()
        items = value.items if value.kind == "list" else (value,)
        what = f'each entry of "{key}" in {self.where}' if value.kind == "list" else f'"{key}" in {self.where}'
        return tuple(str(item.content) for item in items if is_kind(item, self.notes, "text", what))

    def flag(self, key: str, default: bool = False) -> bool:
        """true or false."""
        value = self.get(key)
        if value is None or not is_kind(value, self.notes, "boolean", f'"{key}" in {self.where}'):
            return default
        return bool(value.content)

    def number(
        self, key: str, default: float, least: float, most: float, *, whole: bool, digits: bool = False
    ) -> float:
        """A number from `least` to `most`; with `digits` also as a text of digits, as heketi has ports."""
        value = self.get(key)
        if value is None:
            return default
        content: object = value.content
        if digits and isinstance(content, str) and content.isdecimal():
            content = int(content)
        fits = isinstance(content, int if whole else (int, float)) and not isinstance(content, bool)
        if fits and isinstance(content, (int, float)) and least <= content <= most:
            return content
        kind = "a whole number" if whole else "a number"
        self.notes.error(
            value, f'"{key}" in {self.where} must be {kind} from {least:g} to {most:g}, not {describe(value)}'
        )
        return default

    def path(self, key: str) -> str:
        """An absolute path; relative ones count from the folder of the file, ~ is the home folder."""
        return self.absolute(self.text(key))

    def absolute(self, path: str) -> str:
        """The same path, absolute; "" stays empty."""
        return os.path.normpath(self.base / Path(path).expanduser()) if path else ""

    def fields(self, key: str) -> "Fields | None":
        """The object under a key."""
        value = self.get(key)
        if value is None or not is_kind(value, self.notes, "object", f'"{key}" in {self.where}'):
            return None
        return Fields(value, self.notes, f'"{key}"', self.base)

    def warn_secret(self, key: str, path: str, what: str) -> None:
        """Warn where a file that holds a secret is missing, or others may read it."""
        at: Value | Member = self.value.members[key].value if key in self.value.members else self.value
        try:
            mode = Path(path).stat().st_mode
        except OSError as error:
            self.notes.warn(at, f"{what} {path} can't be read: {error.strerror or error}")
            return
        if stat.S_ISREG(mode) and mode & 0o077:
            self.notes.warn(at, f"{what} {path} is open to other users (mode {mode & 0o777:04o}): chmod 600 {path}")
