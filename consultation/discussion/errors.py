"""Refusals of the discussion."""

from consultation.discussion.models import CommentRevision
from consultation.record.errors import Changed


class DraftChanged(Changed):
    """A colleague saved other words meanwhile; `draft` is theirs."""

    def __init__(self, sentence: str, draft: CommentRevision) -> None:
        super().__init__(sentence)
        self.draft = draft
