"""The mail backend of the application: it stores every mail in the database, and the worker sends it."""

import re
import textwrap
from collections.abc import Iterable, Sequence
from email.utils import parseaddr

from django.conf import settings
from django.core.mail import EmailMessage, EmailMultiAlternatives
from django.core.mail.backends.base import BaseEmailBackend
from django.db import transaction
from django.db.models import Q
from django.template.loader import render_to_string

from consultation.notifications.models import Mail, new_message_id
from consultation.record import clock

WIDTH = 72
_NO_LINE_END = re.compile("[\v\f\x1c-\x1e\x85\u2028\u2029]")  # of which `splitlines` makes one


class Backend(BaseEmailBackend):
    """Stores each mail once for each of its recipients, in the transaction of the change that it tells of."""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        """Store these mails; gives how many. Raises `ValueError` for what cannot be stored."""
        with transaction.atomic():
            Mail.objects.bulk_create(m for message in email_messages for m in _mails(message))
        return len(email_messages)


def forget(addresses: Iterable[str]) -> tuple[str, int]:
    """Delete the mails to these addresses, sent or not: of a person who is erased. Gives the table, and how many."""
    said = Q(pk__in=[])
    for address in addresses:
        said |= Q(recipient__iexact=address)
    return Mail._meta.label_lower, Mail.objects.filter(said).delete()[0]


def on_one_line(words: str) -> str:
    """The words of a header: line ends and runs of white space become one space."""
    return " ".join(words.split())


def wrapped(text: str) -> str:
    """The text with no line longer than 72 characters but for addresses; what continues a line stands below it.

    Only a line feed begins a new one.
    """
    lines = _NO_LINE_END.sub(" ", text).splitlines()
    return "\n".join(line for each in lines for line in _lines(each))


def _lines(line: str) -> list[str]:
    if len(line) <= WIDTH or " " not in line.strip():
        return [line]
    before = line[: len(line) - len(line.lstrip(" >*"))]
    return textwrap.wrap(
        line, WIDTH, subsequent_indent=before.replace("*", " "), break_long_words=False, break_on_hyphens=False
    )


def _in_the_same_look(message: EmailMessage) -> str:
    """The HTML of a mail that was written as text alone."""
    words = {"subject": str(message.subject), "text": str(message.body), "site": settings.SITE_URL}
    return render_to_string("notifications/mail/plain.html", words)


def _mails(message: EmailMessage) -> list[Mail]:
    if message.attachments:
        raise ValueError("Mails with attachments are not stored; link to a page instead.")
    now = clock.now()
    alternatives = message.alternatives if isinstance(message, EmailMultiAlternatives) else []
    html = [str(body) for body, mimetype in alternatives if mimetype == "text/html"]
    return [
        Mail(
            message_id=new_message_id(),
            recipient=parseaddr(recipient)[1] or recipient,
            sender=on_one_line(message.from_email),
            subject=on_one_line(str(message.subject)),
            text=wrapped(str(message.body)),
            html=html[0] if html else _in_the_same_look(message),
            headers={name: on_one_line(str(value)) for name, value in message.extra_headers.items()},
            next_try_at=now,
            made_at=now,
        )
        for recipient in message.recipients()
    ]
