"""How glusterd refuses: opRet, opErrno and the text."""

from typing import Final

GENERIC: Final = 30800
LOCKED: Final = 30802


class GlusterError(Exception):
    """An operation is refused; `code` is opRet, `number` is opErrno."""

    def __init__(self, number: int, text: str, code: int = -1) -> None:
        super().__init__(text)
        self.number, self.text, self.code = number, text, code
