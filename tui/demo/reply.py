"""What a simulated program answers, and how it refuses."""

import os
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Reply:
    """Exit code and both output streams of a program."""

    code: int = 0
    out: str = ""
    err: str = ""


class ProgramError(Exception):
    """A program ends here with this exit code and these texts."""

    def __init__(self, code: int, err: str = "", out: str = "") -> None:
        super().__init__(err)
        self.reply = Reply(code, out, err)


def os_error(number: int) -> OSError:
    """An OSError whose `strerror` is the C library's text."""
    return OSError(number, os.strerror(number))


def text_of(error: OSError) -> str:
    """The C library's text of an error, as programs print it."""
    return error.strerror or str(error)
