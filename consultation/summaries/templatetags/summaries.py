"""Bars: counts as a picture, whose figures always stand beside it in words; how a passage is cited."""

from typing import Any

from django import template
from django.conf import settings
from django.urls import reverse

from consultation.consultations.models import Consultation
from consultation.reports.models import Passage
from consultation.summaries.queries import Counts

register = template.Library()
WIDTH = 240


@register.inclusion_tag("summaries/_bar.html")
def bar(counts: Counts) -> dict[str, Any]:
    """One stacked bar over all participating organisations; the rest of it is empty: no position."""
    parts, x = [], 0.0
    for name, number in (
        ("endorse", counts.endorse),
        ("reserve", counts.reservation),
        ("cannot", counts.cannot_endorse),
    ):
        width = WIDTH * number / counts.of if counts.of else 0
        if number:
            parts.append({"name": name, "x": f"{x:.1f}", "width": f"{width:.1f}"})
        x += width
    return {"parts": parts, "total": WIDTH}


@register.inclusion_tag("summaries/_cite.html")
def cite_as(consultation: Consultation, passage: Passage | None = None) -> dict[str, Any]:
    """How to cite the report, or one passage of it, with an address that leads there."""
    slug = consultation.slug
    path = reverse("passage", args=[slug, passage.ref]) if passage else reverse("report", args=[slug])
    return {"report": consultation.report, "passage": passage, "address": settings.SITE_URL + path}
