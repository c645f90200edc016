"""A mail about notifications: subject, text and HTML of the same content, and the headers that mail programs read."""

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, override

from consultation.notifications import unsubscribing
from consultation.notifications.kinds import Kind
from consultation.notifications.models import Notification
from consultation.notifications.outbox import on_one_line, wrapped
from consultation.notifications.wording import Teller, passage_name

SHOWN = 50
_SUBJECT_CHARACTERS = 150
SUBJECTS = {
    Kind.COMMENT: gettext_lazy("Comments on %(passage)s – %(consultation)s"),
    Kind.POSITION: gettext_lazy("Positions on %(passage)s – %(consultation)s"),
    Kind.DECISION: gettext_lazy("Decision of a moderator on %(passage)s – %(consultation)s"),
    Kind.SIGNATURE: gettext_lazy("Waiting for your signature: %(passage)s – %(consultation)s"),
    Kind.SENT_BACK: gettext_lazy("Sent back to you: %(passage)s – %(consultation)s"),
    Kind.MODERATION: gettext_lazy("Waiting for a decision: %(passage)s – %(consultation)s"),
    Kind.REMINDER: gettext_lazy("Closing soon: %(consultation)s"),
    Kind.WINDOW: gettext_lazy("Change of the window: %(consultation)s"),
    Kind.SILENCE: gettext_lazy("Silence procedure on %(passage)s – %(consultation)s"),
    Kind.BREAKING: gettext_lazy("Silence procedure on %(passage)s – %(consultation)s"),
    Kind.STATEMENT: gettext_lazy("Group statement on %(passage)s – %(consultation)s"),
    Kind.TEXT: gettext_lazy("The next text of %(consultation)s is published"),
    Kind.LETTER: gettext_lazy("A letter to confirm – %(consultation)s"),
    Kind.ANSWER: gettext_lazy("Answer to a comment on %(passage)s – %(consultation)s"),
}


@dataclass(frozen=True)
class Written:
    """A mail in all its parts."""

    subject: str
    text: str
    html: str
    headers: dict[str, str]


def composed(person: Any, told: list[Notification], *, is_digest: bool) -> Written:
    """One mail in the person's language that tells these notifications (at least one), which they may all see now."""
    with override(person.mail_language):
        return _composed(person, told, is_digest=is_digest)


def _composed(person: Any, told: list[Notification], *, is_digest: bool) -> Written:
    what = unsubscribing.DAILY if is_digest else told[0].kind
    unsubscribe = settings.SITE_URL + unsubscribing.address(person.pk, what)
    say = Teller(person)
    shown = sorted(told[:SHOWN], key=lambda n: n.consultation.slug)
    lines = [{"consultation": n.consultation, "wording": say.worded(n)} for n in shown]
    context = {
        "person": person,
        "lines": lines,
        "more": max(len(told) - SHOWN, 0),
        "site": settings.SITE_URL,
        "unsubscribe": unsubscribe,
        "why": _("everything that you chose to get daily") if is_digest else Kind(what).label,
    }
    headers = {
        "List-Unsubscribe": f"<{unsubscribe}>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
    }
    if is_digest:
        headers["List-Id"] = f"<daily.{settings.MAIL_DOMAIN}>"
        subject = ngettext("%(n)s notification today", "%(n)s notifications today", len(told)) % {"n": len(told)}
    else:
        thread = _thread(told[0])
        headers |= {"List-Id": f"<{told[0].consultation.slug}.{settings.MAIL_DOMAIN}>"}
        headers |= {"In-Reply-To": thread, "References": thread}
        subject = _subject(told[0])
    return Written(
        on_one_line(subject)[:_SUBJECT_CHARACTERS],
        wrapped(render_to_string("notifications/mail/mail.txt", context)),
        render_to_string("notifications/mail/mail.html", context),
        headers,
    )


def _subject(notification: Notification) -> str:
    """The same for all mails of a thread, because some mail programs group by it."""
    about = passage_name(notification.passage)
    if notification.practice:
        about = notification.practice.title
    elif notification.procedure:
        about = notification.procedure.codes
    names = {"passage": about, "consultation": notification.consultation.title}
    return str(SUBJECTS[Kind(notification.kind)]) % names


def _thread(notification: Notification) -> str:
    """The Message-ID that all mails about one thread or position refer to; no mail has it itself."""
    comment, position = notification.comment, notification.position
    if notification.letter:
        name = f"letter-{notification.letter.public_id}"
    elif notification.passage is None:
        name = f"consultation-{notification.consultation.slug}"
    elif notification.practice:
        name = f"practice-{notification.practice.public_id}"
    elif comment:
        name = f"thread-{(comment.root or comment).public_id}"
    elif position and notification.kind != Kind.POSITION:
        name = f"position-{position.public_id}"
    elif notification.procedure:
        name = f"silence-{notification.procedure.public_id}"
    else:
        name = f"positions-{notification.consultation.slug}-{notification.passage.ref}"
    return f"<{name}@{settings.MAIL_DOMAIN}>"
