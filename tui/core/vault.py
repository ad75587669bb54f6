"""Secrets that plans need: held in memory only, and named by a placeholder everywhere else.

A plan, and so the journal, the screen and the log, holds "${secret:ab12}" or, for the same in base64,
"${base64:ab12}". The value is put in right before a request is sent.
"""

import base64
import json
import re
import secrets
from typing import Final

from tui.core.plan import Refused

_SHORTEST: Final = 6
_PLACEHOLDER: Final = re.compile(r"\$\{(secret|base64):([0-9a-f]{8})\}")


class Vault:
    """The secrets of one run of the program. They are gone with it."""

    def __init__(self) -> None:
        self._values: dict[str, str] = {}

    def __repr__(self) -> str:
        return f"Vault({len(self._values)} values)"

    def put(self, value: str) -> str:
        """Keep a secret; the answer is its placeholder, the same for the same value. Raises ValueError for none."""
        if not value:
            raise ValueError("an empty text is no secret")
        name = next((name for name, known in self._values.items() if known == value), "")
        if not name:
            name = secrets.token_hex(4)
            self._values[name] = value
        return f"${{secret:{name}}}"

    def put_base64(self, value: str) -> str:
        """Keep a secret; the answer is the placeholder of its base64, as a Secret holds it."""
        return self.put(value).replace("${secret:", "${base64:")

    def forget(self) -> None:
        """Nothing is known any more, as at the end of the program."""
        self._values.clear()

    def fill(self, text: str) -> str:
        """A JSON text with the values in place of their placeholders.

        Raises Refused where a value is not known (any more): it was typed into another run of the program.
        """
        return _PLACEHOLDER.sub(self._value, text)

    def _value(self, match: re.Match[str]) -> str:
        kind, name = match.groups()
        value = self._values.get(name)
        if value is None:
            raise Refused(
                "the secret that this needs is not known any more: secrets are never written down",
                ("undo the operation, then do it anew and type the key again",),
            )
        if kind == "base64":
            return base64.b64encode(value.encode()).decode()
        return json.dumps(value, ensure_ascii=False)[1:-1]

    def known(self, value: str) -> str:
        """The placeholder of a secret, or of its base64; "" for what is none."""
        for name, secret in self._values.items():
            if value == secret:
                return f"${{secret:{name}}}"
            if value == base64.b64encode(secret.encode()).decode():
                return f"${{base64:{name}}}"
        return ""

    def hide(self, text: str) -> str:
        """A text that may quote secrets (an error, say) with placeholders in their places.

        Very short ones are left: they stand in other words by chance.
        """
        for name, value in self._values.items():
            forms = {value, json.dumps(value, ensure_ascii=False)[1:-1], base64.b64encode(value.encode()).decode()}
            for form in sorted(forms, key=len, reverse=True):
                if len(form) >= _SHORTEST:
                    text = text.replace(form, f"${{secret:{name}}}")
        return text


def names_secret(text: str) -> bool:
    """Whether a text holds a placeholder."""
    return bool(_PLACEHOLDER.search(text))
