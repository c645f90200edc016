"""A letter for a page: each of its lines beside what is here now."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Max

from consultation.discussion.models import Comment, CommentRevision
from consultation.offline.content import positions_of
from consultation.offline.models import Letter, LetterLine
from consultation.positions.actions import shown
from consultation.positions.models import PositionVersion
from consultation.text.numbers import whole

_LONGEST_NUMBER = 6


@dataclass(frozen=True)
class Shown:
    """A line of a letter; `now` is the version of the position that stands or waits here, `newest` its last number.

    Of the comment that was made of it `said` are the words, where the reader may read them; `opens` whether its page
    does.
    """

    line: LetterLine
    now: PositionVersion | None = None
    newest: int = 0
    said: CommentRevision | None = None
    opens: bool = False

    @property
    def is_position(self) -> bool:
        return self.line.kind == LetterLine.Kind.POSITION

    @property
    def words(self) -> str:
        """Its own words while it waits, and then those of what was made of it."""
        if self.line.version:
            return self.line.version.explanation
        return self.said.body if self.said else self.line.words

    @property
    def proposed_wording(self) -> str:
        return self.said.proposed_wording if self.said else self.line.proposed_wording

    @property
    def is_kept_back(self) -> bool:
        """A comment was made of it whose words the reader may not read here."""
        return self.line.comment_id is not None and self.said is None


def lines_of(letter: Letter, reader: Any) -> list[Shown]:
    """The lines of the letter with what is here on the same recommendations. Three queries."""
    lines = letter.lines.select_related("passage", "version", "comment").order_by("pk")
    if not letter.waits:
        return _made_of(list(lines), reader)
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


def _made_of(lines: list[LetterLine], reader: Any) -> list[Shown]:
    """The lines of a confirmed letter: of a published comment what is published, else what was submitted last."""
    keys = [line.comment_id for line in lines if line.comment_id]
    visible = Comment.objects.visible_to(reader).filter(pk__in=keys).select_related("published", "latest")
    comments = {comment.pk: comment for comment in visible}
    said = {c.pk: c.latest for c in comments.values() if c.state in {Comment.State.PENDING, Comment.State.RETURNED}}
    said |= {c.pk: c.published for c in comments.values() if c.state == Comment.State.PUBLISHED}
    return [
        Shown(line, said=said.get(line.comment_id or 0), opens=(line.comment_id or 0) in comments) for line in lines
    ]


def seen_in(data: Mapping[str, str], letter: Letter) -> dict[int, int]:
    """Which version of each position the page showed, by the key of the line, as it was sent back."""
    found = {}
    for key in letter.lines.values_list("pk", flat=True):
        number = whole(str(data.get(f"seen-{key}", "")), digits=_LONGEST_NUMBER, else_=-1)
        if number >= 0:
            found[key] = number
    return found
