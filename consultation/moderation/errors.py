"""Refusals of moderation."""

from consultation.moderation.models import Decision
from consultation.record.errors import Changed


class AlreadyDecided(Changed):
    """Somebody else decided first; `decision` is theirs."""

    def __init__(self, sentence: str, decision: Decision) -> None:
        super().__init__(sentence)
        self.decision = decision


class NewerRevision(Changed):
    """The author changed the text after the moderator opened it."""
