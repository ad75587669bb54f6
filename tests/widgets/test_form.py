"""Forms by keyboard."""

from tests.widgets.app import Wall
from tui.widgets.form import Field, Form

FIELDS = (
    Field("name", "Name", hint="of the volume [new]"),
    Field("size", "Size", "number", hint="GiB", value="10"),
    Field("kind", "Durability", "choice", options=("replicate", "none"), hint="copies"),
    Field("wipe", "Wipe", "yesno", hint="destroys data"),
    Field("note", "Note", required=False, validate=lambda text: "" if text.islower() else "small letters only"),
)


async def test_tab_type_choose_and_submit() -> None:
    form = Form(FIELDS)
    app = Wall(form)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press(*"vol1", "tab", *"x", "tab")
        await pilot.pause()
        assert "! '10x' is no number" in app.lines()[2]
        await pilot.press("right", "tab", "y", "enter")
        assert not app.heard(Form.Submitted)
        await pilot.press("backspace", "enter")
        await pilot.pause()
        assert "GiB" in app.lines()[2]
        assert [event.values for event in app.heard(Form.Submitted)] == [
            {"name": "vol1", "size": "10", "kind": "none", "wipe": "yes", "note": ""}
        ]


async def test_hints_and_problems_are_shown_as_they_are() -> None:
    form = Form(FIELDS)
    app = Wall(form)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        assert app.lines()[0].endswith("of the volume [new]")
        form.submit()
        form.show_problem("kind", "no [space]")
        await pilot.pause()
        assert app.lines()[0].endswith("! needed")
        assert app.lines()[4].endswith("! no [space]")
        form.set_value("note", "BIG")
        form.set_value("name", "a")
        form.submit()
        await pilot.pause()
        assert app.lines()[8].endswith("! small letters only")
        assert form.check() == {"note": "small letters only"}
