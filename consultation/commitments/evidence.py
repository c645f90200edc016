"""The words that an entry about a commitment is evidence of: those of the version, or of the report, that it names."""

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
    names = {entry.pk: (*number_in(entry, "version"), str(entry.content["benchmark"])) for entry in entries}
    reports = Progress.objects.filter(
        commitment__in={commitment for commitment, _n, _b in names.values()},
        number__in={number for _c, number, _b in names.values()},
    ).select_related("commitment", "benchmark")
    found = {(r.commitment_id, r.number, str(r.benchmark.date)): r for r in reports}
    return {pk: _report(found[name]) for pk, name in names.items() if name in found}


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
