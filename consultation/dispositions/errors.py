"""Refusals of dispositions."""

from consultation.dispositions.models import DispositionVersion
from consultation.record.errors import Changed


class NewerComment(Changed):
    """The comment was changed after the rapporteur opened it."""


class NewerAnswer(Changed):
    """Another rapporteur answered first; `theirs` is that answer."""

    def __init__(self, sentence: str, theirs: DispositionVersion | None) -> None:
        super().__init__(sentence)
        self.theirs = theirs


class NotAnswerable(Changed):
    """The comment is withdrawn, removed, or of a kind that has no disposition."""
