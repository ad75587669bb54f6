"""Runs every bench beside it. Exits 1 when a figure is over its wish."""

import sys
from importlib import import_module
from pathlib import Path

from tests.bench import Figure, show


def run_all(names: list[str]) -> int:
    """Run the named benches ("table"), all when none is named; `main()` returns figures or prints its own."""
    every = sorted(path.stem for path in Path(__file__).parent.glob("bench_*.py"))
    over = 0
    for name in [f"bench_{name}" for name in names] or every:
        module = import_module(f"tests.bench.{name}")
        figures: list[Figure] | None = module.main()
        if figures is not None:
            show((module.__doc__ or name).strip().splitlines()[0], figures)
            over += sum(not figure.is_good for figure in figures)
    if over:
        print(f"\n{over} figures are over what is wanted.")
    return int(over > 0)


if __name__ == "__main__":
    sys.exit(run_all(sys.argv[1:]))
