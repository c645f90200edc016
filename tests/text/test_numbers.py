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
