"""The reference frameworks that a passage mentions."""

from typing import Any

from django import template

from consultation.consultations.models import Consultation
from consultation.reports.models import Instrument, Passage

register = template.Library()


@register.inclusion_tag("summaries/_mentions.html")
def mentions(consultation: Consultation, passage: Passage) -> dict[str, Any]:
    """A quiet line with a link to each, in the order of the text; nothing where there is none. One query."""
    found = Instrument.objects.filter(mentions__passage=passage).order_by("mentions__start")
    return {"consultation": consultation, "instruments": list(dict.fromkeys(found))}
