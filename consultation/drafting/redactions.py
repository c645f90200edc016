"""Words of the next text that were taken from a comment: they are blacked out with it."""

from django.db.models import Q

from consultation.discussion.models import Comment
from consultation.drafting.models import NextPassage, NextPassageVersion, NextSource, NextText
from consultation.moderation.queue import Item
from consultation.text.redaction import Blacked, repeated


def repeating(item: Item, words: list[str], do: bool) -> list[Blacked]:  # noqa: FBT001 - called by its place
    """What was drafted of the passages that this comment stands behind and holds these words; with `do` blacked out.

    Of a published next text only the reasons: its words are a report by now, and only a next version corrects those.
    """
    if not isinstance(item.thing, Comment):
        return []
    behind = Q(versions__sources__comment=item.thing) | Q(versions__started_from__comment=item.thing)
    places = NextPassage.objects.filter(behind, next_text__consultation=item.consultation).values("pk")
    versions = NextPassageVersion.objects.filter(next_passage__in=places).select_related("next_passage__next_text")
    published = NextText.objects.filter(consultation=item.consultation, state=NextText.State.PUBLISHED).exists()
    found = repeated(versions, ["why"] if published else ["text", "why"], words, private=_is_private)
    if not published:
        sources = NextSource.objects.filter(version__in=versions)
        found += repeated(sources, ["added"], words, private=lambda _source: True)
    if do:
        for each in found:
            type(each.row)._default_manager.filter(pk=each.row.pk).update(**{each.column: each.text})
    return found


def _is_private(version: NextPassageVersion) -> bool:
    """It is not what everybody reads: the next text is in preparation, or a later version took its place."""
    place = version.next_passage
    return not place.next_text.is_published or place.latest_id != version.pk
