"""A notification in words: the sentence, where it leads, and what is quoted. For the page and for mails alike."""

from dataclasses import dataclass

from django.urls import reverse
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from consultation.moderation import queue
from consultation.moderation.models import Decision
from consultation.notifications.models import Kind, Notification
from consultation.reports.models import Passage

QUOTED_WORDS = 60
PASSAGE_WORDS = 8


@dataclass(frozen=True)
class Wording:
    """What the person reads; `path` is on this site; `quote` is text that somebody wrote, never markup."""

    sentence: str
    path: str
    quote: str = ""


def worded(notification: Notification) -> Wording:
    """The words of a notification as things are now. It must be one of `visible_to` its person."""
    return _WORDS[Kind(notification.kind)](notification)


def passage_name(passage: Passage) -> str:
    """How people call the passage: ¶ 8, POL.3, or the first words of a heading."""
    return passage.code or Truncator(passage.words).words(PASSAGE_WORDS)


def _names(notification: Notification) -> dict[str, str]:
    thing = notification.comment or notification.position
    return {
        "organisation": thing.organisation.name if thing else "",
        "passage": passage_name(notification.passage),
    }


def _comment_path(notification: Notification) -> str:
    comment = notification.comment
    return reverse("comment", args=[notification.consultation.slug, comment.public_id if comment else ""])


def _position_path(notification: Notification, *, check: bool = False) -> str:
    path = reverse("position", args=[notification.consultation.slug, notification.passage.ref])
    organisation = notification.position.organisation.slug if notification.position else ""
    return f"{path}?{'step=check&' if check else ''}organisation={organisation}"


def _passage_path(notification: Notification) -> str:
    return reverse("passage", args=[notification.consultation.slug, notification.passage.ref])


def _comment(notification: Notification) -> Wording:
    comment = notification.comment
    published = comment.published if comment else None
    sentence = (
        _("%(organisation)s replied in a thread on %(passage)s.")
        if comment and comment.parent_id
        else _("%(organisation)s commented on %(passage)s.")
    )
    quote = Truncator(published.body if published else "").words(QUOTED_WORDS)
    return Wording(sentence % _names(notification), _comment_path(notification), quote)


def _position(notification: Notification) -> Wording:
    version = notification.position.signed if notification.position else None
    stance = version.get_stance_display() if version else ""
    sentence = _("%(organisation)s signed a position on %(passage)s: %(stance)s.")
    return Wording(sentence % {**_names(notification), "stance": stance.lower()}, _passage_path(notification))


def _decision(notification: Notification) -> Wording:
    decision = notification.decision
    kind = Decision.Kind(decision.kind if decision else Decision.Kind.PUBLISH)
    sentences = _ON_COMMENTS if notification.comment else _ON_EXPLANATIONS
    quote = ": ".join(filter(None, [decision.get_reason_display(), decision.statement])) if decision else ""
    path = _comment_path(notification) if notification.comment else _passage_path(notification)
    return Wording(_(sentences[kind]) % _names(notification), path, quote)


def _answer(notification: Notification) -> Wording:
    comment = notification.comment
    disposition = getattr(comment, "disposition", None)
    version = disposition.published if disposition else None
    sentence = _("The rapporteur answered the comment of %(organisation)s on %(passage)s: %(disposition)s.")
    names = {**_names(notification), "disposition": version.get_value_display().lower() if version else ""}
    quote = Truncator(version.reason if version else "").words(QUOTED_WORDS)
    return Wording(sentence % names, _comment_path(notification), quote)


def _signature(notification: Notification) -> Wording:
    sentence = _("A draft position of %(organisation)s on %(passage)s waits for your signature.")
    return Wording(sentence % _names(notification), _position_path(notification, check=True))


def _sent_back(notification: Notification) -> Wording:
    draft = notification.position.draft if notification.position else None
    sentence = _("Your draft position on %(passage)s for %(organisation)s was sent back to you.")
    return Wording(sentence % _names(notification), _position_path(notification), draft.note if draft else "")


def _moderation(notification: Notification) -> Wording:
    if notification.comment:
        sentence = _("A comment of %(organisation)s on %(passage)s waits for a decision.")
        item = f"{queue.COMMENT}-{notification.comment.public_id}"
    else:
        sentence = _("An explanation of position of %(organisation)s on %(passage)s waits for a decision.")
        item = f"{queue.EXPLANATION}-{notification.position.public_id if notification.position else ''}"
    return Wording(sentence % _names(notification), reverse("moderation_item", args=[item]))


_ON_COMMENTS = {
    Decision.Kind.PUBLISH: gettext_noop("Your comment on %(passage)s is published."),
    Decision.Kind.RETURN: gettext_noop("Your comment on %(passage)s was returned. Edit it and submit it again."),
    Decision.Kind.REMOVE: gettext_noop("Your comment on %(passage)s was removed."),
    Decision.Kind.RESTORE: gettext_noop("Your comment on %(passage)s is published again."),
    Decision.Kind.REDACT: gettext_noop("A moderator blacked out a part of your comment on %(passage)s."),
    Decision.Kind.KEEP: gettext_noop("Your appeal on %(passage)s was decided: the removal stands."),
}
_ON_EXPLANATIONS = {
    Decision.Kind.PUBLISH: gettext_noop("The explanation of position of %(organisation)s on %(passage)s is published."),
    Decision.Kind.RETURN: gettext_noop("The explanation of position of %(organisation)s on %(passage)s was returned."),
    Decision.Kind.REMOVE: gettext_noop("The explanation of position of %(organisation)s on %(passage)s was removed."),
    Decision.Kind.RESTORE: gettext_noop(
        "The explanation of position of %(organisation)s on %(passage)s is published again."
    ),
    Decision.Kind.REDACT: gettext_noop(
        "A moderator blacked out a part of the explanation of position of %(organisation)s on %(passage)s."
    ),
    Decision.Kind.KEEP: gettext_noop(
        "The appeal of %(organisation)s on %(passage)s was decided: the removal of the explanation stands."
    ),
}
_WORDS = {
    Kind.COMMENT: _comment,
    Kind.POSITION: _position,
    Kind.DECISION: _decision,
    Kind.ANSWER: _answer,
    Kind.SIGNATURE: _signature,
    Kind.SENT_BACK: _sent_back,
    Kind.MODERATION: _moderation,
}
