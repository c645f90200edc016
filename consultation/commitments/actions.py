"""Every change of commitments and reports: drafting, signing, withdrawing; each with its entry in the record."""

from dataclasses import asdict, dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.db import models, transaction
from django.utils.translation import gettext as _

from consultation.commitments import rules
from consultation.commitments.models import Benchmark, Commitment, CommitmentVersion, Progress
from consultation.consultations.actions import act_for
from consultation.consultations.models import Consultation
from consultation.positions.actions import held_signer
from consultation.record import clock
from consultation.record.actions import append, hold
from consultation.record.errors import AlreadySent, Changed
from consultation.reports.models import Passage

State = CommitmentVersion.State


@dataclass(frozen=True)
class Promise:
    """What is promised, by when, how one will see it, and who does it."""

    what: str
    by_when: date
    indicator: str
    responsible: str


@dataclass(frozen=True)
class Told:
    """How far a commitment has come."""

    status: str
    words: str


@transaction.atomic
def pledge(
    drafter: Any,
    consultation: Consultation,
    recommendation: Passage,
    promise: Promise,
    submission_id: UUID,
    *,
    organisation_id: int | None = None,
) -> Commitment:
    """A new commitment as a draft, which waits for the focal point's signature. Raises `NotAllowed`, `Refusal`."""
    rules.require_outcome(consultation)
    membership = act_for(drafter, consultation, organisation_id)
    if found := Commitment.objects.filter(submission_id=submission_id, organisation=membership.organisation).first():
        if found.recommendation_id != recommendation.pk:
            raise AlreadySent
        _require_same(found.versions.get(submission_id=submission_id), promise)
        return found
    commitment = Commitment.objects.create(
        consultation=consultation,
        recommendation=recommendation,
        organisation=membership.organisation,
        submission_id=submission_id,
    )
    _draft(commitment, drafter, promise, submission_id)
    return commitment


@transaction.atomic
def change(
    drafter: Any, commitment: Commitment, promise: Promise, submission_id: UUID, *, seen_version: int
) -> CommitmentVersion:
    """Other words for a commitment, as a draft; what is signed stands until they are signed.

    Raises `NotAllowed`, `Changed` where a colleague changed it or it is withdrawn.
    """
    act_for(drafter, commitment.consultation, commitment.organisation_id)
    hold(commitment)
    if found := commitment.versions.filter(submission_id=submission_id).first():
        _require_same(found, promise)
        return found
    _require_standing(commitment)
    _require_seen(commitment.versions, seen_version)
    commitment.versions.filter(state=State.DRAFT).update(state=State.SUPERSEDED, ended_at=clock.now())
    return _draft(commitment, drafter, promise, submission_id)


@transaction.atomic
def sign(signer: Any, commitment: Commitment, submission_id: UUID, *, seen_version: int) -> CommitmentVersion:
    """Make the draft the organisation's own: everybody reads it from now. Raises `NotAllowed`, `Changed`."""
    held_signer(signer, commitment.consultation, commitment.organisation_id)
    hold(commitment)
    if found := commitment.versions.filter(signing_id=submission_id).first():
        return found
    _require_standing(commitment)
    version = commitment.versions.filter(state=State.DRAFT).first()
    if version is None or version.number != seen_version:
        raise Changed(_("This draft was changed or signed since you read it. Open it again and check it."))
    now = clock.now()
    commitment.versions.filter(state=State.SIGNED).update(state=State.SUPERSEDED, ended_at=now)
    version.state, version.signed_by, version.signed_at = State.SIGNED, signer, now
    version.signing_id = submission_id
    version.save()
    _tell("commitment.signed", commitment, signer, version=version.number, by_when=version.by_when)
    return version


@transaction.atomic
def withdraw(focal_point: Any, commitment: Commitment, word: str) -> Commitment:
    """Take a commitment back, with a word; it no longer counts and stays readable with that word.

    Withdrawn already, it stays so. Raises `NotAllowed`, `Changed`.
    """
    held_signer(focal_point, commitment.consultation, commitment.organisation_id)
    hold(commitment)
    if withdrawn := commitment.versions.filter(state=State.WITHDRAWN).first():
        if withdrawn.word != word:
            raise Changed(_("This commitment is withdrawn already, with the word that stands beside it."))
        return commitment
    now = clock.now()
    signed = commitment.versions.filter(state=State.SIGNED).first()
    last = signed or commitment.versions.filter(state=State.DRAFT).first()
    if last is None:
        raise Changed(_("There is nothing to withdraw."))
    last.state, last.word, last.ended_at = State.WITHDRAWN, word, now
    last.save()
    commitment.versions.filter(state=State.DRAFT).update(state=State.SUPERSEDED, ended_at=now)
    _tell("commitment.withdrawn", commitment, focal_point, version=last.number, word=word)
    return commitment


@transaction.atomic
def draft_progress(
    drafter: Any, commitment: Commitment, benchmark: Benchmark, told: Told, submission_id: UUID, *, seen_version: int
) -> Progress:
    """A report for a benchmark that has come, as a draft. Raises `NotAllowed`, `Refusal`, `Changed`."""
    act_for(drafter, commitment.consultation, commitment.organisation_id)
    hold(commitment)
    versions = commitment.progress.filter(benchmark=benchmark)
    if found := versions.filter(submission_id=submission_id).first():
        _require_same(found, told)
        return found
    rules.require_come(benchmark, commitment.consultation)
    _require_signed(commitment)
    _require_seen(versions, seen_version)
    versions.filter(state=Progress.State.DRAFT).update(state=Progress.State.SUPERSEDED)
    report = Progress.objects.create(
        commitment=commitment,
        benchmark=benchmark,
        number=newest(versions) + 1,
        drafted_by=drafter,
        drafted_at=clock.now(),
        submission_id=submission_id,
        **asdict(told),
    )
    _tell("progress.drafted", commitment, drafter, **_named(report))
    return report


@transaction.atomic
def sign_progress(
    signer: Any, commitment: Commitment, benchmark: Benchmark, submission_id: UUID, *, seen_version: int
) -> Progress:
    """Make the drafted report the organisation's own. Raises `NotAllowed`, `Changed`."""
    held_signer(signer, commitment.consultation, commitment.organisation_id)
    hold(commitment)
    versions = commitment.progress.filter(benchmark=benchmark)
    if found := versions.filter(signing_id=submission_id).first():
        return found
    _require_signed(commitment)
    report = versions.filter(state=Progress.State.DRAFT).first()
    if report is None or report.number != seen_version:
        raise Changed(_("This draft was changed or signed since you read it. Open it again and check it."))
    versions.filter(state=Progress.State.SIGNED).update(state=Progress.State.SUPERSEDED)
    report.state, report.signed_by, report.signed_at = Progress.State.SIGNED, signer, clock.now()
    report.signing_id = submission_id
    report.save()
    _tell("progress.signed", commitment, signer, **_named(report), status=report.status)
    return report


def _require_same(version: CommitmentVersion | Progress, said: Promise | Told) -> None:
    """Raise `AlreadySent` unless this is what the form that made the version said."""
    if any(getattr(version, name) != value for name, value in asdict(said).items()):
        raise AlreadySent


def newest(versions: "models.QuerySet[Any]") -> int:
    """The number of the newest version, 0 without one: what a form shows and sends back."""
    return versions.aggregate(newest=models.Max("number"))["newest"] or 0


def _draft(commitment: Commitment, drafter: Any, promise: Promise, submission_id: UUID) -> CommitmentVersion:
    version = CommitmentVersion.objects.create(
        commitment=commitment,
        number=newest(commitment.versions.all()) + 1,
        drafted_by=drafter,
        drafted_at=clock.now(),
        submission_id=submission_id,
        **asdict(promise),
    )
    _tell("commitment.drafted", commitment, drafter, version=version.number)
    return version


def _require_standing(commitment: Commitment) -> None:
    if commitment.versions.filter(state=State.WITHDRAWN).exists():
        raise Changed(_("This commitment is withdrawn. Pledge a new one."))


def _require_signed(commitment: Commitment) -> None:
    if not commitment.versions.filter(state=State.SIGNED).exists():
        raise Changed(_("Progress is reported on a commitment that is signed and not withdrawn."))


def _require_seen(versions: "models.Manager[Any] | models.QuerySet[Any]", seen_version: int) -> None:
    if newest(versions.all()) != seen_version:
        raise Changed(_("A colleague changed this while you were writing. Both texts are below; check and send again."))


def _named(report: Progress) -> dict[str, Any]:
    """By what the record names a report of progress."""
    return {"benchmark": report.benchmark.date, "benchmark_key": report.benchmark_id, "version": report.number}


def _tell(kind: str, commitment: Commitment, actor: Any, **content: Any) -> None:
    append(
        kind,
        commitment,
        actor=actor,
        consultation=commitment.consultation.slug,
        passage=commitment.recommendation.ref,
        organisation=commitment.organisation_id,
        organisation_name=commitment.organisation.name,
        **content,
    )
