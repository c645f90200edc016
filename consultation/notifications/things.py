"""What an entry of the record is about."""

from dataclasses import dataclass
from typing import Any

from consultation.consultations.models import Consultation
from consultation.discussion.models import Comment
from consultation.offline.models import Letter
from consultation.positions.models import Position
from consultation.practices.actions import first_related
from consultation.practices.models import Practice
from consultation.record.models import Entry
from consultation.reports.models import Passage
from consultation.silence.models import Procedure
from consultation.stakeholders.models import Organisation

# The columns of a notification that say what it is about.
NOTHING = dict.fromkeys(("comment", "position", "practice", "procedure", "letter"))


@dataclass(frozen=True)
class Thing:
    """What an entry is about: a comment, a position or a practice, in its consultation."""

    entry: Entry
    consultation: Consultation
    passage: Passage
    organisation: Organisation
    comment: Comment | None = None
    position: Position | None = None
    practice: Practice | None = None

    @property
    def about(self) -> dict[str, Any]:
        """The columns of a notification, or of a flag, that say what it is about."""
        return {**NOTHING, **self.moderated}

    @property
    def moderated(self) -> dict[str, Any]:
        """The columns of a flag that say what it is about."""
        return {"comment": self.comment, "position": self.position, "practice": self.practice}


@dataclass(frozen=True)
class Round:
    """What an entry about a consultation as a whole is about."""

    entry: Entry
    consultation: Consultation
    passage: None = None

    @property
    def about(self) -> dict[str, Any]:
        """The columns of a notification that say what it is about: none."""
        return NOTHING


@dataclass(frozen=True)
class Silence:
    """What an entry about a silence procedure is about: no organisation, and the first of its texts for a place."""

    entry: Entry
    consultation: Consultation
    passage: Passage
    procedure: Procedure

    @property
    def about(self) -> dict[str, Any]:
        """The columns of a notification that say what it is about."""
        return {**NOTHING, "procedure": self.procedure}


@dataclass(frozen=True)
class OnPaper:
    """What an entry about a letter is about: an organisation's, of no one passage."""

    entry: Entry
    consultation: Consultation
    letter: Letter
    passage: None = None

    @property
    def about(self) -> dict[str, Any]:
        """The columns of a notification that say what it is about."""
        return {**NOTHING, "letter": self.letter}


Subject = Thing | Round | Silence | OnPaper


def thing_of(entry: Entry) -> Thing | None:
    """What the entry is about, or None where it is gone."""
    label, _separator, key = entry.subject.partition(":")
    if label == Comment._meta.label_lower:
        comment = (
            Comment.objects.filter(pk=key)
            .select_related("consultation", "passage", "organisation", "latest", "author", "root")
            .first()
        )
        if comment is None:
            return None
        return Thing(entry, comment.consultation, comment.passage, comment.organisation, comment=comment)
    if label == Practice._meta.label_lower:
        return _practice(entry, key)
    if label != Position._meta.label_lower:
        return None
    position = (
        Position.objects.filter(pk=key)
        .select_related("consultation", "recommendation", "organisation", "signed", "signed_late", "draft")
        .first()
    )
    if position is None:
        return None
    return Thing(entry, position.consultation, position.recommendation, position.organisation, position=position)


def _practice(entry: Entry, key: str) -> Thing | None:
    """A practice, told at the first recommendation that it shows at work; a draft without one concerns nobody."""
    joined = Practice.objects.select_related("consultation", "organisation", "latest", "author")
    practice = joined.filter(pk=key).first()
    passage = first_related(practice) if practice else None
    if practice is None or passage is None:
        return None
    return Thing(entry, practice.consultation, passage, practice.organisation, practice=practice)
