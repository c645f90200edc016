"""Two organisations that turn out to be one: what both hold on the same recommendation, side by side."""

from dataclasses import dataclass

from consultation.positions.models import Position, PositionVersion
from consultation.stakeholders.models import Organisation


@dataclass(frozen=True)
class Rivals:
    """Both organisations hold a position on one recommendation of one consultation; one of them has to stand."""

    first: Position
    second: Position

    @property
    def key(self) -> str:
        """Names the two versions that were read, so that a decision on others is not taken for one on these."""
        return f"{_newest(self.first).pk}-{_newest(self.second).pk}"

    def of(self, organisation: Organisation) -> Position:
        return self.first if self.first.organisation_id == organisation.pk else self.second

    @property
    def both(self) -> list[tuple[Position, PositionVersion]]:
        """Each position with the version that would stand."""
        return [(position, _newest(position)) for position in (self.first, self.second)]


def rivals(first: Organisation, second: Organisation) -> list[Rivals]:
    """The positions that need a decision before two organisations become one, in the report's order."""
    held = (
        Position.objects.filter(organisation__in=[first, second])
        .exclude(signed=None, signed_late=None, draft=None)
        .select_related(
            "organisation",
            "consultation",
            "recommendation",
            "signed__signed_by",
            "signed_late__signed_by",
            "draft__drafted_by",
        )
        .order_by("consultation", "recommendation__order", "pk")
    )
    found: dict[tuple[int, int], list[Position]] = {}
    for position in held:
        found.setdefault((position.consultation_id, position.recommendation_id), []).append(position)
    return [Rivals(*pair) for pair in found.values() if len(pair) == len(("first", "second"))]


def _newest(position: Position) -> PositionVersion:
    version = position.signed or position.signed_late or position.draft
    assert version is not None  # noqa: S101 - `rivals` takes only positions that hold one
    return version
