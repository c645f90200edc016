"""Who may write, revise and withdraw what in the discussion, and when it is published."""

from datetime import timedelta
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from consultation.consultations.attribution import Attribution, require_choice, require_not_coarser
from consultation.consultations.models import Consultation
from consultation.consultations.rules import require_commented
from consultation.discussion.models import Comment, CommentRevision, ThreadStop
from consultation.record import clock
from consultation.record.errors import Changed, NotAllowed, TooMany
from consultation.reports.models import Passage
from consultation.stakeholders.models import Membership, Organisation

HOUR = timedelta(hours=1)

# The one table of what a comment may become. Everything else is refused.
TRANSITIONS: dict[str, frozenset[str]] = {
    Comment.State.DRAFT: frozenset({Comment.State.PENDING, Comment.State.WITHDRAWN}),
    Comment.State.PENDING: frozenset({Comment.State.PUBLISHED, Comment.State.RETURNED, Comment.State.WITHDRAWN}),
    Comment.State.RETURNED: frozenset({Comment.State.PENDING, Comment.State.WITHDRAWN}),
    # Back to pending: a moderator undoes the publication within a minute.
    Comment.State.PUBLISHED: frozenset({Comment.State.REMOVED, Comment.State.WITHDRAWN, Comment.State.PENDING}),
    Comment.State.REMOVED: frozenset({Comment.State.PUBLISHED}),
    Comment.State.WITHDRAWN: frozenset(),
}


def may_revise(user: Any, comment: Comment) -> bool:
    """The author, while it is not gone, and colleagues while it is a draft that the author shares with them."""
    if comment.state == Comment.State.DRAFT and comment.shared:
        return Membership.objects.of(user).filter(organisation=comment.organisation_id).exists()
    return may_withdraw(user, comment)


def may_withdraw(user: Any, comment: Comment) -> bool:
    """Only the author, while it is not gone; closing is checked by the action."""
    return comment.author_id == user.pk and not comment.is_placeholder


def may_attribute(user: Any, comment: Comment) -> bool:
    """The author, while the comment was submitted, stands, and does not name its organisation yet."""
    return (
        may_withdraw(user, comment)
        and comment.state != Comment.State.DRAFT
        and comment.attribution != Attribution.NAMED
    )


def require_attribution(comment: Comment, attribution: str) -> None:
    """Raise `NotAllowed` unless the comment can have this attribution: a draft any, else none that tells less."""
    if comment.state != Comment.State.DRAFT:
        require_not_coarser(comment.attribution, attribution)


def require_attribution_choice(comment: Comment, *, late: bool) -> None:
    """Raise `NotAllowed` where the comment cannot be submitted with the attribution that it has."""
    require_choice(comment.consultation, comment.attribution, late=late)


def may_reply_to(comment: Comment) -> bool:
    return comment.state == Comment.State.PUBLISHED


def published_at_once(consultation: Consultation, organisation: Organisation, attribution: str) -> bool:
    """Whether what this organisation submits is published before a moderator has read it.

    Where that depends on what of it is published already, only what names it counts, and a contribution that does not
    name it waits: the time of publication would tell whose it is.
    """
    mode = consultation.moderation_mode
    if mode == Consultation.ModerationMode.NEW:
        named = Comment.objects.filter(
            organisation=organisation, state=Comment.State.PUBLISHED, attribution=Attribution.NAMED
        )
        return attribution == Attribution.NAMED and named.exists()
    return mode == Consultation.ModerationMode.AFTER


def require_pace(consultation: Consultation, organisation: Organisation) -> None:
    """Raise `TooMany` where the organisation has submitted all that one hour allows."""
    limit = consultation.contributions_an_hour
    if not limit:
        return
    now = clock.now()
    recent = (
        CommentRevision.objects.filter(
            comment__consultation=consultation, comment__organisation=organisation, created_at__gt=now - HOUR
        )
        .exclude(state=CommentRevision.State.DRAFT)
        .order_by("-created_at")
        .values_list("created_at", flat=True)[:limit]
    )
    if len(recent) < limit:
        return
    wait = int((recent[limit - 1] + HOUR - now).total_seconds()) + 1
    minutes = -(-wait // 60)
    raise TooMany(
        ngettext(
            "%(organisation)s has submitted %(limit)d contributions within an hour, which is the limit here. "
            "Submit this in %(minutes)d minute; you can save it as a draft now.",
            "%(organisation)s has submitted %(limit)d contributions within an hour, which is the limit here. "
            "Submit this in %(minutes)d minutes; you can save it as a draft now.",
            minutes,
        )
        % {"organisation": organisation, "limit": limit, "minutes": minutes},
        wait,
    )


def require_place(consultation: Consultation, passage: Passage, proposed_wording: str) -> None:
    """Raise `NotAllowed` where this passage takes no comment, or a question is answered with another wording."""
    require_commented(consultation, passage)
    if passage.is_question and proposed_wording:
        raise NotAllowed(_("A guiding question is answered; no other wording is proposed for it."))


def stop_of(consultation: Consultation, passage: Passage, parent: Comment | None = None) -> ThreadStop | None:
    """What closes the thread of a passage, or the one below a comment, to new contributions; None where it is open."""
    closed = Q(root=None)
    if parent is not None:
        closed |= Q(root=parent.root_id or parent.pk)
    stops = ThreadStop.objects.filter(closed, consultation=consultation, passage=passage, lifted_at=None)
    return next(iter(stops), None)


def stops_of(consultation: Consultation) -> dict[tuple[int, int | None], ThreadStop]:
    """What closes threads now, by the keys of the passage and, where it is below one comment, of that: one query."""
    stops = ThreadStop.objects.filter(consultation=consultation, lifted_at=None)
    return {(stop.passage_id, stop.root_id): stop for stop in stops}


def require_thread_open(consultation: Consultation, passage: Passage, parent: Comment | None) -> None:
    """Raise `Changed` with the reason where this thread is closed."""
    if stop := stop_of(consultation, passage, parent):
        raise Changed(_("This thread was closed by the secretariat, because: %s") % stop.reason)
