"""Questions to the admin on a terminal; without one, the answer is no and the error says what to do."""

import asyncio
import contextlib
import sys
import termios
from collections.abc import Iterator

from tui.cli.output import note
from tui.core.asker import HostKeyQuestion


class TerminalAsker:
    """Asks on the terminal, one question at a time."""

    def __init__(self) -> None:
        self._turn = asyncio.Lock()

    async def host_key(self, question: HostKeyQuestion) -> bool:
        """Whether the admin trusts this key; no without a terminal, where the refusal shows the fingerprint."""
        if not sys.stdin.isatty():
            return False
        async with self._turn:
            place = f"{question.host} port {question.port}"
            place = place if question.host == question.node else f"{question.node} ({place})"
            note(f"The host key of {place} is not known.")
            note(f"  {question.algorithm}  {question.fingerprint}")
            return await confirm("Trust it from now on?")

    async def passphrase(self, path: str) -> str | None:
        """The passphrase of a key file; None if the admin gives none."""
        if not sys.stdin.isatty():
            return None
        async with self._turn:
            return await ask_secret(f"Passphrase of {path}: ") or None

    async def secret(self, what: str) -> str | None:
        """A key or password; None if the admin gives none."""
        if not sys.stdin.isatty():
            return None
        async with self._turn:
            return await ask_secret(f"{what}: ") or None


async def confirm(question: str) -> bool:
    """Ask a yes-or-no question on the terminal; no without one, and at its end."""
    return (await ask(f"{question} [y/N] ")).strip().lower() in ("y", "yes")


async def confirm_name(name: str) -> bool:
    """Ask for a name to be typed before destruction."""
    return (await ask(f"Type '{name}' to go on: ")).strip() == name


async def ask_secret(prompt: str) -> str:
    """One line that is not shown while it is typed; "" without a terminal."""
    if not sys.stdin.isatty():
        return ""
    with _no_echo():
        answer = await ask(prompt)
    note("")
    return answer


async def ask(prompt: str) -> str:
    """One line from the terminal, "" without one and at its end. Ctrl-C ends the wait at once.

    A thread that waits in `input` could not be ended: the program would hang until Enter is pressed.
    """
    if not sys.stdin.isatty():
        return ""
    note(prompt, end="")
    loop = asyncio.get_running_loop()
    typed = asyncio.Event()
    loop.add_reader(sys.stdin.fileno(), typed.set)
    try:
        await typed.wait()
    finally:
        loop.remove_reader(sys.stdin.fileno())
    return sys.stdin.readline().rstrip("\n")


@contextlib.contextmanager
def _no_echo() -> Iterator[None]:
    number = sys.stdin.fileno()
    before = termios.tcgetattr(number)
    silent = [*before]
    silent[3] &= ~termios.ECHO
    termios.tcsetattr(number, termios.TCSADRAIN, silent)
    try:
        yield
    finally:
        termios.tcsetattr(number, termios.TCSADRAIN, before)
