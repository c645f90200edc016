"""The reference frameworks that a passage mentions."""

from typing import Any

from django import template

from consultation.consultations.facts import Facts
from consultation.consultations.models import Consultation
from consultation.reports.models import Instrument, Passage

register = template.Library()


@register.inclusion_tag("summaries/_mentions.html", takes_context=True)
def mentions(context: Any, consultation: Consultation, passage: Passage) -> dict[str, Any]:
    """A quiet line with a link to each, in the order of the text; nothing where there is none. One query at most."""
    facts: Facts = context.get("facts") or Facts(consultation)
    found = facts.get(f"mentions in {passage.pk}", lambda _c: _mentioned(passage))
    return {"consultation": consultation, "instruments": found}


def _mentioned(passage: Passage) -> list[Instrument]:
    return list(dict.fromkeys(Instrument.objects.filter(mentions__passage=passage).order_by("mentions__start")))
