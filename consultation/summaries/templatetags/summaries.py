"""Bars: counts as a picture. The figures always stand beside it in words."""

from typing import Any

from django import template

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
