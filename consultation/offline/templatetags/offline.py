"""The offline lane on pages of rooms that do not know it."""

from typing import Any

from django import template

from consultation.consultations.models import Consultation
from consultation.offline import fields as f
from consultation.offline.models import Letter
from consultation.stakeholders.models import Organisation

register = template.Library()
MOST = 50


@register.simple_tag
def letters_waiting(consultation: Consultation, organisation: Organisation) -> list[Letter]:
    """What the secretariat entered for this organisation and nobody has confirmed. Only for pages of its delegation."""
    return list(Letter.objects.waiting().filter(consultation=consultation, organisation=organisation)[:MOST])


@register.filter
def at_number(values: dict[int, Any], number: int) -> Any:
    """What stands in the field of this number."""
    return values.get(number, "")


@register.simple_tag
def field_label(number: int) -> str:
    """How the field of this number is headed."""
    return f.label(number)
