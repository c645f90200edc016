"""The words that an entry about a commitment is evidence of: those of the version, or of the report, that it names."""

from datetime import timedelta
from typing import Any

from consultation.commitments.models import CommitmentVersion, Progress
from consultation.record.evidence import Words, number_in
from consultation.record.models import Entry


def words(entries: list[Entry]) -> dict[int, Words]:
    """By the key of the entry."""
    named = [entry for entry in entries if "version" in entry.content]
    reports = [entry for entry in named if "benchmark" in entry.content]
    return _promises([entry for entry in named if entry not in reports]) | _progress(reports)


def _promises(entries: list[Entry]) -> dict[int, Words]:
    names = {entry.pk: number_in(entry, "version") for entry in entries}
    versions = CommitmentVersion.objects.filter(
        commitment__in={commitment for commitment, _n in names.values()}, number__in={n for _c, n in names.values()}
    ).select_related("commitment")
    found = {(v.commitment_id, v.number): v for v in versions}
    return {pk: _promise(found[name]) for pk, name in names.items() if name in found}


def _progress(entries: list[Entry]) -> dict[int, Words]:
    names = {entry.pk: number_in(entry, "version") for entry in entries}
    reports = Progress.objects.filter(
        commitment__in={commitment for commitment, _n in names.values()},
        number__in={number for _c, number in names.values()},
    ).select_related("commitment", "benchmark")
    found: dict[tuple[Any, Any], list[Progress]] = {}
    for report in reports:
        found.setdefault((report.commitment_id, report.number), []).append(report)
    told = {entry.pk: _told_by(entry, found.get(names[entry.pk], [])) for entry in entries}
    return {pk: _report(report) for pk, report in told.items() if report}


def _told_by(entry: Entry, reports: list[Progress]) -> Progress | None:
    """The report, among those with the number that it names: at the benchmark of its key.

    Older entries have no key but the date of the benchmark as it was then, which may have been edited since. They are
    about the report that was drafted, or signed, when they were written.
    """
    if (key := entry.content.get("benchmark_key")) is not None:
        return next((report for report in reports if report.benchmark_id == key), None)

    def distance(report: Progress) -> tuple[timedelta, bool]:
        at = report.signed_at if entry.kind == "progress.signed" and report.signed_at else report.drafted_at
        return abs(entry.at - at), str(report.benchmark.date) != str(entry.content["benchmark"])

    return min(reports, key=distance, default=None)


def _promise(version: CommitmentVersion) -> Words:
    return {
        "commitment": version.commitment.public_id,
        "what": version.what,
        "by_when": str(version.by_when),
        "indicator": version.indicator,
        "responsible": version.responsible,
    }


def _report(report: Progress) -> Words:
    return {"commitment": report.commitment.public_id, "status": report.status, "progress": report.words}
