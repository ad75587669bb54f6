"""What is imported until the first paint, and by commands that paint nothing."""

import os
import pty
import subprocess
import sys
from pathlib import Path

TRANSPORT = {"asyncssh", "aiohttp", "kubernetes_asyncio", "cryptography", "tui.remote.ssh", "tui.demo"}
DRAWING = {"textual", "rich"}
CONFIG = "sites: {lab: {nodes: [127.0.0.1], poll_seconds: 60}}\n"

# the real composition, stopped where the app would begin to work: right after its first paint
PAINT = """
import sys
from tui import __main__
from tui.app import BrickyardApp

def begin(app):
    found = "\\n".join("".join(segment.text for segment in strip) for strip in app.screen._compositor.render_strips())
    assert "Topology" in found, found
    app.exit()

BrickyardApp._begin = begin
run = BrickyardApp.run
BrickyardApp.run = lambda app: run(app, headless=True, size=(120, 40))
code = __main__.main(["--config", sys.argv[1]])
with open(sys.argv[2], "w") as told:
    print(code, *sorted(sys.modules), file=told)
"""
HELP = """
import sys
from tui import __main__
try:
    __main__.main(["--help"])
except SystemExit as end:
    print(end.code, *sorted(sys.modules))
"""
GET = """
import sys
from tui import __main__
code = __main__.main(["--config", sys.argv[1], "get", "nodes"])
print(code, *sorted(sys.modules))
"""


def run(program: str, *words: str, told: Path | None = None) -> tuple[str, set[str]]:
    """The exit code that a program tells in its last line, and the modules it has imported by then.

    It has a terminal, but for its standard output; for that too where it tells them in a file.
    """
    ours, theirs = pty.openpty()
    try:
        done = subprocess.run([sys.executable, "-c", program, *words, *([str(told)] if told else [])], stdin=theirs,
                              stdout=theirs if told else subprocess.PIPE, stderr=theirs, text=True)  # fmt: skip
        os.write(theirs, b"-")
        said = os.read(ours, 65536).decode()
    finally:
        os.close(theirs)
        os.close(ours)
    assert done.returncode == 0, said
    code, *modules = (told.read_text() if told else done.stdout).splitlines()[-1].split()
    return code, set(modules)


def test_until_the_first_paint_nothing_can_talk_to_anybody(tmp_path: Path) -> None:
    config = tmp_path / "config.yaml"
    config.write_text(CONFIG)
    code, modules = run(PAINT, str(config), told=tmp_path / "told")
    assert code == "0"
    assert {"textual", "screens.dashboard"} <= modules
    assert not TRANSPORT & modules


def test_help_needs_no_textual() -> None:
    code, modules = run(HELP)
    assert code == "0"
    assert not (TRANSPORT | DRAWING) & modules


def test_get_needs_no_textual(tmp_path: Path) -> None:
    config = tmp_path / "config.yaml"
    # nobody listens there, so that it comes to an end; until then it took all that `get` takes
    config.write_text(CONFIG.replace("poll_seconds: 60", "ssh: {port: 1, known_hosts: /dev/null}"))
    code, modules = run(GET, str(config))
    assert code != "0"
    assert "asyncssh" in modules
    assert not DRAWING & modules
