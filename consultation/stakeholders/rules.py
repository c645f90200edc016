"""Who may speak for whom. A membership is asked for at the instant of the act; nothing of it is kept in the session."""

from typing import Any

from django.contrib.auth.backends import ModelBackend
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from rules.predicates import predicate

from consultation.record.errors import Changed, NotAllowed
from consultation.stakeholders.models import Membership, Organisation, User


@predicate
def acts(user: User, membership: Membership | None) -> bool:
    """The person acts in this membership, which has not ended."""
    return membership is not None and membership.user_id == user.pk and membership.ended_at is None and user.is_active


@predicate
def is_approved(user: User, membership: Membership | None) -> bool:
    return membership is not None and membership.organisation.state == Organisation.State.APPROVED


@predicate
def waits_for_approval(user: User, membership: Membership | None) -> bool:
    return membership is not None and membership.organisation.state == Organisation.State.APPLIED


@predicate
def is_focal_point(user: User, membership: Membership | None) -> bool:
    return membership is not None and membership.role == Membership.Role.FOCAL_POINT


@predicate
def is_observer(user: User, membership: Membership | None) -> bool:
    return membership is not None and membership.role == Membership.Role.OBSERVER


may_speak = acts & is_approved
# Nobody speaks for an organisation that is not approved; while it waits, its delegation prepares drafts.
may_draft = acts & (is_approved | waits_for_approval) & ~is_observer
may_submit = may_speak & ~is_observer
may_sign = may_speak & is_focal_point


_SECRETARIATS = "stakeholders.change_organisation"


@predicate
def is_secretariat(user: User) -> bool:
    """Of the secretariat of the installation: approves, refuses and suspends organisations, manages consultations."""
    return user.is_active and user.is_staff and user.has_perm(_SECRETARIATS)


def secretariat() -> "QuerySet[User]":
    """Everybody of whom `is_secretariat` is true."""
    people: QuerySet[User] = ModelBackend().with_perm(_SECRETARIATS, is_active=True)
    return people.filter(is_staff=True)


def focal_membership(user: User, organisation: Organisation) -> Membership:
    """The person's current membership as focal point of this organisation. Raises `NotAllowed`."""
    membership = Membership.objects.of(user).filter(organisation=organisation).first()
    if membership is None or not is_focal_point(user, membership):
        raise NotAllowed(_("Only a focal point of %s can do this.") % organisation)
    return membership


def organisation_named(user: Any, slug: str | None) -> int | None:
    """The organisation that a form was made for, by its slug; None where the form names none.

    Never another one than is named. Raises `Changed` where the person no longer speaks for it; `NotAllowed` where they
    never did, or speak for none.
    """
    if not slug:
        return None
    known = list(Membership.objects.filter(user=user).select_related("organisation"))
    current = [m for m in known if m.ended_at is None]
    for membership in current:
        if membership.organisation.slug == slug:
            return membership.organisation_id
    if not current:
        raise NotAllowed(_("You do not act for an organisation."))
    for membership in known:
        if membership.organisation.slug == slug:
            raise Changed(
                _("You no longer speak for %s. Nothing was done in its name, and nothing in the name of another.")
                % membership.organisation
            )
    raise NotAllowed(_("You do not speak for the organisation that this form was made for. Nothing was done."))


def may_invite(user: User, organisation: Organisation) -> bool:
    """Whether the person may ask others into this delegation now: a focal point of it, or the secretariat."""
    focal_points = Membership.objects.focal_points(organisation)
    return is_secretariat(user) or (user.is_active and focal_points.filter(user=user).exists())


# The one table of what an organisation may become.
ORGANISATION_TRANSITIONS: dict[str, frozenset[str]] = {
    Organisation.State.APPLIED: frozenset({Organisation.State.APPROVED, Organisation.State.REFUSED}),
    Organisation.State.APPROVED: frozenset({Organisation.State.SUSPENDED}),
    Organisation.State.SUSPENDED: frozenset({Organisation.State.APPROVED}),
    Organisation.State.REFUSED: frozenset({Organisation.State.APPROVED}),
    Organisation.State.MERGED: frozenset(),
}
