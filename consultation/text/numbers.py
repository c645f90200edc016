"""Numbers that programs and files send."""

_DIGITS = 18  # a key of any table; Python refuses to read some thousands


def whole(text: str, *, else_: int = 0) -> int:
    """The whole number that is written, of at most 18 digits of ASCII; of anything else `else_`."""
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= _DIGITS else else_
