"""What has to be known before heketi changes something: short forms, and what their answers come to."""

from collections.abc import Sequence
from typing import Final

from textual import on
from textual.app import ComposeResult
from textual.widgets import Static

from screens.dialog import Dialog, plain
from screens.words import DIM
from tui.core.heketi_model import HeketiCluster, HeketiVolume
from tui.core.units import GIB, format_size, parse_size
from tui.core.volume_request import VolumeRequest, why_no_request
from tui.plans.heketi_blocks import BlockRequest
from tui.plans.heketi_members import Member, why_no_tag
from tui.plans.heketi_server import LEVELS, MODES
from tui.widgets.form import Field, Form

Answers = dict[str, str]


class HeketiForm(Dialog[Answers]):
    """Enter ends it with the answers."""

    keys = (("Enter", "show the plan"), ("Tab", "next field"), ("←→", "choose"), ("Esc", "back"))

    def __init__(self, heading: str, intro: str, fields: Sequence[Field]) -> None:
        super().__init__()
        self.heading, self._intro, self._fields = heading, intro, fields

    def compose_body(self) -> ComposeResult:
        """The explanation and the form."""
        yield Static(plain((self._intro, DIM)), classes="body", markup=False)
        yield Form(self._fields, classes="-tight")

    def on_mount(self) -> None:
        """The first question."""
        self.query_one(".box").add_class("-wide")
        self.query_one(Form).edit(self._fields[0].key)

    @on(Form.Submitted)
    def _submitted(self, event: Form.Submitted) -> None:
        self.dismiss(event.values)


def tags_form(name: str, member: Member) -> HeketiForm:
    """All tags in one line; a tag that is taken out of it goes."""
    now = " ".join(f"{key}={value}" for key, value in sorted(member.tags.items()))
    hint = "KEY=VALUE KEY=VALUE"
    field = Field("tags", "tags", value=now, hint=hint, required=False, validate=_tags_problem)
    return HeketiForm(f"Tags of {name}", "heketi looks at them when it places bricks.", [field])


def expand_form(volume: HeketiVolume) -> HeketiForm:
    """The new size."""

    def problem(text: str) -> str:
        try:
            size = parse_size(text)
        except ValueError as error:
            return str(error)
        return "" if size > volume.size else f"more than {format_size(volume.size)}"

    field = Field("size", "new size", hint="as 200GiB", validate=problem, value=f"{volume.size // GIB}GiB")
    return HeketiForm(f"Expand {volume.name}", f"It has {format_size(volume.size)}.", [field])


def clone_form(volume: HeketiVolume) -> HeketiForm:
    """The name of the copy."""

    def problem(text: str) -> str:
        return why_no_request(VolumeRequest(text.strip(), GIB))

    field = Field("name", "name of the copy", validate=problem)
    return HeketiForm(f"Clone {volume.name}", "A new volume with what is in it now.", [field])


def block_form() -> HeketiForm:
    """A block volume."""

    def problem_of_size(text: str) -> str:
        try:
            size = parse_size(text)
        except ValueError as error:
            return str(error)
        return why_no_request(VolumeRequest("any", size))

    fields = [
        Field("name", "name", hint="empty: blockvol_ and a fresh id", required=False, validate=_block_name_problem),
        Field("size", "size", hint="as 100GiB", validate=problem_of_size),
        Field("ha", "nodes that serve it", kind="number", hint="empty: all", required=False),
        Field("auth", "with a password", kind="yesno", value="no"),
    ]
    return HeketiForm("A block volume", "A file in a volume of heketi's, which clients reach over iSCSI.", fields)


def block_of(answers: Answers, cluster: str) -> BlockRequest:
    """What was asked for."""
    name, size, ha = answers["name"].strip(), parse_size(answers["size"]), int(answers["ha"] or 0)
    return BlockRequest(name, size, ha, answers["auth"] == YES, cluster)


def flags_form(cluster: HeketiCluster) -> HeketiForm:
    """What it takes."""
    fields = [
        Field("file", "volumes", kind="yesno", value=_yes(cluster.takes_files)),
        Field("block", "block volumes", kind="yesno", value=_yes(cluster.takes_blocks)),
    ]
    return HeketiForm(f"What cluster {cluster.id[:6]} takes", "What it has already stays.", fields)


def mode_form(mode: str) -> HeketiForm:
    """The mode of the server."""
    intro = "local-client: changes from heketi's own host alone. read-only: none, and no request leads out of it."
    return HeketiForm("The mode of heketi", intro, [Field("value", "mode", kind="choice", value=mode, options=MODES)])


def level_form(level: str) -> HeketiForm:
    """How much it logs."""
    field = Field("value", "log level", kind="choice", value=level, options=LEVELS)
    return HeketiForm("How much heketi logs", "Each level has all before it.", [field])


def home_form(clusters: Sequence[str]) -> HeketiForm:
    """Into which of heketi's clusters new nodes go."""
    intro = "heketi has a cluster already, and none of the nodes of the topology is in it."
    field = Field("home", "the nodes go into", kind="choice", options=(*clusters, NEW))
    return HeketiForm("Into which cluster?", intro, [field])


def tags_of(text: str) -> dict[str, str]:
    """The tags that were typed. Raises ValueError."""
    found: dict[str, str] = {}
    for word in text.split():
        key, sign, value = word.partition("=")
        if not sign or not key:
            raise ValueError(f"{word}: write KEY=VALUE")
        if problem := why_no_tag(key, value):
            raise ValueError(problem)
        found[key] = value
    return found


def _tags_problem(text: str) -> str:
    try:
        tags_of(text)
    except ValueError as error:
        return str(error)
    return ""


def _block_name_problem(text: str) -> str:
    return why_no_request(VolumeRequest(text.strip(), GIB)) if text.strip() else ""


def _yes(flag: bool) -> str:
    return "yes" if flag else "no"


YES: Final = "yes"
NEW: Final = "a new cluster"
