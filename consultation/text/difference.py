"""The difference of two texts, word by word."""

import re
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
    parts: list[Part] = []
    for tag, a, b, c, d in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if tag == "equal":
            parts.append(Part("same", "".join(before[a:b])))
            continue
        if a < b:
            parts.append(Part("removed", "".join(before[a:b])))
        if c < d:
            parts.append(Part("added", "".join(after[c:d])))
    return parts
