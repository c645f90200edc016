"""How a limit is written in the environment."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Limit:
    """So many times in so many seconds; 0 times is no limit."""

    number: int
    seconds: int

    @classmethod
    def read(cls, text: str) -> "Limit":
        """`300/60`, or 0 for none. Raises `ValueError`."""
        number, _slash, seconds = text.partition("/")
        limit = cls(int(number), int(seconds or 1))
        if limit.number < 0 or limit.seconds < 1:
            raise ValueError(text)
        return limit
