"""The page behind a finding: what one sees, why it is so, what to do."""

from collections.abc import Callable, Iterable, Iterator

from textual.app import ComposeResult
from textual.containers import VerticalScroll

from screens.dialog import Dialog, plain
from screens.words import ACCENT, DIM
from screens.wrapped import Indented, WrappedText

Page = Callable[[str], str]


class ExplainDialog(Dialog[None]):
    """The pages of some codes, one after another. `page` gives the text of a code, or raises KeyError."""

    keys = (("↑↓", "scroll"), ("Esc", "back"))

    def __init__(self, codes: Iterable[str], page: Page) -> None:
        super().__init__()
        self._codes, self._page = list(dict.fromkeys(codes)), page
        self.heading = f"What {', '.join(self._codes)} means"

    def compose_body(self) -> ComposeResult:
        """The text."""
        with VerticalScroll(classes="body"):
            yield WrappedText(pages(self._codes, self._page))

    def on_mount(self) -> None:
        """It takes what room there is."""
        self.query_one(".box").add_class("-wide")
        self.query_one(VerticalScroll).focus()


def pages(codes: Iterable[str], page: Page) -> list[Indented]:
    """The pages as lines; a code without a page says so."""
    lines: list[Indented] = []
    for code in codes:
        try:
            text = page(code)
        except KeyError:
            text = f"# {code}\nThere is no page about it."
        if lines:
            lines += [
                (0, plain("")),
                (0, plain("")),
            ]
        lines += page_lines(text)
    return lines


def page_lines(text: str) -> Iterator[Indented]:
    """A page: "# " is its title, "## " a heading; lines of one paragraph flow together, lists and code stay."""
    paragraph: list[str] = []

    def flow() -> Iterator[Indented]:
        if paragraph:
            yield 0, plain(" ".join(paragraph))
            paragraph.clear()

    for line in text.splitlines():
        if line.startswith("#"):
            yield from flow()
            yield 0, plain((line.lstrip("# "), f"bold {ACCENT}"))
        elif line.startswith(("    ", "\t")):
            yield from flow()
            yield 4, plain((line.strip(), DIM))
        elif line.lstrip().startswith(("- ", "* ")) or line.lstrip()[:2] in {f"{n}." for n in range(1, 10)}:
            yield from flow()
            paragraph.append(line.strip())
        elif not line.strip():
            yield from flow()
            yield 0, plain("")
        else:
            paragraph.append(line.strip())
    yield from flow()
