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
    """The published comments on the nearest earlier text of the passage that has some, of consultations this person
    may see.

    Three queries where the report has an earlier version, two more for each further one back, none elsewhere.
    """
    visible = Consultation.objects.visible_to(user).order_by().values("pk")
    earlier, number = _before(passage) if consultation.report.previous_id is not None else None, 0
    while earlier is not None:
        published = Comment.objects.filter(passage=earlier, state=Comment.State.PUBLISHED, consultation__in=visible)
        number = published.count()
        if number or earlier.report is None or earlier.report.previous_id is None:
            break
        earlier = _before(earlier)
    if earlier is None:
        return {"earlier": None}
    kept: dict[int, Attributions] = {}

    def told(comment: Comment) -> Origin:
        there = kept.setdefault(comment.consultation_id, Attributions(user, comment.consultation))
        return there.of(comment)

    return {
        "earlier": earlier,
        "comments": [(c, told(c)) for c in published.for_display()[:SHOWN]],
        "number": number,
        "parts": [] if earlier.text == passage.text else difference(earlier.words, passage.words),
    }


def _before(passage: Passage) -> Passage | None:
    """The passage of the version before that was confirmed to be this one."""
    match = PassageMatch.objects.filter(passage=passage).select_related("earlier__report").first()
    return match.earlier if match else None
