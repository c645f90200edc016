"""Numbers that programs and files send."""

_DIGITS = 18  # a key of any table; Python refuses to read some thousands


def whole(text: str, *, digits: int = _DIGITS, else_: int = 0) -> int:
    """The whole number that is written, of at most so many `digits` of ASCII; of anything else `else_`.

    No number is below zero: `else_=-1` tells nothing from 0.
    """
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= digits else else_
