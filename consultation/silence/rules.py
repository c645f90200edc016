"""Who puts a text under silence, who may break it, and until when."""

from typing import Any

from django.utils.translation import gettext as _

from consultation.consultations.models import Consultation
from consultation.consultations.times import closed_sentence, said
from consultation.record.errors import NotAllowed, Refusal
from consultation.silence.models import CHAIRS, Procedure


class SilenceEnded(Refusal):
    """The silence is over at this instant."""


def is_chair(user: Any, consultation: Consultation) -> bool:
    """The person is a rapporteur or of the secretariat of this consultation now."""
    return (
        user.is_authenticated and user.is_active and consultation.officers.filter(user=user, role__in=CHAIRS).exists()
    )


def require_chair(user: Any, consultation: Consultation) -> None:
    """Raise `NotAllowed` unless the person chairs: a rapporteur or the secretariat of this consultation."""
    if not is_chair(user, consultation):
        raise NotAllowed(_("Only a rapporteur or the secretariat of this consultation puts a text under silence."))


def require_opened(consultation: Consultation) -> None:
    """Raise `Refusal` while the consultation is in preparation; silence may well run after its closing."""
    if consultation.state == Consultation.State.PREPARED:
        raise Refusal(closed_sentence(consultation))


def require_running(procedure: Procedure) -> None:
    """Raise `SilenceEnded` at and after the end, or once the chair said that silence was broken."""
    if procedure.is_running:
        return
    ended = procedure.result_at if procedure.closed_by_id and procedure.result_at else procedure.ends_at
    raise SilenceEnded(
        _(
            "Silence ended on %s. Nothing was changed. "
            "Write to the secretariat if your text should still reach the chair."
        )
        % said(ended, procedure.consultation)
    )


def require_broken(procedure: Procedure) -> None:
    """Raise `Refusal` until the result is that silence was broken."""
    if procedure.result != Procedure.Result.BROKEN:
        raise Refusal(_("Who broke silence can be published only after it was said that silence was broken."))
