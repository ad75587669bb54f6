"""How wide the terminal is, as a class of the screen: known before it is laid out, and below dialogs too."""

from typing import Any

from textual.screen import Screen


def wear_width(screen: Screen[Any]) -> None:
    """Give a screen the class of the present width.

    Textual does so only after it has laid out a new screen for the first time, and for the screen on top alone.
    """
    breakpoints = sorted(screen.HORIZONTAL_BREAKPOINTS or ())
    worn = [name for least, name in breakpoints if least <= screen.app.size.width][-1:]
    for _, name in breakpoints:
        screen.set_class(name in worn, name)
