"""The things that moderators decide on: comments and explanations of position, under one face."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import QuerySet

from consultation.consultations.models import Consultation, Officer
from consultation.discussion.models import Comment, CommentRevision
from consultation.positions.models import PositionVersion
from consultation.reports.models import Passage
from consultation.stakeholders.models import Organisation

COMMENT, EXPLANATION = "comment", "explanation"


@dataclass(frozen=True)
class Item:
    """One thing to decide on: the newest words of a comment, or the explanation of a signed position."""

    kind: str
    public_id: str
    state: str
    consultation: Consultation
    passage: Passage
    organisation: Organisation
    author: Any
    since: datetime
    text: str
    revision: CommentRevision | None = None
    version: PositionVersion | None = None

    @property
    def id(self) -> str:
        return f"{self.kind}-{self.public_id}"

    @property
    def number(self) -> int:
        """The number of the revision or version, which a decision names."""
        thing = self.revision or self.version
        return thing.number if thing else 0

    @property
    def proposed_wording(self) -> str:
        return self.revision.proposed_wording if self.revision else ""

    @property
    def is_edit(self) -> bool:
        """An edit of a published comment."""
        return self.revision is not None and self.revision.comment.published_id is not None


def from_revision(revision: CommentRevision) -> Item:
    comment = revision.comment
    state = revision.state if revision.state == CommentRevision.State.PENDING else comment.state
    return Item(
        COMMENT,
        comment.public_id,
        state,
        comment.consultation,
        comment.passage,
        comment.organisation,
        comment.author,
        revision.created_at,
        revision.body,
        revision=revision,
    )


def from_version(version: PositionVersion) -> Item:
    position = version.position
    return Item(
        EXPLANATION,
        position.public_id,
        version.explanation_state,
        position.consultation,
        position.recommendation,
        position.organisation,
        version.drafted_by,
        version.signed_at or version.drafted_at,
        version.explanation,
        version=version,
    )


def moderated_by(user: Any) -> "QuerySet[Consultation]":
    """The consultations in which this person is a moderator."""
    return Consultation.objects.filter(officers__user=user, officers__role=Officer.Role.MODERATOR)


def pending_revisions(user: Any) -> "QuerySet[CommentRevision]":
    """The revisions that wait for a decision of this moderator, oldest first."""
    return (
        CommentRevision.objects.filter(
            state=CommentRevision.State.PENDING, comment__consultation__in=moderated_by(user)
        )
        .select_related(*_REVISION)
        .order_by("created_at", "pk")
    )


def pending_explanations(user: Any) -> "QuerySet[PositionVersion]":
    """The explanations that wait for a decision of this moderator, oldest first."""
    return (
        PositionVersion.objects.filter(
            state=PositionVersion.State.SIGNED,
            explanation_state=PositionVersion.Explanation.PENDING,
            position__consultation__in=moderated_by(user),
        )
        .select_related(*_VERSION)
        .order_by("signed_at", "pk")
    )


def waiting(user: Any, limit: int) -> list[Item]:
    """The first `limit` items that wait, oldest first, of both kinds together."""
    return sorted(_waiting(user, limit), key=lambda item: item.since)[:limit]


def _waiting(user: Any, limit: int) -> Iterator[Item]:
    yield from map(from_revision, pending_revisions(user)[:limit])
    yield from map(from_version, pending_explanations(user)[:limit])


def count(user: Any) -> int:
    """How many items wait for this moderator."""
    return pending_revisions(user).count() + pending_explanations(user).count()


def find(item_id: str, user: Any) -> Item | None:
    """The item with this id in a consultation that the person moderates, whatever its state; else None."""
    kind, _, public_id = item_id.partition("-")
    if kind == COMMENT:
        comment = (
            Comment.objects.exclude(state=Comment.State.DRAFT)
            .filter(public_id=public_id, consultation__in=moderated_by(user))
            .first()
        )
        if comment is None:
            return None
        submitted = comment.revisions.exclude(state=CommentRevision.State.DRAFT)
        return from_revision(submitted.select_related(*_REVISION).order_by("-number")[0])
    if kind == EXPLANATION:
        version = (
            PositionVersion.objects.filter(
                position__public_id=public_id, position__consultation__in=moderated_by(user), signed_at__isnull=False
            )
            .exclude(explanation_state=PositionVersion.Explanation.NONE)
            .select_related(*_VERSION)
            .order_by("-number")
            .first()
        )
        return from_version(version) if version else None
    return None


_REVISION = (
    "comment__consultation__report",
    "comment__passage",
    "comment__organisation__group",
    "comment__author",
    "comment__published",
    "comment__parent__organisation",
    "comment__parent__published",
)
_VERSION = (
    "position__consultation__report",
    "position__recommendation",
    "position__organisation__group",
    "drafted_by",
    "signed_by",
)
