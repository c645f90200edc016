"""How instants and states of a consultation are shown."""

from datetime import datetime
from typing import Any

from django import forms, template

from consultation.consultations.models import Consultation
from consultation.consultations.times import said

register = template.Library()


@register.filter
def at(consultation: Consultation, instant: datetime) -> str:
    """The instant with the consultation's place and offset from UTC."""
    return said(instant, consultation)


@register.inclusion_tag("consultations/_folded.html")
def folded(form: forms.BaseForm) -> dict[str, Any]:
    """The summary of folded filters: how many of them narrow or order what is shown. Wide windows show the filters."""
    return {"in_use": sum(_chooses(field) for field in form) if form.is_bound else 0}


@register.filter
def first_input(field: forms.BoundField) -> str:
    """The id of what an error of this field leads to: its input, or the first of its choices."""
    return field.id_for_label or f"{field.auto_id}_0"


def _chooses(field: forms.BoundField) -> bool:
    """Whether a filter asks for something else than what it stands on by itself, and is understood."""
    chosen = field.data and not field.errors
    choices = getattr(field.field, "choices", None)
    return bool(chosen) and not (choices and str(field.data) == str(next(iter(choices))[0]))
