"""Who drafts the next text, and who reads it before it is published."""

from typing import Any

from django.utils.translation import gettext as _

from consultation.consultations.models import Consultation, Officer
from consultation.consultations.rules import is_rapporteur
from consultation.record.errors import NotAllowed
from consultation.reports.models import Passage


def may_read_draft(user: Any, consultation: Consultation) -> bool:
    """Rapporteurs and the secretariat of this consultation, now."""
    reading = [Officer.Role.RAPPORTEUR, Officer.Role.SECRETARIAT]
    return bool(
        user.is_authenticated and user.is_active and consultation.officers.filter(user=user, role__in=reading).exists()
    )


def require_reader(user: Any, consultation: Consultation) -> None:
    """Raise `NotAllowed` unless the person may read the next text while it is prepared."""
    if not may_read_draft(user, consultation):
        raise NotAllowed(_("Only rapporteurs and the secretariat of this consultation see what is drafted here."))


def require_rapporteur(user: Any, consultation: Consultation) -> None:
    """Raise `NotAllowed` unless the person is a rapporteur of this consultation now."""
    if not is_rapporteur(user, consultation):
        raise NotAllowed(_("Only a rapporteur of this consultation can draft its next text."))


def may_stand_after(passage: Passage) -> bool:
    """Whether a new passage can be put after this one: it takes its kind, place and number from it."""
    return passage.kind in {Passage.Kind.PARAGRAPH, Passage.Kind.RECOMMENDATION, Passage.Kind.TABLE}


def is_closed(consultation: Consultation) -> bool:
    """Whether nobody can comment or sign any more."""
    return consultation.state in {Consultation.State.CLOSED, Consultation.State.OUTCOME_PUBLISHED}
