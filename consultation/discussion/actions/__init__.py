"""Every change to the discussion: a file for each noun."""

from consultation.discussion.actions.comments import (
    attribute_comment,
    revise_comment,
    withdraw_comment,
    write_comment,
)
from consultation.discussion.actions.drafts import drop_drafts, let_drafts_go
from consultation.discussion.actions.outcomes import publish, remove, restore, return_to_author, unpublish, wait_again
from consultation.discussion.actions.redactions import redact, repeating
from consultation.discussion.actions.steps import Words, hold_in_thread, words_of
from consultation.discussion.actions.stops import lift_stop, stop_thread
from consultation.discussion.actions.supports import support, withdraw_support
from consultation.discussion.actions.visits import visit

__all__ = [
    "Words",
    "attribute_comment",
    "drop_drafts",
    "hold_in_thread",
    "let_drafts_go",
    "lift_stop",
    "publish",
    "redact",
    "remove",
    "repeating",
    "restore",
    "return_to_author",
    "revise_comment",
    "stop_thread",
    "support",
    "unpublish",
    "visit",
    "wait_again",
    "withdraw_comment",
    "withdraw_support",
    "words_of",
    "write_comment",
]
