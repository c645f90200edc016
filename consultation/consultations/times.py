"""How instants of a consultation are said: always with the place and its offset from UTC."""

from datetime import date, datetime
from functools import lru_cache
from zoneinfo import ZoneInfo

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import get_language, get_language_bidi
from django.utils.translation import gettext as _

from consultation.consultations.models import Consultation

# Around the place and offset in what is written from right to left, so that they are not torn apart (UAX 9).
LEFT_TO_RIGHT, END = "\u2066", "\u2069"


def said(instant: datetime, consultation: Consultation) -> str:
    """For example `Tuesday 15 December 2026, 18:00 (Geneva, UTC+01:00)`."""
    minute = instant.replace(second=0, microsecond=0)
    return _said(minute, consultation.time_zone, consultation.place, get_language())


def said_by_day(instant: datetime) -> str:
    """For example `15 December 2026`: all that is told of what is not named, whose minute can be something else's."""
    return date_format(timezone.localtime(instant), "j F Y")


@lru_cache(maxsize=4096)
def _said(instant: datetime, zone: str, place: str, language: str | None) -> str:
    local = timezone.localtime(instant, ZoneInfo(zone))
    offset = local.strftime("%z")
    return _("%(date)s, %(time)s (%(place)s, UTC%(offset)s)") % {
        "date": _day(local.date(), language),
        "time": local.strftime("%H:%M"),
        "place": f"{LEFT_TO_RIGHT}{place}" if get_language_bidi() else place,
        "offset": f"{offset[:3]}:{offset[3:]}{END if get_language_bidi() else ''}",
    }


@lru_cache(maxsize=512)
def _day(day: date, language: str | None) -> str:
    return date_format(day, "l j F Y")


def closed_sentence(consultation: Consultation) -> str:
    """Why nothing can be submitted now."""
    if consultation.state == consultation.State.PREPARED:
        return _("The consultation opens on %s. You can read; nothing can be submitted yet.") % said(
            consultation.opens_at, consultation
        )
    return _("The consultation closed on %s. Nothing can be submitted.") % said(consultation.closes_at, consultation)
