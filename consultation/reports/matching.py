"""Which passages of a newer text are passages of an earlier one: by ref and by likeness of the words."""

from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from consultation.reports.contents import PassageFields
from consultation.text.difference import Part, difference, words

_ALIKE_OF_ONE_REF = 0.5
_ALIKE = 0.75


@dataclass(frozen=True)
class Match:
    """A passage of the newer text with the earlier one that it seems to be, and how alike their words are (0 to 1)."""

    new: PassageFields
    old: PassageFields
    alike: float

    @property
    def same_words(self) -> bool:
        return self.new.text == self.old.text

    @property
    def parts(self) -> list[Part]:
        """The difference of the words."""
        return difference(self.old.text, self.new.text)


def matches(old: Sequence[PassageFields], new: Sequence[PassageFields]) -> list[Match]:
    """The matches that can be proposed, in the order of the newer text; each passage in one at most.

    First the same words, then the same ref with words half alike, then words much alike under another ref.
    """
    left = {passage.ref: passage for passage in old}
    found: dict[str, Match] = {}

    def take(passage: PassageFields, earlier: PassageFields, alike: float) -> None:
        found[passage.ref] = Match(passage, earlier, alike)
        del left[earlier.ref]

    by_words: dict[tuple[str, str], list[PassageFields]] = {}
    for earlier in old:
        by_words.setdefault((earlier.kind, earlier.text), []).append(earlier)
    for passage in new:
        same = [p for p in by_words.get((passage.kind, passage.text), []) if p.ref in left]
        if same:
            take(passage, next((p for p in same if p.ref == passage.ref), same[0]), 1.0)
    for passage in new:
        named = left.get(passage.ref)
        if passage.ref not in found and named and (alike := likeness(named.text, passage.text)) >= _ALIKE_OF_ONE_REF:
            take(passage, named, alike)
    for passage in new:
        if passage.ref not in found and (best := _best(passage, list(left.values()))):
            take(passage, *best)
    return [found[passage.ref] for passage in new if passage.ref in found]


def _best(passage: PassageFields, left: list[PassageFields]) -> tuple[PassageFields, float] | None:
    """The passage of the same kind whose words are most alike, if they are enough."""
    best: tuple[PassageFields, float] | None = None
    for earlier in left:
        if earlier.kind != passage.kind or not _lengths_are_near(earlier.text, passage.text):
            continue
        alike = likeness(earlier.text, passage.text)
        if alike >= _ALIKE and (best is None or alike > best[1]):
            best = (earlier, alike)
    return best


def _lengths_are_near(one: str, other: str) -> bool:
    """Whether the words could be alike at all: cheaper than comparing them."""
    return 2 * min(len(one), len(other)) >= _ALIKE * (len(one) + len(other))


def likeness(one: str, other: str) -> float:
    """How much of the words two texts share, from 0 to 1."""
    return SequenceMatcher(None, words(one), words(other), autojunk=False).ratio()
