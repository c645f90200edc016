"""Who writes and publishes the outcome."""

from typing import Any

from django.utils.translation import gettext as _

from consultation.consultations.models import Consultation
from consultation.consultations.rules import is_rapporteur
from consultation.record.errors import NotAllowed


def require_rapporteur(user: Any, consultation: Consultation) -> None:
    """Raise `NotAllowed` unless the person is a rapporteur of this consultation now."""
    if not is_rapporteur(user, consultation):
        raise NotAllowed(_("Only a rapporteur of this consultation can write its outcome."))
