"""Quantities of Kubernetes ("10Gi", "1500m", "1e3") as whole numbers, rounded as Kubernetes does.

Source: k8s.io/apimachinery/pkg/api/resource (Quantity.Value: up, away from zero; capped at 2^63-1).
"""

from functools import lru_cache
from typing import Final

_LARGEST: Final = 2**63 - 1
_BINARY: Final = {"Ki": 2**10, "Mi": 2**20, "Gi": 2**30, "Ti": 2**40, "Pi": 2**50, "Ei": 2**60}
_DECIMAL: Final = {"n": -9, "u": -6, "m": -3, "": 0, "k": 3, "M": 6, "G": 9, "T": 12, "P": 15, "E": 18}


def parse_quantity(raw: object) -> int | None:
    """Whole units (bytes for storage) of a quantity, None when it is none; bare numbers count as well."""
    if type(raw) is str:
        return _parse(raw)
    if type(raw) is int or type(raw) is float:
        return _parse(repr(raw))
    return None


@lru_cache(maxsize=4096)
def _parse(text: str) -> int | None:
    end = len(text)
    while end and text[end - 1] not in "0123456789.":
        end -= 1
    number, suffix = text[:end], text[end:]
    if suffix in _BINARY:
        return _whole(number, _BINARY[suffix], 0)
    if suffix in _DECIMAL:
        number, power = _exponent(number) if suffix == "" else (number, _DECIMAL[suffix])
        return _whole(number, 1, power)
    return None


def _exponent(number: str) -> tuple[str, int]:
    """Split "12e-3"; what is no exponent makes the number unreadable."""
    mantissa, mark, power = number.replace("E", "e").partition("e")
    if not mark:
        return number, 0
    sign, digits = (power[0], power[1:]) if power[:1] in ("+", "-") else ("", power)
    if not digits.isascii() or not digits.isdigit() or len(digits) > 3:
        return "", 0
    return mantissa, int(sign + digits)


def _whole(number: str, factor: int, power: int) -> int | None:
    sign, digits = (number[0], number[1:]) if number[:1] in ("+", "-") else ("", number)
    whole, _, fraction = digits.partition(".")
    plain = whole + fraction
    if not plain.isascii() or not plain.isdigit() or len(plain) > 400:
        return None
    power -= len(fraction)
    value, divisor = int(plain) * factor, 1
    if power >= 0:
        value *= 10**power
    else:
        divisor = 10**-power
    size = min(-(-value // divisor), _LARGEST)
    return -size if sign == "-" else size
