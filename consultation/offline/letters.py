"""A letter for a page: each of its lines beside what is here now."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.db.models import Max

from consultation.offline.content import positions_of
from consultation.offline.models import Letter, LetterLine
from consultation.positions.actions import shown
from consultation.positions.models import PositionVersion
from consultation.text.numbers import whole

_LONGEST_NUMBER = 6


@dataclass(frozen=True)
class Shown:
    """A line of a letter; `now` is the version of the position that stands or waits here, `newest` its last number."""

    line: LetterLine
    now: PositionVersion | None = None
    newest: int = 0

    @property
    def is_position(self) -> bool:
        return self.line.kind == LetterLine.Kind.POSITION

    @property
    def words(self) -> str:
        """Its own words while it waits, and then those of what was made of it."""
        if self.line.version:
            return self.line.version.explanation
        if self.line.comment and self.line.comment.latest:
            return self.line.comment.latest.body
        return self.line.words

    @property
    def proposed_wording(self) -> str:
        if self.line.comment and self.line.comment.latest:
            return self.line.comment.latest.proposed_wording
        return self.line.proposed_wording


def lines_of(letter: Letter) -> list[Shown]:
    """The lines of the letter with what is here on the same recommendations. Three queries."""
    lines = letter.lines.select_related("passage", "version", "comment__latest").order_by("pk")
    if not letter.waits:
        return [Shown(line) for line in lines]
    held = positions_of(letter.consultation, letter.organisation)
    newest = dict(
        PositionVersion.objects.filter(position__in=[p.pk for p in held.values()])
        .order_by()
        .values_list("position__recommendation")
        .annotate(newest=Max("number"))
    )
    found = []
    for line in lines:
        if line.kind == LetterLine.Kind.POSITION:
            now = shown(held.get(line.passage_id))
            found.append(Shown(line, now, newest.get(line.passage_id, 0)))
        else:
            found.append(Shown(line))
    return found


def seen_in(data: Mapping[str, str], letter: Letter) -> dict[int, int]:
    """Which version of each position the page showed, by the key of the line, as it was sent back."""
    found = {}
    for key in letter.lines.values_list("pk", flat=True):
        number = whole(str(data.get(f"seen-{key}", "")), digits=_LONGEST_NUMBER, else_=-1)
        if number >= 0:
            found[key] = number
    return found
