"""Drafts of comments: written over while nobody but the delegation reads them, and blanked when they go."""

from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from consultation.discussion.actions.steps import Words, make_latest, supersede_waiting, tell, words_of
from consultation.discussion.errors import DraftChanged
from consultation.discussion.models import Comment, CommentRevision
from consultation.record import clock


def save_draft(
    author: Any,
    comment: Comment,
    draft: CommentRevision,
    words: Words,
    *,
    submit: bool,
    shared: bool | None,
    seen: int | None,
) -> None:
    """Write over a draft, as long as it is the one that was read; once it is submitted, what waited waits no more."""
    same = words_of(draft) == words
    if seen is not None and seen != draft.saves and not same:
        raise DraftChanged(
            _("A colleague changed this draft while you were writing. Both texts are below; nothing was saved."), draft
        )
    if shared is not None and shared != comment.shared and comment.author_id == author.pk:
        comment.shared = shared
        comment.save(update_fields=["shared"])
    if same and not submit:
        return
    another = draft.created_by_id != author.pk
    draft.body, draft.type, draft.proposed_wording = words.body, words.type, words.proposed_wording
    draft.quote, draft.created_at, draft.created_by = comment.passage.text, clock.now(), author
    draft.saves += 1
    if submit:
        supersede_waiting(comment)
        draft.state = CommentRevision.State.PENDING
    draft.save()
    if submit and comment.latest_id != draft.pk:
        make_latest(comment, draft)
    # Saving while one types is one act, not a hundred: the record has its beginning, and each change of hands.
    if submit:
        tell("comment.revised", comment, author, draft)
    elif another:
        tell("comment.drafted", comment, author, draft)


def drop_drafts(author: Any) -> None:
    """Blank what a person wrote and nobody else may read, in the caller's transaction: they are being erased."""
    let_drafts_go(Comment.objects.filter(author=author, state=Comment.State.DRAFT, shared=False))


def let_drafts_go(drafts: QuerySet[Comment]) -> int:
    """Blank these drafts, in the caller's transaction; gives how many. They were never more than that."""
    CommentRevision.objects.filter(comment__in=drafts).update(body="", proposed_wording="")
    return drafts.update(state=Comment.State.WITHDRAWN, state_at=clock.now())
