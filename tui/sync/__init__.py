"""Keeps the store true: polls, watches, and says how fresh each source is."""
