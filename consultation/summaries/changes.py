"""Two moments compared: what was signed, changed and withdrawn since."""

from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from django.db.models import Q

from consultation.consultations.models import Consultation
from consultation.positions.disclosure import public_attributions
from consultation.positions.models import Capacity, PositionVersion

State = PositionVersion.State


@dataclass(frozen=True)
class Changes:
    """The positions that stand differently now than at `since`."""

    since: datetime
    new: int
    changed: int
    withdrawn: int


def changes_since(consultation: Consultation, day: date) -> Changes:
    """What happened to counted positions since the beginning of a day in the consultation's time zone.

    New: there was none then and is one now. Changed: another version stands, of another stance or in other words.
    Withdrawn: there was one then and is none now. Only what is shown is compared: not what is held back, and not what
    is said in an expert capacity.
    """
    since = datetime.combine(day, time(), tzinfo=consultation.zone)
    then = Q(signed_at__lt=since) & (Q(ended_at=None) | Q(ended_at__gte=since))
    versions = (
        PositionVersion.objects.filter(
            then | Q(state=State.SIGNED),
            public_attributions(consultation).shown(),
            position__consultation=consultation,
            late=False,
            position__organisation__in=consultation.participants().order_by().values("pk"),
            signed_at__isnull=False,
        )
        .exclude(capacity=Capacity.EXPERT)
        .values_list("position", "state", "signed_at", "ended_at", "stance", "explanation", "aligned_with")
        .order_by()
    )
    before: dict[int, Any] = {}
    now: dict[int, Any] = {}
    for position, state, signed_at, ended_at, *said in versions:
        if signed_at and signed_at < since and (ended_at is None or ended_at >= since):
            before[position] = said
        if state == State.SIGNED:
            now[position] = said
    return Changes(
        since,
        new=len(now.keys() - before.keys()),
        changed=sum(before[p] != now[p] for p in before.keys() & now.keys()),
        withdrawn=len(before.keys() - now.keys()),
    )
