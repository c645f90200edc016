"""The explanations on one recommendation, each once, with the organisations that signed it: what the passage shows."""

from dataclasses import dataclass, field
from typing import Any

from django.db import models

from consultation.consultations.attribution import Origin
from consultation.consultations.models import Consultation
from consultation.positions.disclosure import PositionAttributions
from consultation.positions.models import Capacity, Position, PositionVersion
from consultation.reports.models import Passage

Explanation = PositionVersion.Explanation


@dataclass
class Statement:
    """One version's explanation, and the signed positions that refer to it instead of words of their own."""

    version: PositionVersion
    origin: Origin
    is_readable: bool
    aligned: list[PositionVersion] = field(default_factory=list)

    @property
    def lapse(self) -> str:
        """Why it no longer stands, "" where it does."""
        return self.aligned[0].lapse if self.aligned else ""

    @property
    def is_published(self) -> bool:
        return self.version.is_published

    @property
    def is_open(self) -> bool:
        """Whether others can align themselves with it."""
        stands = self.is_published and self.version.state == PositionVersion.State.SIGNED and not self.lapse
        return stands and self.origin.is_public_by_name and not self.version.is_expert


def late_on(user: Any, consultation: Consultation, recommendation: Passage) -> list[tuple[PositionVersion, bool]]:
    """What was signed after closing on one recommendation, with whether this person may read its explanation: shown
    apart from what counts. Two queries at most, none before closing.
    """
    if not consultation.may_have_late:
        return []
    found = Position.objects.late(consultation).filter(recommendation=recommendation).values("signed_late")
    versions = PositionVersion.objects.filter(pk__in=found)
    shown = list(versions.select_related("position__organisation__group").order_by("signed_at"))
    if not shown:
        return []
    readable = set(
        versions.filter(PositionVersion.objects.explanations_visible_to(user))
        .exclude(explanation_state=Explanation.NONE)
        .values_list("pk", flat=True)
    )
    return [(version, version.pk in readable) for version in shown]


def statements_on(user: Any, consultation: Consultation, recommendation: Passage) -> list[Statement]:
    """The explanations of counted positions that this person may read, and the earlier ones that counted positions
    still refer to; then what is said in an expert capacity. Two queries, at most five more where names are left out.
    """
    standing = Position.objects.standing(consultation).filter(recommendation=recommendation)
    versions = PositionVersion.objects.filter(pk__in=standing.order_by().values("signed")).select_related(
        "position__organisation__group", "signed_by"
    )
    readable = PositionVersion.objects.explanations_visible_to(user) & ~models.Q(explanation_state=Explanation.NONE)
    shown: Any = (
        versions.filter(readable | models.Q(capacity=Capacity.EXPERT))
        .annotate(is_readable=models.Case(models.When(readable, then=True), default=False))
        .order_by("-stance", "signed_at")
    )
    attributions = PositionAttributions(user, consultation)
    told = [
        Statement(version, origin, version.is_readable)
        for version in shown
        if (origin := attributions.of_version(version))
    ]
    statements = {statement.version.pk: statement for statement in sorted(told, key=_place)}
    for version in (
        versions.filter(aligned_with__isnull=False)
        .select_related("aligned_with__position__organisation__group")
        .order_by("signed_at")
    ):
        if (with_it := version.aligned_with) and (origin := attributions.of_version(with_it)):
            readable_still = with_it.is_published
            statements.setdefault(with_it.pk, Statement(with_it, origin, readable_still)).aligned.append(version)
    return list(statements.values())


def _place(statement: Statement) -> tuple[bool, bool, str]:
    """By name first, as they came; without a name in an order that does not tell when they were signed."""
    by_name = statement.origin.is_public_by_name
    return statement.version.is_expert, not by_name, "" if by_name else statement.version.position.public_id
