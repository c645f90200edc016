"""The explanations on one recommendation, each once, with the organisations that signed it: what the passage shows."""

from dataclasses import dataclass, field
from typing import Any

from consultation.consultations.models import Consultation
from consultation.positions.models import Position, PositionVersion
from consultation.reports.models import Passage

Explanation = PositionVersion.Explanation


@dataclass
class Statement:
    """One version's explanation, and the signed positions that refer to it instead of words of their own."""

    version: PositionVersion
    aligned: list[PositionVersion] = field(default_factory=list)

    @property
    def lapse(self) -> str:
        """Why it no longer stands, "" where it does."""
        return self.aligned[0].lapse if self.aligned else ""

    @property
    def is_published(self) -> bool:
        return self.version.explanation_state == Explanation.PUBLISHED

    @property
    def is_open(self) -> bool:
        """Whether others can align themselves with it."""
        return self.is_published and self.version.state == PositionVersion.State.SIGNED and not self.lapse


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
    still refer to. Two queries.
    """
    versions = PositionVersion.objects.filter(
        pk__in=Position.objects.counted(consultation).filter(recommendation=recommendation).values("signed")
    ).select_related("position__organisation__group", "signed_by")
    explained = (
        versions.filter(PositionVersion.objects.explanations_visible_to(user))
        .exclude(explanation_state=Explanation.NONE)
        .order_by("-stance", "signed_at")
    )
    statements = {version.pk: Statement(version) for version in explained}
    for version in (
        versions.filter(aligned_with__isnull=False)
        .select_related("aligned_with__position__organisation__group")
        .order_by("signed_at")
    ):
        if version.aligned_with:
            statements.setdefault(version.aligned_with.pk, Statement(version.aligned_with)).aligned.append(version)
    return list(statements.values())
