"""Dispositions that repeat the words of a comment: they are blacked out with it."""

from dataclasses import dataclass

from consultation.discussion.models import Comment
from consultation.dispositions.models import DispositionVersion
from consultation.moderation.queue import Item
from consultation.text.redaction import blacked


@dataclass(frozen=True)
class Blacked:
    """One text in which something is blacked out: what it said, and what everybody reads then."""

    row: DispositionVersion
    column: str
    original: str
    text: str


def repeating(item: Item, words: list[str], do: bool) -> list[Blacked]:  # noqa: FBT001 - called by its place
    """The answers to this comment that hold these words; with `do` they are blacked out, in one transaction."""
    if not isinstance(item.thing, Comment):
        return []
    versions = DispositionVersion.objects.filter(disposition__comment=item.thing).order_by("number")
    found = [
        Blacked(version, column, text, new)
        for version in versions
        for column in ("reason", "note")
        if (text := getattr(version, column)) != (new := blacked(text, words))
    ]
    if do:
        for each in found:
            DispositionVersion.objects.filter(pk=each.row.pk).update(**{each.column: each.text})
    return found
