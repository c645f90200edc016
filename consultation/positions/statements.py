"""The explanations on one recommendation, each once, with the organisations that signed it: what the passage shows."""

from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from django.db import models

from consultation.consultations.attribution import Attribution, Origin
from consultation.consultations.models import Consultation
from consultation.positions.disclosure import PositionAttributions
from consultation.positions.models import Capacity, Position, PositionVersion, PositionVersionQuerySet
from consultation.reports.models import Passage

Explanation = PositionVersion.Explanation
# The explanations that one page shows.
ON_A_PAGE = 20


@dataclass
class Statement:
    """One version's explanation, and the signed positions that refer to it instead of words of their own."""

    version: PositionVersion
    origin: Origin
    is_readable: bool
    aligned: list[PositionVersion] = field(default_factory=list)

    @property
    def anchor(self) -> str:
        """Where it stands on a page. How often one was signed that is without a name could tell whose it is."""
        public_id = self.version.position.public_id
        return f"{public_id}-{self.version.number}" if self.origin.is_public_by_name else public_id

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


@dataclass(frozen=True)
class StatementPage:
    """Some of the explanations, after which of them the next page begins ("" for the last), and how many there are."""

    statements: list[Statement]
    following: str
    number: int


def statements_on(user: Any, consultation: Consultation, recommendation: Passage) -> list[Statement]:
    """The explanations of counted positions that this person may read, and the earlier ones that counted positions
    still refer to; then what is said in an expert capacity. Four queries, at most six more where names are left out.
    """
    return statements_page(user, consultation, recommendation, most=None).statements


def statements_page(
    user: Any,
    consultation: Consultation,
    recommendation: Passage,
    *,
    after: str = "",
    most: int | None = ON_A_PAGE,
    without: Collection[int] = (),
) -> StatementPage:
    """The same from behind the one that is called `after`, `most` of them; without those with these keys.

    Of all only narrow rows are read, of what is shown the words. An unknown name asks for the beginning.
    """
    standing = Position.objects.standing(consultation).filter(recommendation=recommendation)
    versions = PositionVersion.objects.filter(pk__in=standing.order_by().values("signed"))
    places = [place for place in _places(user, consultation, versions) if place.pk not in without]
    start = next((number + 1 for number, place in enumerate(places) if after and place.name == after), 0)
    end = len(places) if most is None else start + most
    shown = _statements(user, consultation, versions, [place.pk for place in places[start:end]])
    return StatementPage(shown, places[end - 1].name if end < len(places) else "", len(places))


class _Place(NamedTuple):
    """Where a version stands in the order of explanations. The name of one without a name has no version number."""

    pk: int
    name: str


def _readable(user: Any) -> models.Q:
    return PositionVersion.objects.explanations_visible_to(user) & ~models.Q(explanation_state=Explanation.NONE)


def _places(user: Any, consultation: Consultation, versions: PositionVersionQuerySet) -> list[_Place]:
    """What this person is shown, in order: first by name, then without a name in an order that does not tell when they
    were signed; then what is said as an expert; then the earlier ones that counted positions still refer to.
    """
    told = versions.filter(_readable(user) | models.Q(capacity=Capacity.EXPERT))
    attributions = PositionAttributions(user, consultation)
    nameless = told.exclude(attribution=Attribution.NAMED) if consultation.attribution_choice else told.none()
    origins = {v.pk: attributions.of_version(v) for v in nameless.select_related("position__organisation__group")}
    found = []
    rows = told.order_by("-stance", "signed_at", "pk").values_list(
        "pk", "position__public_id", "number", "capacity", "attribution"
    )
    for pk, public_id, number, capacity, attribution in rows:
        origin = origins.get(pk)
        if attribution != Attribution.NAMED and origin is None:
            continue
        by_name = origin is None or origin.is_public_by_name
        order = (capacity == Capacity.EXPERT, not by_name, "" if by_name else public_id)
        found.append((order, _Place(pk, f"{public_id}.{number}" if by_name else public_id)))
    places = [place for _order, place in sorted(found, key=lambda pair: pair[0])]
    aligned = versions.filter(aligned_with__isnull=False).exclude(aligned_with__in=[place.pk for place in places])
    earlier = aligned.order_by("signed_at").values_list(
        "aligned_with", "aligned_with__position__public_id", "aligned_with__number"
    )
    lapsed = dict.fromkeys(_Place(pk, f"{public_id}.{number}") for pk, public_id, number in earlier if pk is not None)
    return places + list(lapsed)


def _statements(
    user: Any, consultation: Consultation, versions: PositionVersionQuerySet, keys: list[int]
) -> list[Statement]:
    """These versions as statements, in the order of the keys, each with those who aligned themselves with it."""
    attributions = PositionAttributions(user, consultation)
    readable = _readable(user) & models.Q(pk__in=versions.values("pk"))
    shown: Any = (
        PositionVersion.objects.filter(pk__in=keys)
        .select_related("position__organisation__group", "signed_by")
        .annotate(
            is_readable=models.Case(
                models.When(readable | models.Q(explanation_state=Explanation.PUBLISHED), then=True), default=False
            )
        )
    )
    told = {
        version.pk: Statement(version, origin, version.is_readable)
        for version in shown
        if (origin := attributions.of_version(version))
    }
    aligned = versions.filter(aligned_with__in=told).select_related(
        "position__organisation__group", "aligned_with__position__organisation__group"
    )
    for version in aligned.order_by("signed_at"):
        told[version.aligned_with_id].aligned.append(version)
    return [told[key] for key in keys if key in told]
