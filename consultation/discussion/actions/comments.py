"""Writing, revising and withdrawing comments: one function a change, one transaction, one entry in the record."""

from collections.abc import Callable
from functools import wraps
from inspect import signature
from typing import Any, ParamSpec
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from consultation.consultations import rules as consultation_rules
from consultation.consultations.actions import act_for
from consultation.consultations.attribution import Attribution, require_choice
from consultation.consultations.models import Consultation
from consultation.discussion import rules
from consultation.discussion.actions.drafts import save_draft
from consultation.discussion.actions.outcomes import publish, publish_new
from consultation.discussion.actions.steps import (
    Words,
    add_revision,
    held,
    move,
    supersede_waiting,
    tell,
    words_of,
)
from consultation.discussion.models import Comment, CommentRevision
from consultation.record import clock
from consultation.record.actions import append, together
from consultation.record.errors import Changed, NotAllowed
from consultation.reports.models import Passage
from consultation.text.redaction import BLACKED

State = Comment.State
Revision = CommentRevision.State
P = ParamSpec("P")


def _once(write: Callable[P, Comment]) -> Callable[P, Comment]:
    """Where another process was first with the same form, nothing is written: what is there is given instead."""

    @wraps(write)
    def once(*args: P.args, **named: P.kwargs) -> Comment:
        try:
            return write(*args, **named)
        except IntegrityError:
            given = signature(write).bind(*args, **named).arguments
            found = _sent_before(given["submission_id"])
            if found is None:
                raise
            _require_own(given["author"], found)
            _require_same(found, given["passage"], given["words"])
            return found

    return once


@_once
@transaction.atomic
@clock.one_instant()
def write_comment(
    author: Any,
    consultation: Consultation,
    passage: Passage,
    words: Words,
    submission_id: UUID,
    *,
    submit: bool = True,
    parent: Comment | None = None,
    organisation_id: int | None = None,
    shared: bool = False,
    seen: int | None = None,
    attribution: str = Attribution.NAMED,
) -> Comment:
    """A new comment, submitted for moderation or kept as a draft, which the author may share with the delegation.

    The same `submission_id` again gives the comment that is there; where that is still a draft, with these words.
    Other words for what was submitted are not taken for it: `Changed`.
    A draft is kept in a closed consultation too. Raises `NotAllowed`, `Closed`, `Changed`, `TooMany`.
    """
    membership = act_for(author, consultation, organisation_id, to_submit=submit)
    if found := _sent_before(submission_id):
        _require_own(author, found)
        if found.state == State.DRAFT:
            return revise_comment(
                author, found, words, submit=submit, shared=shared, seen=seen, attribution=attribution
            )
        _require_same(found, passage, words)
        return found
    rules.require_place(consultation, passage, words.proposed_wording)
    late = submit and consultation_rules.require_taking(author, consultation, membership.organisation)
    require_choice(consultation, attribution, late=late)
    if submit:
        rules.require_pace(consultation, membership.organisation)
        rules.require_thread_open(consultation, passage, parent)
    comment = Comment(
        submission_id=submission_id,
        consultation=consultation,
        passage=passage,
        author=author,
        organisation=membership.organisation,
        attribution=attribution,
        shared=shared and not submit,
    )
    if parent:
        _answer(comment, parent)
    return _begin(comment, words, submit=submit, late=late)


@transaction.atomic
@clock.one_instant()
def revise_comment(
    author: Any,
    comment: Comment,
    words: Words,
    *,
    submit: bool = True,
    shared: bool | None = None,
    seen: int | None = None,
    attribution: str | None = None,
) -> Comment:
    """New words for one's own comment or for a draft that a colleague shares: of a draft in place, else a new
    revision. What is published stands until then, and what waits goes on waiting while the new words are a draft.
    `seen` is how often the draft was saved when the form was made.

    Raises `NotAllowed`, `Closed`, `TooMany`, and `DraftChanged` where a colleague saved other words meanwhile.
    """
    act_for(author, comment.consultation, comment.organisation_id, to_submit=submit)
    comment = held(comment)
    if not rules.may_revise(author, comment):
        raise NotAllowed(_("Only its author can change a comment, and only while it stands."))
    late = submit and consultation_rules.require_taking(author, comment.consultation, comment.organisation)
    latest, draft = comment.latest, comment.draft
    assert latest is not None  # noqa: S101 - every comment is made with its first revision
    if attribution is not None and (submit or comment.state == State.DRAFT):
        _attribute(author, comment, attribution)
    if draft is None and words_of(latest) == words and latest.state == Revision.PENDING:
        return comment
    rules.require_place(comment.consultation, comment.passage, words.proposed_wording)
    _require_read(draft or latest, seen)
    if submit:
        rules.require_attribution_choice(comment, late=late)
        rules.require_pace(comment.consultation, comment.organisation)
        rules.require_thread_open(comment.consultation, comment.passage, comment.parent)
    if draft:
        draft.late = late
        save_draft(author, comment, draft, words, submit=submit, shared=shared, seen=seen)
    else:
        _follow(comment, author, words, submit=submit, late=late)
    if not submit:
        return comment
    if comment.state in {State.DRAFT, State.RETURNED}:
        move(comment, State.PENDING)
    return _publish_at_once(comment.revisions.get(state=Revision.PENDING))


@transaction.atomic
@clock.one_instant()
def attribute_comment(author: Any, comment: Comment, attribution: str) -> Comment:
    """Tell more of who says a comment that was submitted, at once and for good. Raises `NotAllowed`, `Closed`."""
    act_for(author, comment.consultation, comment.organisation_id)
    comment = held(comment)
    if comment.author_id == author.pk and comment.attribution == attribution:
        return comment
    if not rules.may_attribute(author, comment):
        raise NotAllowed(_("Only its author can tell more of who says a comment, and only while it stands."))
    consultation_rules.require_open(comment.consultation)
    _attribute(author, comment, attribution)
    return comment


@transaction.atomic
@clock.one_instant()
def withdraw_comment(author: Any, comment: Comment) -> Comment:
    """The author takes a comment back; withdrawn already, it stays so.

    After closing only what came late can be taken back, with the code it came by. Raises `NotAllowed`, `Closed`.
    """
    seen_as_draft = comment.state == State.DRAFT
    act_for(author, comment.consultation, comment.organisation_id, to_submit=not seen_as_draft)
    comment = held(comment)
    if comment.state == State.WITHDRAWN and comment.author_id == author.pk:
        return comment
    if not rules.may_withdraw(author, comment):
        raise NotAllowed(_("Only its author can withdraw a comment, and only while it stands."))
    if comment.state != State.DRAFT:
        if seen_as_draft:  # A colleague submitted it meanwhile; the organisation is held already.
            act_for(author, comment.consultation, comment.organisation_id)
        if comment.revisions.filter(late=False).exclude(state=Revision.DRAFT).exists():
            consultation_rules.require_open(comment.consultation)
        consultation_rules.require_taking(author, comment.consultation, comment.organisation)
    supersede_waiting(comment)
    move(comment, State.WITHDRAWN)
    tell("comment.withdrawn", comment, author)
    return comment


def _attribute(author: Any, comment: Comment, attribution: str) -> None:
    """Change in whose name the comment is shown; of what was submitted the record keeps it."""
    if attribution == comment.attribution:
        return
    rules.require_attribution(comment, attribution)
    before, comment.attribution = comment.attribution, attribution
    comment.save(update_fields=["attribution"])
    if comment.state != State.DRAFT:
        append(
            "comment.attributed",
            comment,
            actor=author,
            consultation=comment.consultation.slug,
            passage=comment.passage.ref,
            organisation=comment.organisation_id,
            organisation_name=comment.organisation.name,
            attribution=attribution,
            before=before,
        )


def _follow(comment: Comment, author: Any, words: Words, *, submit: bool, late: bool) -> None:
    """A further revision; where it is submitted, what waited for a moderator waits no more."""
    if submit:
        supersede_waiting(comment)
    revision = add_revision(comment, author, words, Revision.PENDING if submit else Revision.DRAFT, late=late)
    tell("comment.revised" if submit else "comment.drafted", comment, author, revision)


def _require_own(author: Any, comment: Comment) -> None:
    if comment.author_id != author.pk:
        raise Changed(_("This form was already used. Open the page again and submit once more."))


def _require_same(comment: Comment, passage: Passage, words: Words) -> None:
    """The form says what it said when it made this comment; else what is typed now would be lost in silence."""
    if comment.passage_id != passage.pk or words not in map(words_of, comment.revisions.all()):
        raise Changed(
            _(
                "This form was sent before, with other words, and those stand. What you wrote now was not recorded: "
                "edit your comment, or open the page again for another one."
            )
        )


def _require_read(latest: CommentRevision, seen: int | None) -> None:
    """What was blacked out meanwhile is not written again by a form that was opened before."""
    redacted = BLACKED in f"{latest.body}{latest.proposed_wording}"
    if redacted and latest.state != Revision.DRAFT and seen not in {None, latest.saves}:
        raise Changed(
            _("A moderator blacked out a part of this text since you opened it. Read it before you change it.")
        )


def _sent_before(submission_id: UUID) -> Comment | None:
    """What this form made. There is one at most, so nothing is put in order."""
    return next(iter(Comment.objects.filter(submission_id=submission_id).order_by()), None)


def _publish_at_once(revision: CommentRevision, *, is_new: bool = False) -> Comment:
    """Publish what was submitted where the consultation moderates after publication; else leave it waiting."""
    comment = revision.comment
    if not rules.published_at_once(comment.consultation, comment.organisation, comment.attribution):
        return comment
    published = publish_new(revision) if is_new else publish(revision)
    tell("comment.published_at_once", published, comment.author)
    return published


def _answer(comment: Comment, parent: Comment) -> None:
    """Make it an answer to what is published of `parent`, held so that it cannot go meanwhile. Raises `Changed`."""
    parent = held(parent)
    if not rules.may_reply_to(parent):
        raise Changed(_("The comment that you answer is no longer published."))
    comment.parent, comment.root_id, comment.answered_id = parent, parent.root_id or parent.pk, parent.published_id


def _begin(comment: Comment, words: Words, *, submit: bool, late: bool) -> Comment:
    """Save a new comment with its first words, and publish it where nobody looks at it before."""
    comment.created_at = comment.state_at = clock.now()
    comment.state = State.PENDING if submit else State.DRAFT
    comment.save(force_insert=True)
    state = Revision.PENDING if submit else Revision.DRAFT
    with together():
        revision = add_revision(comment, comment.author, words, state, late=late, is_first=True)
        tell("comment.submitted" if submit else "comment.drafted", comment, comment.author)
        return _publish_at_once(revision, is_new=True) if submit else comment
