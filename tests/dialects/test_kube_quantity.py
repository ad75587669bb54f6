"""Quantities are whole bytes, rounded as Kubernetes rounds them."""

import pytest

from tui.dialects.kube_quantity import parse_quantity


@pytest.mark.parametrize(
    ("raw", "size"),
    [
        ("10Gi", 10 * 2**30), ("10G", 10**10), ("1.5Gi", 3 * 2**29), ("1Ki", 1024), ("1k", 1000), ("2Ei", 2**61),
        ("1P", 10**15), ("3Ti", 3 * 2**40), ("7", 7), ("0", 0), ("+5M", 5_000_000), (".5Ki", 512), ("5.", 5),
        ("1500m", 2), ("1u", 1), ("1n", 1), ("1000m", 1), ("-1500m", -2),
        ("1e3", 1000), ("1E3", 1000), ("1E", 10**18), ("12e-1", 2), ("1.25e2", 125),
        (5, 5), (1.5, 2), (1e22, 2**63 - 1),
    ],
)  # fmt: skip
def test_a_quantity_is_read(raw: object, size: int) -> None:
    assert parse_quantity(raw) == size


def test_a_gigabyte_is_less_than_a_gibibyte() -> None:
    small, large = parse_quantity("10G"), parse_quantity("10Gi")
    assert small is not None
    assert large is not None
    assert small < large


@pytest.mark.parametrize("raw", ["100E", "1e999", "9223372036854775808"])
def test_what_is_too_large_is_capped(raw: str) -> None:
    assert parse_quantity(raw) == 2**63 - 1


@pytest.mark.parametrize(
    "raw",
    [
        "", "Gi", "1 Gi", "1gi", "1e", "1e1.5", "1e12345", "1Ki5", "1_0", "٣", "--1", "1.2.3", ".", "1" * 500,
        None, True, float("inf"), float("nan"), [], {},
    ],
)  # fmt: skip
def test_what_is_no_quantity_is_unknown(raw: object) -> None:
    assert parse_quantity(raw) is None
