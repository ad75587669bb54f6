"""From an intent and what is known to a plan, without I/O."""
