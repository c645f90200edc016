"""Words of the secretariat's pages about a report."""

from contextlib import suppress
from typing import Any

from django import template
from django.core.exceptions import FieldDoesNotExist

from consultation.reports.forms import LABELS
from consultation.reports.models import Passage, Report

register = template.Library()


@register.filter
def kind_label(kind: str) -> Any:
    """The name of a kind of passage, of a part of the title block, or of what is left out."""
    return LABELS.get(str(kind), kind)


@register.filter
def field_label(name: str) -> Any:
    """The name of a field of a report or of a passage, for people."""
    for model in (Passage, Report):
        with suppress(FieldDoesNotExist):
            return getattr(model._meta.get_field(name), "verbose_name", name)
    return name
