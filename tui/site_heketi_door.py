"""The way to the heketi of a site: its address, its user, and the key, which may have to be asked for."""

import asyncio
import os
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from tui.config_types import HeketiSettings
from tui.core.asker import Asker
from tui.core.heketi_settings import KEY, from_environment
from tui.core.plan import Command, Result
from tui.core.runner import HEKETI, OnOutput
from tui.core.vault import Vault
from tui.remote.errors import Denied

if TYPE_CHECKING:
    from tui.remote.heketi import HeketiClient
    from tui.remote.heketi_runner import HeketiRunner
    from tui.remote.kube import KubeClient


class HeketiDoor:
    """Opens at the first use, and is a `tui.core.runner.Runner` for the target "heketi".

    With a StorageClass, address, user and key are those of its provisioner, from the cluster that `kube` asks. Else
    the key is that of the file, else that of the environment where it is for the same server, else the one that the
    admin types; none is asked for where heketi wants none. It goes into the vault too, so that no answer can show it.
    """

    def __init__(
        self,
        settings: HeketiSettings,
        asker: Asker,
        vault: Vault,
        environ: Mapping[str, str] | None = None,
        kube: "Callable[[], KubeClient | None]" = lambda: None,
    ) -> None:
        self.settings, self._kube = settings, kube
        self._asker, self._vault = asker, vault
        self._environ = os.environ if environ is None else environ
        self._runner: HeketiRunner | None = None
        self._opening = asyncio.Lock()
        self._refused: Denied | None = None
        self._was_typed = False

    async def client(self) -> "HeketiClient":
        """The client. Raises Denied where there is no key, RemoteError where none is known and heketi is away."""
        return (await self._open()).client

    async def run(
        self, node: str, commands: Sequence[Command], *, stop: bool = True, on_output: OnOutput | None = None
    ) -> list[Result]:
        """Carry requests out. Raises RemoteError, Denied where there is no key."""
        return await (await self._open()).run(node, commands, stop=stop, on_output=on_output)

    async def ask_again(self) -> None:
        """Whoever typed no key, or a wrong one, is asked once more at the next use; so is who needed none before."""
        self._refused = None
        if self._was_typed and self._runner is not None:
            await self._runner.client.close()
            self._runner = None

    async def close(self) -> None:
        """End connections."""
        if self._runner is not None:
            await self._runner.client.close()

    async def _open(self) -> "HeketiRunner":
        async with self._opening:
            if self._refused is not None:
                raise self._refused
            if self._runner is None:
                from tui.remote.heketi import HeketiClient
                from tui.remote.heketi_runner import HeketiRunner

                known = self.settings
                url, user, key = await self._of_class() if known.storage_class else (known.url, known.user, "")
                key = key if known.storage_class else await self._key()
                if key:
                    self._vault.put(key)
                self._runner = HeketiRunner(HeketiClient(url, user if key else "", key, known.ca))
            return self._runner

    async def _key(self) -> str:
        known = self.settings
        if known.key_file:
            return await asyncio.to_thread(_read, known.key_file)
        return self._from_environment() or await self._asked()

    async def _wants_key(self) -> bool:
        """Whether heketi asks who we are: one that runs with --disable-auth does not. Raises RemoteError."""
        from tui.remote.heketi import HeketiClient

        async with HeketiClient(self.settings.url, "", "", self.settings.ca) as stranger:
            try:
                return (await stranger.ask("GET", "/clusters")).status != 200
            except Denied:
                return True

    async def _of_class(self) -> tuple[str, str, str]:
        """Address, user and key of the StorageClass."""
        from tui.sync.heketi_login import login_of_class

        client = self._kube()
        if client is None:
            raise Denied(
                HEKETI,
                f"heketi is that of StorageClass {self.settings.storage_class}, and the site has no Kubernetes",
                "name a kubeconfig",
            )
        login = await login_of_class(client, self.settings.storage_class)
        return login.url, login.user, login.key

    def _from_environment(self) -> str:
        there = from_environment(self._environ)
        if there is not None and there.url.rstrip("/") != self.settings.url.rstrip("/"):
            return ""
        return self._environ.get(KEY, "")

    async def _asked(self) -> str:
        if not await self._wants_key():
            self._was_typed = True
            return ""
        key = await self._asker.secret(f"The key of heketi's user {self.settings.user} at {self.settings.url}")
        if key is None:
            self._refused = Denied(
                HEKETI,
                f"no key of user {self.settings.user} was given",
                f"name a file with it (key_file, --heketi-key-file), or set {KEY}",
            )
            raise self._refused
        self._was_typed = True
        return key


def _read(path: str) -> str:
    """The key in a file. Raises Denied."""
    try:
        key = Path(path).read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        why = getattr(error, "strerror", None) or str(error)
        raise Denied(HEKETI, f"the file with heketi's key, {path}, can't be read: {why}", "name another file") from None
    if not key:
        raise Denied(HEKETI, f"the file with heketi's key, {path}, is empty", "write the key into it")
    return key
