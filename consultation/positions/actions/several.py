"""Several positions of one delegation at once: all of them or none."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid5

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from consultation.consultations.actions import act_for
from consultation.consultations.models import Consultation
from consultation.consultations.rules import require_positioned
from consultation.positions.actions.position import Answer, sign_position, tell
from consultation.positions.errors import ChangedRows
from consultation.positions.models import Position, PositionVersion
from consultation.record import clock
from consultation.record.actions import together
from consultation.record.errors import Changed
from consultation.reports.models import Passage
from consultation.stakeholders.models import Organisation

State = PositionVersion.State


@dataclass(frozen=True)
class Row:
    """An answer on one recommendation; `seen_version` is the number of the version that was shown, 0 for none."""

    recommendation: Passage
    answer: Answer
    seen_version: int = 0


@transaction.atomic
def draft_several(
    drafter: Any, consultation: Consultation, organisation: Organisation, rows: list[Row], submission_id: UUID
) -> list[PositionVersion]:
    """A draft for each row, all of them or none; nothing counts yet. The same rows sent again change nothing.

    Kept in a closed consultation too. A number of queries that does not grow with the rows, and an entry for each.
    Raises `NotAllowed`, and `ChangedRows` naming those that a colleague changed meanwhile.
    """
    act_for(drafter, consultation, organisation.pk, to_submit=False)
    for row in rows:
        require_positioned(consultation, row.recommendation)
    positions = _held(consultation, organisation, [row.recommendation for row in rows])
    keys = {uuid5(submission_id, row.recommendation.ref): row for row in rows}
    sent_before = {
        v.submission_id: v
        for v in PositionVersion.objects.filter(
            submission_id__in=keys, position__in=[p.pk for p in positions.values()]
        ).select_related("aligned_with")
    }
    to_write, changed = {}, []
    for key, row in keys.items():
        found = sent_before.get(key) or shown(positions[row.recommendation.pk])
        if found and Answer.of(found) == row.answer:
            continue
        if key in sent_before or row.seen_version != (found.number if found else 0):
            changed.append(row.recommendation.ref)
        to_write[key] = row
    if changed:
        raise ChangedRows(changed)
    return _write(drafter, positions, to_write)


def shown(position: Position | None) -> PositionVersion | None:
    """The version that a form shows: the draft, else what was signed last, else none."""
    return (position.draft or position.signed_late or position.signed) if position else None


def _held(
    consultation: Consultation, organisation: Organisation, recommendations: list[Passage]
) -> dict[int, Position]:
    """The organisation's positions by recommendation, made if need be, held in the report's order."""
    Position.objects.bulk_create(
        [Position(consultation=consultation, recommendation=r, organisation=organisation) for r in recommendations],
        ignore_conflicts=True,
    )
    own = Position.objects.filter(
        consultation=consultation, organisation=organisation, recommendation__in=recommendations
    )
    list(own.select_for_update(of=("self",), no_key=True).order_by("recommendation__order").values_list("pk"))
    related = (
        "signed__aligned_with",
        "signed_late__aligned_with",
        "draft__aligned_with",
        "consultation",
        "recommendation",
        "organisation",
    )
    return {p.recommendation_id: p for p in own.select_related(*related)}


def _write(drafter: Any, positions: dict[int, Position], rows: dict[UUID, Row]) -> list[PositionVersion]:
    """A new draft for each row, over the one that is there."""
    touched = [positions[row.recommendation.pk] for row in rows.values()]
    newest = dict(
        PositionVersion.objects.filter(position__in=touched)
        .values_list("position")
        .annotate(newest=Max("number"))
        .order_by()
    )
    now = clock.now()
    PositionVersion.objects.filter(pk__in=[p.draft_id for p in touched if p.draft_id]).update(
        state=State.SUPERSEDED, ended_at=now
    )
    written = PositionVersion.objects.bulk_create(
        PositionVersion(
            position=positions[row.recommendation.pk],
            number=newest.get(positions[row.recommendation.pk].pk, 0) + 1,
            stance=row.answer.stance,
            explanation=row.answer.explanation,
            aligned_with=row.answer.aligned_with,
            capacity=row.answer.capacity,
            attribution=row.answer.attribution,
            drafted_by=drafter,
            drafted_at=now,
            submission_id=key,
        )
        for key, row in rows.items()
    )
    with together():
        for version in written:
            version.position.draft = version
            tell("position.drafted", version, drafter)
    Position.objects.bulk_update([v.position for v in written], ["draft"])
    return written


@transaction.atomic
@clock.one_instant()
def sign_several(
    signer: Any,
    consultation: Consultation,
    organisation: Organisation,
    seen_versions: dict[str, int],
    submission_id: UUID,
) -> list[PositionVersion]:
    """Sign the drafts on these recommendations (ref to the version that was read), all of them or none.

    Raises `NotAllowed`, `Closed`, and `Changed` where a draft is no longer the one that was read.
    """
    signed = []
    recommendations = consultation.positioned().filter(ref__in=seen_versions)
    for recommendation in recommendations:
        position = Position.objects.filter(
            consultation=consultation, recommendation=recommendation, organisation=organisation
        ).select_related("draft__aligned_with__position")
        held = position.first()
        signing_id = uuid5(submission_id, recommendation.ref)
        read = (held.versions.filter(signing_id=signing_id).first() or held.draft) if held else None
        if read is None:
            raise Changed(_("The draft on %s is no longer there. Nothing was signed.") % recommendation.code)
        signed.append(
            sign_position(
                signer,
                consultation,
                recommendation,
                Answer.of(read),
                signing_id,
                organisation_id=organisation.pk,
                seen_version=seen_versions[recommendation.ref],
            )
        )
    return signed
