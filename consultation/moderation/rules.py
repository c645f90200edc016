"""Who may decide on what."""

from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from consultation.consultations import rules as consultation_rules
from consultation.consultations.models import Consultation
from consultation.moderation.models import Decision
from consultation.record.errors import NotAllowed
from consultation.stakeholders.models import Membership, Organisation

if TYPE_CHECKING:
    from consultation.moderation.kinds import Item

Kind = Decision.Kind

# Which decisions a thing in this state may get: the states are those of comments and of explanations alike.
POSSIBLE: dict[str, tuple[str, ...]] = {
    "pending": (Kind.PUBLISH, Kind.RETURN),
    "published": (Kind.REMOVE,),
    "removed": (Kind.RESTORE,),
}
NEEDS_REASON = frozenset({Kind.RETURN, Kind.REMOVE})
AGAINST = NEEDS_REASON
# The grounds on which a part of a text is blacked out: none of them is about what somebody thinks.
REDACTS = (Decision.Reason.PERSONAL_DATA, Decision.Reason.CONFIDENTIAL, Decision.Reason.ABUSIVE)


def possible(item: "Item") -> tuple[str, ...]:
    """The decisions that this item may get: what its state allows, and to keep what is flagged or appealed."""
    decisions = POSSIBLE.get(item.state, ())
    if item.is_edit and item.state == "pending":
        decisions = (*decisions, Kind.REMOVE)
    if item.state in {"published", "removed"} and (item.flags or item.appeal):
        decisions = (Kind.KEEP, *decisions)
    return decisions


def require_other_moderator(user: Any, item: "Item") -> None:
    """Raise `NotAllowed` where a moderator would decide on an appeal against their own decision."""
    if item.appeal and item.appeal.decision.moderator_id == user.pk:
        raise NotAllowed(_("This is an appeal against your decision. Another moderator has to decide on it."))


def require_moderator(user: Any, consultation: Consultation) -> None:
    """Raise `NotAllowed` unless the person moderates this consultation."""
    if not consultation_rules.is_moderator(user, consultation):
        raise NotAllowed(_("Only moderators of this consultation may do this."))


def is_own(user: Any, organisation: Organisation, author: Any) -> bool:
    """The thing is the person's own or speaks for an organisation that they act for."""
    return author == user or Membership.objects.of(user).filter(organisation=organisation).exists()


def require_impartial(user: Any, organisation: Organisation, author: Any) -> None:
    """Raise `NotAllowed` where a moderator would decide on their own organisation's contribution."""
    if is_own(user, organisation, author):
        raise NotAllowed(
            _("You act for %s or wrote this yourself. Another moderator has to decide on it.") % organisation
        )
