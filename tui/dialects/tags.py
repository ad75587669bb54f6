"""LVM tags as brickyard writes and reads them; they live in the core, which reads them too."""

from tui.core.group_tags import MAX_TAG, PREFIX, GroupTags, escape, members, read, unescape, write

__all__ = ["MAX_TAG", "PREFIX", "GroupTags", "escape", "members", "read", "unescape", "write"]
