"""The one registry of what an admin can do: bindings, palette, help and the README's table derive from it.

Nothing stands on ctrl-a, ctrl-b, ctrl-s or ctrl-q (tmux, screen and XON/XOFF own them), and
nothing that changes a node stands on any ctrl key.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any, Final

from textual.binding import Binding
from textual.command import DiscoveryHit, Hit, Hits, Provider

from tui.core.plan import Danger

ANYWHERE: Final = "anywhere"
DASHBOARD: Final = "dashboard"
VOLUMES: Final = "volumes"
TOPOLOGY: Final = "topology"
CLAIMS: Final = "claims"
OPERATIONS: Final = "operations"
DIALOG: Final = "dialog"
TABLE: Final = "table"

CONTEXTS: Final = {
    DASHBOARD: "On the dashboard",
    VOLUMES: "On the selected volume",
    TOPOLOGY: "On the selected cluster, node or device",
    CLAIMS: "On the selected claim, PersistentVolume or StorageClass",
    OPERATIONS: "On an operation",
    TABLE: "In a table or tree",
    DIALOG: "In a dialog",
    ANYWHERE: "Everywhere",
}


@dataclass(frozen=True, slots=True)
class Action:
    """One thing to do. `handler` is the Textual action that does it; "" where a widget does it itself.

    `hint` is the short word for the bottom line ("" = not shown there); `explain` one sentence
    for help. Keys are Textual key names; every one of them does the same.
    """

    id: str
    title: str
    keys: tuple[str, ...]
    context: str
    handler: str
    hint: str = ""
    explain: str = ""
    danger: Danger = Danger.SAFE


_SHOWN: Final = {
    "slash": "/", "question_mark": "?", "escape": "Esc", "enter": "Enter", "tab": "Tab", "shift+tab": "Shift+Tab",
    "up": "↑", "down": "↓", "left": "←", "right": "→", "pageup": "PgUp", "pagedown": "PgDn",
    "home": "Home", "end": "End",
    "ctrl+p": "Ctrl+P", "ctrl+c": "Ctrl+C", "space": "Space", "colon": ":", "f1": "F1", "f5": "F5", "f8": "F8",
    "less_than_sign": "<", "greater_than_sign": ">", "exclamation_mark": "!",
}  # fmt: skip

ACTIONS: Final[tuple[Action, ...]] = (
    Action("volume.create", "Create a volume", ("c",), DASHBOARD, "create_volume", "create",
           "Asks for name, size and durability, and shows where the bricks would go.", Danger.CHANGES),
    Action("volume.start-stop", "Start or stop the volume", ("s",), VOLUMES, "start_stop", "start/stop",
           "A stopped volume is lost to its clients until it is started again.", Danger.CHANGES),
    Action("volume.mount-test", "Mount test", ("m",), VOLUMES, "mount_test", "test",
           "Mounts the volume on a node, writes a file, reads it back, compares, takes all away.", Danger.CHANGES),
    Action("volume.delete", "Delete the volume", ("D",), VOLUMES, "delete_volume", "delete",
           "Takes the volume away with all its bricks, after its name was typed.", Danger.DESTROYS),
    Action("volume.persistent", "A PersistentVolume for it", ("p",), VOLUMES, "static_volume", "for a claim",
           "Kept for a claim that waits, or for any; with the Endpoints that it needs.", Danger.CHANGES),
    Action("topology.load", "Load a topology", ("L",), DASHBOARD, "load_topology", "load",
           "Reads a topology file, looks at every node and disk in it, and shows the plan.", Danger.CHANGES),
    Action("refresh", "Ask the nodes now", ("r", "f5"), DASHBOARD, "refresh", "refresh",
           "Does not wait for the next round of polling."),
    Action("topology.take-back", "Take a topology back", (), DASHBOARD, "take_back_topology", "",
           "Reads a topology file and takes away all that was made on the nodes and disks in it.", Danger.DESTROYS),
    Action("clean", "Clean what is selected", ("X",), TOPOLOGY, "clean", "clean",
           "Takes away volumes, bricks and volume groups that brickyard or heketi made there; says first what is lost.",
           Danger.DESTROYS),
    Action("findings", "Leftovers and other findings", ("F",), DASHBOARD, "findings", "findings",
           "What earlier work left on the nodes, with remedies that can be run."),
    Action("heketi", "heketi: what it can do here", ("H",), DASHBOARD, "heketi_menu", "",
           "About the selected row, and about the server itself; each change is a plan that is shown first."),
    Action("heketi.enable", "heketi: use the node or device again", (), DASHBOARD, "heketi('enable')", "", "",
           Danger.CHANGES),
    Action("heketi.disable", "heketi: disable the node or device", (), DASHBOARD, "heketi('disable')", "",
           "No new bricks go there.", Danger.CHANGES),
    Action("heketi.remove", "heketi: remove the node or device from use", (), DASHBOARD, "heketi('remove')", "",
           "Moves its bricks to other devices.", Danger.CHANGES),
    Action("heketi.delete", "heketi: take the node or device out", (), DASHBOARD, "heketi('delete')", "",
           "Moves its bricks away first.", Danger.DESTROYS),
    Action("heketi.resync", "heketi: read the space again", (), DASHBOARD, "heketi('resync')"),
    Action("heketi.tags", "heketi: tags of the node or device", (), DASHBOARD, "heketi('tags')", "", "",
           Danger.CHANGES),
    Action("heketi.evict", "heketi: move the brick to another device", (), DASHBOARD, "heketi('evict')", "", "",
           Danger.CHANGES),
    Action("heketi.expand", "heketi: make the volume greater", (), DASHBOARD, "heketi('expand')", "", "",
           Danger.CHANGES),
    Action("heketi.clone", "heketi: clone the volume", (), DASHBOARD, "heketi('clone')", "", "", Danger.CHANGES),
    Action("heketi.block-volume", "heketi: make a block volume", (), DASHBOARD, "heketi('blockcreate')", "", "",
           Danger.CHANGES),
    Action("heketi.flags", "heketi: what the cluster takes", (), DASHBOARD, "heketi('flags')", "", "", Danger.CHANGES),
    Action("heketi.cleanup", "heketi: clean up what broke off", (), DASHBOARD, "heketi('cleanup')", "", "",
           Danger.CHANGES),
    Action("heketi.drift", "heketi: where it and the nodes disagree", (), DASHBOARD, "heketi('drift')"),
    Action("heketi.mode", "heketi: the mode of the server", (), DASHBOARD, "heketi('mode')", "", "", Danger.CHANGES),
    Action("heketi.log-level", "heketi: how much it logs", (), DASHBOARD, "heketi('loglevel')", "", "", Danger.CHANGES),
    Action("heketi.leave", "heketi: leave it", (), DASHBOARD, "heketi('leave')", "",
           "Manage its cluster over SSH from now on; no byte of the volumes is touched.", Danger.CHANGES),
    Action("heketi.report", "heketi: what leaving it comes to", (), DASHBOARD, "heketi('report')", "",
           "What is adopted, and what in Kubernetes still points at heketi."),
    Action("operations", "Operations, past and present", ("o",), DASHBOARD, "operations", "operations",
           "Everything that was run on this site, its steps and what the nodes answered; undo, resume, export."),
    Action("claims.chain", "The whole chain", ("enter",), CLAIMS, "chain", "chain",
           "From the pods that wait down to the disks, the first broken link marked; what is wrong and its remedies."),
    Action("claims.view", "Claims, PersistentVolumes, StorageClasses", ("v",), CLAIMS, "claims_view(1)", "next table",
           "One after another in the same pane."),
    Action("claims.view-back", "The same, backwards", ("V",), CLAIMS, "claims_view(-1)"),
    Action("claims.explain", "Explain what is wrong", ("e",), CLAIMS, "explain", "explain",
           "The page behind each fault: what one sees, why it is so, what to do."),
    Action("claims.delete", "Delete the claim or PersistentVolume", ("D",), CLAIMS, "delete_claim", "delete",
           "Says first what its reclaim policy does to the data, and keeps that if you like; its name is typed.",
           Danger.DESTROYS),
    Action("claims.try", "Try a StorageClass with a claim", ("T",), CLAIMS, "test_claim", "try a class",
           "Makes a claim of the selected class, and follows it until it is bound or says why not.", Danger.CHANGES),
    Action("claims.class", "Create a StorageClass", ("C",), CLAIMS, "create_class", "new class",
           "With all parameters of heketi; like the selected class, or that one made anew.", Danger.CHANGES),
    Action("claims.secret", "heketi's key into a Secret", ("K",), CLAIMS, "heketi_secret", "",
           "The Secret that the class names; the key is never shown or written down.", Danger.CHANGES),
    Action("claims.sets", "Claims of StatefulSets", ("S",), CLAIMS, "set_claims", "",
           "What their templates want, what they left behind; what nobody wants any more can be deleted."),
    Action("claims.users", "Who hangs on it", ("w",), DASHBOARD, "users", "",
           "The claims and pods that use the selected volume, brick, device or node."),
    Action("operation.undo", "Undo the operation", ("u",), OPERATIONS, "undo", "undo",
           "Shows the plan that takes back what it did, and nothing else.", Danger.DESTROYS),
    Action("operation.resume", "Resume the operation", ("R",), OPERATIONS, "resume", "resume",
           "Goes on where it broke off, failed or was cancelled; what is done already stays.", Danger.CHANGES),
    Action("operation.export", "Export the operation", ("e",), OPERATIONS, "export", "export",
           "Writes its record into a file, as text or JSON."),
    Action("pane.filter", "Filter the rows", ("slash",), DASHBOARD, "filter", "filter",
           "Keeps the rows that hold what you type; !word leaves rows out, state:offline looks in one column."),
    Action("pane.faults", "Faults only", ("f",), DASHBOARD, "faults_only", "faults",
           "Hides everything that is well, in all panes; once more shows it again."),
    Action("pane.zoom", "Zoom the pane", ("z",), DASHBOARD, "zoom", "zoom",
           "The pane fills the screen; once more goes back."),
    Action("details.toggle", "Details on or off", ("d",), DASHBOARD, "toggle_details", "details",
           "Shows all that is known of the selected row."),
    Action("details.open", "Details of the row", ("enter",), TABLE, "", "",
           "At the side, or over the panes where there is no room."),
    Action("table.fold", "Open or close a branch", ("space", "right", "left"), TABLE, ""),
    Action("pane.1", "Go to Topology", ("1",), DASHBOARD, "pane('topology')"),
    Action("pane.2", "Go to Bricks", ("2",), DASHBOARD, "pane('bricks')"),
    Action("pane.3", "Go to Volumes", ("3",), DASHBOARD, "pane('volumes')"),
    Action("pane.4", "Go to Claims", ("4",), DASHBOARD, "pane('claims')"),
    Action("pane.next", "Next pane", ("tab",), DASHBOARD, "next_pane(1)", "", "In a dialog: the next field or button."),
    Action("pane.previous", "Previous pane", ("shift+tab",), DASHBOARD, "next_pane(-1)"),
    Action("table.move", "Move", ("up", "down", "k", "j"), TABLE, ""),
    Action("table.page", "Move by a page", ("pageup", "pagedown"), TABLE, ""),
    Action("table.ends", "First and last row", ("home", "end", "g", "G"), TABLE, ""),
    Action("table.sort", "Sort by the next column", ("greater_than_sign",), TABLE, "sort_next", "",
           "A click on a column's head sorts by it; faults stand first to begin with."),
    Action("table.turn", "Turn the order around", ("less_than_sign",), TABLE, "sort_turn"),
    Action("plan.run", "Run the plan, go on", ("y",), DIALOG, "", "",
           "Y (with Shift) where clients lose something; where data is lost a name is typed."),
    Action("plan.try", "Try it on the API server", ("t", "f8"), DIALOG, "", "",
           "Kubernetes checks each request as if it was meant (dryRun), and changes nothing."),
    Action("operation.shell", "Shell on the node of the step", ("exclamation_mark",), DIALOG, "", "",
           "Brickyard waits in the background, what runs goes on; leave the shell to come back."),
    Action("operation.cancel", "Cancel the operation", ("x",), DIALOG, "", "",
           "Steps that run come to their end. Afterwards it can be resumed or undone."),
    Action("dialog.back", "Back, close, cancel what waits", ("escape",), ANYWHERE, "app.back"),
    Action("help", "Help: all keys", ("question_mark", "f1"), ANYWHERE, "app.help", "help"),
    Action("palette", "Find an action by name", ("ctrl+p", "colon"), ANYWHERE, "app.command_palette"),
    Action("colours", "Change the colours", (), ANYWHERE, "app.change_theme", "",
           "Dark, light, and the terminal's own colours. NO_COLOR is honoured."),
    Action("quit", "Quit", ("q",), ANYWHERE, "app.quit", "quit", "Asks first while an operation runs."),
)  # fmt: skip


SAY_HOW_TO_QUIT: Final = Binding("ctrl+c", "app.how_to_quit", "Say how to quit", show=False)
"""No action, only an answer for those whose fingers are used to it."""


def find_action(action_id: str) -> Action:
    """The action of this id. Raises KeyError for an unknown one."""
    for action in ACTIONS:
        if action.id == action_id:
            return action
    raise KeyError(action_id)


def in_context(*contexts: str) -> Iterator[Action]:
    """The actions of these contexts in registry order."""
    return (action for action in ACTIONS if action.context in contexts)


def bindings(*contexts: str) -> list[Binding]:
    """Textual bindings of the actions that have a handler; ids let a key map change the keys."""
    return [
        Binding(",".join(action.keys), action.handler, action.title, id=action.id, show=bool(action.hint))
        for action in in_context(*contexts)
        if action.handler and action.keys
    ]


def show_key(key: str) -> str:
    """A key as people write it: "/" for "slash", "Shift+D" is "D"."""
    return _SHOWN.get(key, key)


def show_keys(action: Action) -> str:
    """All keys of an action in one text."""
    return " ".join(show_key(key) for key in action.keys)


def key_table_markdown() -> str:
    """The table of keys for the README."""
    lines = ["| Key | What it does |", "|---|---|"]
    for context, heading in CONTEXTS.items():
        lines.append(f"| **{heading}** | |")
        for action in in_context(context):
            keys = " ".join(f"`{show_key(key)}`" for key in action.keys) or "palette"
            lines.append(f"| {keys} | {action.title}{'. ' + action.explain if action.explain else ''} |")
    return "\n".join(lines) + "\n"


class ActionProvider(Provider):
    """The command palette: every action that the screen below can do now.

    A screen says with its attribute `action_contexts` which contexts it serves.
    """

    def _offered(self) -> Iterable[Action]:
        contexts = (*getattr(self.screen, "action_contexts", ()), ANYWHERE)
        return (
            action
            for action in in_context(*contexts)
            if action.handler and action.id not in ("palette", "dialog.back")
            if "." in action.handler or self.screen.check_action(action.handler.partition("(")[0], ())
        )

    async def discover(self) -> Hits:
        """All actions, before anything is typed."""
        for action in self._offered():
            yield DiscoveryHit(self._label(action), self._runner(action), help=action.explain)

    async def search(self, query: str) -> Hits:
        """The actions whose title matches what was typed."""
        matcher = self.matcher(query)
        for action in self._offered():
            score = matcher.match(self._label(action))
            if score > 0:
                yield Hit(score, matcher.highlight(self._label(action)), self._runner(action), help=action.explain)

    @staticmethod
    def _label(action: Action) -> str:
        return f"{action.title}  ({show_keys(action)})" if action.keys else action.title

    def _runner(self, action: Action) -> partial[Any]:
        return partial(self.app.run_action, action.handler, self.screen)
