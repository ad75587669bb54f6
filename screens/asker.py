"""Asks the admin what the transport wants to know, one question at a time."""

import asyncio
from typing import Any, TypeVar

from textual.app import App
from textual.screen import Screen

from screens.host_key import HostKeyDialog
from screens.passphrase import PassphraseDialog, SecretDialog
from tui.core.asker import HostKeyQuestion

T = TypeVar("T")


class ScreenAsker:
    """An `Asker` that shows dialogs. Several nodes may ask at once: the questions queue up."""

    def __init__(self, app: App[Any]) -> None:
        self._app = app
        self._one_at_a_time = asyncio.Lock()

    async def host_key(self, question: HostKeyQuestion) -> bool:
        """Whether to trust this key from now on."""
        trusted = await self._ask(HostKeyDialog(question))
        return trusted is True

    async def passphrase(self, path: str) -> str | None:
        """The passphrase of a key file; None: the admin does not give it."""
        return await self._ask(PassphraseDialog(path))

    async def secret(self, what: str) -> str | None:
        """A key or password; None: the admin does not give it."""
        return await self._ask(SecretDialog(what))

    async def _ask(self, screen: Screen[T]) -> T | None:
        async with self._one_at_a_time:
            answer: asyncio.Future[T | None] = asyncio.get_running_loop().create_future()

            def answered(value: T | None) -> None:
                if not answer.done():
                    answer.set_result(value)

            self._app.call_later(self._app.push_screen, screen, answered)
            try:
                return await answer
            finally:
                if not answer.done() or answer.cancelled():
                    self._app.call_later(_take_away, screen)


def _take_away(screen: Screen[Any]) -> None:
    """Nobody waits for the answer any more."""
    if screen.is_active:
        screen.dismiss()
