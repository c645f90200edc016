"""Every change to delegations: inviting, joining, roles, handing over, leaving."""

import hashlib
import secrets
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from consultation.record import clock
from consultation.record.actions import append, hold
from consultation.record.errors import AlreadySent, Changed, NotAllowed
from consultation.stakeholders import pace, rules
from consultation.stakeholders.models import Invitation, Membership, Organisation, User

Role = Membership.Role


@transaction.atomic
def invite(
    inviter: User, organisation: Organisation, email: str, role: str, submission_id: UUID
) -> tuple[Invitation, str]:
    """Invite an address to the delegation; gives the invitation and the token of its link ("" when sent before).

    By a focal point, or by the secretariat for an organisation that nobody signs for yet. An earlier open invitation
    of the same address is taken back. Raises `NotAllowed`, `Changed`, `TooMany`.
    """
    hold(organisation)
    if not rules.is_secretariat(inviter):
        rules.focal_membership(inviter, organisation)
    email = email.strip().lower()
    if found := Invitation.objects.filter(submission_id=submission_id, organisation=organisation).first():
        if (found.email, found.role) != (email, role):
            raise AlreadySent
        return found, ""
    if Membership.objects.current().filter(organisation=organisation, user__email__iexact=email).exists():
        raise Changed(_("%s is already in this delegation.") % email)
    organisation.refresh_from_db()
    pace.require_pace(inviter, organisation)
    organisation.invitations.open().filter(email=email).update(revoked_at=clock.now())
    token = secrets.token_urlsafe(32)
    invitation = Invitation.objects.create(
        organisation=organisation,
        email=email,
        role=role,
        token_hash=hashed(token),
        invited_by=inviter,
        invited_at=clock.now(),
        expires_at=clock.now() + timedelta(days=settings.INVITATION_DAYS),
        submission_id=submission_id,
    )
    append("delegation.invited", organisation, actor=inviter, role=role, invitation=invitation.pk)
    return invitation, token


def invitation_of(token: str) -> Invitation | None:
    """The invitation whose link carries this token, whatever became of it, or None."""
    return (
        Invitation.objects.filter(token_hash=hashed(token)).select_related("organisation__group", "invited_by").first()
    )


@transaction.atomic
def accept_invitation(user: User, invitation: Invitation) -> Membership:
    """Join the delegation. The account must have the invited address, confirmed; the link works once, and who sends
    the form again is in the delegation already.

    Raises `NotAllowed` for another address, `Changed` for a link that was used, taken back or has expired, or whose
    inviter may no longer invite.
    """
    hold(invitation.organisation)
    hold(invitation)
    invitation.refresh_from_db()
    if not owns_address(user, invitation.email):
        raise NotAllowed(
            _("This invitation is for another e-mail address. Sign in with an account that has the invited address.")
        )
    here = Membership.objects.current().filter(user=user, organisation=invitation.organisation_id)
    if invitation.accepted_at and (joined := here.first()):
        return joined
    if invitation.accepted_at or invitation.revoked_at:
        raise Changed(_("This invitation was used or taken back. Ask the focal point for a new one."))
    if invitation.expires_at <= clock.now():
        raise Changed(_("This invitation has expired. Ask the focal point for a new one."))
    if not rules.may_invite(invitation.invited_by, invitation.organisation):
        raise Changed(
            _("Who invited you no longer acts for this organisation. Ask its focal point for a new invitation.")
        )
    membership, _made = Membership.objects.get_or_create(
        user=user, organisation=invitation.organisation, ended_at=None, defaults={"role": invitation.role}
    )
    invitation.accepted_at = clock.now()
    invitation.save(update_fields=["accepted_at"])
    append("delegation.joined", invitation.organisation, actor=user, role=membership.role, invitation=invitation.pk)
    return membership


@transaction.atomic
def take_back_invitation(focal_point: User, invitation: Invitation) -> Invitation:
    """Its link joins nobody any more; taken back already, it stays so. Raises `NotAllowed`, `Changed` once accepted."""
    hold(invitation.organisation)
    rules.focal_membership(focal_point, invitation.organisation)
    invitation.refresh_from_db()
    if invitation.accepted_at:
        raise Changed(_("This invitation was accepted. Remove the person from the delegation instead."))
    if invitation.revoked_at is None:
        _revoke(focal_point, invitation)
    return invitation


@transaction.atomic
def set_role(focal_point: User, membership: Membership, role: str) -> Membership:
    """Give a colleague another role. A new focal point has to accept: `hand_over`; what was offered before is over.

    Raises `NotAllowed`, `Changed` where nobody would be left to sign.
    """
    membership = _held(focal_point, membership)
    if role == membership.role and membership.offered_at is None:
        return membership
    if role == Role.FOCAL_POINT:
        raise NotAllowed(_("A new focal point has to accept. Ask the person to take over."))
    _require_another_focal_point(membership)
    take_back_asked(focal_point, membership)
    membership.role, membership.offered_at = role, None
    membership.save(update_fields=["role", "offered_at"])
    append("delegation.role", membership.organisation, actor=focal_point, person=membership.user_id, role=role)
    return membership


@transaction.atomic
def remove_from_delegation(focal_point: User, membership: Membership) -> Membership:
    """End a membership: a colleague's, or one's own. What was said in the organisation's name stands as it was said.

    Raises `NotAllowed`, `Changed` where nobody would be left to sign.
    """
    if membership.user_id == focal_point.pk:
        hold(membership.organisation)
        membership.refresh_from_db()
    else:
        membership = _held(focal_point, membership)
    if membership.ended_at:
        return membership
    _require_another_focal_point(membership)
    take_back_asked(focal_point, membership)
    membership.ended_at, membership.offered_at = clock.now(), None
    membership.save(update_fields=["ended_at", "offered_at"])
    append("delegation.left", membership.organisation, actor=focal_point, person=membership.user_id)
    return membership


@transaction.atomic
def hand_over(focal_point: User, membership: Membership) -> Membership:
    """Ask a colleague to become focal point, which happens when they accept; asked already, it stays so.

    Raises `NotAllowed`, `Changed`.
    """
    membership = _held(focal_point, membership)
    if membership.ended_at or membership.role == Role.FOCAL_POINT:
        raise Changed(_("This person is a focal point already, or has left."))
    if membership.offered_at:
        return membership
    membership.offered_at = clock.now()
    membership.save(update_fields=["offered_at"])
    append("delegation.offered", membership.organisation, actor=focal_point, person=membership.user_id)
    return membership


@transaction.atomic
def accept_hand_over(user: User, membership: Membership) -> Membership:
    """Become focal point, as was offered. Raises `NotAllowed`, `Changed` where the offer is gone."""
    hold(membership.organisation)
    membership.refresh_from_db()
    if membership.user_id != user.pk or membership.ended_at:
        raise NotAllowed(_("This was offered to somebody else."))
    if membership.role == Role.FOCAL_POINT:
        return membership
    if membership.offered_at is None:
        raise Changed(_("You were not asked to become focal point, or the offer was taken back."))
    membership.role, membership.offered_at = Role.FOCAL_POINT, None
    membership.save(update_fields=["role", "offered_at"])
    append("delegation.accepted", membership.organisation, actor=user, role=membership.role)
    return membership


def take_back_asked(actor: User | None, membership: Membership) -> None:
    """A focal point steps down or leaves: nobody joins by their open invitations, nor takes over as was offered.

    Who offered is not kept, so every offer in the delegation is over; a focal point who stays can ask again. Only in
    the transaction of the change, with the organisation held.
    """
    if membership.role != Role.FOCAL_POINT:
        return
    organisation = membership.organisation
    for invitation in organisation.invitations.open().filter(invited_by=membership.user_id):
        _revoke(actor, invitation)
    for offered in Membership.objects.current().filter(organisation=organisation).exclude(offered_at=None):
        offered.offered_at = None
        offered.save(update_fields=["offered_at"])
        append("delegation.offer_taken_back", organisation, actor=actor, person=offered.user_id)


def _revoke(actor: User | None, invitation: Invitation) -> None:
    invitation.revoked_at = clock.now()
    invitation.save(update_fields=["revoked_at"])
    append("delegation.invitation_taken_back", invitation.organisation, actor=actor, invitation=invitation.pk)


def owns_address(user: Any, email: str) -> bool:
    """Whether the account has this address and has confirmed it."""
    return bool(user.emailaddress_set.filter(email__iexact=email, verified=True).exists())


def hashed(token: str) -> str:
    """What is kept of a token that was sent by mail."""
    return hashlib.sha256(token.encode()).hexdigest()


def _held(focal_point: User, membership: Membership) -> Membership:
    """The membership read again, with its organisation held, once the person may change it."""
    hold(membership.organisation)
    rules.focal_membership(focal_point, membership.organisation)
    membership.refresh_from_db()
    return membership


def _require_another_focal_point(membership: Membership) -> None:
    if membership.role != Role.FOCAL_POINT:
        return
    others = Membership.objects.focal_points(membership.organisation).exclude(pk=membership.pk)
    if not others.exists():
        raise Changed(_("At least one focal point has to remain. Hand over first."))
