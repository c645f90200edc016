"""A row of a filled pack beside what is here now."""

from dataclasses import dataclass, field
from typing import Any

from consultation.consultations.attribution import Attribution
from consultation.discussion.actions import Words
from consultation.discussion.models import Comment, CommentRevision
from consultation.offline import fields as f
from consultation.offline.fields import Written
from consultation.positions.actions import Answer
from consultation.positions.models import Capacity, PositionVersion, Stance
from consultation.reports.models import Passage

UNCHANGED, NEW, CHANGED, CONFLICT, REFUSED = "unchanged", "new", "changed", "conflict", "refused"


@dataclass
class Line:
    """A row of the file beside what is here: what to do about it, and every error with the field it is in.

    `mark` names what is here as it was shown: the key of a version of a position, the saves of a draft, 0 for none.
    """

    written: Written
    passage: Passage | None = None
    status: str = UNCHANGED
    errors: list[tuple[int, str]] = field(default_factory=list)
    answer: Answer | None = None
    words: Words | None = None
    attribution: str = Attribution.NAMED
    version: PositionVersion | None = None
    comment: Comment | None = None
    take: str = ""

    @property
    def kind(self) -> str:
        return self.written.kind

    @property
    def is_position(self) -> bool:
        return self.kind == f.POSITION

    @property
    def name(self) -> str:
        """What the row says it is about, for a person."""
        return self.passage.code or self.passage.ref if self.passage else self.written.get(f.REF)[:20]

    @property
    def mark(self) -> int:
        if self.is_position:
            return self.version.pk if self.version else 0
        return self.comment.latest.saves if self.comment and self.comment.latest else 0

    @property
    def before(self) -> str:
        """The explanation or the comment that is here now."""
        if self.version:
            return self.version.explanation
        return self.comment.latest.body if self.comment and self.comment.latest else ""

    @property
    def after(self) -> str:
        """The explanation or the comment of the file."""
        return self.answer.explanation if self.answer else self.words.body if self.words else ""

    @property
    def wording_before(self) -> str:
        return self.comment.latest.proposed_wording if self.comment and self.comment.latest else ""

    @property
    def stance_label(self) -> str:
        return str(Stance(self.answer.stance).label) if self.answer and self.answer.stance else ""

    @property
    def capacity_label(self) -> str:
        return str(Capacity(self.answer.capacity).label) if self.answer else ""

    @property
    def shown_label(self) -> str:
        return str(Attribution(self.attribution).label)

    @property
    def type_label(self) -> str:
        return str(CommentRevision.Type(self.words.type).label) if self.words else ""

    def refuse(self, number: int, sentence: Any) -> None:
        self.errors.append((number, str(sentence)))
        self.status = REFUSED

    @property
    def errors_said(self) -> list[str]:
        """Each error with the field that it is in."""
        return [f"{f.label(number)}: {sentence}" for number, sentence in self.errors]
