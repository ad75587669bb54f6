"""Steps, counted and followed."""

from dataclasses import replace

from tests.widgets.app import Wall
from tui.widgets.progress_list import Progress, ProgressList
from tui.widgets.tree_table import TreeTable


def steps(count: int) -> list[Progress]:
    """Steps of subjects with eight each; a tenth is done."""
    return [
        Progress(n, f"node-{n // 8}", f"make vg_{n}", "done" if n < count // 10 else "waiting") for n in range(count)
    ]


async def test_counts_groups_and_text_as_it_is() -> None:
    listing = ProgressList()
    app = Wall(listing)
    async with app.run_test(size=(120, 24)) as pilot:
        listing.set_items(
            [
                Progress(1, "n[1]", "vgcreate [x]", "done", 65, "ok [y]"),
                Progress(2, "n[1]", "mount", "failed", 2, "\x1b[31mno\r\n"),
                Progress(3, "n[2]", "lvcreate", "running"),
                Progress(4, "n[2]", "mkfs", "not tried"),
            ]
        )
        await pilot.pause()
        lines = [" ".join(line[1:].split()) for line in app.lines()]
    assert lines[0] == "1/4 done, 1 failed, 1 running, 1 not done"
    assert lines[2:8] == [
        "▾ n[1] 1/2 done 1 failed",
        "├─ vgcreate [x] ✓ done 1m05s ok [y]",
        "└─ mount ✗ failed 2s no",
        "▾ n[2] 0/2 done 1 running, 1 not done",
        "├─ lvcreate ▶ running",
        "└─ mkfs ⊘ not tried",
    ]


async def test_it_follows_what_runs_until_the_cursor_is_moved() -> None:
    listing = ProgressList()
    app = Wall(listing)
    async with app.run_test(size=(80, 24)) as pilot:
        items = steps(600)
        listing.set_items(items)
        table = listing.query_one(TreeTable)
        listing.update_items([replace(items[400], status="running")])
        await pilot.pause()
        assert listing.summary() == "60/600 done, 1 running"
        assert table.cursor_key == 400
        await pilot.press("down")
        assert [table.cursor_key] == [401]
        listing.update_items([replace(items[400], status="done"), replace(items[500], status="running")])
        await pilot.pause()
        assert [table.cursor_key] == [401]
        await pilot.press("f")
        await pilot.pause()
        assert [table.cursor_key] == [500]
        assert len(listing.items) == 600


async def test_no_subject_no_group_and_unknown_words() -> None:
    listing = ProgressList()
    app = Wall(listing)
    async with app.run_test(size=(80, 24)) as pilot:
        listing.set_items([Progress("a", "", "wait", "retrying")])
        await pilot.pause()
        assert app.lines()[2].split() == ["▌", "wait", "·", "retrying"]
