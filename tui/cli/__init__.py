"""The same without a screen. Results go to standard output, progress to standard error."""

from tui.cli.main import main

__all__ = ["main"]
