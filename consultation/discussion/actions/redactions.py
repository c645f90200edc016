"""Blacking words out of comments. Called by moderation.actions, which checks who may and keeps the originals."""

from django.db.models import F, Q

from consultation.discussion.actions.steps import held
from consultation.discussion.models import Comment, CommentRevision
from consultation.record.actions import erase
from consultation.record.models import Entry, Part
from consultation.text.redaction import Blacked, repeated

COLUMNS = ("body", "proposed_wording")


def repeating(comment: Comment, words: list[str]) -> list[Blacked]:
    """Every text of this comment and of its thread that holds these words: each revision, and replies that quote it."""
    first = comment.root_id or comment.pk
    thread = CommentRevision.objects.filter(Q(comment=comment) | Q(comment=first) | Q(comment__root=first))
    rows = thread.select_related("comment__organisation").order_by("comment__created_at", "comment", "number")
    return repeated(rows, COLUMNS, words)


def redact(comment: Comment, words: list[str]) -> list[Blacked]:
    """Black these words out of the comment and its thread, in the caller's transaction; gives what was there.

    Forms that were opened before are refused: each changed revision counts as saved once more.
    """
    held(comment)
    found = repeating(comment, words)
    for each in found:
        # The record no longer proves the words that stood there; that they were there it still does.
        entries = Entry.objects.about(each.row.comment).filter(content__revision=each.row.number)
        erase(entries, Part.WORDS)
        changed = {each.column: each.text, "saves": F("saves") + 1}
        CommentRevision.objects.filter(pk=each.row.pk).update(**changed)
    return found
