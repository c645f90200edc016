"""Who may write, revise and withdraw a practice. What it may become is what a comment may: `discussion.rules`."""

from typing import Any

from consultation.practices.models import Practice, State


def may_change(user: Any, practice: Practice) -> bool:
    """The author, while it is not gone; closing is checked by the action."""
    return practice.author_id == user.pk and practice.state not in {State.REMOVED, State.WITHDRAWN}
