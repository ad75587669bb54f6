"""What the admin sees: one file for each pane and dialog. `house()` hands them to the app."""

from tui.app import House


def house() -> House:
    """The screens that the app opens by itself, for the composition root."""
    from screens.asker import ScreenAsker
    from screens.dashboard import STYLES, DashboardScreen
    from screens.error import ErrorDialog
    from screens.first_run import FirstRunDialog
    from screens.help import HelpDialog
    from screens.quit import QuitDialog
    from screens.theme import THEMES
    from screens.unfinished import begin

    return House(
        dashboard=DashboardScreen,
        first_run=FirstRunDialog,
        begin=begin,
        help=HelpDialog,
        error=ErrorDialog,
        quit=QuitDialog,
        asker=ScreenAsker,
        themes=THEMES,
        css=STYLES,
    )
