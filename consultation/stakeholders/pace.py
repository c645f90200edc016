"""How many invitations a delegation sends: mail to strangers, in words of ours. docs/decisions/142."""

from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from consultation.record import clock
from consultation.record.errors import TooMany
from consultation.stakeholders import rules
from consultation.stakeholders.models import Invitation, Organisation, User
from consultation.throttling.limit import Limit

BEFORE_APPROVAL = 5
State = Organisation.State


def require_pace(inviter: User, organisation: Organisation) -> None:
    """Raise `TooMany` where the organisation has sent all that it may. Held by the caller, so that none is missed."""
    if rules.is_secretariat(inviter):
        return
    if organisation.state != State.APPROVED:
        _require_few_waiting(inviter, organisation)
    _require_few_a_day(organisation)


def said(organisation: Organisation) -> str:
    """What the form says of it beside the address."""
    if organisation.state != State.APPROVED:
        return (
            ngettext(
                "Until the organisation is approved, up to %d invitation can wait for an answer. "
                "One that you take back counts until it would have expired.",
                "Until the organisation is approved, up to %d invitations can wait for an answer. "
                "One that you take back counts until it would have expired.",
                BEFORE_APPROVAL,
            )
            % BEFORE_APPROVAL
        )
    limit: Limit = settings.LIMITS["invitations"]
    if not limit.number:
        return ""
    return ngettext(
        "The organisation can send up to %(number)d invitation in %(hours)d hours.",
        "The organisation can send up to %(number)d invitations in %(hours)d hours.",
        limit.number,
    ) % {"number": limit.number, "hours": _hours(limit.seconds)}


def _require_few_waiting(inviter: User, organisation: Organisation) -> None:
    """Also those of the same person for other organisations that wait: to apply again gives nobody more."""
    whose = Q(organisation=organisation) | Q(invited_by=inviter) & ~Q(organisation__state=State.APPROVED)
    # One that was taken back has been sent all the same.
    waiting = Invitation.objects.filter(whose, accepted_at=None, expires_at__gt=clock.now())
    ends = list(waiting.order_by("-expires_at").values_list("expires_at", flat=True)[:BEFORE_APPROVAL])
    if len(ends) == BEFORE_APPROVAL:
        raise TooMany(
            _(
                "%(number)d invitations wait for an answer, which is the limit until the organisation is approved. "
                "Nothing was sent. Invite others after the approval, or when one is accepted."
            )
            % {"number": BEFORE_APPROVAL},
            _seconds_until(ends[-1]),
        )


def _require_few_a_day(organisation: Organisation) -> None:
    limit: Limit = settings.LIMITS["invitations"]
    if not limit.number:
        return
    period = timedelta(seconds=limit.seconds)
    recent = organisation.invitations.filter(invited_at__gt=clock.now() - period).order_by("-invited_at")
    sent = list(recent.values_list("invited_at", flat=True)[: limit.number])
    if len(sent) < limit.number:
        return
    wait = _seconds_until(sent[-1] + period)
    raise TooMany(
        ngettext(
            "%(organisation)s has sent %(number)d invitations, which is the limit for now. Nothing was sent. "
            "Send this one in %(hours)d hour.",
            "%(organisation)s has sent %(number)d invitations, which is the limit for now. Nothing was sent. "
            "Send this one in %(hours)d hours.",
            _hours(wait),
        )
        % {"organisation": organisation, "number": limit.number, "hours": _hours(wait)},
        wait,
    )


def _seconds_until(instant: datetime) -> int:
    return int((instant - clock.now()).total_seconds()) + 1


def _hours(seconds: int) -> int:
    return -(-seconds // 3600)
