"""The pages behind the codes of findings: what one sees, why it is so, what to do. Text as in `checks/pages/C1.md`."""

from functools import cache
from importlib.resources import files
from typing import Final

_FOLDER: Final = "checks/pages"


def page(code: str) -> str:
    """The page of a code ("C1", in any case). Raises KeyError when there is none."""
    if code.upper() not in codes():
        raise KeyError(code)
    return files("tui").joinpath(_FOLDER, f"{code.upper()}.md").read_text(encoding="utf-8")


def title(code: str) -> str:
    """What a code means in a few words: "The class does not exist". Raises KeyError when there is no page."""
    return page(code).splitlines()[0].partition(": ")[2]


@cache
def codes() -> tuple[str, ...]:
    """All codes that have a page, by letter and number."""
    names = [item.name.removesuffix(".md") for item in files("tui").joinpath(_FOLDER).iterdir()]
    return tuple(sorted((name for name in names if name[1:].isdigit()), key=lambda name: (name[0], int(name[1:]))))
