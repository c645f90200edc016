"""What organisations signed on an earlier text of a recommendation: shown beside a newer one, never counted there.

An earlier text is the passage of a version before, as the confirmed matches lead to it. Only rounds that are closed
tell: what is signed in an open one can still change there.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Max, Q, QuerySet

from consultation.consultations.attribution import Attribution
from consultation.consultations.models import Consultation
from consultation.positions.models import Position, PositionVersion, Stance
from consultation.record import clock
from consultation.reports.models import Passage, PassageMatch
from consultation.stakeholders.models import Organisation
from consultation.text.difference import Part, difference

_MOST_VERSIONS = 50


@dataclass(frozen=True)
class Earlier:
    """A version that an organisation signed on an earlier text, which stands there still.

    `answered`: the organisation has signed something on the newer text since, whatever became of that.
    """

    recommendation: Passage
    version: PositionVersion
    answered: bool

    @property
    def text(self) -> Passage:
        """The passage that was signed."""
        return self.version.position.recommendation

    @property
    def same_words(self) -> bool:
        return self.text.text == self.recommendation.text

    @property
    def parts(self) -> list[Part]:
        """The difference of the words, from those that were signed to the newer ones."""
        return difference(self.text.words, self.recommendation.words)

    @property
    def can_be_reconfirmed(self) -> bool:
        """Whether its own words can be signed again; a joint statement has to be made anew on the newer text."""
        return self.version.aligned_with_id is None


@dataclass
class Awaiting:
    """How many organisations hold each stance by name on an earlier text and have signed nothing by name since."""

    endorse: int = 0
    reservation: int = 0
    cannot_endorse: int = 0

    @property
    def total(self) -> int:
        return self.endorse + self.reservation + self.cannot_endorse

    def as_dict(self) -> dict[str, int]:
        return {"endorse": self.endorse, "reservation": self.reservation, "cannot_endorse": self.cannot_endorse}


def earlier_of(
    consultation: Consultation, organisation: Organisation, recommendations: Iterable[Passage]
) -> list[Earlier]:
    """What the organisation signed on earlier texts of these recommendations, in their order.

    No query where the report has no earlier version; else three and one for each version before, however many rows.
    """
    wanted = list(recommendations)
    line = _line(consultation, [r.pk for r in wanted])
    if not line:
        return []
    signed = (
        _earlier_positions(consultation, line)
        .filter(organisation=organisation)
        .select_related(
            "recommendation__report",
            "consultation",
            "organisation",
            "signed__signed_by",
            "signed__aligned_with__position__organisation",
        )
    )
    nearest: dict[int, Position] = {}
    for position in _nearest_first(signed, line):
        nearest.setdefault(line[position.recommendation_id][1], position)
    answered = {recommendation for recommendation, _organisation in _answered(consultation, organisation)}
    found = []
    for recommendation in wanted:
        if (held := nearest.get(recommendation.pk)) and held.signed:
            held.signed.position = held
            found.append(Earlier(recommendation, held.signed, recommendation.pk in answered))
    return found


def awaiting_reconfirmation(consultation: Consultation) -> dict[int, Awaiting]:
    """By the key of the recommendation: what participating organisations signed by name on an earlier text only.

    Each organisation once on each recommendation, by what it signed last by name on the nearest text. Everybody reads
    it, so that whatever was signed without a name is as if it were not there, on the newer text and in between: who was
    no longer awaited would be who had signed it (docs/decisions/088). As many queries as `earlier_of`.
    """
    line = _line(consultation, consultation.recommendations().values_list("pk", flat=True))
    if not line:
        return {}
    answered = set(_answered(consultation, named=True))
    signed = (
        _earlier_positions(consultation, line, named=True)
        .filter(organisation__in=consultation.participants().order_by().values("pk"))
        .select_related("signed")
    )
    seen: set[tuple[int, int]] = set()
    found: dict[int, Awaiting] = {}
    for position in _nearest_first(signed, line):
        key = (line[position.recommendation_id][1], position.organisation_id)
        if key in seen or key in answered:
            continue
        seen.add(key)
        if position.signed is None or position.signed.is_expert or position.signed.attribution != Attribution.NAMED:
            continue
        counts = found.setdefault(key[0], Awaiting())
        name = Stance(position.signed.stance).value
        setattr(counts, name, getattr(counts, name) + 1)
    return found


def _line(consultation: Consultation, recommendations: Iterable[int]) -> dict[int, tuple[int, int]]:
    """The earlier texts of these recommendations by their key: how many versions back, and of which one they are."""
    if consultation.report.previous_id is None:
        return {}
    found: dict[int, tuple[int, int]] = {}
    current = {key: key for key in recommendations}
    for steps in range(1, _MOST_VERSIONS + 1):
        matches = PassageMatch.objects.filter(passage__in=list(current)).values_list("passage", "earlier")
        current = {earlier: current[newer] for newer, earlier in matches}
        if not current:
            break
        found |= {earlier: (steps, newest) for earlier, newest in current.items()}
    return found


def _nearest_first(positions: Iterable[Any], line: dict[int, tuple[int, int]]) -> list[Any]:
    """By how many versions back, then by what was signed last."""
    return sorted(positions, key=lambda p: (line[p.recommendation_id][0], -p.last.timestamp(), p.pk))


def _earlier_positions(
    consultation: Consultation, line: dict[int, tuple[int, int]], *, named: bool = False
) -> "QuerySet[Any]":
    """The positions that were ever signed on these texts, in announced rounds that are closed; `last`: when. Those
    that were signed by name, and when last by name, where only those are asked for.

    What was withdrawn is among them: it is an answer too, and what stands on a text before it does not come back.
    """
    now = clock.now()
    closed = Q(consultation__closes_at__lte=now) | Q(consultation__outcome_published_at__lte=now)
    return (
        Position.objects.filter(closed, consultation__announced=True, recommendation__in=list(line))
        .exclude(consultation=consultation)
        .annotate(last=Max("versions__signed_at", filter=Q(versions__attribution=Attribution.NAMED) if named else None))
        .filter(last__isnull=False)
    )


def _answered(
    consultation: Consultation, organisation: Organisation | None = None, *, named: bool = False
) -> Iterable[tuple[int, int]]:
    """The recommendations on which organisations have signed something here, or by name, whatever became of it."""
    signed = PositionVersion.objects.filter(position__consultation=consultation, signed_at__isnull=False)
    if named:
        signed = signed.filter(attribution=Attribution.NAMED)
    if organisation:
        signed = signed.filter(position__organisation=organisation)
    return signed.order_by().values_list("position__recommendation", "position__organisation").distinct()
