"""What shall the new volume be? Where its bricks go is shown by the review of the plan."""

from typing import TYPE_CHECKING, Final

from textual import on
from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.widgets import Static

from screens.dialog import Dialog, plain
from screens.running import review
from screens.words import BAD, DIM, WARN, one_line
from tui.core.model import Snapshot
from tui.core.plan import Refused
from tui.core.units import format_size, parse_size
from tui.core.volume_request import VolumeRequest, why_no_request
from tui.widgets.form import Field, Form

if TYPE_CHECKING:
    from tui.site import Site

DURABILITY: Final = {
    "replica 3": ("replicate", 3),
    "replica 2": ("replicate", 2),
    "none": ("none", 1),
}
NOTES: Final = {
    "replica 3": "Three copies on three nodes: one node may fail and nothing stops.",
    "replica 2": "Two copies split their brain when the nodes lose each other: which copy is right must then be "
    "decided by hand, file by file. Take replica 3 where there are three nodes.",
    "none": "One copy: what a disk loses is lost.",
}


class VolumeCreateDialog(Dialog[None]):
    """Enter makes the plan and shows it; a refusal is shown here, so that the form is not lost."""

    keys = (("Enter", "show the plan"), ("Tab", "next field"), ("←→", "choose"), ("Esc", "back"))
    heading = "Create a volume"

    def __init__(self, site: "Site") -> None:
        super().__init__()
        self._site = site

    def compose_body(self) -> ComposeResult:
        """The form, what the choice means, and what stands in the way."""
        yield Static(plain((free_text(self._site.store.snapshot), DIM)), classes="body", markup=False)
        yield Form(self._fields(), classes="-tight")
        yield Static(id="durability-note", markup=False)
        with VerticalScroll(id="why-not"):
            yield Static(markup=False)

    def _fields(self) -> list[Field]:
        clusters = {c.name: c.id for c in self._site.store.snapshot.clusters if c.id}
        fields = [
            Field("name", "name", hint="letters, digits, _ and -", validate=_name_problem),
            Field("size", "size", hint="for clients, as 10GiB", validate=_size_problem),
            Field("durability", "durability", kind="choice", value="replica 3", options=tuple(DURABILITY)),
            Field("gid", "group id", kind="number", value="0", hint="its owner; 0: root alone"),
        ]
        if len(clusters) > 1:
            fields.append(Field("cluster", "cluster", kind="choice", options=tuple(clusters)))
        return fields

    def on_mount(self) -> None:
        """Say what the choice means from the start."""
        self.query_one("#why-not").display = False
        self._note("replica 3")

    @on(Form.Changed)
    def _changed(self, event: Form.Changed) -> None:
        if event.key == "durability":
            self._note(event.value)

    def _note(self, durability: str) -> None:
        tone = DIM if durability == "replica 3" else WARN
        glyph = "" if durability == "replica 3" else "▲ "
        self.query_one("#durability-note", Static).update(plain((glyph + NOTES[durability], tone)))

    @on(Form.Submitted)
    def _submitted(self, event: Form.Submitted) -> None:
        request = request_of(event.values, self._site.store.snapshot)
        why = why_no_request(request)
        if why:
            self._refuse(why)
            return
        try:
            plan = self._site.volume_create_plan(request)
        except Refused as error:
            self._refuse("\n".join((error.sentence, *error.details)))
            return
        self.query_one("#why-not").display = False
        review(self.app, plan, on_started=lambda: self.dismiss(None))

    def _refuse(self, text: str) -> None:
        why = self.query_one("#why-not", VerticalScroll)
        why.query_one(Static).update(plain((text, BAD)))
        why.display = True


def request_of(values: dict[str, str], snapshot: Snapshot) -> VolumeRequest:
    """The answers as a request. Raises ValueError where one can't be read; the form has checked them before."""
    durability, replica = DURABILITY[values["durability"]]
    clusters = {cluster.name: cluster.id for cluster in snapshot.clusters}
    return VolumeRequest(
        name=values["name"].strip(), size=parse_size(values["size"]), durability=durability, replica=replica,
        gid=int(values["gid"] or 0), cluster=clusters.get(values.get("cluster", ""), ""),
    )  # fmt: skip


def free_text(snapshot: Snapshot) -> str:
    """What is free in each cluster, in bytes of the disks (three copies take three times the size)."""
    parts = []
    for cluster in snapshot.clusters:
        free = sum(d.free or 0 for d in snapshot.devices.values() if d.vg and d.node in cluster.nodes)
        if cluster.id:
            parts.append(f"{one_line(cluster.name)}: {format_size(free)} free on its disks")
    return "\n".join(parts) or "No cluster is known yet: load a topology first."


def _name_problem(value: str) -> str:
    return why_no_request(VolumeRequest(value.strip(), 2**30))


def _size_problem(value: str) -> str:
    try:
        parse_size(value)
    except ValueError as error:
        return str(error)
    return ""
