"""Writes the key table of the README from the registry of actions. Run `python -m tests.keys`."""

import re
from pathlib import Path

from tui.actions import key_table_markdown

README = Path(__file__).parents[1] / "README.md"
_TABLE = re.compile(r"(<!-- keys:[^>]*-->\n).*(<!-- /keys -->)", re.DOTALL)


def with_keys(text: str) -> str:
    """The README with the key table as it is now."""
    return _TABLE.sub(lambda found: f"{found[1]}{key_table_markdown()}{found[2]}", text)


if __name__ == "__main__":
    README.write_text(with_keys(README.read_text()))
