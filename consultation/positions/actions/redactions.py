"""Blacking words out of explanations. Called by moderation.actions, which checks who may and keeps the originals."""

from consultation.positions.models import Position, PositionVersion
from consultation.record.actions import erase, hold
from consultation.record.models import Entry, Part
from consultation.text.redaction import Blacked, repeated


def repeating(position: Position, words: list[str]) -> list[Blacked]:
    """Every version of this position whose explanation holds these words."""
    return repeated(position.versions.order_by("number"), ["explanation"], words)


def redact(position: Position, words: list[str]) -> list[Blacked]:
    """Black these words out of every version, in the caller's transaction; gives what was there."""
    hold(position)
    found = repeating(position, words)
    entries = Entry.objects.about(position)
    for each in found:
        # The record no longer proves the words that stood there; that they were there it still does.
        for name in ("version", "revision"):
            erase(entries.filter(**{f"content__{name}": each.row.number}), Part.WORDS)
        PositionVersion.objects.filter(pk=each.row.pk).update(explanation=each.text)
    return found
