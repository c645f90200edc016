"""Whose receipts a person may read: those of their delegations, and a moderator's own decisions."""

from typing import Any

from django.db.models import Q, QuerySet

from consultation.record.models import Leaf
from consultation.stakeholders.models import Membership, Organisation

# What a delegation does for everybody to rely on. Drafts, flags and what others decided have no receipt here.
OWN_ACTS = (
    "comment.submitted",
    "comment.revised",
    "comment.withdrawn",
    "comment.attributed",
    "comment.published_at_once",
    "comment.appealed",
    "explanation.appealed",
    "proposal.supported",
    "proposal.support_withdrawn",
    "position.signed",
    "position.withdrawn",
    "commitment.signed",
    "commitment.withdrawn",
    "progress.signed",
)
DECISIONS = tuple(
    f"{kind}.{done}"
    for kind in ("comment", "explanation")
    for done in ("published", "returned", "removed", "restored", "kept", "decision_undone")
)


def receipts_of(organisation: Organisation) -> "QuerySet[Leaf]":
    """The receipts of what a delegation did, with those of the organisations that were merged into it, newest first."""
    merged = Q(merged_into=organisation) | Q(merged_into__merged_into=organisation)
    theirs = Organisation.objects.filter(Q(pk=organisation.pk) | merged).values("pk")
    return _listed(Leaf.objects.filter(owner__in=theirs, entry__kind__in=OWN_ACTS))


def receipts_visible_to(user: Any) -> "QuerySet[Leaf]":
    """Every receipt that this person may read; of all others even their existence is confidential."""
    if not user.is_authenticated:
        return Leaf.objects.none()
    own = Membership.objects.current().filter(user=user).values("organisation")
    merged = Q(merged_into__in=own) | Q(merged_into__merged_into__in=own)
    theirs = Organisation.objects.filter(Q(pk__in=own) | merged).values("pk")
    acts = Q(owner__in=theirs, entry__kind__in=OWN_ACTS)
    return _listed(Leaf.objects.filter(acts | Q(entry__actor=user, entry__kind__in=DECISIONS)))


def may_read_words(user: Any, leaf: Leaf) -> bool:
    """Whether the receipt tells the words: to the delegation that said them, not to who decided about them."""
    return leaf.entry.kind in OWN_ACTS


def may_know_person(user: Any, leaf: Leaf) -> bool:
    """Whether the receipt says who acted: oneself, or a member of one's own delegation."""
    return leaf.entry.actor_id == user.pk or leaf.entry.kind in OWN_ACTS


def _listed(leaves: "QuerySet[Leaf]") -> "QuerySet[Leaf]":
    return leaves.select_related("entry").order_by("-pk")
