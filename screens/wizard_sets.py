"""The claims of StatefulSets: what their templates want, what they left behind, and a plan that deletes such claims."""

import asyncio
from collections.abc import Iterable, Iterator
from typing import Final

from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import VerticalScroll

from screens.dialog import Dialog, plain
from screens.needs import run_fix
from screens.words import ACCENT, BAD, DIM, GOOD, PLAIN, WARN, one_line
from screens.wrapped import Indented, WrappedText
from tui.core.finding import Fix
from tui.core.kube import ClaimTemplate, Key
from tui.core.kube_policy import access_words, short_modes, what_deletion_does
from tui.core.kube_sets import LEFT, MISSING, NO_SET, WANTED, SetClaim, each_set_claim, rank
from tui.core.kube_source import KubeSource
from tui.core.units import format_size
from tui.widgets.cells import Cell
from tui.widgets.columns import Column
from tui.widgets.virtual_table import VirtualTable

COLUMNS: Final = (
    Column("chosen", "", 1),
    Column("claim", "CLAIM", least=18, grow=2),
    Column("state", "STATE", 13),
    Column("set", "STATEFULSET", least=14, grow=1, priority=2),
    Column("size", "SIZE", 8, align="right", priority=1),
    Column("policy", "POLICY", 7, priority=3),
    Column("differs", "TEMPLATE", least=14, grow=2, priority=1),
)
SLICE: Final = 500
_LOOKS: Final = {WANTED: ("●", GOOD), MISSING: ("✖", WARN), LEFT: ("◇", WARN), NO_SET: ("◇", DIM)}


class SetClaimsDialog(Dialog[Key]):
    """Space chooses claims that nobody wants any more, D deletes them (or the one under the cursor).

    Enter ends with the key of a claim, whose chain is shown then. What changes meanwhile is seen.
    """

    heading = "Claims of StatefulSets"
    keys = (("Space", "choose"), ("a", "all of its set"), ("D", "delete"), ("Enter", "chain"), ("Esc", "back"))
    BINDINGS = [
        Binding("space", "choose", "Choose", show=False),
        Binding("a", "choose_all", "Choose all of the set", show=False),
        Binding("D", "delete", "Delete", show=False),
    ]

    def __init__(self, source: KubeSource) -> None:
        super().__init__()
        self._source = source
        self._rows: list[SetClaim] = []
        self._chosen: set[Key] = set()
        self._seen = -1
        self._reading = False

    def compose_body(self) -> ComposeResult:
        """The list, all of the selected claim below it."""
        tables = self._source.tables
        denied = "Denied: StatefulSets can't be listed, so their claims are unknown (not: none)."
        reading = "StatefulSets are still being read."
        listed = "There is no StatefulSet with claims, and nothing looks as if one had left a claim behind."
        is_denied = tables.parts["statefulsets"].state == "denied"
        empty = denied if is_denied else listed if tables.is_listed("statefulsets") else reading
        yield VirtualTable[SetClaim](COLUMNS, self._cells, lambda row: row.key, empty=empty)
        with VerticalScroll(id="finding-full"):
            yield WrappedText()

    def on_mount(self) -> None:
        """Read it, and again each second."""
        self.query_one(".box").add_class("-wide", "-tall")
        self.query_one(VirtualTable).focus()
        self._read()
        self.set_interval(1.0, self._read)

    def _read(self) -> None:
        if self._seen != self._source.tables.revision and not self._reading:
            self._reading = True
            self.run_worker(self._read_in_slices(), exit_on_error=False)

    async def _read_in_slices(self) -> None:
        """Tens of thousands of claims would hold up the keys if they were read in one go."""
        try:
            tables = self._source.tables
            self._seen = tables.revision
            found = []
            for number, row in enumerate(each_set_claim(tables), 1):
                found.append((rank(row), number, row))
                if number % SLICE == 0:
                    await asyncio.sleep(0)
            found.sort()
            self._show([row for _, _, row in found])
        finally:
            self._reading = False

    def _show(self, rows: list[SetClaim]) -> None:
        if rows != self._rows:
            self._rows = rows
            self._chosen &= {row.key for row in rows if row.is_left}
            self.query_one(VirtualTable).set_rows(rows)

    @property
    def _row(self) -> SetClaim | None:
        row: SetClaim | None = self.query_one(VirtualTable).cursor_item
        return row

    def _cells(self, row: SetClaim) -> tuple[Cell, ...]:
        sign, tone = _LOOKS[row.state]
        volume = self._source.tables.volume_of(row.claim) if row.claim is not None else None
        size = row.claim.capacity or row.claim.request if row.claim is not None else None
        return (
            ("✓" if row.key in self._chosen else "", ACCENT),
            one_line("/".join(row.key)),
            (f"{sign} {row.state}", tone),
            one_line(row.owner),
            format_size(size) if size else "",
            (volume.reclaim_policy, PLAIN if volume.reclaim_policy == "Retain" else WARN) if volume is not None else "",
            (one_line("; ".join(row.differences)), WARN) if row.differences else ("same", DIM) if row.claim else "",
        )

    def on_virtual_table_row_highlighted(self) -> None:
        """Show all of the selected claim."""
        row = self._row
        if row is not None:
            self.query_one(WrappedText).show(self._lines(row))

    def _lines(self, row: SetClaim) -> Iterator[Indented]:
        yield 0, plain((one_line("/".join(row.key)), "bold"), f": {_meaning(row)}")
        if row.template is not None:
            yield 2, plain(("template ", DIM), template_text(row.template))
        for difference in row.differences:
            yield 2, plain((f"▲ {one_line(difference)}: a StatefulSet changes no claim that is there", WARN))
        if row.stateful_set is not None:
            kept = f"scaled down: {row.stateful_set.when_scaled}, deleted: {row.stateful_set.when_deleted}"
            yield 2, plain(("what the set does with its claims ", DIM), kept)
        if row.pods:
            yield 2, plain(("used by pods ", DIM), one_line(", ".join(row.pods)))
        if row.claim is None:
            return
        tables = self._source.tables
        volume = tables.volume_of(row.claim)
        of_class = tables.classes.get(("", volume.class_name)) if volume is not None else None
        yield 0, plain(("if it was deleted now", DIM))
        for sentence in what_deletion_does(row.claim, volume, of_class, tables.version or (0, 0)):
            yield 2, plain((sentence, BAD if "ALL DATA IS LOST" in sentence else PLAIN))
        for sentence in access_words(row.claim.access_modes):
            yield 2, plain((sentence, DIM))

    def on_virtual_table_row_selected(self) -> None:
        """To the chain of the claim."""
        row = self._row
        if row is not None:
            self.dismiss(row.key)

    def action_choose(self) -> None:
        """Choose the claim under the cursor, or not any more."""
        row = self._row
        if row is not None and row.is_left:
            self._choose({row.key}, row.key not in self._chosen)
            self.query_one(VirtualTable).action_cursor(1)
        elif row is not None:
            self.app.notify(f"{'/'.join(row.key)} is not left behind: {_meaning(row)}", markup=False)

    def action_choose_all(self) -> None:
        """Choose all that the set of the claim under the cursor left behind."""
        row = self._row
        if row is not None:
            mine = {one.key for one in self._rows if one.is_left and (one.key[0], one.owner) == (row.key[0], row.owner)}
            self._choose(mine, not mine <= self._chosen)
            if not mine:
                self.app.notify(f"{row.owner or 'No set'} has left no claim behind.", markup=False)

    def _choose(self, keys: set[Key], wanted: bool) -> None:
        self._chosen = self._chosen | keys if wanted else self._chosen - keys
        self.query_one(VirtualTable).refresh_rows(keys)

    def action_delete(self) -> None:
        """Review the plan that deletes what is chosen."""
        row = self._row
        chosen = [one for one in self._rows if one.key in self._chosen] or ([row] if row is not None else [])
        if any(not one.is_left for one in chosen):
            self.app.notify(f"{'/'.join(chosen[0].key)} is not left behind: {_meaning(chosen[0])}", markup=False)
        elif len({(one.key[0], one.owner) for one in chosen}) > 1:
            self.app.notify("These are of several StatefulSets: delete those of one at a time.", markup=False)
        elif chosen:
            run_fix(self.app, fix_of(chosen), f"Delete {len(chosen)} left behind", self._chosen.clear)


def fix_of(chosen: Iterable[SetClaim]) -> Fix:
    """The repair that deletes claims of one StatefulSet."""
    rows = list(chosen)
    first = rows[0]
    owner = first.owner or f"namespace {first.key[0]}"
    values = {"namespace": first.key[0], "names": ",".join(one.key[1] for one in rows)}
    return Fix("delete-claims", tuple((values | ({"of": owner} if len(rows) > 1 else {})).items()))


def template_text(template: ClaimTemplate) -> str:
    """ "data: class fast, 20 GiB, RWX"."""
    named = template.class_name or ("default class" if template.class_name is None else "no class")
    size = format_size(template.request) if template.request else "no size"
    return one_line(f"{template.name}: class {named}, {size}, {short_modes(template.access_modes)}")


def _meaning(row: SetClaim) -> str:
    replicas = row.stateful_set.replicas if row.stateful_set is not None else 0
    match row.state:
        case "left behind":
            used = ", but a pod still uses it" if row.pods else ""
            return (
                f"its StatefulSet has {replicas} replica{'' if replicas == 1 else 's'}, and this is beyond them{used}."
            )
        case "missing":
            return "its StatefulSet wants it, and it is not there (yet)."
        case "no set":
            return "named as by a StatefulSet, but there is none of that name, and no pod uses it. Likely left behind."
    return "its StatefulSet wants it."
