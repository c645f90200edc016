"""Who prepares, sees and publishes dispositions; which comments are answered; when a reason is needed."""

from datetime import datetime
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from consultation.consultations import rules as consultation_rules
from consultation.consultations.attribution import Attribution
from consultation.consultations.models import Consultation
from consultation.consultations.times import said, said_by_day
from consultation.discussion.models import Comment, CommentRevision
from consultation.dispositions import queries
from consultation.dispositions.errors import NotAnswerable
from consultation.dispositions.models import DispositionList, DispositionVersion
from consultation.record.errors import NotAllowed

Value = DispositionVersion.Value
NEEDS_REASON = frozenset({Value.IN_PART, Value.NOT_ACCEPTED})


def may_prepare(user: Any, consultation: Consultation) -> bool:
    """Whether the person sees dispositions before they are published: rapporteurs and secretariat officers."""
    return consultation_rules.is_rapporteur(user, consultation) or consultation_rules.is_secretariat(user, consultation)


def require_prepares(user: Any, consultation: Consultation) -> None:
    """Raise `NotAllowed` unless the person sees what is prepared."""
    if not may_prepare(user, consultation):
        raise NotAllowed(
            _("Only rapporteurs and the secretariat of this consultation see the dispositions that are prepared.")
        )


def require_rapporteur(user: Any, consultation: Consultation) -> None:
    """Raise `NotAllowed` unless the person is a rapporteur of this consultation now."""
    if not consultation_rules.is_rapporteur(user, consultation):
        raise NotAllowed(_("Only a rapporteur of this consultation answers comments."))


def is_published(consultation: Consultation) -> bool:
    return DispositionList.objects.filter(consultation=consultation, published_at__isnull=False).exists()


def require_answerable(comment: Comment) -> CommentRevision:
    """The published words that are answered. Raises `NotAnswerable` with the sentence that says why not."""
    named = comment.attribution == Attribution.NAMED
    when = said(comment.state_at, comment.consultation) if named else said_by_day(comment.state_at)
    if comment.state == Comment.State.WITHDRAWN:
        raise NotAnswerable(_("Its author withdrew this comment on %s. There is nothing to answer.") % when)
    if comment.state == Comment.State.REMOVED:
        raise NotAnswerable(_("A moderator removed this comment on %s. There is nothing to answer.") % when)
    if comment.state != Comment.State.PUBLISHED or comment.published is None:
        raise NotAnswerable(_("This comment is not published. Only published comments are answered."))
    if not queries.answerable(comment.consultation).filter(pk=comment.pk).exists():
        raise NotAnswerable(
            _("This is a question or an example of practice without proposed wording. It gets no disposition.")
        )
    return comment.published


def why_not_yet(consultation: Consultation, at: datetime) -> str:
    """The sentence that says why the dispositions cannot be published at this instant, or nothing."""
    if consultation.state_at(at) not in {Consultation.State.CLOSED, Consultation.State.OUTCOME_PUBLISHED}:
        return _("The dispositions can be published only after the consultation has closed.")
    waiting = CommentRevision.objects.filter(
        Q(state=CommentRevision.State.PENDING), comment__consultation=consultation
    ).count()
    if waiting:
        return ngettext(
            "%d comment waits for a moderator. Publish the dispositions after it is decided, so that none is missing.",
            "%d comments wait for a moderator. Publish the dispositions after they are decided, so that none is "
            "missing.",
            waiting,
        ) % (waiting,)
    progress = queries.progress_of(consultation)
    if not progress.of:
        return _("There is no comment to answer.")
    if progress.open:
        return ngettext(
            "%(n)d of %(of)d comments is not answered yet. All are published together.",
            "%(n)d of %(of)d comments are not answered yet. All are published together.",
            progress.open,
        ) % {"n": progress.open, "of": progress.of}
    return ""
