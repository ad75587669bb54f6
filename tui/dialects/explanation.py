"""What a failure means, in words."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why a command or request failed. `transient`: something held it up for a moment, so try again."""

    reason: str
    remedy: str = ""
    transient: bool = False
