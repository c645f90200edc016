"""How instants of a consultation are said: always with the place and its offset from UTC."""

from datetime import datetime

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from consultation.consultations.models import Consultation


def said(instant: datetime, consultation: Consultation) -> str:
    """For example `Tuesday 15 December 2026, 18:00 (Geneva, UTC+01:00)`."""
    local = timezone.localtime(instant, consultation.zone)
    offset = local.strftime("%z")
    return _("%(date)s, %(time)s (%(place)s, UTC%(offset)s)") % {
        "date": date_format(local, "l j F Y"),
        "time": local.strftime("%H:%M"),
        "place": consultation.place,
        "offset": f"{offset[:3]}:{offset[3:]}",
    }


def closed_sentence(consultation: Consultation) -> str:
    """Why nothing can be submitted now."""
    if consultation.state == consultation.State.PREPARED:
        return _("The consultation opens on %s. You can read; nothing can be submitted yet.") % said(
            consultation.opens_at, consultation
        )
    return _("The consultation closed on %s. Nothing can be submitted.") % said(consultation.closes_at, consultation)
