"""Secrets stay in memory: placeholders everywhere else, and values only where a request is sent."""

import base64
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.core.plan import Refused
from tui.core.vault import Vault, names_secret


@given(st.text(min_size=1))
def test_the_value_comes_back_where_a_request_is_sent(value: str) -> None:
    vault = Vault()
    sent = json.loads(vault.fill(json.dumps({"plain": vault.put(value)})))
    assert sent == {"plain": value}


@given(st.text(min_size=1).filter(lambda text: text.isprintable()))
def test_as_a_secret_holds_it(value: str) -> None:
    vault = Vault()
    sent = json.loads(vault.fill(json.dumps({"data": {"key": vault.put_base64(value)}})))
    assert base64.b64decode(sent["data"]["key"]).decode() == value


def test_the_same_secret_has_the_same_placeholder() -> None:
    vault = Vault()
    assert vault.put("geheim") == vault.put("geheim") != vault.put("anders")


def test_nothing_secret_is_in_a_placeholder_or_a_picture() -> None:
    vault = Vault()
    assert "geheim" not in vault.put("geheim") + vault.put_base64("geheim") + repr(vault) + str(vault)
    assert names_secret(vault.put("geheim"))
    assert not names_secret("${secret:nothex}")


def test_what_is_not_known_any_more_is_refused() -> None:
    vault = Vault()
    text = f'{{"key": "{vault.put("geheim")}"}}'
    vault.forget()
    with pytest.raises(Refused, match="never written down") as refused:
        vault.fill(text)
    assert "type the key again" in refused.value.details[0]


def test_an_empty_secret_is_none() -> None:
    with pytest.raises(ValueError, match="empty"):
        Vault().put("")


def test_texts_that_quote_a_secret_are_cleaned() -> None:
    vault = Vault()
    name = vault.put('my "Secret"')
    coded = base64.b64encode(b'my "Secret"').decode()
    assert vault.hide(f'no my "Secret", my \\"Secret\\" or {coded}') == f"no {name}, {name} or {name}"


def test_a_short_secret_does_not_spoil_other_words() -> None:
    vault = Vault()
    vault.put("a")
    assert vault.hide("a banana") == "a banana"


def test_known_values_keep_their_names() -> None:
    vault = Vault()
    name = vault.put("geheim")
    assert vault.known("geheim") == name
    assert vault.known(base64.b64encode(b"geheim").decode()) == name.replace("secret", "base64")
    assert not vault.known("anders")
