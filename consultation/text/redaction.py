"""Blacking words out of a text: the same mark for any length, so that nothing can be guessed from it."""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

MARK = "█████"
# What stands in the text itself, so that no output has to know of it: pages, files, mails, the index of the search.
# The words are for screen readers, which pass over the mark.
BLACKED = f"{MARK} (redacted by a moderator)"


@dataclass(frozen=True)
class Blacked:
    """One text in which something is blacked out: where it stands, what it said, and what everybody reads then.

    `private` texts are blacked out with the others, but whoever blacks out is not shown them.
    """

    row: Any
    column: str
    original: str
    text: str
    private: bool = False


def repeated(
    rows: Iterable[Any],
    columns: Sequence[str],
    words: list[str],
    *,
    private: Callable[[Any], bool] = lambda row: getattr(row, "state", "") == "draft",
) -> list[Blacked]:
    """Every text in these columns of these rows that holds one of these words; drafts are `private`."""
    return [
        Blacked(row, column, text, new, private(row))
        for row in rows
        for column in columns
        if (text := getattr(row, column)) != (new := blacked(text, words))
    ]


def blacked(text: str, words: Iterable[str]) -> str:
    """The text with every occurrence of these words blacked out, whatever their case.

    White space between them may differ, and a line may begin with the mark of a quotation: what was quoted is found.
    """
    for one in sorted(words, key=len, reverse=True):
        if pattern := _pattern(one):
            text = pattern.sub(BLACKED, text)
    return text


def places(text: str, words: Iterable[str]) -> list[tuple[int, int]]:
    """Where these words stand in the text, start and end, in their order; what overlaps is one place."""
    found: list[tuple[int, int]] = []
    patterns = [pattern for one in words if (pattern := _pattern(one))]
    for start, end in sorted(match.span() for pattern in patterns for match in pattern.finditer(text)):
        if found and start < found[-1][1]:
            found[-1] = (found[-1][0], max(end, found[-1][1]))
        else:
            found.append((start, end))
    return found


def holds(text: str, words: str) -> bool:
    """Whether these words stand in the text."""
    pattern = _pattern(words)
    return bool(pattern and pattern.search(text))


def blacked_in(value: Any, words: list[str]) -> Any:
    """The same for every text in nested lists and dicts."""
    if isinstance(value, str):
        return blacked(value, words)
    if isinstance(value, list):
        return [blacked_in(each, words) for each in value]
    if isinstance(value, dict):
        return {name: blacked_in(each, words) for name, each in value.items()}
    return value


def _pattern(words: str) -> re.Pattern[str] | None:
    """Whole words only: a name is not found within another word."""
    parts = words.split()
    if not parts:
        return None
    begins, ends = (r"(?<!\w)" if parts[0][0].isalnum() else ""), (r"(?!\w)" if parts[-1][-1].isalnum() else "")
    return re.compile(begins + r"[\s>]+".join(re.escape(part) for part in parts) + ends, re.IGNORECASE)
