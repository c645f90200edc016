"""A notification in words: the sentence, where it leads, and what is quoted. For the page and for mails alike."""

from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from consultation.consultations.attribution import Attributions
from consultation.consultations.models import Consultation
from consultation.moderation import queue
from consultation.moderation.models import Decision
from consultation.notifications.models import Following, Kind, Notification
from consultation.reports.models import Passage

QUOTED_WORDS = 60
PASSAGE_WORDS = 8


@dataclass(frozen=True)
class Wording:
    """What the person reads; `path` is on this site; `quote` is text that somebody wrote, never markup."""

    sentence: str
    path: str
    quote: str = ""


class Teller:
    """Words what one person is told, who must be one that may see it; asks once for each consultation."""

    def __init__(self, person: Any) -> None:
        self.person = person
        self.attributions: dict[int, Attributions] = {}

    def worded(self, notification: Notification) -> Wording:
        """The words of a notification as things are now."""
        return _WORDS[Kind(notification.kind)](notification, self.name_of(notification))

    def name_of(self, notification: Notification) -> str:
        """The organisation that it is about, as far as the person is told."""
        comment, position = notification.comment, notification.position
        if comment is None:
            return position.organisation.name if position else ""
        return self._told(notification.consultation).of(comment).name

    def place(self, following: Following) -> str:
        """What the person follows: a thread and who began it, as far as they are told; a passage; or all of it."""
        if thread := following.thread:
            names = {
                "passage": passage_name(thread.passage),
                "organisation": self._told(following.consultation).of(thread).name,
            }
            return _("Thread on %(passage)s that %(organisation)s began") % names
        return passage_name(following.passage) if following.passage else _("The whole consultation")

    def _told(self, consultation: Consultation) -> Attributions:
        return self.attributions.setdefault(consultation.pk, Attributions(self.person, consultation))


def passage_name(passage: Passage) -> str:
    """How people call the passage: ¶ 8, POL.3, or the first words of a heading."""
    return passage.code or Truncator(passage.words).words(PASSAGE_WORDS)


def _names(notification: Notification, organisation: str) -> dict[str, str]:
    return {"organisation": organisation, "passage": passage_name(notification.passage)}


def _comment_path(notification: Notification) -> str:
    comment = notification.comment
    return reverse("comment", args=[notification.consultation.slug, comment.public_id if comment else ""])


def _position_path(notification: Notification, *, check: bool = False) -> str:
    path = reverse("position", args=[notification.consultation.slug, notification.passage.ref])
    organisation = notification.position.organisation.slug if notification.position else ""
    return f"{path}?{'step=check&' if check else ''}organisation={organisation}"


def _passage_path(notification: Notification) -> str:
    return reverse("passage", args=[notification.consultation.slug, notification.passage.ref])


def _comment(notification: Notification, organisation: str) -> Wording:
    comment = notification.comment
    published = comment.published if comment else None
    sentence = (
        _("%(organisation)s replied in a thread on %(passage)s.")
        if comment and comment.parent_id
        else _("%(organisation)s commented on %(passage)s.")
    )
    quote = Truncator(published.body if published else "").words(QUOTED_WORDS)
    return Wording(sentence % _names(notification, organisation), _comment_path(notification), quote)


def _position(notification: Notification, organisation: str) -> Wording:
    version = notification.position.signed if notification.position else None
    stance = version.get_stance_display() if version else ""
    sentence = (
        _("%(organisation)s gave a view in an expert capacity on %(passage)s: %(stance)s.")
        if version and version.is_expert
        else _("%(organisation)s signed a position on %(passage)s: %(stance)s.")
    )
    return Wording(
        sentence % {**_names(notification, organisation), "stance": stance.lower()}, _passage_path(notification)
    )


def _decision(notification: Notification, organisation: str) -> Wording:
    decision = notification.decision
    kind = Decision.Kind(decision.kind if decision else Decision.Kind.PUBLISH)
    sentences = _ON_COMMENTS if notification.comment else _ON_EXPLANATIONS
    quote = ": ".join(filter(None, [decision.get_reason_display(), decision.statement])) if decision else ""
    path = _comment_path(notification) if notification.comment else _passage_path(notification)
    return Wording(_(sentences[kind]) % _names(notification, organisation), path, quote)


def _signature(notification: Notification, organisation: str) -> Wording:
    sentence = _("A draft position of %(organisation)s on %(passage)s waits for your signature.")
    return Wording(sentence % _names(notification, organisation), _position_path(notification, check=True))


def _sent_back(notification: Notification, organisation: str) -> Wording:
    draft = notification.position.draft if notification.position else None
    sentence = _("Your draft position on %(passage)s for %(organisation)s was sent back to you.")
    return Wording(
        sentence % _names(notification, organisation), _position_path(notification), draft.note if draft else ""
    )


def _moderation(notification: Notification, organisation: str) -> Wording:
    if notification.comment:
        sentence = _("A comment of %(organisation)s on %(passage)s waits for a decision.")
        item = f"{queue.COMMENT}-{notification.comment.public_id}"
    else:
        sentence = _("An explanation of position of %(organisation)s on %(passage)s waits for a decision.")
        item = f"{queue.EXPLANATION}-{notification.position.public_id if notification.position else ''}"
    return Wording(sentence % _names(notification, organisation), reverse("moderation_item", args=[item]))


_ON_COMMENTS = {
    Decision.Kind.PUBLISH: gettext_noop("Your comment on %(passage)s is published."),
    Decision.Kind.RETURN: gettext_noop("Your comment on %(passage)s was returned. Edit it and submit it again."),
    Decision.Kind.REMOVE: gettext_noop("Your comment on %(passage)s was removed."),
    Decision.Kind.RESTORE: gettext_noop("Your comment on %(passage)s is published again."),
    Decision.Kind.KEEP: gettext_noop("Your appeal on %(passage)s was decided: the removal stands."),
}
_ON_EXPLANATIONS = {
    Decision.Kind.PUBLISH: gettext_noop("The explanation of position of %(organisation)s on %(passage)s is published."),
    Decision.Kind.RETURN: gettext_noop("The explanation of position of %(organisation)s on %(passage)s was returned."),
    Decision.Kind.REMOVE: gettext_noop("The explanation of position of %(organisation)s on %(passage)s was removed."),
    Decision.Kind.RESTORE: gettext_noop(
        "The explanation of position of %(organisation)s on %(passage)s is published again."
    ),
    Decision.Kind.KEEP: gettext_noop(
        "The appeal of %(organisation)s on %(passage)s was decided: the removal of the explanation stands."
    ),
}
_WORDS = {
    Kind.COMMENT: _comment,
    Kind.POSITION: _position,
    Kind.DECISION: _decision,
    Kind.SIGNATURE: _signature,
    Kind.SENT_BACK: _sent_back,
    Kind.MODERATION: _moderation,
}
