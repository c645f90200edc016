"""A form field for an instant as the clock of a place shows it."""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from consultation.record import clock

_FORM = "%Y-%m-%dT%H:%M"


class LocalTimeField(forms.CharField):
    """A day and a time without a zone, as `datetime-local` sends it; `in_zone` makes the instant of it."""

    widget = forms.TextInput(attrs={"type": "datetime-local"})

    def to_python(self, value: Any) -> Any:
        """A datetime without a zone; None for nothing."""
        if value in self.empty_values:
            return None
        try:
            found = datetime.fromisoformat(str(value).strip())
        except ValueError:
            found = None
        if found is None or found.tzinfo or found.year not in clock.YEARS:
            raise ValidationError(_("Enter a day and a time such as 2026-12-15T18:00."), code="invalid")
        return found.replace(second=0, microsecond=0)

    def prepare_value(self, value: Any) -> Any:
        return value.strftime(_FORM) if isinstance(value, datetime) else value


def in_zone(local: datetime, zone: ZoneInfo) -> datetime:
    """The instant that this is there; an hour that the clock shows twice is the first. Raises `ValidationError` for
    an hour that summer time leaves out.
    """
    instant = local.replace(tzinfo=zone)
    if datetime.fromtimestamp(instant.timestamp(), zone).replace(tzinfo=None) != local:
        raise ValidationError(_("The clock does not show this time on that day: summer time begins. Choose another."))
    return instant


def local(instant: datetime, zone: ZoneInfo) -> datetime:
    """What the clock there shows at this instant."""
    return instant.astimezone(zone).replace(tzinfo=None)
