"""The words that an entry about a comment is evidence of: those of the revision that it names, once submitted."""

from consultation.discussion.models import CommentRevision
from consultation.record.evidence import Words, number_in
from consultation.record.models import Entry

_TOLD = {
    "comment": "comment__public_id",
    "type": "type",
    "body": "body",
    "proposed_wording": "proposed_wording",
    "passage": "quote",
}


def words(entries: list[Entry]) -> dict[int, Words]:
    """By the key of the entry. A draft changes in place, so its beginning is evidence of nothing."""
    named = {e.pk: number_in(e, "revision") for e in entries if "revision" in e.content and e.kind != "comment.drafted"}
    revisions = CommentRevision.objects.filter(
        comment__in={comment for comment, _n in named.values()}, number__in={n for _c, n in named.values()}
    )
    rows = revisions.order_by().values_list("comment", "number", *_TOLD.values())
    found = {(comment, number): dict(zip(_TOLD, told, strict=True)) for comment, number, *told in rows}
    return {pk: found[name] for pk, name in named.items() if name in found}
