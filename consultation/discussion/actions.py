"""Every change to the discussion: one function a change, in one transaction, with one entry in the record."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from consultation.consultations import rules as consultation_rules
from consultation.consultations.actions import act_for
from consultation.consultations.models import Consultation
from consultation.discussion import rules
from consultation.discussion.models import Comment, CommentRevision, ThreadStop
from consultation.record import clock
from consultation.record.actions import append, hold
from consultation.record.errors import Changed, NotAllowed
from consultation.reports.models import Passage

State = Comment.State
Revision = CommentRevision.State


@dataclass(frozen=True)
class Words:
    """What an author writes: the comment, its type, and other words for the passage (or none)."""

    body: str
    type: str = CommentRevision.Type.SUBSTANTIVE
    proposed_wording: str = ""


@transaction.atomic
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
) -> Comment:
    """A new comment, submitted for moderation or kept as the author's draft.

    The same `submission_id` again gives the comment that is there. A draft is kept in a closed consultation too.
    Raises `NotAllowed`, `Closed`.
    """
    membership = act_for(author, consultation, organisation_id, to_submit=submit)
    if found := Comment.objects.filter(submission_id=submission_id, author=author).first():
        return found
    if submit:
        consultation_rules.require_open(consultation)
        rules.require_pace(consultation, membership.organisation)
        rules.require_thread_open(consultation, passage, parent)
    if parent:
        parent = _answerable(parent)
    now = clock.now()
    comment, created = Comment.objects.get_or_create(
        submission_id=submission_id,
        defaults={
            "consultation": consultation,
            "passage": passage,
            "parent": parent,
            "root_id": (parent.root_id or parent.pk) if parent else None,
            "author": author,
            "organisation": membership.organisation,
            "state": State.PENDING if submit else State.DRAFT,
            "created_at": now,
            "state_at": now,
        },
    )
    if not created:
        if comment.author_id != author.pk:
            raise Changed(_("This form was already used. Open the page again and submit once more."))
        return comment
    revision = _add_revision(comment, author, words, Revision.PENDING if submit else Revision.DRAFT)
    _tell("comment.submitted" if submit else "comment.drafted", comment, author)
    return _publish_at_once(revision) if submit else comment


@transaction.atomic
def revise_comment(author: Any, comment: Comment, words: Words, *, submit: bool = True) -> Comment:
    """New words for one's own comment: of a draft in place, else a new revision; a published one stands until then.

    Raises `NotAllowed`, `Closed`.
    """
    comment = _locked(comment)
    if not rules.may_revise(author, comment):
        raise NotAllowed(_("Only its author can change a comment, and only while it stands."))
    act_for(author, comment.consultation, comment.organisation_id, to_submit=submit)
    if submit:
        consultation_rules.require_open(comment.consultation)
    latest = comment.latest
    assert latest is not None  # noqa: S101 - every comment is made with its first revision
    if Words(latest.body, latest.type, latest.proposed_wording) == words and latest.state == Revision.PENDING:
        return comment
    if submit:
        rules.require_pace(comment.consultation, comment.organisation)
    if latest.state == Revision.DRAFT:
        latest.body, latest.type, latest.proposed_wording = words.body, words.type, words.proposed_wording
        latest.quote, latest.created_at = comment.passage.text, clock.now()
        latest.state = Revision.PENDING if submit else Revision.DRAFT
        latest.save()
    else:
        if latest.state == Revision.PENDING:
            latest.state = Revision.SUPERSEDED
            latest.save(update_fields=["state"])
        _add_revision(comment, author, words, Revision.PENDING if submit else Revision.DRAFT)
    if submit and comment.state in {State.DRAFT, State.RETURNED}:
        _move(comment, State.PENDING)
    _tell("comment.revised" if submit else "comment.drafted", comment, author)
    return _publish_at_once(comment.revisions.get(state=Revision.PENDING)) if submit else comment


@transaction.atomic
def withdraw_comment(author: Any, comment: Comment) -> Comment:
    """The author takes a comment back; withdrawn already, it stays so. Raises `NotAllowed`, `Closed`."""
    comment = _locked(comment)
    if comment.state == State.WITHDRAWN and comment.author_id == author.pk:
        return comment
    if not rules.may_withdraw(author, comment):
        raise NotAllowed(_("Only its author can withdraw a comment, and only while it stands."))
    act_for(author, comment.consultation, comment.organisation_id, to_submit=comment.state != State.DRAFT)
    if comment.state != State.DRAFT:
        consultation_rules.require_open(comment.consultation)
    comment.revisions.filter(state=Revision.PENDING).update(state=Revision.SUPERSEDED)
    _move(comment, State.WITHDRAWN)
    _tell("comment.withdrawn", comment, author)
    return comment


@transaction.atomic
def stop_thread(
    moderator: Any, passage: Passage, consultation: Consultation, reason: str, root: Comment | None = None
) -> ThreadStop:
    """Close the thread of a passage, or the one below a comment, with a reason that everybody sees.

    Closed already, it stays as it is. Raises `NotAllowed`, `ValueError` without a reason.
    """
    _require_moderator(moderator, consultation)
    if not reason.strip():
        raise ValueError("Closing a thread needs a reason.")
    hold(consultation)
    stop, made = ThreadStop.objects.get_or_create(
        consultation=consultation,
        passage=passage,
        root=root,
        lifted_at=None,
        defaults={"reason": reason, "stopped_by": moderator, "stopped_at": clock.now()},
    )
    if made:
        _tell_stop("thread.stopped", stop, moderator)
    return stop


@transaction.atomic
def lift_stop(moderator: Any, stop: ThreadStop) -> ThreadStop:
    """Open a closed thread again; open already, it stays so. Raises `NotAllowed`."""
    _require_moderator(moderator, stop.consultation)
    hold(stop)
    stop.refresh_from_db()
    if stop.lifted_at is None:
        stop.lifted_at = clock.now()
        stop.save(update_fields=["lifted_at"])
        _tell_stop("thread.lifted", stop, moderator)
    return stop


def drop_drafts(author: Any) -> None:
    """Blank what a person wrote and never submitted, in the caller's transaction: they are being erased."""
    drafts = Comment.objects.filter(author=author, state=State.DRAFT)
    CommentRevision.objects.filter(created_by=author, state=Revision.DRAFT).update(body="", proposed_wording="")
    drafts.update(state=State.WITHDRAWN, state_at=clock.now())


# What moderation decides. Called by moderation.actions, which checks who may and writes the decision to the record.


def publish(revision: CommentRevision) -> Comment:
    """Show this pending revision to everybody, in the caller's transaction. Raises `Changed`."""
    comment = _locked(revision.comment)
    revision = _pending(comment, revision)
    if comment.published_id:
        CommentRevision.objects.filter(pk=comment.published_id).update(state=Revision.SUPERSEDED)
    revision.state = Revision.PUBLISHED
    revision.save(update_fields=["state"])
    comment.published = revision
    comment.save(update_fields=["published"])
    if comment.state != State.PUBLISHED:
        _move(comment, State.PUBLISHED)
    return comment


def return_to_author(revision: CommentRevision) -> Comment:
    """Send this pending revision back; what was published before stays. Raises `Changed`."""
    comment = _locked(revision.comment)
    revision = _pending(comment, revision)
    revision.state = Revision.RETURNED
    revision.save(update_fields=["state"])
    if comment.state == State.PENDING:
        _move(comment, State.RETURNED)
    return comment


def unpublish(revision: CommentRevision, before: CommentRevision | None) -> Comment:
    """Let this published revision wait again, and what was published before it stand: an undone publication.

    Raises `Changed` where it was answered, edited or removed since.
    """
    comment = _locked(revision.comment)
    answered = comment.replies.exclude(state=State.DRAFT).exists()
    if comment.published_id != revision.pk or comment.latest_id != revision.pk or (answered and not before):
        raise Changed(_("This was answered or changed since; the decision stands."))
    revision.state = Revision.PENDING
    revision.save(update_fields=["state"])
    comment.published = before
    if before:
        CommentRevision.objects.filter(pk=before.pk).update(state=Revision.PUBLISHED)
        comment.save(update_fields=["published"])
        return comment
    # In one statement: a published comment always has a published revision.
    comment.state, comment.state_at = State.PENDING, clock.now()
    comment.save(update_fields=["published", "state", "state_at"])
    return comment


def wait_again(revision: CommentRevision) -> Comment:
    """Let a returned revision wait for a decision once more: an appeal, or an undone return. Raises `Changed`."""
    comment = _locked(revision.comment)
    if (
        comment.latest_id != revision.pk
        or not comment.revisions.filter(pk=revision.pk, state=Revision.RETURNED).exists()
    ):
        raise Changed(_("This comment was changed since."))
    CommentRevision.objects.filter(pk=revision.pk).update(state=Revision.PENDING)
    if comment.state == State.RETURNED:
        _move(comment, State.PENDING)
    return comment


def remove(comment: Comment) -> Comment:
    """Take a published comment from the public, keeping its text. Raises `Changed`."""
    comment = _locked(comment)
    comment.revisions.filter(state=Revision.PENDING).update(state=Revision.RETURNED)
    return _move(comment, State.REMOVED)


def restore(comment: Comment) -> Comment:
    """Show a removed comment again. Raises `Changed`."""
    return _move(_locked(comment), State.PUBLISHED)


def _publish_at_once(revision: CommentRevision) -> Comment:
    """Publish what was submitted where the consultation moderates after publication; else leave it waiting."""
    comment = revision.comment
    if not rules.published_at_once(comment.consultation, comment.organisation):
        return comment
    published = publish(revision)
    _tell("comment.published_at_once", published, comment.author)
    return published


def _require_moderator(user: Any, consultation: Consultation) -> None:
    if not consultation_rules.is_moderator(user, consultation):
        raise NotAllowed(_("Only moderators of this consultation close and open threads."))


def _tell_stop(kind: str, stop: ThreadStop, actor: Any) -> None:
    append(
        kind,
        stop,
        actor=actor,
        consultation=stop.consultation.slug,
        passage=stop.passage.ref,
        root=stop.root_id,
        reason=stop.reason,
    )


def _answerable(parent: Comment) -> Comment:
    """The comment that is answered, held so that it cannot go meanwhile. Raises `Changed`."""
    parent = _locked(parent)
    if not rules.may_reply_to(parent):
        raise Changed(_("The comment that you answer is no longer published."))
    return parent


def _locked(comment: Comment) -> Comment:
    hold(comment)
    return Comment.objects.select_related("consultation", "passage", "latest", "organisation").get(pk=comment.pk)


def _pending(comment: Comment, revision: CommentRevision) -> CommentRevision:
    current = comment.revisions.filter(pk=revision.pk, state=Revision.PENDING).first()
    if current is None:
        raise Changed(_("This text no longer waits for a decision."))
    return current


def _move(comment: Comment, state: "Comment.State") -> Comment:
    if state not in rules.TRANSITIONS[comment.state]:
        raise Changed(
            _("This comment is now “%(state)s”; what you asked for is no longer possible.")
            % {"state": comment.get_state_display().lower()}
        )
    comment.state, comment.state_at = state, clock.now()
    comment.save(update_fields=["state", "state_at"])
    return comment


def _add_revision(comment: Comment, author: Any, words: Words, state: "CommentRevision.State") -> CommentRevision:
    last = comment.revisions.order_by("-number").first()
    revision = CommentRevision.objects.create(
        comment=comment,
        number=last.number + 1 if last else 1,
        state=state,
        type=words.type,
        body=words.body,
        proposed_wording=words.proposed_wording,
        quote=comment.passage.text,
        created_by=author,
        created_at=clock.now(),
    )
    comment.latest = revision
    comment.save(update_fields=["latest"])
    return revision


def _tell(kind: str, comment: Comment, author: Any) -> None:
    assert comment.latest is not None  # noqa: S101 - every comment is made with its first revision
    append(
        kind,
        comment,
        actor=author,
        consultation=comment.consultation.slug,
        passage=comment.passage.ref,
        organisation=comment.organisation_id,
        revision=comment.latest.number,
        state=comment.state,
    )
