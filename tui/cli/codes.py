"""Exit codes, the same for every command."""

from typing import Final

DONE: Final = 0  # done, or healthy
FAILED: Final = 1  # something failed, was refused, or was found
USAGE: Final = 2  # wrong input: nothing was tried
UNREACHED: Final = 3  # could not look, or could not reach
CANCELLED: Final = 130
