"""The words that an entry about a comment is evidence of: those of the revision that it names, once submitted."""

from consultation.discussion.models import CommentRevision
from consultation.record.evidence import Words, number_in
from consultation.record.models import Entry


def words(entries: list[Entry]) -> dict[int, Words]:
    """By the key of the entry. A draft changes in place, so its beginning is evidence of nothing."""
    named = {e.pk: number_in(e, "revision") for e in entries if "revision" in e.content and e.kind != "comment.drafted"}
    revisions = CommentRevision.objects.filter(
        comment__in={comment for comment, _n in named.values()}, number__in={n for _c, n in named.values()}
    ).select_related("comment")
    found = {(revision.comment_id, revision.number): revision for revision in revisions}
    return {pk: _words(found[name]) for pk, name in named.items() if name in found}


def _words(revision: CommentRevision) -> Words:
    return {
        "comment": revision.comment.public_id,
        "type": revision.type,
        "body": revision.body,
        "proposed_wording": revision.proposed_wording,
        "passage": revision.quote,
    }
