"""Which publication of a comment is news."""

from consultation.moderation.models import Decision
from consultation.record.models import Entry

KINDS = ("comment.published", "comment.published_at_once")


def was_published_before(entry: Entry) -> bool:
    """Whether the comment of this entry was published by an earlier one that stands.

    It is news once, however often it is edited or comes back.
    """
    earlier = Entry.objects.filter(subject=entry.subject, kind__in=KINDS, pk__lt=entry.pk)
    undone = Decision.objects.filter(revision__comment=entry.subject_key, undone_at__isnull=False)
    # Not by `exclude` of the decision: an entry without one would be neither in nor out.
    taken_back = earlier.filter(content__decision__in=list(undone.values_list("pk", flat=True))).order_by()
    return earlier.exclude(pk__in=taken_back.values("pk")).exists()
