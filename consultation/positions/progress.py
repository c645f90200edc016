"""How far a person's delegations have come: the positions that they signed in each consultation, of how many."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Count

from consultation.consultations.models import AccessCode, Consultation
from consultation.positions.models import Position
from consultation.record import clock
from consultation.reports.models import Passage
from consultation.stakeholders.models import Membership


@dataclass
class Progress:
    """In one consultation: each membership of the person that takes part, with how many positions are signed."""

    total: int
    may_write: bool
    lines: list[tuple[Membership, int]] = field(default_factory=list)


def progress_of(user: Any, consultations: Iterable[Consultation]) -> dict[int, Progress]:
    """By the key of the consultation, of those in which the person takes part: four queries and one for each
    membership, however many consultations.
    """
    memberships = list(Membership.objects.of(user)) if user.is_authenticated else []
    all_of_them = {consultation.pk: consultation for consultation in consultations}
    if not memberships or not all_of_them:
        return {}
    known = Consultation.objects.filter(pk__in=all_of_them).order_by()
    taking_part = [(m, pk) for m in memberships for pk in known.open_to(m.organisation).values_list("pk", flat=True)]
    there = {pk: all_of_them[pk] for _membership, pk in taking_part}
    totals, signed, codes = _totals(there), _signed(there, memberships), _let_in(user, there)
    found: dict[int, Progress] = {}
    for membership, pk in taking_part:
        progress = found.setdefault(pk, Progress(totals[pk], there[pk].is_open or pk in codes))
        progress.lines.append((membership, signed.get((pk, membership.organisation_id), 0)))
    return found


def _totals(consultations: dict[int, Consultation]) -> dict[int, int]:
    """On how many recommendations positions are taken."""
    reports = {consultation.report_id for consultation in consultations.values()}
    recommendations = Passage.objects.filter(report__in=reports, kind=Passage.Kind.RECOMMENDATION).order_by()
    of_report: dict[int | None, list[Passage]] = {}
    for recommendation in recommendations.only("report", "kind", "strand", "ref"):
        of_report.setdefault(recommendation.report_id, []).append(recommendation)
    return {
        pk: sum(map(consultation.takes_positions_on, of_report.get(consultation.report_id, [])))
        for pk, consultation in consultations.items()
    }


def _signed(consultations: dict[int, Consultation], memberships: list[Membership]) -> dict[tuple[int, int], int]:
    positions = Position.objects.filter(
        consultation__in=consultations, organisation__in=[m.organisation_id for m in memberships], signed__isnull=False
    )
    counted = positions.order_by().values_list("consultation", "organisation").annotate(n=Count("pk"))
    return {(consultation, organisation): n for consultation, organisation, n in counted}


def _let_in(user: Any, consultations: dict[int, Consultation]) -> set[int]:
    """Those that have closed and let this person contribute by a code. No query while all are open."""
    closed = [pk for pk, consultation in consultations.items() if consultation.state == Consultation.State.CLOSED]
    if not closed:
        return set()
    codes = AccessCode.objects.letting_in(user, clock.now()).filter(consultation__in=closed)
    return set(codes.order_by().values_list("consultation", flat=True))
