"""Dispositions that repeat the words of a comment: they are blacked out with it."""

from consultation.discussion.models import Comment
from consultation.dispositions.models import DispositionVersion
from consultation.moderation.queue import Item
from consultation.text.redaction import Blacked, repeated


def repeating(item: Item, words: list[str], do: bool) -> list[Blacked]:  # noqa: FBT001 - called by its place
    """The answers to this comment that hold these words; with `do` they are blacked out, in one transaction."""
    if not isinstance(item.thing, Comment):
        return []
    versions = DispositionVersion.objects.filter(disposition__comment=item.thing).order_by("number")
    found = repeated(versions, ["reason", "note"], words, private=lambda version: version.published_at is None)
    if do:
        for each in found:
            DispositionVersion.objects.filter(pk=each.row.pk).update(**{each.column: each.text})
    return found
