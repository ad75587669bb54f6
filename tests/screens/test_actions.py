"""The registry of actions and what is made from it."""

import re

from textual.binding import Binding
from textual.dom import DOMNode

from screens.chain import ChainDialog
from screens.chain_users import UsersDialog
from screens.dashboard import DashboardScreen
from screens.findings import FindingsDialog
from screens.mount_test import MountTestDialog
from screens.operation import OperationDialog
from screens.operations import OperationsDialog
from screens.plan_review import PlanReviewDialog
from screens.quit import QuitDialog
from screens.record import RecordDialog
from screens.wizard_sets import SetClaimsDialog
from tui.actions import (
    ACTIONS,
    ANYWHERE,
    CLAIMS,
    DASHBOARD,
    OPERATIONS,
    TABLE,
    TOPOLOGY,
    VOLUMES,
    bindings,
    find_action,
    key_table_markdown,
)
from tui.app import BrickyardApp
from tui.core.plan import Danger
from tui.widgets.progress_list import ProgressList
from tui.widgets.tree_table import TreeTable
from tui.widgets.virtual_table import VirtualTable


def test_ids_are_unique() -> None:
    assert len({action.id for action in ACTIONS}) == len(ACTIONS)


def test_a_key_means_one_thing_in_a_context() -> None:
    own = ((DASHBOARD, VOLUMES), (DASHBOARD, TOPOLOGY), (DASHBOARD, CLAIMS), (DASHBOARD, TABLE), (OPERATIONS, TABLE))
    for contexts in own:
        keys = [key for action in ACTIONS if action.context in (*contexts, ANYWHERE) for key in action.keys]
        doubles = {key for key in keys if keys.count(key) > 1}
        assert doubles <= {"up", "down", "left", "right"}, doubles


def keys_of(owner: type[DOMNode]) -> set[str]:
    """All that an app or a screen binds itself."""
    return {key for binding in owner.BINDINGS if isinstance(binding, Binding) for key in binding.key.split(",")}


def test_nothing_stands_on_the_keys_of_tmux_and_flow_control() -> None:
    keys = {key for action in ACTIONS for key in action.keys}
    assert not keys & {"ctrl+a", "ctrl+b", "ctrl+s", "ctrl+q"}
    assert keys_of(BrickyardApp) >= {"q", "escape"}
    assert not keys_of(BrickyardApp) & {"ctrl+a", "ctrl+b", "ctrl+s", "ctrl+q"}


def test_what_changes_a_node_is_never_on_ctrl() -> None:
    for action in ACTIONS:
        if action.danger is not Danger.SAFE:
            assert not [key for key in action.keys if "ctrl" in key], action.id


def test_nothing_stands_on_alt() -> None:
    """Escape and a key right after it arrive as Alt+key where tmux stands between."""
    keys = {key for action in ACTIONS for key in action.keys}
    for dialog in (DashboardScreen, OperationsDialog, OperationDialog, PlanReviewDialog, RecordDialog, QuitDialog):
        keys |= keys_of(dialog)
    assert not [key for key in keys if "alt+" in key]


def test_no_table_takes_a_key_from_its_dialog() -> None:
    with_tree = (OperationDialog, ChainDialog)
    with_table = (OperationsDialog, RecordDialog, FindingsDialog, SetClaimsDialog, UsersDialog, MountTestDialog)
    of_table = keys_of(VirtualTable)
    for dialogs, taken in ((with_tree, of_table | keys_of(TreeTable)), (with_table, of_table)):
        for dialog in dialogs:
            assert not keys_of(dialog) & taken, dialog
    assert not keys_of(OperationDialog) & keys_of(ProgressList)


def test_every_handler_exists() -> None:
    for action in ACTIONS:
        if not action.handler:
            continue
        namespace, _, name = action.handler.rpartition(".")
        owners: tuple[type, ...] = (BrickyardApp,) if namespace == "app" else (DashboardScreen,)
        if action.context == OPERATIONS:
            owners = (OperationsDialog, RecordDialog)
        for owner in owners:
            assert hasattr(owner, "action_" + name.partition("(")[0]), action.id


def test_bindings_carry_the_ids() -> None:
    by_id = {binding.id: binding for binding in bindings(VOLUMES)}
    assert by_id["volume.delete"].key == "D"
    assert by_id["volume.delete"].action == find_action("volume.delete").handler


def test_the_key_table_names_every_action() -> None:
    table = key_table_markdown()
    assert table.startswith("| Key | What it does |\n|---|---|\n")
    for action in ACTIONS:
        assert action.title in table
    assert re.search(r"\| `/` \| Filter the rows", table)
