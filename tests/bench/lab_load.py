"""Wall time on three real nodes, by hand and by brickyard: python -m tests.bench.lab_load [ROUNDS].

By hand: heketi's commands as plain serial scripts, one a node, all nodes at once, over ssh. Both
work on clean nodes: 3 nodes x 4 devices, then one volume of 1 GiB with three copies.
"""

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from statistics import median
from time import monotonic

from tests.bench import Figure, show
from tests.bench import lab_scripts as scripts
from tests.lab.nodes import Lab, LabError, running_lab

Times = dict[str, list[float]]


def by_hand(lab: Lab, times: Times) -> None:
    """The scripts of an admin. The pool is joined as part of the load, as heketi does it."""
    everywhere = [node.number for node in lab.nodes]
    hosts = tuple(node.storage for node in lab.nodes)
    probes = "set -e\n" + "\n".join(f"gluster --mode=script --timeout=600 peer probe {host}" for host in hosts[1:])
    with timed(times, "by hand: devices alone"), timed(times, "by hand: load"):
        _run(lab, scripts.load(lab.disks), everywhere)
    with timed(times, "by hand: peer probes"):
        _run(lab, probes, [1])
    times["by hand: load"][-1] += times["by hand: peer probes"][-1]
    _until_joined(lab)
    with timed(times, "by hand: create"):
        _run(lab, scripts.brick(), everywhere)
        _run(lab, scripts.create(hosts), [1])
    with timed(times, "by hand: delete"):
        _run(lab, scripts.delete(), [1])
        _run(lab, scripts.unbrick(), everywhere)
    with timed(times, "by hand: take back"):
        _run(lab, scripts.unload(lab.disks), everywhere)


def by_brickyard(lab: Lab, times: Times, folder: Path) -> None:
    """The same through the command line, a new process for each, as an admin would type it."""
    config = lab.write_site(folder)
    topology = lab.write_topology(folder / "topology.json")
    run = partial(_brickyard, times, folder, config)
    run("load", "topology", "load", str(topology))
    run("load again (nothing to do)", "topology", "load", str(topology))
    run("create", "volume", "create", "v1", "--size", "1GiB", "--gid", "2001")
    run("delete", "volume", "delete", "v1")


@contextmanager
def timed(times: Times, name: str) -> Iterator[None]:
    """Note the wall seconds of a block."""
    began = monotonic()
    yield
    times.setdefault(name, []).append(monotonic() - began)


def _run(lab: Lab, script: str, nodes: list[int]) -> None:
    """One script on these nodes at once. Raises LabError."""
    with ThreadPoolExecutor(len(nodes)) as pool:
        list(pool.map(lambda node: lab.must(node, script), nodes))


def _until_joined(lab: Lab) -> None:
    """A new member is no good for a volume before all others know it; not part of the time."""
    done = f"until [ $(gluster pool list | grep -c Connected) = {len(lab.nodes)} ]; do sleep 0.2; done; sleep 1"
    _run(lab, done, [node.number for node in lab.nodes])


def _brickyard(times: Times, folder: Path, config: Path, name: str, *words: str) -> None:
    """Run the command line with a state folder of its own. Raises LabError.

    Noted are the whole command (start, logins and reading the nodes included) and its plan alone,
    which is what an admin waits for in the app, where all that is done already.
    """
    argv = [sys.executable, "-m", "tui", *words, "--yes", "-o", "json", "--config", str(config), "--site", "lab"]
    environment = {**os.environ, "XDG_STATE_HOME": str(folder / "state"), "XDG_DATA_HOME": str(folder / "data")}
    with timed(times, f"brickyard: {name}, as a command"):
        done = subprocess.run(argv, env=environment, capture_output=True, text=True, timeout=600, check=False)
    if done.returncode:
        raise LabError(f"brickyard {' '.join(words)}: exit code {done.returncode}\n{done.stdout}{done.stderr}")
    times.setdefault(f"brickyard: {name}", []).append(json.loads(done.stdout)["seconds"])


def measure(lab: Lab, rounds: int) -> Times:
    """Seconds of every stage, one a round, in turns so that both meet the same machine."""
    times: Times = {}
    ways: list[Callable[[Path], None]] = [
        lambda folder: by_hand(lab, times),
        lambda folder: by_brickyard(lab, times, folder),
    ]
    for _ in range(rounds):
        for way in ways:
            lab.wipe()
            with tempfile.TemporaryDirectory() as folder:
                try:
                    way(Path(folder))
                except LabError as error:
                    print(error, file=sys.stderr)
    lab.wipe()
    return times


def main(rounds: int = 1) -> list[Figure]:
    """The medians; brickyard is not to be slower than an admin by hand."""
    with running_lab() as lab:
        times = measure(lab, rounds)
    middle = {name: median(values) for name, values in times.items()}
    for way in ("by hand", "brickyard"):
        if {f"{way}: create", f"{way}: delete"} <= middle.keys():
            middle[f"{way}: create and delete"] = middle[f"{way}: create"] + middle[f"{way}: delete"]
    return [Figure(name, value, _limit(name, middle), "s") for name, value in middle.items()]


def _limit(name: str, middle: dict[str, float]) -> float | None:
    """A load is to be as fast as the scripts, a volume made and deleted within 1.1 times of them."""
    if name not in ("brickyard: load", "brickyard: create and delete"):
        return None
    by_hand = middle.get(name.replace("brickyard", "by hand"))
    return by_hand if by_hand is None or "load" in name else by_hand * 1.1


if __name__ == "__main__":
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 1
    show(f"Three real nodes, median of {rounds}", main(rounds))
