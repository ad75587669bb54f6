"""What the first paint imports."""

import subprocess
import sys

PROGRAM = """
import sys
from screens import house
import tui.app
house()
slow = {"asyncssh", "aiohttp", "kubernetes_asyncio", "tui.demo", "tui.remote.ssh"}
print(",".join(slow & set(sys.modules)))
"""


def test_the_first_paint_imports_no_transport() -> None:
    answer = subprocess.run([sys.executable, "-c", PROGRAM], capture_output=True, text=True, check=True)
    assert answer.stdout.strip() == ""
