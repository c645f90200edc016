"""What people change here: what they follow, what they have read, how they are told; and sending a parked mail again.

None of it is an entry of the record: these are private wishes, and the record is for ever. docs/decisions/021.
"""

from datetime import timedelta
from typing import Any

from django.db import transaction

from consultation.consultations.models import Consultation
from consultation.discussion.models import Comment
from consultation.notifications import rules, unsubscribing
from consultation.notifications.kinds import How, Kind
from consultation.notifications.models import Following, Mail, Notification, Preferences
from consultation.record import clock
from consultation.record.actions import hold
from consultation.reports.models import Passage
from consultation.stakeholders.models import User

KEPT = timedelta(days=365)


@transaction.atomic
def follow(
    person: Any,
    consultation: Consultation,
    *,
    passage: Passage | None = None,
    thread: Comment | None = None,
    active: bool = True,
) -> Following:
    """Follow a consultation, a passage or a thread in it, or stop to. Done twice, it stays so. Raises `NotAllowed`."""
    thread = (thread.root or thread) if thread else None
    rules.require_may_follow(person, consultation, thread)
    following, _made = Following.objects.update_or_create(
        person=person, consultation=consultation, passage=passage, thread=thread, defaults={"active": active}
    )
    return following


def mark_read(person: Any, keys: list[int] | None = None) -> int:
    """Mark these notifications of the person as read, all where none are named; gives how many were unread."""
    unread = Notification.objects.filter(person=person, read_at=None)
    if keys is not None:
        unread = unread.filter(pk__in=keys)
    return unread.update(read_at=clock.now())


@transaction.atomic
def prefer(preferences: Preferences) -> Preferences:
    """Keep how a person wants to be told."""
    hold(User(pk=preferences.person_id))
    preferences.save()
    return preferences


@transaction.atomic
def unsubscribe(person_id: int, what: str) -> None:
    """Send this person no more mails of this kind, or no daily mail. Nothing happens where the person is gone."""
    person = User.objects.filter(pk=person_id).first()
    if person is None:
        return
    hold(person)
    preferences = Preferences.objects.get_or_create(person=person)[0]
    for kind in Kind.values:
        if kind == what or (what == unsubscribing.DAILY and preferences.how(kind) == How.DAILY):
            setattr(preferences, kind, How.NEVER)
    preferences.save()


def forget() -> None:
    """Delete what was read and is older than a year."""
    Notification.objects.filter(made_at__lt=clock.now() - KEPT, read_at__isnull=False).delete()


@transaction.atomic
def send_again(mail: Mail) -> Mail:
    """Let a parked mail be tried again from the beginning; any other stays as it is."""
    hold(mail)
    mail.refresh_from_db()
    if mail.state == Mail.State.PARKED:
        mail.state, mail.tries, mail.next_try_at, mail.ended_at = Mail.State.WAITING, 0, clock.now(), None
        mail.save(update_fields=["state", "tries", "next_try_at", "ended_at"])
    return mail
