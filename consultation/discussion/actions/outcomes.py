"""What moderation decides. Called by moderation.actions, which checks who may and writes the decision to the record."""

from django.utils.translation import gettext as _

from consultation.discussion.actions.steps import count_answers, held, move
from consultation.discussion.models import Comment, CommentRevision
from consultation.record import clock
from consultation.record.errors import Changed

State = Comment.State
Revision = CommentRevision.State


def publish(revision: CommentRevision) -> Comment:
    """Show this pending revision to everybody, in the caller's transaction. Raises `Changed`."""
    comment = held(revision.comment)
    revision = _pending(comment, revision)
    if comment.published_id:
        CommentRevision.objects.filter(pk=comment.published_id).update(state=Revision.SUPERSEDED)
    revision.state, revision.published_at = Revision.PUBLISHED, clock.now()
    revision.save(update_fields=["state", "published_at"])
    comment.published = revision
    comment.save(update_fields=["published"])
    if comment.state != State.PUBLISHED:
        move(comment, State.PUBLISHED)
    return comment


def publish_new(revision: CommentRevision) -> Comment:
    """Show the only revision of a comment that was written in the caller's transaction: nobody else knows of it yet."""
    comment, now = revision.comment, clock.now()
    revision.state, revision.published_at = Revision.PUBLISHED, now
    revision.save(update_fields=["state", "published_at"])
    comment.published, comment.state, comment.state_at = revision, State.PUBLISHED, now
    comment.save(update_fields=["published", "state", "state_at"])
    count_answers(comment)
    return comment


def return_to_author(revision: CommentRevision) -> Comment:
    """Send this pending revision back; what was published before stays. Raises `Changed`."""
    comment = held(revision.comment)
    revision = _pending(comment, revision)
    revision.state = Revision.RETURNED
    revision.save(update_fields=["state"])
    if comment.state == State.PENDING:
        move(comment, State.RETURNED)
    return comment


def unpublish(revision: CommentRevision, before: CommentRevision | None) -> Comment:
    """Let this published revision wait again, and what was published before it stand: an undone publication.

    Raises `Changed` where it was answered, edited or removed since.
    """
    comment = held(revision.comment)
    answered = comment.replies.exclude(state=State.DRAFT).exists()
    if comment.published_id != revision.pk or comment.latest_id != revision.pk or (answered and not before):
        raise Changed(_("This was answered or changed since; the decision stands."))
    revision.state, revision.published_at = Revision.PENDING, None
    revision.save(update_fields=["state", "published_at"])
    comment.published = before
    if before:
        CommentRevision.objects.filter(pk=before.pk).update(state=Revision.PUBLISHED)
        comment.save(update_fields=["published"])
        return comment
    # In one statement: a published comment always has a published revision.
    comment.state, comment.state_at = State.PENDING, clock.now()
    comment.save(update_fields=["published", "state", "state_at"])
    count_answers(comment)
    return comment


def wait_again(revision: CommentRevision) -> Comment:
    """Let a returned revision wait for a decision once more: an appeal, or an undone return. Raises `Changed`."""
    comment = held(revision.comment)
    if (
        comment.latest_id != revision.pk
        or not comment.revisions.filter(pk=revision.pk, state=Revision.RETURNED).exists()
    ):
        raise Changed(_("This comment was changed since."))
    CommentRevision.objects.filter(pk=revision.pk).update(state=Revision.PENDING)
    if comment.state == State.RETURNED:
        move(comment, State.PENDING)
    return comment


def remove(comment: Comment) -> Comment:
    """Take a published comment from the public, keeping its text. Raises `Changed`."""
    comment = held(comment)
    comment.revisions.filter(state=Revision.PENDING).update(state=Revision.RETURNED)
    return move(comment, State.REMOVED)


def restore(comment: Comment) -> Comment:
    """Show a removed comment again. Raises `Changed`."""
    return move(held(comment), State.PUBLISHED)


def _pending(comment: Comment, revision: CommentRevision) -> CommentRevision:
    current = comment.revisions.filter(pk=revision.pk, state=Revision.PENDING).first()
    if current is None:
        raise Changed(_("This text no longer waits for a decision."))
    return current
