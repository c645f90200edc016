"""How the queue shows durations."""

from datetime import timedelta

from django import template
from django.utils import timezone
from django.utils.timesince import timesince

register = template.Library()


@register.filter
def duration(length: timedelta | None) -> str:
    """A length of time in words, "" for None."""
    if length is None:
        return ""
    now = timezone.now()
    return timesince(now - length, now)
