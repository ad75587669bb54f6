"""The colours: calm, one accent; states keep green, amber and red for themselves."""

from typing import Final

from textual.theme import Theme

DARK: Final = Theme(
    name="brickyard",
    primary="#4f7f9f",
    secondary="#5b6f80",
    accent="#6fb3d2",
    foreground="#c9d1d6",
    background="#14191d",
    surface="#1a2126",
    panel="#242d33",
    success="#7fb77e",
    warning="#d9a94f",
    error="#e0736b",
    dark=True,
)
LIGHT: Final = Theme(
    name="brickyard-light",
    primary="#3a6f92",
    secondary="#8195a3",
    accent="#1f6f9a",
    foreground="#23292e",
    background="#f6f7f5",
    surface="#eceeea",
    panel="#dfe3df",
    success="#2f7a36",
    warning="#8a5a00",
    error="#b3322b",
    dark=False,
)
THEMES: Final = (DARK, LIGHT)
