"""The one place that time comes from, so that tests can turn it."""

from datetime import datetime

from django.utils import timezone


def now() -> datetime:
    """This instant, in UTC."""
    return timezone.now()
