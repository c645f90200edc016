"""A notification in words: the sentence, where it leads, and what is quoted. For the page and for mails alike."""

from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from consultation.consultations.attribution import Attributions
from consultation.consultations.models import Consultation, WindowChange
from consultation.consultations.times import said
from consultation.moderation.kinds import KINDS
from consultation.moderation.models import Decision
from consultation.notifications.kinds import Kind
from consultation.notifications.models import Following, Notification
from consultation.reports.models import Passage
from consultation.statements.models import GroupStatement

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
        comment = notification.comment
        if comment is None:
            thing = notification.position or notification.practice
            return thing.organisation.name if thing else ""
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


def passage_name(passage: Passage | None) -> str:
    """How people call the passage: ¶ 8, POL.3, or the first words of a heading; "" for a consultation as a whole."""
    if passage is None:
        return ""
    return passage.code or Truncator(passage.words).words(PASSAGE_WORDS)


def _names(notification: Notification, organisation: str) -> dict[str, str]:
    return {
        "organisation": organisation,
        "passage": passage_name(notification.passage),
        "practice": notification.practice.title if notification.practice else "",
    }


def _comment_path(notification: Notification) -> str:
    comment = notification.comment
    return reverse("comment", args=[notification.consultation.slug, comment.public_id if comment else ""])


def _position_path(notification: Notification, *, check: bool = False) -> str:
    path = reverse("position", args=[notification.consultation.slug, _ref(notification)])
    organisation = notification.position.organisation.slug if notification.position else ""
    return f"{path}?{'step=check&' if check else ''}organisation={organisation}"


def _practice_path(notification: Notification) -> str:
    practice = notification.practice
    return reverse("practice", args=[notification.consultation.slug, practice.public_id if practice else ""])


def _passage_path(notification: Notification) -> str:
    return reverse("passage", args=[notification.consultation.slug, _ref(notification)])


def _ref(notification: Notification) -> str:
    return notification.passage.ref if notification.passage else ""


def _overview_path(notification: Notification) -> str:
    return reverse("overview", args=[notification.consultation.slug])


def _reminder(notification: Notification, _organisation: str) -> Wording:
    sentence = _("“%(title)s” closes on %(when)s. What is not submitted or signed by then does not count.")
    return Wording(sentence % _closing(notification), _overview_path(notification))


def _window(notification: Notification, _organisation: str) -> Wording:
    """The latest change: what an earlier one said no longer holds."""
    change = notification.consultation.last_change
    kind = change.kind if change else WindowChange.Kind.EXTENDED
    sentences = {
        WindowChange.Kind.MOVED: _(
            "The window of “%(title)s” was moved. It opens on %(opens)s and closes on %(when)s."
        ),
        WindowChange.Kind.EXTENDED: _("“%(title)s” was extended for all. It closes on %(when)s."),
        WindowChange.Kind.SHORTENED: _("The closing of “%(title)s” was brought forward to %(when)s."),
    }
    sentence = sentences[WindowChange.Kind(kind)] % _closing(notification)
    return Wording(sentence, _overview_path(notification), change.public_note if change else "")


def _closing(notification: Notification) -> dict[str, str]:
    consultation = notification.consultation
    return {
        "title": consultation.title,
        "opens": said(consultation.opens_at, consultation),
        "when": said(consultation.closes_at, consultation),
    }


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
    sentences, path_of = _ON_EXPLANATIONS, _passage_path
    if notification.comment:
        sentences, path_of = _ON_COMMENTS, _comment_path
    elif notification.practice:
        sentences, path_of = _ON_PRACTICES, _practice_path
    quote = ": ".join(filter(None, [decision.get_reason_display(), decision.statement])) if decision else ""
    return Wording(_(sentences[kind]) % _names(notification, organisation), path_of(notification), quote)


def _answer(notification: Notification, organisation: str) -> Wording:
    comment = notification.comment
    disposition = getattr(comment, "disposition", None)
    version = disposition.published if disposition else None
    sentence = _("The rapporteur answered the comment of %(organisation)s on %(passage)s: %(disposition)s.")
    value = version.get_value_display().lower() if version else ""
    names = {**_names(notification, organisation), "disposition": value}
    quote = Truncator(version.reason if version else "").words(QUOTED_WORDS)
    return Wording(sentence % names, _comment_path(notification), quote)


def _signature(notification: Notification, organisation: str) -> Wording:
    sentence = _("A draft position of %(organisation)s on %(passage)s waits for your signature.")
    return Wording(sentence % _names(notification, organisation), _position_path(notification, check=True))


def _sent_back(notification: Notification, organisation: str) -> Wording:
    draft = notification.position.draft if notification.position else None
    sentence = _("Your draft position on %(passage)s for %(organisation)s was sent back to you.")
    # While nothing can be written, to where the draft is read.
    path = _position_path(notification, check=not notification.consultation.is_open)
    return Wording(sentence % _names(notification, organisation), path, draft.note if draft else "")


def _moderation(notification: Notification, organisation: str) -> Wording:
    sentence = _("An explanation of position of %(organisation)s on %(passage)s waits for a decision.")
    thing: Any = notification.position
    if notification.comment:
        sentence = _("A comment of %(organisation)s on %(passage)s waits for a decision.")
        thing = notification.comment
    elif notification.practice:
        sentence = _("The good practice “%(practice)s” of %(organisation)s waits for a decision.")
        thing = notification.practice
    kind = next(kind for kind in KINDS.values() if isinstance(thing, kind.things))
    return Wording(sentence % _names(notification, organisation), reverse("moderation_item", args=[kind.id_of(thing)]))


def _silence(notification: Notification, _organisation: str) -> Wording:
    """What is public of a silence procedure, as it is now."""
    procedure, kind = notification.procedure, notification.entry.kind
    if procedure is None:
        return Wording("", "")
    if procedure.result:
        sentence = _("Silence on %(codes)s has ended. %(result)s.")
    elif kind == "silence.extended":
        sentence = _("Silence on %(codes)s is extended. It ends on %(when)s.")
    elif kind == "silence.reminded":
        sentence = _("Silence on %(codes)s ends on %(when)s. Until then a focal point can break it.")
    else:
        sentence = _("%(codes)s is under silence: the text stands as agreed unless it is broken before %(when)s.")
    names = {
        "codes": procedure.codes,
        "when": said(procedure.ends_at, notification.consultation),
        "result": procedure.get_result_display(),
    }
    quote = notification.entry.content.get("reason", "") if kind == "silence.extended" else ""
    return Wording(
        sentence % names, reverse("silence", args=[notification.consultation.slug, procedure.public_id]), quote
    )


def _breaking(notification: Notification, _organisation: str) -> Wording:
    """To the chair. Who it was, and why, stands on the chair's page only: mails travel further."""
    procedure = notification.procedure
    taken_back = notification.entry.kind == "silence.breaking_withdrawn"
    sentence = _("A breaking of silence on %s was withdrawn.") if taken_back else _("Silence on %s was broken.")
    path = reverse("chair_silence", args=[notification.consultation.slug, procedure.public_id if procedure else ""])
    return Wording(sentence % (procedure.codes if procedure else ""), path)


def _text(notification: Notification, _organisation: str) -> Wording:
    sentence = _("The next text of “%(title)s” is published, with the reason for each change.")
    path = reverse("next_text", args=[notification.consultation.slug])
    return Wording(sentence % {"title": notification.consultation.title}, path)


def _statement(notification: Notification, organisation: str) -> Wording:
    """A statement that stands; the person answers it for a member."""
    position = notification.position
    made = GroupStatement.objects.standing().filter(version__position=position).select_related("grouping").first()
    sentence = _(
        "%(organisation)s made a statement on %(passage)s in the name of %(grouping)s, for your organisation too. "
        "Confirm it or dissociate."
    )
    names = {**_names(notification, organisation), "grouping": made.grouping.name if made else ""}
    where = [notification.consultation.slug, _ref(notification)]
    path = reverse("group_statement", args=[*where, made.public_id]) if made else reverse("passage", args=where)
    return Wording(sentence % names, path)


def _letter(notification: Notification, _organisation: str) -> Wording:
    """To the focal point. What it says stands on its page only."""
    letter = notification.letter
    sentence = _(
        "The secretariat entered a letter of %(organisation)s in “%(title)s”. It counts only when you have "
        "confirmed it."
    )
    names = {"organisation": letter.organisation.name if letter else "", "title": notification.consultation.title}
    path = reverse("letter", args=[notification.consultation.slug, letter.public_id if letter else ""])
    return Wording(sentence % names, path)


_ON_COMMENTS = {
    Decision.Kind.PUBLISH: gettext_noop("Your comment on %(passage)s is published."),
    Decision.Kind.RETURN: gettext_noop("Your comment on %(passage)s was returned. Edit it and submit it again."),
    Decision.Kind.REMOVE: gettext_noop("Your comment on %(passage)s was removed."),
    Decision.Kind.RESTORE: gettext_noop("Your comment on %(passage)s is published again."),
    Decision.Kind.REDACT: gettext_noop("A moderator blacked out a part of your comment on %(passage)s."),
    Decision.Kind.KEEP: gettext_noop("Your appeal on %(passage)s was decided: the removal stands."),
}
_ON_PRACTICES = {
    Decision.Kind.PUBLISH: gettext_noop("Your good practice “%(practice)s” is published."),
    Decision.Kind.RETURN: gettext_noop("Your good practice “%(practice)s” was returned. Edit it and submit it again."),
    Decision.Kind.REMOVE: gettext_noop("Your good practice “%(practice)s” was removed."),
    Decision.Kind.RESTORE: gettext_noop("Your good practice “%(practice)s” is published again."),
    Decision.Kind.REDACT: gettext_noop("A moderator blacked out a part of your good practice “%(practice)s”."),
    Decision.Kind.KEEP: gettext_noop("Your appeal on “%(practice)s” was decided: the removal stands."),
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
    Kind.REMINDER: _reminder,
    Kind.WINDOW: _window,
    Kind.SILENCE: _silence,
    Kind.BREAKING: _breaking,
    Kind.STATEMENT: _statement,
    Kind.TEXT: _text,
    Kind.LETTER: _letter,
}
