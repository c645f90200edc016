"""How instants and states of a consultation are shown."""

from datetime import datetime

from django import template

from consultation.consultations.models import Consultation
from consultation.consultations.times import said

register = template.Library()


@register.filter
def at(consultation: Consultation, instant: datetime) -> str:
    """The instant with the consultation's place and offset from UTC."""
    return said(instant, consultation)
