"""Textual widgets that know no word of storage."""
