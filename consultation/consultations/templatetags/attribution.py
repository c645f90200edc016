"""Who a contribution is from, for the pages of any room: `{% load attribution %}{% origin comment as who %}`."""

from typing import Any

from django import template

from consultation.consultations.attribution import Attributions, Contribution, Origin
from consultation.consultations.models import Consultation

register = template.Library()
_KEPT = "attributions_here"


@register.simple_tag(takes_context=True)
def origin(context: Any, contribution: Contribution, consultation: Consultation | None = None) -> Origin:
    """What this reader is told of who a contribution is from; its consultation, else that of the page.

    All of a page together cost at most three queries, none where everything is named.
    """
    return attributions_here(context["request"], consultation or context["consultation"]).of(contribution)


def attributions_here(request: Any, consultation: Consultation) -> Attributions:
    """What the reader of this page is told of a consultation: the same for all of the page."""
    kept: dict[int, Attributions] = getattr(request, _KEPT, {})
    if consultation.pk not in kept:
        kept[consultation.pk] = Attributions(request.user, consultation)
        setattr(request, _KEPT, kept)
    return kept[consultation.pk]
