"""Nothing is configured yet: say what this is, make a site, or try it on a simulated one."""

import getpass
from typing import Final

from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal, VerticalScroll
from textual.widgets import Button, Static

from screens.dialog import Dialog, plain
from screens.words import ACCENT, BAD, DIM
from tui.app import FirstRun, MakeSite, SiteDraft
from tui.core.plan import Refused
from tui.widgets.form import Field, Form

FIELDS: Final = (
    Field("name", "site", value="main", hint="a name for it"),
    Field("nodes", "nodes", required=False, hint="addresses: node1, node2"),
    Field("topology", "topology file", required=False, hint="or a file with them"),
    Field("kubeconfig", "kubeconfig", required=False, hint="of the cluster with claims"),
    Field("user", "SSH user", value="root", hint="another user needs sudo"),
    Field("key", "SSH key", required=False, hint="empty: the SSH agent"),
)


class FirstRunDialog(Dialog[MakeSite]):
    """Answers with what makes the site; Escape leaves."""

    keys = (("Tab", "next"), ("Enter", "save and open"), ("Esc", "quit"))
    heading = "Welcome to brickyard"

    def __init__(self, first_run: FirstRun) -> None:
        super().__init__()
        self._first_run = first_run

    def compose_body(self) -> ComposeResult:
        """The explanation, the form, the demo."""
        with VerticalScroll(classes="body", can_focus=False):
            yield Static(
                plain(
                    "GlusterFS storage for Kubernetes on one screen: disks, volume groups, bricks and volumes, over "
                    "plain SSH. Nothing is changed before you have seen the plan.\n\n",
                    ("Nothing is configured on this machine yet. ", "bold"),
                    "A site is written to\n", (self._first_run.where, ACCENT), ".",
                ),
                markup=False,
            )  # fmt: skip
            yield Form(FIELDS, classes="-tight")
            yield Static(id="first-run-why", markup=False)
            with Horizontal(id="first-run-buttons"):
                yield Button("Save and open", id="save", variant="primary", compact=True)
                yield Button("Try the demo instead", id="demo", compact=True)
            yield Static(
                plain(("The demo simulates nodes on this machine; it touches nothing real.", DIM)), markup=False
            )

    @on(Button.Pressed, "#save")
    def _save(self) -> None:
        self.query_one(Form).submit()

    @on(Button.Pressed, "#demo")
    def _demo(self) -> None:
        self.dismiss(self._first_run.demo)

    @on(Form.Submitted)
    def _submitted(self, event: Form.Submitted) -> None:
        draft = draft_of(event.values)
        if not (draft.nodes or draft.topology or draft.kubeconfig):
            self.query_one(Form).show_problem("nodes", "name a node, a topology file or a kubeconfig")
            self.query_one(Form).edit("nodes")
            return
        try:
            self.dismiss(self._first_run.save(draft))
        except OSError as error:
            self._tell(f"{error.filename}: {error.strerror}" if error.filename else str(error))
        except (Refused, ValueError) as error:
            self._tell(str(error))

    def _tell(self, why: str) -> None:
        self.query_one("#first-run-why", Static).update(plain((why, BAD)))


def draft_of(values: dict[str, str]) -> SiteDraft:
    """The answers of the form."""
    nodes = tuple(values["nodes"].replace(",", " ").split())
    user = values["user"].strip() or getpass.getuser()
    key, topology, kubeconfig = (values[name].strip() for name in ("key", "topology", "kubeconfig"))
    return SiteDraft(values["name"].strip(), nodes, user, key, topology, kubeconfig)
