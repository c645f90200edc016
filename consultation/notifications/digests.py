"""The daily mail: at the hour that each person chose, in their own time zone."""

from datetime import UTC, datetime, time, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Min

from consultation.notifications.kinds import How, Kind
from consultation.notifications.models import Mail, Notification, Preferences, new_message_id
from consultation.record import clock
from consultation.stakeholders.models import User


def latest_hour(preferences: Preferences, now: datetime) -> datetime:
    """The last instant, not after `now`, at which the person's hour struck.

    An hour that the change to summer time leaves out strikes when the next one begins; one that the change to winter
    time repeats strikes the first time only.
    """
    today = now.astimezone(preferences.zone).date()
    for day in (today, today - timedelta(days=1)):
        struck = datetime.combine(day, time(preferences.digest_hour), tzinfo=preferences.zone).astimezone(UTC)
        if struck <= now:
            break
    return struck


def gather() -> int:
    """Make the daily mails whose hour has struck since something waits for them; gives how many."""
    now, made = clock.now(), 0
    waiting = Notification.objects.filter(in_digest=True).values("person").annotate(oldest=Min("made_at")).order_by()
    preferences = Preferences.objects.in_bulk([w["person"] for w in waiting])
    for row in waiting:
        if row["oldest"] < latest_hour(preferences.get(row["person"], Preferences()), now):
            made += _gather_for(row["person"])
    return made


@transaction.atomic
def _gather_for(person_id: int) -> bool:
    """One mail with everything that waits, is unread, wanted and may be seen; none where that is nothing."""
    waited = Notification.objects.filter(person=person_id, in_digest=True)
    keys = list(waited.select_for_update(skip_locked=True).values_list("pk", flat=True))
    if not keys:
        return False
    person: Any = User.objects.get(pk=person_id)
    preferences = Preferences.objects.filter(person=person).first() or Preferences(person=person)
    wanted = [kind for kind in Kind.values if preferences.how(kind) != How.NEVER]
    told = Notification.objects.filter(pk__in=keys, read_at=None, kind__in=wanted).visible_to(person)
    tell = list(told.values_list("pk", flat=True))
    Notification.objects.filter(pk__in=keys).update(in_digest=False)
    if not tell:
        return False
    now = clock.now()
    mail = Mail.objects.create(
        message_id=new_message_id(),
        person=person,
        is_digest=True,
        recipient=person.email,
        sender=settings.DEFAULT_FROM_EMAIL,
        next_try_at=now,
        made_at=now,
    )
    Notification.objects.filter(pk__in=tell).update(mail=mail)
    return True
