"""From what is known to findings: evidence, cause, remedy. No I/O."""
