"""Practices on the pages of rooms that do not know them: a passage, the overview, a delegation."""

from typing import Any

from django import template

from consultation.consultations.models import Consultation
from consultation.practices.models import Practice
from consultation.reports.models import Passage
from consultation.stakeholders.models import Organisation

register = template.Library()
IN_HAND = 100


@register.inclusion_tag("practices/_on_passage.html")
def practices_on(consultation: Consultation, passage: Passage) -> dict[str, Any]:
    """How many published practices show this recommendation at work, with the way to them: one query."""
    public = Practice.objects.public().filter(consultation=consultation)
    return {"consultation": consultation, "passage": passage, "number": public.on(passage).count()}


@register.inclusion_tag("practices/_on_overview.html")
def practices_of(consultation: Consultation) -> dict[str, Any]:
    """How many practices are published in a consultation, with the way to them: one query."""
    return {
        "consultation": consultation,
        "number": Practice.objects.public().filter(consultation=consultation).count(),
    }


@register.simple_tag
def practices_in_hand(user: Any, consultation: Consultation, organisation: Organisation) -> list[Practice]:
    """The practices that a delegation has in hand: drafts, returned with their reasons, waiting. Two queries."""
    seen = Practice.objects.visible_to(user).unpublished_of(organisation).filter(consultation=consultation)
    joined = seen.select_related("author", "latest", "published").prefetch_related("latest__decisions")
    return list(joined.order_by("state", "-state_at")[:IN_HAND])
