"""A shell on a node in the place of the screen; the app waits behind it, and what runs goes on."""

import asyncio
import signal
import sys
from typing import TYPE_CHECKING

from textual.app import SuspendNotSupported

from tui.app import BrickyardApp
from tui.core.plan import Refused
from tui.core.runner import API_TARGETS

if TYPE_CHECKING:
    from tui.site import Site


async def open_shell(app: BrickyardApp, site: "Site", node: str) -> None:
    """Run `ssh` to the node until the admin leaves it. The event loop goes on: connections and locks stay alive."""
    if node in API_TARGETS:
        app.notify(f"{node} is asked over HTTP: there is no node to open a shell on.", markup=False)
        return
    try:
        argv = site.shell_argv(node)
    except KeyError:
        app.notify(f"{node} is not known to this site any more.", markup=False)
        return
    except Refused as error:
        app.refused(error)
        return
    try:
        with app.batch_update(), app.suspend():
            code = await _run(argv, f"A shell on {node}; `exit` comes back to brickyard.")
    except SuspendNotSupported:
        app.notify("This terminal can't be handed over. In another one: " + " ".join(argv), markup=False)
        return
    except OSError as error:
        app.refused(Refused(f"{argv[0]} can't be started: {error.strerror}", ("is OpenSSH installed here?",)))
        return
    if code == 255:
        app.notify(f"ssh could not reach {node}, or the connection broke.", markup=False)


async def _run(argv: list[str], said: str) -> int:
    """Ctrl-C is for the shell: a handler of ours that does nothing, so that the child starts with the usual one."""
    before = signal.signal(signal.SIGINT, lambda number, frame: None)
    try:
        sys.stdout.write(said + "\n")
        sys.stdout.flush()
        process = await asyncio.create_subprocess_exec(*argv)
        return await process.wait()
    finally:
        signal.signal(signal.SIGINT, before)
