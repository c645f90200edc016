"""Text that is visibly made up: no opinion of anybody."""

import random

_WORDS = [
    "sample",
    "text",
    "words",
    "remark",
    "line",
    "place",
    "number",
    "passage",
    "page",
    "paragraph",
    "note",
    "example",
    "reading",
    "order",
    "sense",
    "measure",
    "length",
    "short",
    "long",
    "first",
    "second",
    "third",
    "other",
    "same",
    "next",
    "last",
    "here",
    "there",
    "with",
    "without",
    "for",
    "from",
    "into",
    "about",
    "between",
]


def remark(chance: random.Random) -> str:
    """A remark of 8 to 300 words, most of them short, a few long."""
    length = min(max(int(chance.lognormvariate(3.6, 0.8)), 8), 300)
    words = chance.choices(_WORDS, k=length)
    middle = length // 2
    return f"Generated {' '.join(words[:middle])}.\n\n{' '.join(words[middle:]).capitalize()}."


def other_wording(chance: random.Random, words: str) -> str:
    """Other words for a passage: one of its words is another."""
    parts = words.split(" ")
    parts[chance.randrange(len(parts))] = chance.choice(_WORDS)
    return " ".join(parts)
