"""Every change to practices: what their authors do, and what moderation decides."""

from consultation.practices.actions.outcomes import publish, remove, restore, return_to_author, unpublish, wait_again
from consultation.practices.actions.redactions import redact, repeating
from consultation.practices.actions.steps import Description, description_of, first_related, unsaved
from consultation.practices.actions.writing import revise_practice, withdraw_practice, write_practice

__all__ = [
    "Description",
    "description_of",
    "first_related",
    "publish",
    "redact",
    "remove",
    "repeating",
    "restore",
    "return_to_author",
    "revise_practice",
    "unpublish",
    "unsaved",
    "wait_again",
    "withdraw_practice",
    "write_practice",
]
