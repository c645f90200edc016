"""A delegation's progress, for pages of rooms that do not know positions."""

from typing import Any

from django import template

from consultation.consultations.models import Consultation
from consultation.consultations.rules import may_write_now, memberships_taking_part
from consultation.positions.models import Position

register = template.Library()


@register.inclusion_tag("positions/_progress.html")
def delegation_progress(user: Any, consultation: Consultation) -> dict[str, Any]:
    """For each organisation of the person that takes part: how many positions it has signed, of how many."""
    memberships = memberships_taking_part(user, consultation)
    if not memberships:
        return {"lines": []}
    total = consultation.positioned().count()
    signed = Position.objects.filter(consultation=consultation, signed__isnull=False)
    lines = [(m, signed.filter(organisation=m.organisation).count()) for m in memberships]
    return {
        "lines": lines,
        "total": total,
        "consultation": consultation,
        "may_write": may_write_now(user, consultation),
    }
