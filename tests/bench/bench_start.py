"""From the start of the process to the first paint: CPU, beside a Textual app that shows one line."""

import subprocess
import sys
import tempfile
from pathlib import Path
from statistics import median
from typing import Final

from tests.bench import Figure, show

TIMES: Final = 5
CONFIG: Final = "sites: {lab: {nodes: [127.0.0.1]}}\n"

BARE: Final = """
import sys, time
from textual.app import App
from textual.widgets import Static
class Hello(App):
    def compose(self): yield Static("hello")
    def on_mount(self): self.call_after_refresh(self.done)
    def done(self): self.exit(time.process_time())
print(Hello().run(headless=True, size=(160, 48)))
"""
# as tui.__main__._screen composes it; what comes after the first paint is left out
OURS: Final = """
import sys, time
from tui.__main__ import _first_run, _site_maker
from tui.cli.choose import choose_site
from tui.cli.parser import make_parser
site = choose_site(make_parser().parse_args(["--config", sys.argv[1]]))
from screens import house
from tui.app import BrickyardApp
class Painted(BrickyardApp):
    def _begin(self): self.exit(time.process_time())
print(Painted(house(), _site_maker(site)).run(headless=True, size=(160, 48)))
"""
NOTHING: Final = "import time; print(time.process_time())"
IMPORT: Final = "import time; import {}; print(time.process_time())"
PATHS: Final = {
    "textual.app": None,
    "tui.__main__, which every command imports": "tui.__main__",
    "tui.cli.main, which `get` imports": "tui.cli.main",
    "tui.site, imported after the first paint": "tui.site",
    "tui.remote.ssh, imported after the first paint": "tui.remote.ssh",
}


def main() -> list[Figure]:
    """Medians of TIMES processes each."""
    with tempfile.TemporaryDirectory() as folder:
        config = Path(folder) / "config.yaml"
        config.write_text(CONFIG)
        nothing, bare, ours = _cpu(NOTHING), _cpu(BARE), _cpu(OURS, str(config))
    figures = [
        Figure("a bare Textual app to its first paint", bare),
        Figure("brickyard to its first paint", ours),
        Figure("brickyard beyond the bare app", ours - bare, 500),
    ]
    for what, module in PATHS.items():
        figures.append(Figure(f"import {what}", _cpu(IMPORT.format(module or what)) - nothing))
    return figures


def _cpu(program: str, *words: str) -> float:
    """Milliseconds of CPU of a Python process that prints its CPU seconds."""
    return 1000 * median(_once(program, words) for _ in range(TIMES))


def _once(program: str, words: tuple[str, ...]) -> float:
    done = subprocess.run([sys.executable, "-c", program, *words], capture_output=True, text=True, check=True)
    return float(done.stdout.split()[-1])


if __name__ == "__main__":
    show(__doc__, main())
