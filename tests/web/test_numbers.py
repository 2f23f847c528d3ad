"""Numbers as people type them."""

from __future__ import annotations

import pytest

from marketplace.web.numbers import ungrouped


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("1,234", "1234"),
        ("12,345,678.9", "12345678.9"),
        ("-1,000", "-1000"),
        ("１，２００", "1200"),
        (" 3 000 ", "3000"),
        ("3.25", "3.25"),
    ],
)
def test_commas_between_thousands_and_spaces_are_left_out(typed: str, read: str) -> None:
    assert ungrouped(typed) == read


@pytest.mark.parametrize("typed", ["2,4", "1,23", "1,2345", "12,34,567", "0.1,234", "1234,567", ",5"])
def test_a_comma_that_parts_no_thousands_stays_so_that_no_number_is_read(typed: str) -> None:
    assert "," in ungrouped(typed)
