"""`brickyard doctor` on 50,000 claims that are all broken, as a process of its own: CPU, memory, all findings there."""

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Final

from tests.bench import Figure, show
from tests.bench.kube_cluster import cluster
from tests.sync.kube_world import write_kubeconfig

COUNT, NAMESPACES = 50_000, 5_000
FORMATS: Final = ("json", "table")


def main(count: int = COUNT) -> list[Figure]:
    """One run for each format."""
    figures = []
    with tempfile.TemporaryDirectory() as folder, cluster(count, NAMESPACES) as base:
        home = Path(folder)
        config = write_kubeconfig(home / "kubeconfig", base)
        for output in FORMATS:
            figures += _run(home, output, "--kubeconfig", config, "doctor", "-o", output)
        told = json.loads((home / "json").read_bytes())["findings"]
    figures.append(Figure("claims without a finding", count - len({str(one["object"]) for one in told}), 0, ""))
    return figures


def _run(home: Path, output: str, *words: str) -> list[Figure]:
    """CPU and the most memory of one run, whose result goes into a file of the format's name."""
    environment = {**os.environ, "HOME": str(home), "XDG_CONFIG_HOME": str(home)}
    with (home / output).open("wb") as file:
        process = subprocess.Popen([sys.executable, "-m", "tui", *words], stdout=file, env=environment)
        _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    assert process.returncode == 1, "findings end it with 1"
    spent = used.ru_utime + used.ru_stime
    return [
        Figure(f"doctor -o {output}: CPU", spent * 1000, 30_000),
        Figure(f"doctor -o {output}: most memory", used.ru_maxrss / 1024, 350, "MiB"),
        Figure(f"doctor -o {output}: what it prints", (home / output).stat().st_size / 2**20, None, "MiB"),
    ]


if __name__ == "__main__":
    show((__doc__ or "").strip(), main(*(int(word) for word in sys.argv[1:])))
