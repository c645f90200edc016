"""Where a text invokes the instruments that we know: found by the names under which reports speak of them."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from consultation.reports.models import Instrument, Mention, Passage, Report


@dataclass(frozen=True)
class Place:
    """Words of a passage that name an instrument, from `start` to before `end` in its text."""

    instrument: Instrument
    passage: Passage
    start: int
    end: int

    @property
    def words(self) -> str:
        return self.passage.text[self.start : self.end]

    @property
    def key(self) -> str:
        """Names the place in a form."""
        return f"{self.instrument.slug}:{self.passage.ref}:{self.start}:{self.end}"

    @property
    def before(self) -> str:
        return self.passage.text[max(0, self.start - 60) : self.start]

    @property
    def after(self) -> str:
        return self.passage.text[self.end : self.end + 60]


def places(instruments: Iterable[Instrument], passages: Iterable[Passage]) -> list[Place]:
    """Every place where one of the names stands as whole words, letter by letter, in the order of the text.

    Where names overlap, the longer one stands: “Global Compact on Refugees” is not “Global Compact”.
    """
    owners = {name: instrument for instrument in instruments for name in names_of(instrument)}
    if not owners:
        return []
    longest_first = sorted(owners, key=lambda name: (-len(name), name))
    pattern = re.compile(r"(?<!\w)(?:" + "|".join(map(re.escape, longest_first)) + r")(?!\w)")
    return [
        Place(owners[found.group()], passage, *found.span())
        for passage in passages
        for found in pattern.finditer(passage.text)
    ]


def names_of(instrument: Instrument) -> list[str]:
    """Its names in texts, its name and its short name."""
    listed = [line.strip() for line in instrument.names_in_texts.splitlines()]
    return [name for name in dict.fromkeys([*listed, instrument.name, instrument.short_name]) if name]


def unlinked(report: Report) -> list[Place]:
    """The places that name a known instrument and are not linked as its mention: what a person may confirm."""
    linked = [(m.passage_id, m.instrument_id, m.start, m.end) for m in Mention.objects.filter(passage__report=report)]
    return [
        place
        for place in places(Instrument.objects.all(), report.passages.order_by("order"))
        if not any(
            (passage, instrument) == (place.passage.pk, place.instrument.pk)
            and start <= place.start
            and place.end <= end
            for passage, instrument, start, end in linked
        )
    ]


def moved(text: str, words: str, start: int, taken: set[int]) -> int | None:
    """Where these words stand in a changed text, nearest to where they stood and free; None where they do not."""
    found = re.finditer(rf"(?<!\w){re.escape(words)}(?!\w)", text)
    free = [m.start() for m in found if m.start() not in taken]
    return min(free, key=lambda place: abs(place - start)) if free else None
