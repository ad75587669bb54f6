"""Questions to the admin on a terminal; without one, the answer is no and the error says what to do."""

import asyncio
import getpass
import sys

from tui.cli.output import note
from tui.core.asker import HostKeyQuestion


class TerminalAsker:
    """Asks on the terminal, one question at a time."""

    def __init__(self) -> None:
        self._turn = asyncio.Lock()

    async def host_key(self, question: HostKeyQuestion) -> bool:
        """Whether the admin trusts this key."""
        async with self._turn:
            note(f"The host key of {question.node} ({question.host} port {question.port}) is not known.")
            note(f"  {question.algorithm}  {question.fingerprint}")
            return await asyncio.to_thread(confirm, "Trust it from now on?")

    async def passphrase(self, path: str) -> str | None:
        """The passphrase of a key file; None if the admin gives none."""
        if not sys.stdin.isatty():
            return None
        async with self._turn:
            return await asyncio.to_thread(getpass.getpass, f"Passphrase of {path}: ") or None


def confirm(question: str) -> bool:
    """Ask a yes-or-no question on the terminal; no without one, and at its end."""
    if not sys.stdin.isatty():
        return False
    note(f"{question} [y/N] ")
    try:
        return input().strip().lower() in ("y", "yes")
    except EOFError:
        return False


def confirm_name(name: str) -> bool:
    """Ask for a name to be typed before destruction."""
    if not sys.stdin.isatty():
        return False
    note(f"Type the name '{name}' to go on: ")
    try:
        return input().strip() == name
    except EOFError:
        return False
