"""What is no number, or longer than any, is none."""

import pytest

from consultation.text.numbers import whole


@pytest.mark.parametrize(
    ("text", "number"),
    [("0", 0), ("12", 12), ("007", 7), ("9" * 18, 10**18 - 1), ("9" * 19, -1), ("9" * 5000, -1)]
    + [(text, -1) for text in ("", "-1", "+1", "1.5", "²", "١٢", " 1", "1_000", "x")],
)
def test_a_whole_number_or_the_other(text, number):
    assert whole(text, else_=-1) == number


@pytest.mark.parametrize(("written", "read"), [("0", 0), ("007", 7), ("999", 999), ("1000", -1), ("", -1), ("-1", -1)])
def test_a_caller_says_how_many_digits_it_takes_and_what_stands_for_none(written, read):
    assert whole(written, digits=3, else_=-1) == read
