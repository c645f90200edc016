"""Who may write, revise and withdraw what in the discussion."""

from typing import Any

from consultation.discussion.models import Comment

# The one table of what a comment may become. Everything else is refused.
TRANSITIONS: dict[str, frozenset[str]] = {
    Comment.State.DRAFT: frozenset({Comment.State.PENDING, Comment.State.WITHDRAWN}),
    Comment.State.PENDING: frozenset({Comment.State.PUBLISHED, Comment.State.RETURNED, Comment.State.WITHDRAWN}),
    Comment.State.RETURNED: frozenset({Comment.State.PENDING, Comment.State.WITHDRAWN}),
    Comment.State.PUBLISHED: frozenset({Comment.State.REMOVED, Comment.State.WITHDRAWN}),
    Comment.State.REMOVED: frozenset({Comment.State.PUBLISHED}),
    Comment.State.WITHDRAWN: frozenset(),
}


def may_revise(user: Any, comment: Comment) -> bool:
    """Only the author, while it is not gone; closing is checked by the action."""
    return comment.author_id == user.pk and not comment.is_placeholder


may_withdraw = may_revise


def may_reply_to(comment: Comment) -> bool:
    return comment.state == Comment.State.PUBLISHED
