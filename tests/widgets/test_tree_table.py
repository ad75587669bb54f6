"""The tree: guides, opening and closing, and how the cursor moves in it."""

from tests.widgets.app import Wall
from tui.widgets.columns import Column
from tui.widgets.tree_table import TreeTable

Node = tuple[str, int]
ROWS: list[Node] = [
    ("n1", 0), ("n1/sdb", 1), ("n1/sdb/b1", 2), ("n1/sdb/b2", 2), ("n1/sdc", 1), ("n1/sdc/b3", 2),
    ("n2", 0), ("n2/sdb", 1), ("n3", 0),
]  # fmt: skip


def tree(open_depth: int = 9) -> "TreeTable[Node]":
    columns = (Column("name", "Name", grow=1),)
    return TreeTable(columns, lambda n: [n[0].split("/")[-1]], lambda n: n[0], lambda n: n[1], open_depth=open_depth)


async def test_guides() -> None:
    table = tree()
    app = Wall(table)
    async with app.run_test(size=(40, 12)) as pilot:
        table.set_rows(ROWS)
        await pilot.pause()
        assert [line[1:] for line in app.lines()[1:10]] == [
            "▾ n1", "├▾ sdb", "│ ├─ b1", "│ └─ b2", "└▾ sdc", "  └─ b3", "▾ n2", "└─ sdb", "  n3",
        ]  # fmt: skip


async def test_keys_open_close_and_walk() -> None:
    table = tree()
    app = Wall(table)
    async with app.run_test(size=(40, 12)) as pilot:
        table.set_rows(ROWS)
        for key, cursor, count in [
            ("down", "n1/sdb", 9), ("left", "n1/sdb", 7), ("left", "n1", 7), ("left", "n1", 4), ("left", "n1", 4),
            ("right", "n1", 7), ("right", "n1/sdb", 7), ("right", "n1/sdb", 9), ("right", "n1/sdb/b1", 9),
            ("right", "n1/sdb/b1", 9), ("space", "n1/sdb/b1", 9), ("left", "n1/sdb", 9), ("space", "n1/sdb", 7),
        ]:  # fmt: skip
            await pilot.press(key)
            assert (table.cursor_key, table.row_count) == (cursor, count), key
    toggled = [(event.key, event.is_open) for event in app.heard(TreeTable.Toggled)]
    assert toggled == [("n1/sdb", False), ("n1", False), ("n1", True), ("n1/sdb", True), ("n1/sdb", False)]


async def test_what_is_closed_stays_closed_with_new_rows() -> None:
    table = tree(open_depth=1)
    app = Wall(table)
    async with app.run_test(size=(40, 12)) as pilot:
        table.set_rows(ROWS)
        assert [row[0] for row in table.rows] == ["n1", "n1/sdb", "n1/sdc", "n2", "n2/sdb", "n3"]
        table.set_open("n1", False)
        table.set_rows([("n0", 0), ("n0/sdb", 1), *ROWS])
        assert [row[0] for row in table.rows] == ["n0", "n0/sdb", "n1", "n2", "n2/sdb", "n3"]
        assert str(table.cursor_key) == "n1"
        assert table.reveal("n1/sdc/b3")
        assert str(table.cursor_key) == "n1/sdc/b3"
        assert not table.reveal("n9")
        table.open_to(0)
        assert (str(table.cursor_key), table.row_count) == ("n1", 4)
        await pilot.press("right")
        assert table.row_count == 6


async def test_a_click_on_the_sign_toggles() -> None:
    table = tree()
    app = Wall(table)
    async with app.run_test(size=(40, 12)) as pilot:
        table.set_rows(ROWS)
        await pilot.pause()
        await pilot.click(table, offset=(1, 1))
        assert table.row_count == 4
        await pilot.click(table, offset=(10, 1))
        assert table.row_count == 4
