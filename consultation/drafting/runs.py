"""The changed words of a passage as numbered runs, so that each can name the comments behind it."""

import hashlib
from collections import Counter
from dataclasses import dataclass

from consultation.text.difference import difference

_KEY = 12


@dataclass(frozen=True)
class Run:
    """Words that stand together and are changed: what is removed, what is added in its place.

    `key` names these words, wherever they stand: it stays when other words of the passage change.
    """

    number: int
    key: str
    removed: str
    added: str


@dataclass(frozen=True)
class Piece:
    """Words that both texts have, or a run."""

    text: str = ""
    run: Run | None = None


def pieces(old: str, new: str) -> list[Piece]:
    """The difference in reading order; changes with nothing but white space between them are one run.

    Joining `text` and the runs' `removed` gives `old`, joining `text` and their `added` gives `new`.
    """
    found: list[Piece] = []
    removed, added, space = "", "", ""
    seen: Counter[tuple[str, str]] = Counter()

    def close() -> None:
        nonlocal removed, added, space
        if removed or added:
            seen[removed, added] += 1
            name = "\0".join((removed, added, str(seen[removed, added])))
            key = hashlib.sha256(name.encode()).hexdigest()[:_KEY]
            found.append(Piece(run=Run(sum(seen.values()), key, removed, added)))
        if space:
            found.append(Piece(space))
        removed, added, space = "", "", ""

    for part in difference(old, new):
        if part.kind == "same" and part.text.isspace() and (removed or added):
            space += part.text
        elif part.kind == "same":
            close()
            found.append(Piece(part.text))
        else:
            removed, added, space = removed + space, added + space, ""
            if part.kind == "removed":
                removed += part.text
            else:
                added += part.text
    close()
    return found


def runs(old: str, new: str) -> list[Run]:
    """The runs alone, in reading order."""
    return [piece.run for piece in pieces(old, new) if piece.run]
