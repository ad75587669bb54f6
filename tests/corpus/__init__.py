"""Broken and healthy situations of claims, with the codes that a diagnosis has to give."""
