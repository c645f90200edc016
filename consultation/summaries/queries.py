"""The one place that counts positions across organisations. The page, the JSON and every export read from here."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from django.db.models import Count

from consultation.consultations.attribution import sizes
from consultation.consultations.facts import Facts
from consultation.consultations.models import Consultation
from consultation.discussion.models import Comment
from consultation.positions.disclosure import (
    HELD_BACK,
    NAMED,
    NOTHING,
    OF_GROUP,
    WITHOUT,
    Disclosure,
    Tally,
    disclosures,
    tallies,
)
from consultation.positions.earlier import awaiting_reconfirmation
from consultation.positions.models import Capacity, Position, PositionVersion, Stance
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

    def add(self, stance: str, number: int) -> None:
        """So many more hold this stance."""
        name = {Stance.ENDORSE: "endorse", Stance.RESERVATION: "reservation", Stance.CANNOT_ENDORSE: "cannot_endorse"}[
            Stance(stance)
        ]
        setattr(self, name, getattr(self, name) + number)

    @property
    def stances(self) -> dict[str, int]:
        return {"endorse": self.endorse, "reservation": self.reservation, "cannot_endorse": self.cannot_endorse}

    @property
    def taken(self) -> int:
        return self.endorse + self.reservation + self.cannot_endorse

    @property
    def no_position(self) -> int:
        return self.of - self.taken

    def as_dict(self) -> dict[str, int]:
        return {**self.stances, "no_position": self.no_position}


@dataclass(frozen=True)
class GroupCount:
    """A stakeholder group with the number of its organisations that take part."""

    group: StakeholderGroup
    organisations: int


@dataclass
class Row:
    """The counts of one recommendation: in all and by the slug of the group, groups that take part only.

    `unattributed` are positions that count in all but with no group, because their organisation is told to nobody.
    `pending` are those, of all that count, that wait for a capital. What is held back is nowhere (docs/decisions/088).
    """

    recommendation: Passage
    totals: Counts
    groups: list[GroupCount]
    by_group: dict[str, Counts]
    unattributed: Counts = field(default_factory=lambda: Counts(of=0))
    pending: Counts = field(default_factory=lambda: Counts(of=0))
    without_a_name: int = 0
    experts: int = 0

    @property
    def named(self) -> int:
        """How many of those that count are shown by name."""
        return self.totals.taken - self.without_a_name

    @property
    def lines(self) -> list[tuple[StakeholderGroup, Counts]]:
        """Each group with its counts, in the order of the groups."""
        return [(g.group, self.by_group[g.group.slug]) for g in self.groups]

    @property
    def convergence(self) -> float:
        """Of what is shown: positions without a group are like one group more."""
        more = [self.unattributed] if self.unattributed.taken else []
        return convergence([*self.by_group.values(), *more])

    def add(self, tally: Tally, told: Disclosure, slug: str) -> None:
        """Count these positions of the group with this slug, as far as they are shown."""
        level = told.level(tally.attribution, tally.group)
        if level == HELD_BACK:
            return
        if not tally.counts:
            self.experts += tally.number
            return
        shown = [self.totals, self.unattributed if level == WITHOUT else self.by_group[slug]]
        if tally.capacity == Capacity.PENDING:
            shown.append(self.pending)
        for counts in shown:
            counts.add(tally.stance, tally.number)
        if level != NAMED:
            self.without_a_name += tally.number


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
    def pending(self) -> int:
        """How many signed positions wait for a capital to confirm them."""
        return sum(row.pending.taken for row in self.rows)

    @property
    def unattributed(self) -> int:
        """How many signed positions count with no group."""
        return sum(row.unattributed.taken for row in self.rows)

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
    """The summary now, in four queries, five after closing, whatever the number of organisations."""
    members = sizes(consultation)
    groups = [GroupCount(g, members[g.pk]) for g in StakeholderGroup.objects.filter(pk__in=members)]
    rows = {
        recommendation.pk: Row(
            recommendation,
            Counts(of=sum(members.values())),
            groups,
            {g.group.slug: Counts(of=g.organisations) for g in groups},
        )
        for recommendation in consultation.positioned()
    }
    slugs = {g.group.pk: g.group.slug for g in groups}
    counted = tallies(consultation)
    told = disclosures(consultation, members, counted)
    for tally in counted:
        # An organisation may have come to take part since the first query.
        if (row := rows.get(tally.recommendation)) and tally.group in slugs:
            row.add(tally, told.get(tally.recommendation, NOTHING), slugs[tally.group])
    return Summary(consultation, clock.now(), groups, list(rows.values()), late_positions(consultation))


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
        "signed_at": clock.written(version.signed_at) if version.signed_at else "",
        # Only where it is not simply the organisation's, so that what was there before stays as it was.
        **({"capacity": version.capacity} if version.capacity != Capacity.ORGANISATION else {}),
    }


def row_of(consultation: Consultation, recommendation: Passage) -> Row | None:
    """One recommendation's line of the summary."""
    return next((row for row in summary_of(consultation).rows if row.recommendation.pk == recommendation.pk), None)


class CountsByPassage(dict[int, Counts]):
    """Counts by the key of the recommendation; where there is no position, none of so many."""

    def __init__(self, of: int) -> None:
        super().__init__()
        self.of = of

    def __missing__(self, key: int) -> Counts:
        return Counts(of=self.of)


def counts_by_passage(consultation: Consultation, facts: Facts | None = None) -> dict[int, Counts]:
    """The total counts of each recommendation by its key, in two queries at most: what the report and the lists show.

    Nothing is counted for a recommendation without positions: ask by `[]`.
    """
    return (facts or Facts(consultation)).get("counts by passage", _counts_by_passage)


def _counts_by_passage(consultation: Consultation) -> dict[int, Counts]:
    members = sizes(consultation)
    counts = CountsByPassage(sum(members.values()))
    counted = tallies(consultation)
    told = disclosures(consultation, members, counted)
    for tally in counted:
        if tally.counts and told.get(tally.recommendation, NOTHING).level(tally.attribution, tally.group) != HELD_BACK:
            counts.setdefault(tally.recommendation, Counts(of=counts.of)).add(tally.stance, tally.number)
    return counts


def comment_counts(consultation: Consultation, facts: Facts | None = None) -> dict[int, int]:
    """The number of published comments by the key of the passage: the same for every reader."""
    return (facts or Facts(consultation)).get("comment counts", _comment_counts)


def _comment_counts(consultation: Consultation) -> dict[int, int]:
    published = consultation.comments.filter(state=Comment.State.PUBLISHED)
    return dict(published.values_list("passage").annotate(n=Count("pk")).order_by())


def answered(consultation: Consultation, group: StakeholderGroup | None, stance: str) -> set[int]:
    """The recommendations on which this group (or anybody) is seen to hold this stance (or any)."""
    counted = tallies(consultation)
    told = disclosures(consultation, sizes(consultation), counted)
    shown = {NAMED, OF_GROUP} if group else {NAMED, OF_GROUP, WITHOUT}
    return {
        tally.recommendation
        for tally in counted
        if tally.counts
        and (group is None or tally.group == group.pk)
        and stance in {"", tally.stance}
        and told.get(tally.recommendation, NOTHING).level(tally.attribution, tally.group) in shown
    }


def as_json(summary: Summary) -> dict[str, object]:
    """The summary as `summary.json` publishes it."""
    return {
        "consultation": summary.consultation.slug,
        "state": summary.consultation.state_at(summary.as_of).value,
        "as_of": clock.written(summary.as_of),
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
                "unattributed": row.unattributed.stances,
                "pending_confirmation": row.pending.stances,
                "expert_views": row.experts,
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
