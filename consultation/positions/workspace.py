"""What a delegation has to do in a consultation: the reading side of /delegation/."""

from dataclasses import dataclass, field
from typing import Any

from django.db.models import QuerySet

from consultation.consultations.models import AccessCode, Consultation
from consultation.consultations.rules import late_code
from consultation.discussion.models import Comment, CommentRevision
from consultation.positions.earlier import Earlier, earlier_of
from consultation.positions.models import Position, PositionVersion
from consultation.reports.models import Passage
from consultation.stakeholders.models import Membership

MOST_COMMENTS = 200


@dataclass(frozen=True)
class Workspace:
    """One membership in one consultation, with everything that waits there."""

    membership: Membership
    consultation: Consultation
    recommendations: list[Passage]
    positions: list[Position]
    comments: list[Comment]
    # The code that lets this member contribute after closing.
    code: AccessCode | None = None
    earlier: list[Earlier] = field(default_factory=list)
    # What this person has begun to change of comments that they submitted: nobody else sees it.
    edits: list[CommentRevision] = field(default_factory=list)

    @property
    def may_write(self) -> bool:
        """Whether this member can draft or sign now; the actions ask the rules again."""
        return (self.consultation.is_open or self.code is not None) and self.membership.role != Membership.Role.OBSERVER

    @property
    def to_sign(self) -> list[Position]:
        return [p for p in self.positions if p.draft and p.draft.state == PositionVersion.State.DRAFT]

    @property
    def sent_back(self) -> list[Position]:
        return [p for p in self.positions if p.draft and p.draft.state == PositionVersion.State.SENT_BACK]

    @property
    def signed(self) -> list[Position]:
        return [p for p in self.positions if p.signed]

    @property
    def signed_late(self) -> list[Position]:
        """Signed after closing: in no figure."""
        return [p for p in self.positions if p.signed_late]

    @property
    def lapsed(self) -> list[Position]:
        """Signed in the words of a statement of another organisation that no longer stands."""
        return [p for p in self.positions if p.signed and p.signed.lapse]

    @property
    def explanations_returned(self) -> list[Position]:
        """Signed, with an explanation that a moderator returned or removed with a reason."""
        against = {PositionVersion.Explanation.RETURNED, PositionVersion.Explanation.REMOVED}
        return [p for p in self.positions if p.signed and p.signed.explanation_state in against]

    @property
    def awaiting(self) -> list[Earlier]:
        """Signed on an earlier text, and not answered on this one."""
        return [e for e in self.earlier if not e.answered]

    @property
    def waits(self) -> bool:
        """Whether anything waits for this delegation, other than positions that nobody has begun."""
        positions = (self.to_sign, self.sent_back, self.lapsed, self.explanations_returned)
        return any((*positions, self.returned, self.drafts, self.edits)) or (
            self.consultation.is_open and bool(self.awaiting)
        )

    @property
    def missing(self) -> list[Passage]:
        held = {p.recommendation_id for p in self.positions if p.signed or p.signed_late or p.draft}
        held |= {e.recommendation.pk for e in self.awaiting}
        return [r for r in self.recommendations if r.pk not in held]

    def comments_in(self, state: str) -> list[Comment]:
        return [c for c in self.comments if c.state == state]

    @property
    def drafts(self) -> list[Comment]:
        return self.comments_in(Comment.State.DRAFT)

    @property
    def returned(self) -> list[Comment]:
        return self.comments_in(Comment.State.RETURNED)

    @property
    def pending(self) -> list[Comment]:
        return self.comments_in(Comment.State.PENDING)


def workspaces(user: Any) -> list[Workspace]:
    """One workspace for each membership and each announced consultation that its organisation takes part in.

    The open ones come first, closing soonest first, then the coming ones, then the closed ones, latest first.
    """
    found = []
    for membership in Membership.objects.of(user):
        taking_part = Consultation.objects.visible_to(user).open_to(membership.organisation)
        ordered = taking_part.select_related("report").by_state().values()
        found += [(section, c, membership) for section, some in enumerate(ordered) for c in some]
    found.sort(key=lambda one: one[0])
    return [workspace_of(user, membership, consultation) for _section, consultation, membership in found]


def workspace_of(user: Any, membership: Membership, consultation: Consultation) -> Workspace:
    """What waits for this membership in this consultation."""
    organisation = membership.organisation
    code = late_code(user, consultation)
    positions = Position.objects.filter(consultation=consultation, organisation=organisation)
    recommendations = list(consultation.positioned())
    unpublished = [Comment.State.DRAFT, Comment.State.RETURNED, Comment.State.PENDING]
    comments = consultation.comments.visible_to(user).filter(organisation=organisation, state__in=unpublished)
    return Workspace(
        membership,
        consultation,
        recommendations,
        list(
            positions.select_related(
                "recommendation",
                "draft__drafted_by",
                "draft__aligned_with__position__organisation",
                "signed__signed_by",
                "signed__aligned_with__position__organisation",
                "signed_late__signed_by",
            )
            .prefetch_related("signed__decisions")  # moderation's: why an explanation was returned
            .order_by("recommendation__order")
        ),
        list(comments.for_display().prefetch_related("latest__decisions")[:MOST_COMMENTS]),
        code if code and code.organisation_id == organisation.pk else None,
        earlier_of(consultation, organisation, recommendations),
        list(_edits(user, membership, consultation)[:MOST_COMMENTS]),
    )


def _edits(user: Any, membership: Membership, consultation: Consultation) -> "QuerySet[CommentRevision]":
    gone = [Comment.State.DRAFT, Comment.State.REMOVED, Comment.State.WITHDRAWN]
    own = CommentRevision.objects.filter(
        state=CommentRevision.State.DRAFT,
        comment__consultation=consultation,
        comment__author=user,
        comment__organisation=membership.organisation_id,
    )
    return own.exclude(comment__state__in=gone).select_related("comment__passage").order_by("pk")
