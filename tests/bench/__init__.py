"""Programs that print figures: `python -m tests.bench`. A bench is a module `bench_*.py` with `main()`."""

from collections.abc import Callable
from dataclasses import dataclass
from time import process_time


@dataclass(frozen=True, slots=True)
class Figure:
    """One thing that was measured, and the most it should be (None: no wish)."""

    name: str
    value: float
    wanted: float | None = None
    unit: str = "ms"

    @property
    def is_good(self) -> bool:
        return self.wanted is None or self.value <= self.wanted


def cpu_ms(work: Callable[[], object]) -> float:
    """Milliseconds of CPU that a call takes in this process."""
    started = process_time()
    work()
    return (process_time() - started) * 1000


def show(title: str, figures: list[Figure]) -> None:
    """Print figures as a table; "!" marks what is over its wish."""
    print(f"\n{title}")
    for figure in figures:
        wish = "" if figure.wanted is None else f"<= {figure.wanted:g} {figure.unit}"
        print(f"{' ' if figure.is_good else '!'} {figure.name:<44}{figure.value:>10.1f} {figure.unit:<6}{wish}")
