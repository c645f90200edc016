"""How long what nobody needs any more is kept. docs/backup.md has the same table in words.

What stands on the record, and what was submitted or signed, is kept for good: it is what others rely on.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.contrib.sessions.models import Session
from django.db import transaction
from django.db.models import Q, QuerySet

from consultation.discussion.actions import let_drafts_go
from consultation.discussion.models import Comment, Visit
from consultation.notifications.models import Mail, Notification
from consultation.offline.actions import let_letters_go
from consultation.offline.models import Letter
from consultation.record import clock
from consultation.record.actions import append
from consultation.record.sealing import held
from consultation.stakeholders.models import Invitation
from consultation.throttling.models import Tally

Rows = QuerySet[Any]
_AT_ONCE = 500


@dataclass(frozen=True)
class Period:
    """What is let go, how long it is kept after it ended, and why no longer."""

    name: str
    kept: timedelta
    why: str
    ended: Callable[[datetime], Rows]
    let_go: Callable[[Rows], int]


def _delete(rows: Rows) -> int:
    return int(rows.delete()[0])


def _blank_address(rows: Rows) -> int:
    return rows.update(email="")


def _drafts(before: datetime) -> Rows:
    """Comments that never were more than a draft, of consultations that closed before this instant."""
    return Comment.objects.filter(state=Comment.State.DRAFT, consultation__closes_at__lt=before)


def _tallies(before: datetime) -> Rows:
    return Tally.objects.filter(until__lt=before.timestamp())


def _mails(before: datetime) -> Rows:
    ended = Q(state__in=[Mail.State.SENT, Mail.State.DROPPED, Mail.State.PARKED], ended_at__lt=before)
    return Mail.objects.filter(ended)


def _invitations(before: datetime) -> Rows:
    over = Q(accepted_at__lt=before) | Q(revoked_at__lt=before) | Q(expires_at__lt=before)
    return Invitation.objects.filter(over).exclude(email="")


def _letters(before: datetime) -> Rows:
    """Letters that never stood, with words or a scan still to let go."""
    never = Letter.objects.filter(state__in=[Letter.State.REFUSED, Letter.State.TAKEN_BACK], decided_at__lt=before)
    return never.filter(scan__size__gt=0)


PERIODS = (
    Period("sessions", timedelta(0), "they have expired", lambda t: Session.objects.filter(expire_date__lt=t), _delete),
    Period("counts of requests", timedelta(0), "their time is over", _tallies, _delete),
    Period("mails", timedelta(days=90), "sent, dropped or given up", _mails, _delete),
    Period(
        "invitations", timedelta(days=90), "the address of an invitation that is over", _invitations, _blank_address
    ),
    Period(
        "notifications",
        timedelta(days=365),
        "made, whether read or not",
        lambda before: Notification.objects.filter(made_at__lt=before),
        _delete,
    ),
    Period(
        "visits",
        timedelta(days=365),
        "when a person last read a thread",
        lambda t: Visit.objects.filter(last_at__lt=t),
        _delete,
    ),
    Period("letters", timedelta(days=365), "entered from paper, refused or taken back", _letters, let_letters_go),
    Period(
        "drafts", timedelta(days=365), "words never submitted, after the consultation closed", _drafts, let_drafts_go
    ),
)


def due() -> dict[str, int]:
    """How many rows of each kind are kept longer than its period."""
    return {period.name: period.ended(clock.now() - period.kept).count() for period in PERIODS}


def apply() -> dict[str, int]:
    """Let go what is due, in small transactions; gives how many of each kind. An entry says so where there were any."""
    gone = {period.name: _let_go(period, clock.now() - period.kept) for period in PERIODS}
    if any(gone.values()):
        with transaction.atomic():
            append("retention.applied", held(), let_go={name: n for name, n in gone.items() if n})
    return gone


def _let_go(period: Period, before: datetime) -> int:
    total = 0
    while some := list(period.ended(before).order_by("pk").values_list("pk", flat=True)[:_AT_ONCE]):
        with transaction.atomic():
            rows = period.ended(before).model._default_manager.filter(pk__in=some)
            total += period.let_go(rows) and len(some)
    return total
