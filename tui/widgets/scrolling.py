"""A longer or shorter list under the same scroll bar moves nothing on the screen: nothing is laid out for it."""

from textual.geometry import Size
from textual.scroll_view import ScrollView


def resize_content(view: ScrollView, size: Size) -> None:
    """Give a view (of a height of its own) a virtual size; the screen is laid out anew only when its bar comes or goes.

    Laying out a whole screen costs more than drawing a table of any length.
    """
    has_bar = view.show_vertical_scrollbar and size.height > view.container_size.height > 0
    if has_bar and size.width == view.virtual_size.width and not view.styles.is_auto_height:
        view.set_reactive(ScrollView.virtual_size, size)
        view.vertical_scrollbar.window_virtual_size = size.height
    else:
        view.virtual_size = size
