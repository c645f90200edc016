"""Moderation in figures: what was decided, why, for which groups and how quickly; nothing about anybody."""

from dataclasses import dataclass
from datetime import timedelta
from statistics import median
from typing import Any

from django.db.models import Case, Count, F, When
from django.db.models.functions import Coalesce

from consultation.consultations.attribution import Attribution
from consultation.consultations.models import Consultation
from consultation.moderation.kinds import KINDS, ItemKind
from consultation.moderation.models import Appeal, Decision
from consultation.stakeholders.models import StakeholderGroup

Kind, NAMED = Decision.Kind, Attribution.NAMED
SHOWN = (Kind.PUBLISH, Kind.RETURN, Kind.REMOVE, Kind.RESTORE, Kind.KEEP, Kind.REDACT)
_SAMPLE = 10_000


@dataclass(frozen=True)
class GroupRow:
    """The decisions on one group's contributions, by kind in the order of `SHOWN`; None for those of which the public
    is not told whose they are.
    """

    group: StakeholderGroup | None
    numbers: list[int]

    @property
    def by_kind(self) -> list[tuple[str, int]]:
        """Each number with what it counts."""
        return [(str(kind.label), number) for kind, number in zip(SHOWN, self.numbers, strict=True)]

    @property
    def total(self) -> int:
        return sum(self.numbers)

    @property
    def against(self) -> int:
        """How many went against the author: returned or removed."""
        return self.numbers[SHOWN.index(Kind.RETURN)] + self.numbers[SHOWN.index(Kind.REMOVE)]


@dataclass(frozen=True)
class Figures:
    """What the public page shows of one consultation."""

    kinds: list[str]
    groups: list[GroupRow]
    reasons: list[tuple[str, int]]
    decided: int
    median_time: timedelta | None
    appeals: int
    appeals_settled: int
    appeals_granted: int


def figures_of(consultation: Consultation) -> Figures:
    """Count the standing decisions of a consultation: five queries, however many decisions."""
    standing = Decision.objects.filter(consultation=consultation).standing()
    group = Coalesce(*(_public_group(kind) for kind in KINDS.values()))
    counted = {
        (row["group"], row["kind"]): row["n"]
        for row in standing.order_by().values("kind", group=group).annotate(n=Count("pk"))
    }
    groups: list[tuple[StakeholderGroup | None, int | None]] = [(g, g.pk) for g in StakeholderGroup.objects.all()]
    rows = [GroupRow(g, [counted.get((pk, kind), 0) for kind in SHOWN]) for g, pk in [*groups, (None, None)]]
    labels = dict(Decision.Reason.choices)
    reasons = standing.exclude(reason="").order_by().values("reason").annotate(n=Count("pk")).order_by("-n", "reason")
    times = (
        standing.filter(kind__in=[Kind.PUBLISH, Kind.RETURN])
        .annotate(since=Coalesce(*(f"{k.words_field}__{k.submitted_at}" for k in KINDS.values())))
        .order_by("-pk")
        .values_list("at", "since")[:_SAMPLE]
    )
    waited = [at - since for at, since in times]
    appeals = Appeal.objects.filter(decision__consultation=consultation).values_list(
        "settled__kind", F("settled__undone_at")
    )
    settled = [kind for kind, undone in appeals if kind and not undone]
    return Figures(
        kinds=[str(kind.label) for kind in SHOWN],
        groups=[row for row in rows if row.total],
        reasons=[(str(labels[r["reason"]]), r["n"]) for r in reasons],
        decided=sum(row.total for row in rows),
        median_time=median(waited) if waited else None,
        appeals=len(appeals),
        appeals_settled=len(settled),
        appeals_granted=sum(kind in {Kind.PUBLISH, Kind.RESTORE} for kind in settled),
    )


def _public_group(kind: ItemKind) -> Any:
    """The group of the organisation whose thing of this kind was decided on, null where the public is not told it."""
    group = F(f"{kind.words_field}__{kind.thing_field}__organisation__group")
    if not kind.attribution_field:
        return group
    return Case(When(**{f"{kind.words_field}__{kind.attribution_field}": NAMED}, then=group), default=None)
