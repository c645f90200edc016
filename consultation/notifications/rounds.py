"""Who is told of a consultation as a whole: its closing is near, or its window was changed."""

from consultation.consultations.models import Consultation
from consultation.discussion.models import Comment
from consultation.notifications.models import Following
from consultation.positions.models import Position
from consultation.stakeholders.models import Membership, MembershipQuerySet


def with_drafts(consultation: Consultation) -> set[int]:
    """The keys of the people who have something here that is not submitted or signed.

    Drafts of positions, and of comments that are shared, concern all who write for the delegation; a draft or returned
    comment of one person only that person.
    """
    unsigned = Position.objects.filter(consultation=consultation, draft__isnull=False)
    unsent = consultation.comments.filter(state__in=[Comment.State.DRAFT, Comment.State.RETURNED])
    writers = _members(consultation).exclude(role=Membership.Role.OBSERVER)
    together = set(
        writers.filter(organisation__in=unsigned.order_by().values("organisation")).values_list("user", flat=True)
    )
    shared = unsent.filter(shared=True).order_by().values("organisation")
    together |= set(writers.filter(organisation__in=shared).values_list("user", flat=True))
    own = unsent.order_by().values("author")
    return together | set(_members(consultation).filter(user__in=own).values_list("user", flat=True))


def that_contributed(consultation: Consultation) -> set[int]:
    """The keys of the members of delegations of which something was submitted or signed here, or is being drafted."""
    commented = consultation.comments.exclude(state=Comment.State.WITHDRAWN).order_by().values("organisation")
    positioned = Position.objects.filter(consultation=consultation).order_by().values("organisation")
    members = _members(consultation)
    return {
        *members.filter(organisation__in=commented).values_list("user", flat=True),
        *members.filter(organisation__in=positioned).values_list("user", flat=True),
    }


def following(consultation: Consultation) -> set[int]:
    """The keys of those who follow the consultation itself."""
    followings = Following.objects.filter(consultation=consultation, passage=None, thread=None, active=True)
    return set(followings.values_list("person", flat=True))


def _members(consultation: Consultation) -> MembershipQuerySet:
    return Membership.objects.current().filter(organisation__in=consultation.participants().order_by().values("pk"))
