"""Why a claim is as it is, in text: its chain, its findings, and the pages behind them."""

import textwrap
from collections.abc import Iterator
from typing import Final

from tui import pages
from tui.cli import codes
from tui.cli.kube_rows import finding_row, is_runnable
from tui.cli.output import note, printable, say, show_data
from tui.core.chain import chain_of
from tui.core.finding import Finding, Severity
from tui.core.kube import Key
from tui.core.link import Link
from tui.core.model import Snapshot
from tui.sync.kube import KubeSource

_WIDTH: Final = 100
_GLYPHS: Final = {Severity.ERROR: "✗", Severity.WARNING: "▲", Severity.INFO: "·"}
_LINK_GLYPHS: Final = ("✓", "▲", "✗")


def explain_claim(source: KubeSource, snapshot: Snapshot, key: Key, output: str) -> Link | None:
    """Print all that is known of a claim; the answer is the link of its chain where it breaks, None for none."""
    words, found = source.state_words(key), source.findings(key)
    links = chain_of(source.tables, snapshot, key, words, found)
    broken = next((link for link in links if link.is_first_broken), None)
    if output != "table":
        chain = [
            {
                "kind": link.kind, "name": link.name, "depth": link.depth, "state": link.state, "reason": link.reason,
                "first_broken": link.is_first_broken,
            }
            for link in links
        ]  # fmt: skip
        show_data(
            {
                "namespace": key[0], "name": key[1], "state": words[0], "reason": words[1], "chain": chain,
                "findings": [finding_row(finding) for finding in found],
            },
            output,
        )  # fmt: skip
        return broken
    word, reason = words
    say(printable(f"claim {'/'.join(key)}: {word}" + (f": {reason}" if reason else "")))
    say("")
    for link in links:
        mark = " <- here" if link.is_first_broken else ""
        why = f": {link.reason}" if link.reason else ""
        state = f"  {link.state}" if link.state else ""
        line = f"{_LINK_GLYPHS[link.severity]} {link.kind} {link.name}{state}{why}{mark}"
        say(printable("  " * link.depth + line))
    for finding in found:
        say("")
        say("\n".join(finding_lines(finding)))
    return broken


def finding_lines(finding: Finding) -> list[str]:
    """A finding as text: what, how we know, why, what to do."""
    return [printable(line) for line in _lines(finding)]


def _lines(finding: Finding) -> Iterator[str]:
    sure = "" if finding.definite else " (likely)"
    yield from _wrap(f"{_GLYPHS[finding.severity]} {finding.code} {finding.subject}: {finding.sentence}{sure}", "")
    if finding.cause:
        yield from _wrap(f"why: {finding.cause}", "    ")
    for piece in finding.proof:
        yield from _wrap(f"seen: {piece.about} {piece.field}: {piece.value}", "    ")
    if finding.evidence:
        yield from _wrap(f"seen: {finding.evidence}", "    ")
    number = 0
    for remedy in finding.remedies:
        number += is_runnable(remedy)
        lead = f"remedy {number}" if is_runnable(remedy) else "by hand"
        yield from _wrap(f"{lead}: {remedy.title}", "    ")


def _wrap(text: str, indent: str) -> list[str]:
    return textwrap.wrap(
        text, _WIDTH, initial_indent=indent, subsequent_indent=f"{indent}  ", break_long_words=False,
        break_on_hyphens=False,
    )  # fmt: skip


def explain_code(code: str, output: str) -> int:
    """Print the page of a code, or without one the list of all pages; the answer is the exit code."""
    if not code:
        titles = {name: pages.title(name) for name in pages.codes()}
        if output == "table":
            say("\n".join(f"{name:<4} {title}" for name, title in titles.items()))
        else:
            show_data(titles, output)
        return codes.DONE
    try:
        page = pages.page(code.upper())
    except KeyError:
        note(f"there is no code '{code}'; `brickyard explain` lists them all")
        name = code if "/" in code else "NAMESPACE/NAME"
        note(f"  a claim is explained with `brickyard explain claim {name}`")
        return codes.USAGE
    if output == "table":
        say(page.rstrip("\n"))
    else:
        show_data({"code": code.upper(), "title": pages.title(code.upper()), "page": page}, output)
    return codes.DONE
