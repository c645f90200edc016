"""Comments that were made on an earlier text of a passage: shown on the newer one, never counted there."""

from typing import Any

from django import template

from consultation.consultations.attribution import Attributions, Origin
from consultation.consultations.models import Consultation
from consultation.discussion.models import Comment
from consultation.reports.models import Passage, PassageMatch
from consultation.text.difference import difference

register = template.Library()
SHOWN = 50


@register.inclusion_tag("summaries/_earlier.html")
def earlier_comments(consultation: Consultation, passage: Passage, user: Any) -> dict[str, Any]:
    """The published comments on the matched passage of the version before, of consultations this person may see.

    Three queries where the report has an earlier version, none elsewhere.
    """
    if consultation.report.previous_id is None:
        return {"match": None}
    match = PassageMatch.objects.filter(passage=passage).select_related("earlier__report").first()
    if match is None:
        return {"match": None}
    published = Comment.objects.filter(
        passage=match.earlier,
        state=Comment.State.PUBLISHED,
        consultation__in=Consultation.objects.visible_to(user).order_by().values("pk"),
    )
    kept: dict[int, Attributions] = {}

    def told(comment: Comment) -> Origin:
        there = kept.setdefault(comment.consultation_id, Attributions(user, comment.consultation))
        return there.of(comment)

    return {
        "match": match,
        "comments": [(c, told(c)) for c in published.for_display()[:SHOWN]],
        "number": published.count(),
        "parts": [] if match.same_words else difference(match.earlier.words, passage.words),
    }
