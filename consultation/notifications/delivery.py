"""The worker's side of the outbox: take a mail, hand it to the mail server, say what became of it.

A mail server that is down is noticed before a mail is taken, so it costs none of them a try. docs/decisions/020.
"""

import logging
import time
from collections.abc import Callable
from datetime import timedelta
from smtplib import SMTPRecipientsRefused, SMTPResponseException
from typing import Any
from uuid import uuid4

from django.conf import settings
from django.core.mail import EmailMultiAlternatives, get_connection
from django.db import InterfaceError, OperationalError, connection, transaction

from consultation.notifications.kinds import How
from consultation.notifications.models import Mail, Notification, preferences_of
from consultation.notifications.post import composed
from consultation.record import clock

log = logging.getLogger(__name__)

TRIES = 5
PAUSES = [timedelta(minutes=1), timedelta(minutes=10), timedelta(hours=1), timedelta(hours=6)]
# How long a taken mail is left to its worker. Longer than any conversation with a mail server may last.
LEASE = timedelta(minutes=10)
# A server that says "not now" (4xx) is asked again for this long, whatever the number of tries.
PATIENCE, NOT_NOW_PAUSE = timedelta(days=4), timedelta(minutes=10)
KEPT = timedelta(days=30)
_PERMANENT = 500
State = Mail.State
# The database is away: nothing is wrong with the mail.
_AWAY = (OperationalError, InterfaceError)


class ServerDown(Exception):  # noqa: N818 - named for what it says
    """The mail server takes no connection; nothing was taken from the outbox."""


def deliver(limit: int, stopping: Callable[[], bool] = lambda: False) -> int:
    """Send up to `limit` mails that are due; gives how many were taken. Raises `ServerDown`.

    After each mail it asks `stopping` and leaves the rest for the next call.
    """
    taken = 0
    server: Any = None
    try:
        while taken < limit and not stopping() and Mail.objects.due(clock.now()).exists():
            server = server or _opened()
            mail = _take()
            if mail is None:
                break
            taken += 1
            if not _send(mail, server):
                _close(server)
                server = None
    finally:
        if server:
            _close(server)
    return taken


def prune() -> int:
    """Delete mails that ended a month ago; gives how many."""
    ended = Mail.objects.filter(state__in=[State.SENT, State.DROPPED], ended_at__lt=clock.now() - KEPT)
    return ended.delete()[1].get(Mail._meta.label, 0)


def _opened() -> Any:
    server = get_connection(settings.DELIVERY_BACKEND)
    try:
        server.open()
    except Exception as error:
        # Whatever keeps the server from greeting us (no route, TLS, a password): it is not the mail's fault.
        raise ServerDown(str(error) or type(error).__name__) from error
    return server


def _close(server: Any) -> None:
    try:
        server.close()
    except Exception as error:  # noqa: BLE001 - the mails are sent; how the server says goodbye does not matter
        log.info("The mail server did not close the connection well: %s", error)


@transaction.atomic
def _take() -> Mail | None:
    """The next mail that is due, held for this worker alone until its lease ends.

    Somebody waits before the screen for a mail of the accounts: those go before any number of notifications.
    """
    now = clock.now()
    due = Mail.objects.due(now).select_for_update(skip_locked=True)
    mail = due.filter(person=None).first() or due.first()
    if mail is None:
        return None
    mail.tries, mail.next_try_at, mail.claim = mail.tries + 1, now + LEASE, uuid4()
    mail.save(update_fields=["tries", "next_try_at", "claim"])
    return mail


def _send(mail: Mail, server: Any) -> bool:
    """Send one mail that was taken; whether the connection to the server is still good."""
    if mail.tries > TRIES:
        _end(mail, State.PARKED, "The worker was ended each time while it sent this mail.")
        return True
    try:
        message = _message(mail)
        if message is None:
            _end(mail, State.DROPPED)
            return True
        if server.send_messages([message]) == 0:
            raise ValueError("The mail has no recipient that the server could take.")
    except _AWAY:
        raise
    except Exception as error:  # noqa: BLE001 - whatever is wrong with one mail, the others go on
        log.warning("Mail %s was not sent: %s", mail.message_id, error)
        _put_back(mail, error)
        return False
    _end(mail, State.SENT)
    return True


def _message(mail: Mail) -> EmailMultiAlternatives | None:
    """What to send, or None where nothing in it may be told, or is wanted, any more."""
    headers = {**mail.headers, "Message-ID": mail.message_id, "Auto-Submitted": "auto-generated"}
    if not mail.person:
        message = EmailMultiAlternatives(mail.subject, mail.text, mail.sender, [mail.recipient], headers=headers)
        if mail.html:
            message.attach_alternative(mail.html, "text/html")
        return message
    visible = Notification.objects.filter(mail=mail).visible_to(mail.person).for_display().order_by("pk")
    preferences = preferences_of(mail.person)
    told = [n for n in visible if preferences.how(n.kind) != How.NEVER]
    if not told:
        return None
    written = composed(mail.person, told, is_digest=mail.is_digest)
    message = EmailMultiAlternatives(
        written.subject, written.text, mail.sender, [mail.person.email], headers={**headers, **written.headers}
    )
    message.attach_alternative(written.html, "text/html")
    return message


def _put_back(mail: Mail, error: Exception) -> None:
    """Wait for the next try, or park what will never go."""
    now = clock.now()
    not_now = 0 < _answer(error) < _PERMANENT
    if not_now and now - mail.made_at < PATIENCE:
        _change(mail, tries=mail.tries - 1, next_try_at=now + NOT_NOW_PAUSE, problem=str(error))
    elif not_now or mail.tries >= TRIES:
        _end(mail, State.PARKED, str(error))
    else:
        _change(mail, next_try_at=now + PAUSES[mail.tries - 1], problem=str(error))


def _answer(error: Exception) -> int:
    """The code that the mail server refused this mail with, 0 where it gave none."""
    if isinstance(error, SMTPRecipientsRefused):
        return max(code for code, _words in error.recipients.values())
    return error.smtp_code if isinstance(error, SMTPResponseException) else 0


def _end(mail: Mail, state: "Mail.State", problem: str = "") -> None:
    """Sent, dropped or parked. The words of a sent mail are not kept: its links may let people in."""
    changes: dict[str, Any] = {"state": state, "problem": problem, "ended_at": clock.now()}
    if state == State.SENT:
        changes |= {"text": "", "html": ""}
    _change(mail, **changes)


def _change(mail: Mail, **changes: Any) -> None:
    """Write what became of a mail, also where the database is away just now: a sent mail must not be sent again."""
    for pause in (0, 1, 5, 15, 60):
        time.sleep(pause)
        try:
            if not Mail.objects.filter(pk=mail.pk, claim=mail.claim).update(claim=None, **changes):
                log.warning("Mail %s was taken over by another worker: its lease had ended.", mail.message_id)
        except _AWAY as error:
            log.warning("What became of mail %s is not written yet: %s", mail.message_id, error)
            connection.close()
        else:
            return
    raise OperationalError("The database did not answer for more than a minute.")
