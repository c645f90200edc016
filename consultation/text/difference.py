"""The difference of two texts, word by word."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Literal

_TOKEN = re.compile(r"\s+|\w+(?:[’'-]\w+)*|[^\w\s]")


@dataclass(frozen=True)
class Part:
    """A run of words that both texts have (`same`), only the old one (`removed`) or only the new one (`added`)."""

    kind: Literal["same", "removed", "added"]
    text: str


def words(text: str) -> list[str]:
    """The text cut into words, single punctuation marks and runs of white space; joined they give it back."""
    return _TOKEN.findall(text)


def difference(old: str, new: str) -> list[Part]:
    """What to remove from `old` and add to get `new`, in reading order.

    Joining the `same` and `removed` parts gives `old`, joining `same` and `added` gives `new`.
    """
    before, after = words(old), words(new)
    # Most proposals change a few words: what both begin and end with is not searched for, which takes its square.
    begin = _shared(before, after)
    end = _shared(before[begin:][::-1], after[begin:][::-1])
    changed = before[begin : len(before) - end], after[begin : len(after) - end]
    parts = [_same(before[:begin]), *_between(*changed), _same(before[len(before) - end :])]
    return [part for part in parts if part.text]


def _shared(one: list[str], other: list[str]) -> int:
    """How many words both begin with."""
    pairs = enumerate(zip(one, other, strict=False))
    return next((n for n, (a, b) in pairs if a != b), min(len(one), len(other)))


def _same(words: list[str]) -> Part:
    return Part("same", "".join(words))


def _between(before: list[str], after: list[str]) -> Iterator[Part]:
    for tag, a, b, c, d in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if tag == "equal":
            yield _same(before[a:b])
            continue
        yield Part("removed", "".join(before[a:b]))
        yield Part("added", "".join(after[c:d]))
