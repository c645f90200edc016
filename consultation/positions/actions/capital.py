"""What the capital confirms later."""

from dataclasses import replace
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from consultation.consultations.models import Consultation
from consultation.positions.actions.position import Answer, held_position, held_signer, sign_position
from consultation.positions.models import Capacity, PositionVersion
from consultation.record import clock
from consultation.record.errors import Changed
from consultation.reports.models import Passage


@transaction.atomic
@clock.one_instant()
def confirm_capacity(
    signer: Any,
    consultation: Consultation,
    recommendation: Passage,
    submission_id: UUID,
    *,
    organisation_id: int | None = None,
    seen_version: int | None = None,
) -> PositionVersion:
    """The capital has confirmed what was signed pending that: the same again, on behalf of the organisation.

    A draft that waits beside it is replaced. Raises `NotAllowed`, `Closed`, `Changed`.
    """
    membership = held_signer(signer, consultation, organisation_id)
    position = held_position(consultation, recommendation, membership.organisation)
    if found := position.versions.filter(signing_id=submission_id).first():
        return found
    signed = position.signed
    if signed is None or signed.capacity != Capacity.PENDING:
        raise Changed(_("There is no signed position here that waits for the capital."))
    return sign_position(
        signer,
        consultation,
        recommendation,
        replace(Answer.of(signed), capacity=Capacity.ORGANISATION),
        submission_id,
        organisation_id=membership.organisation_id,
        seen_version=seen_version,
    )
