"""A repair that has to ask something first: which volume, which class, which key."""

from dataclasses import replace

from tui.core.finding import Fix
from tui.core.plan import Refused


class Needs(Refused):
    """The repair needs one more value, `name` of its `Fix`; `choices` are what it may be, empty for anything.

    `secret`: it is not to be seen while it is typed, and has to go into the vault of the site; its placeholder is the
    value then. Who can't ask shows it as any other refusal.
    """

    def __init__(self, name: str, sentence: str, choices: tuple[str, ...] = (), *, secret: bool = False) -> None:
        details = (f"{name} is one of: {', '.join(choices)}",) if choices else (f"say it with {name}=...",)
        super().__init__(sentence, details)
        self.name, self.choices, self.secret = name, choices, secret


def answered(fix: Fix, name: str, value: str) -> Fix:
    """The repair with one more value, or another one."""
    return replace(fix, values=(*(pair for pair in fix.values if pair[0] != name), (name, value)))
