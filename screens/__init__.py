"""What the admin sees: one file per pane or dialog, with its style beside it."""
