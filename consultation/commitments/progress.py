"""Promises against progress: the one place that counts commitments. Page, CSV and JSON read from here."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.models import Count

from consultation.commitments import rules
from consultation.commitments.models import Benchmark, Commitment, CommitmentVersion, Progress
from consultation.consultations.models import Consultation
from consultation.record import clock
from consultation.reports.models import Passage
from consultation.stakeholders.models import StakeholderGroup

Status = Progress.Status


@dataclass
class Tally:
    """Commitments that stand, by their newest signed report, and the organisations that made them, of `of`."""

    of: int
    by_status: dict[str, int] = field(default_factory=lambda: dict.fromkeys(["no_report", *Status.values], 0))
    makers: set[int] = field(default_factory=set)
    withdrawn: int = 0

    @property
    def commitments(self) -> int:
        return sum(self.by_status.values())

    @property
    def organisations(self) -> int:
        return len(self.makers)

    @property
    def cells(self) -> list[tuple[str, int]]:
        """The numbers in the order of the table's columns, each with its status."""
        return [(status, self.by_status[status]) for status in (*Status.values, "no_report")]

    def add(self, organisation: int, status: str) -> None:
        self.by_status[status] += 1
        self.makers.add(organisation)

    def as_dict(self) -> dict[str, Any]:
        return {
            "organisations": self.of,
            "organisations_with_commitments": self.organisations,
            "commitments": self.commitments,
            "withdrawn": self.withdrawn,
            **self.by_status,
        }


@dataclass(frozen=True)
class Due:
    """A benchmark, and how many of the commitments that stand were reported on at it."""

    benchmark: Benchmark
    has_come: bool
    reported: int
    of: int


@dataclass(frozen=True)
class Overview:
    """Where the promises on an outcome stand."""

    consultation: Consultation
    as_of: datetime
    total: Tally
    groups: list[tuple[StakeholderGroup, Tally]]
    recommendations: list[tuple[Passage, Tally]]
    benchmarks: list[Due]

    @property
    def promised(self) -> list[tuple[Passage, Tally]]:
        """The recommendations on which somebody made a commitment, withdrawn ones included."""
        return [(r, tally) for r, tally in self.recommendations if tally.commitments or tally.withdrawn]

    @property
    def unpromised(self) -> list[Passage]:
        """The recommendations on which nobody did."""
        return [r for r, tally in self.recommendations if not (tally.commitments or tally.withdrawn)]


def overview_of(consultation: Consultation) -> Overview:
    """The overview now, in seven queries whatever the number of commitments."""
    members = dict(consultation.participants().order_by().values_list("group").annotate(n=Count("pk", distinct=True)))
    groups = {g.pk: (g, Tally(of=members[g.pk])) for g in StakeholderGroup.objects.filter(pk__in=members)}
    of = sum(members.values())
    recommendations = {r.pk: (r, Tally(of=of)) for r in consultation.recommendations()}
    total = Tally(of=of)
    status, reported = _reports(consultation)
    for key, recommendation, organisation, group in _lines(Commitment.objects.counted(consultation)):
        for tally in (total, groups[group][1], recommendations[recommendation][1]):
            tally.add(organisation, status.get(key, "no_report"))
    for _key, recommendation, _organisation, group in _lines(_withdrawn(consultation)):
        for tally in (total, groups[group][1], recommendations[recommendation][1]):
            tally.withdrawn += 1
    benchmarks = [
        Due(b, rules.has_come(b, consultation), reported.get(b.pk, 0), total.commitments)
        for b in Benchmark.objects.filter(consultation=consultation)
    ]
    return Overview(consultation, clock.now(), total, list(groups.values()), list(recommendations.values()), benchmarks)


def _lines(commitments: Any) -> Iterable[tuple[int, int, int, int]]:
    lines: Iterable[tuple[int, int, int, int]] = commitments.order_by().values_list(
        "pk", "recommendation", "organisation", "organisation__group"
    )
    return lines


def _withdrawn(consultation: Consultation) -> Any:
    """Signed once, withdrawn since."""
    versions = CommitmentVersion.objects.filter(state=CommitmentVersion.State.WITHDRAWN, signed_at__isnull=False)
    participants = consultation.participants().order_by().values("pk")
    return Commitment.objects.filter(
        pk__in=versions.values("commitment"), consultation=consultation, organisation__in=participants
    )


def _reports(consultation: Consultation) -> tuple[dict[int, str], dict[int, int]]:
    """The newest signed status by commitment, and the number of reports by benchmark, on commitments that stand."""
    status: dict[int, str] = {}
    reported: dict[int, int] = {}
    signed = Progress.objects.filter(
        state=Progress.State.SIGNED, commitment__in=Commitment.objects.counted(consultation).order_by().values("pk")
    )
    for commitment, benchmark, told in signed.order_by("benchmark__date").values_list(
        "commitment", "benchmark", "status"
    ):
        status[commitment] = told
        reported[benchmark] = reported.get(benchmark, 0) + 1
    return status, reported
