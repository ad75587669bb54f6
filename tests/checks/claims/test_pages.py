"""Every code has a page, and every page is whole."""

import re
from pathlib import Path

import pytest

from tui.pages import codes, page, title

CHECKS = Path(__file__).parents[3] / "tui" / "checks"
PARTS = ["## What you see", "## Why", "## What to do", "## Good to know"]


def _written_codes() -> set[str]:
    """All codes that stand as a text in a room of the diagnosis."""
    return {code for path in CHECKS.glob("claim*.py") for code in re.findall(r'"([A-H]\d{1,2})"', path.read_text())}


def test_every_code_that_a_rule_gives_has_a_page() -> None:
    written = _written_codes()
    assert len(written) > 60
    assert sorted(written - set(codes())) == []


@pytest.mark.parametrize("code", codes())
def test_a_page_has_its_title_and_all_parts_in_order(code: str) -> None:
    lines = page(code).splitlines()
    assert re.fullmatch(rf"# {code}: \S.*", lines[0])
    assert [line for line in lines if line.startswith("## ")] == PARTS
    for part, following in zip(PARTS, [*PARTS[1:], None], strict=True):
        end = lines.index(following) if following else len(lines)
        assert any(line.strip() for line in lines[lines.index(part) + 1 : end]), part


def test_a_page_is_found_in_any_case_and_has_a_title() -> None:
    assert page("c1") == page("C1")
    assert title("C1") == "The class does not exist"


@pytest.mark.parametrize("code", ["", "Z9", "../C1", "C1.md", "claims"])
def test_what_is_no_code_has_no_page(code: str) -> None:
    with pytest.raises(KeyError):
        page(code)


def test_codes_are_sorted_by_letter_and_number() -> None:
    found = list(codes())
    assert found == sorted(found, key=lambda code: (code[0], int(code[1:])))
    assert {"A1", "B8", "C14"} <= set(found)
