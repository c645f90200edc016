"""Commitments as CSV and JSON: what everybody may read, nothing else."""

from collections.abc import Iterator
from typing import Any

from consultation.commitments.models import Commitment, CommitmentVersion, Progress
from consultation.commitments.progress import Overview
from consultation.record import clock
from consultation.text import tables

COLUMNS = (
    "id",
    "ref",
    "code",
    "group",
    "organisation",
    "state",
    "version",
    "what",
    "by_when",
    "indicator",
    "responsible",
    "signed_at",
    "withdrawn_because",
    "benchmark",
    "benchmark_date",
    "status",
    "progress",
    "reported_at",
)


def as_json(overview: Overview, commitments: "list[Commitment]") -> dict[str, Any]:
    """Counts with their denominators, then every commitment with all its signed versions and reports."""
    return {
        "consultation": overview.consultation.slug,
        "as_of": clock.written(overview.as_of),
        "totals": overview.total.as_dict(),
        "groups": [{"slug": g.slug, "name": g.name, **tally.as_dict()} for g, tally in overview.groups],
        "recommendations": [{"ref": r.ref, "code": r.code, **t.as_dict()} for r, t in overview.recommendations],
        "benchmarks": [
            {"date": due.benchmark.date, "name": due.benchmark.name, "reported": due.reported, "of": due.of}
            for due in overview.benchmarks
        ],
        "commitments": [_commitment(c) for c in commitments],
    }


def as_csv(commitments: "list[Commitment]") -> str:
    """One line for each report of a commitment; a commitment without a report has one line. No cell is a formula."""
    return "".join(tables.as_csv(COLUMNS, _lines(commitments)))


def _lines(commitments: "list[Commitment]") -> Iterator[dict[str, Any]]:
    for commitment in commitments:
        version = commitment.shown
        promised = {**_about(commitment), **(_version(version) if version else {})}
        reports: list[Progress | None] = [*commitment.reports] or [None]
        for report in reports:
            told = _report(report) if report else {}
            yield {**dict.fromkeys(COLUMNS), **promised, **told}


def _commitment(commitment: Commitment) -> dict[str, Any]:
    return {
        **_about(commitment),
        "versions": [_version(v) for v in commitment.signed_versions],
        "reports": [_report(r) for r in commitment.reports],
    }


def _about(commitment: Commitment) -> dict[str, Any]:
    return {
        "id": commitment.public_id,
        "ref": commitment.recommendation.ref,
        "code": commitment.recommendation.code,
        "group": commitment.organisation.group.slug,
        "organisation": commitment.organisation.name,
        "state": "signed" if commitment.signed else "withdrawn",
    }


def _version(version: CommitmentVersion) -> dict[str, Any]:
    return {
        "version": version.number,
        "what": version.what,
        "by_when": version.by_when.isoformat(),
        "indicator": version.indicator,
        "responsible": version.responsible,
        "signed_at": version.signed_at.isoformat() if version.signed_at else "",
        "withdrawn_because": version.word,
    }


def _report(report: Progress) -> dict[str, Any]:
    return {
        "benchmark": report.benchmark.name,
        "benchmark_date": report.benchmark.date.isoformat(),
        "status": report.status,
        "progress": report.words,
        "reported_at": report.signed_at.isoformat() if report.signed_at else "",
    }
