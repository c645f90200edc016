"""The one place that counts positions across organisations. The page, the JSON and every export read from here."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from django.db.models import Count

from consultation.consultations.models import Consultation
from consultation.discussion.models import Comment
from consultation.positions.earlier import awaiting_reconfirmation
from consultation.positions.models import Position, PositionVersion, Stance
from consultation.record import clock
from consultation.reports.models import Passage
from consultation.stakeholders.models import StakeholderGroup


@dataclass
class Counts:
    """How many of `of` participating organisations hold each stance; the rest took no position."""

    of: int
    endorse: int = 0
    reservation: int = 0
    cannot_endorse: int = 0

    @property
    def taken(self) -> int:
        return self.endorse + self.reservation + self.cannot_endorse

    @property
    def no_position(self) -> int:
        return self.of - self.taken

    def as_dict(self) -> dict[str, int]:
        return {
            "endorse": self.endorse,
            "reservation": self.reservation,
            "cannot_endorse": self.cannot_endorse,
            "no_position": self.no_position,
        }


@dataclass(frozen=True)
class GroupCount:
    """A stakeholder group with the number of its organisations that take part."""

    group: StakeholderGroup
    organisations: int


@dataclass
class Row:
    """The counts of one recommendation: in all and by the slug of the group, groups that take part only."""

    recommendation: Passage
    totals: Counts
    groups: list[GroupCount]
    by_group: dict[str, Counts]

    @property
    def lines(self) -> list[tuple[StakeholderGroup, Counts]]:
        """Each group with its counts, in the order of the groups."""
        return [(g.group, self.by_group[g.group.slug]) for g in self.groups]

    @property
    def convergence(self) -> float:
        return convergence(self.by_group.values())


@dataclass(frozen=True)
class Summary:
    """Where a consultation stands at an instant. What came late stands beside the figures, in none of them."""

    consultation: Consultation
    as_of: datetime
    groups: list[GroupCount]
    rows: list[Row]
    late: list[Position] = field(default_factory=list)

    @property
    def organisations(self) -> int:
        return sum(g.organisations for g in self.groups)

    @property
    def signed(self) -> int:
        return sum(row.totals.taken for row in self.rows)

    @property
    def reservations(self) -> int:
        return sum(row.totals.reservation for row in self.rows)

    @property
    def without_cannot(self) -> int:
        """How many recommendations nobody refuses to endorse."""
        return sum(1 for row in self.rows if not row.totals.cannot_endorse)

    @property
    def possible(self) -> int:
        return self.organisations * len(self.rows)


def convergence(groups: Iterable[Counts]) -> float:
    """The product over the groups of (1 + e) / (2 + n): n signed positions of the group, e of them endorse, a
    reservation counting one half. Between 0 and 1; a group without positions gives one half, no group at all 1.

    Source: Small et al. 2021, "Polis: Scaling deliberation by mapping high dimensional opinion spaces"
    (group-informed consensus), with organisations for voters.
    """
    product = 1.0
    for counts in groups:
        product *= (1 + counts.endorse + counts.reservation / 2) / (2 + counts.taken)
    return product


def summary_of(consultation: Consultation) -> Summary:
    """The summary now, in three queries, four after closing, whatever the number of organisations."""
    members = dict(consultation.participants().order_by().values_list("group").annotate(n=Count("pk", distinct=True)))
    groups = [GroupCount(g, members[g.pk]) for g in StakeholderGroup.objects.filter(pk__in=members)]
    rows = [
        Row(
            recommendation,
            Counts(of=sum(members.values())),
            groups,
            {g.group.slug: Counts(of=g.organisations) for g in groups},
        )
        for recommendation in consultation.positioned()
    ]
    by_ref = {row.recommendation.pk: row for row in rows}
    for recommendation, group, stance, number in _counted(consultation):
        if row := by_ref.get(recommendation):
            _add(row.by_group[group], stance, number)
            _add(row.totals, stance, number)
    return Summary(consultation, clock.now(), groups, rows, late_positions(consultation))


def late_positions(consultation: Consultation) -> list[Position]:
    """What was signed after closing with an access code, in the report's order: one query, none before closing."""
    if not consultation.may_have_late:
        return []
    late = Position.objects.late(consultation).select_related(
        "recommendation", "organisation__group", "signed_late__aligned_with__position__organisation"
    )
    return list(late.order_by("recommendation__order", "organisation__group__order", "organisation__name"))


def late_as_dict(position: Position) -> dict[str, str]:
    """A late position for programs, with its explanation where that is published."""
    version = position.signed_late
    assert version is not None  # noqa: S101 - asked for by `late_positions`
    statement = version.statement
    published = statement.explanation_state == PositionVersion.Explanation.PUBLISHED
    return {
        "ref": position.recommendation.ref,
        "organisation": position.organisation.name,
        "organisation_slug": position.organisation.slug,
        "group": position.organisation.group.slug,
        "stance": version.stance,
        "explanation": statement.explanation if published else "",
        "words_of": version.aligned_with.position.organisation.name if version.aligned_with else "",
        "signed_at": version.signed_at.strftime("%Y-%m-%dT%H:%M:%SZ") if version.signed_at else "",
    }


def row_of(consultation: Consultation, recommendation: Passage) -> Row | None:
    """One recommendation's line of the summary."""
    return next((row for row in summary_of(consultation).rows if row.recommendation.pk == recommendation.pk), None)


def counts_by_passage(consultation: Consultation) -> dict[int, Counts]:
    """The total counts of each recommendation by its key, in two queries: what the report and the lists show."""
    of = consultation.participants().count()
    counts: dict[int, Counts] = defaultdict(lambda: Counts(of=of))
    for recommendation, _group, stance, number in _counted(consultation):
        _add(counts[recommendation], stance, number)
    return counts


def comment_counts(consultation: Consultation) -> dict[int, int]:
    """The number of published comments by the key of the passage: the same for every reader."""
    published = consultation.comments.filter(state=Comment.State.PUBLISHED)
    return dict(published.values_list("passage").annotate(n=Count("pk")).order_by())


def _counted(consultation: Consultation) -> Iterable[tuple[int, str, str, int]]:
    return (
        Position.objects.counted(consultation)
        .values_list("recommendation", "organisation__group__slug", "signed__stance")
        .annotate(n=Count("pk"))
        .order_by()
    )


def _add(counts: Counts, stance: str, number: int) -> None:
    name = {Stance.ENDORSE: "endorse", Stance.RESERVATION: "reservation", Stance.CANNOT_ENDORSE: "cannot_endorse"}[
        Stance(stance)
    ]
    setattr(counts, name, getattr(counts, name) + number)


def as_json(summary: Summary) -> dict[str, object]:
    """The summary as `summary.json` publishes it."""
    return {
        "consultation": summary.consultation.slug,
        "state": summary.consultation.state_at(summary.as_of).value,
        "as_of": summary.as_of.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "groups": [
            {"slug": g.group.slug, "name": g.group.name, "organisations": g.organisations} for g in summary.groups
        ],
        "recommendations": [
            {
                "ref": row.recommendation.ref,
                "code": row.recommendation.code,
                "kind": row.recommendation.strand,
                "text": row.recommendation.words,
                "totals": row.totals.as_dict(),
                "by_group": {slug: counts.as_dict() for slug, counts in row.by_group.items()},
                "convergence": round(row.convergence, 4),
            }
            for row in summary.rows
        ],
        # Only where there is something, so that a summary without it stays as programs know it.
        **({"late": [late_as_dict(position) for position in summary.late]} if summary.late else {}),
    }


def awaiting_as_json(consultation: Consultation) -> dict[str, object]:
    """What stands on an earlier text only, apart from the figures: by ref; nothing where there is no earlier text."""
    if consultation.report.previous_id is None:
        return {}
    waiting = awaiting_reconfirmation(consultation)
    refs = {r.pk: r.ref for r in consultation.recommendations()}
    return {"awaiting_reconfirmation": {refs[pk]: counts.as_dict() for pk, counts in waiting.items()}}
