"""Every change of a silence procedure: started, extended, broken, ended; each with its entry in the record."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from consultation.consultations.actions import act_for
from consultation.consultations.models import Consultation
from consultation.positions.rules import require_signer
from consultation.record import clock
from consultation.record.actions import append, hold
from consultation.record.errors import AlreadySent, Changed, Refusal
from consultation.reports.models import Passage
from consultation.silence import rules
from consultation.silence.models import Breaking, Extension, Procedure, Text, digest_of
from consultation.stakeholders.models import Membership

_REMINDER_BEFORE = timedelta(hours=24)
Result = Procedure.Result


@dataclass(frozen=True)
class Objection:
    """Why an organisation breaks silence, and what of it may be published."""

    reason: str
    disclosure: str

    @classmethod
    def of(cls, breaking: Breaking) -> "Objection":
        """What a breaking says."""
        return cls(breaking.reason, breaking.disclosure)


@transaction.atomic
@clock.one_instant()
def start(
    chair: Any,
    consultation: Consultation,
    passages: Sequence[Passage],
    ends_at: datetime,
    submission_id: UUID,
    *,
    introduction: str = "",
) -> Procedure:
    """Put these recommendations, in their words of this instant, under silence until `ends_at`.

    Raises `NotAllowed`; `Refusal` where the end is not to come or one of them is under silence already.
    """
    rules.require_chair(chair, consultation)
    hold(consultation)  # one procedure on a text comes after the other
    if found := Procedure.objects.filter(submission_id=submission_id, consultation=consultation).first():
        _require_same(found, passages, ends_at, introduction)
        return found
    rules.require_opened(consultation)
    now = clock.now()
    _require_to_come(ends_at, now)
    taken = Text.objects.filter(
        passage__in=passages, procedure__in=Procedure.objects.running().filter(consultation=consultation)
    )
    if codes := [text.passage.code for text in taken.select_related("passage")]:
        raise Refusal(_("Under silence already: %s. Nothing was started.") % ", ".join(codes))
    procedure = Procedure.objects.create(
        consultation=consultation,
        introduction=introduction,
        started_by=chair,
        started_at=now,
        ends_at=ends_at,
        remind_at=_reminder(now, ends_at),
        submission_id=submission_id,
    )
    texts = [Text(procedure=procedure, passage=p, words=p.text, digest=digest_of(p.text)) for p in passages]
    Text.objects.bulk_create(texts)
    digests = {text.passage.ref: text.digest for text in texts}
    _tell("silence.started", procedure, chair, until=ends_at, texts=digests)
    return procedure


@transaction.atomic
@clock.one_instant()
def extend(chair: Any, procedure: Procedure, until: datetime, reason: str, submission_id: UUID) -> Extension:
    """Move the end to a later instant; everybody reads the reason. Raises `NotAllowed`, `SilenceEnded`, `Refusal`."""
    rules.require_chair(chair, procedure.consultation)
    held = _held(procedure)
    if found := held.extensions.filter(submission_id=submission_id).first():
        if (found.until, found.reason) != (until, reason):
            raise AlreadySent
        return found
    rules.require_running(held)
    now = clock.now()
    _require_to_come(until, held.ends_at)
    extension = Extension.objects.create(
        procedure=held,
        until_then=held.ends_at,
        until=until,
        reason=reason,
        extended_by=chair,
        extended_at=now,
        submission_id=submission_id,
    )
    held.ends_at, held.remind_at, held.reminded_at = until, _reminder(now, until), None
    held.save(update_fields=["ends_at", "remind_at", "reminded_at"])
    _tell("silence.extended", held, chair, until_then=extension.until_then, until=until, reason=reason)
    return extension


@transaction.atomic
@clock.one_instant()
def break_silence(
    focal_point: Any,
    procedure: Procedure,
    objection: Objection,
    submission_id: UUID,
    *,
    organisation_id: int | None = None,
) -> Breaking:
    """Break silence in the organisation's name, before the end: the chair and the delegation learn of it, nobody else.

    The same form again gives the breaking that is there, as long as it stands and says this. Raises `NotAllowed`,
    `SilenceEnded`, `Changed`.
    """
    membership = _signer(focal_point, procedure, organisation_id)
    held = _held(procedure)
    own = held.breakings.filter(organisation=membership.organisation)
    sent_before = Breaking.objects.filter(submission_id=submission_id).first()  # by whichever organisation
    if sent_before and sent_before in own.standing() and Objection.of(sent_before) == objection:
        return sent_before
    rules.require_running(held)
    if sent_before:
        raise Changed(
            _(
                "This form was sent before. Since then the breaking was withdrawn, or what you send now is not the "
                "same. Nothing was done now. Open the page of the procedure again to break silence anew."
            )
        )
    if own.standing().exists():
        raise Changed(_("Your organisation has broken silence already. Withdraw that first to say something else."))
    breaking = Breaking.objects.create(
        procedure=held,
        organisation=membership.organisation,
        reason=objection.reason,
        disclosure=objection.disclosure,
        broken_by=focal_point,
        broken_at=clock.now(),
        submission_id=submission_id,
    )
    _tell("silence.broken", held, focal_point, breaking=breaking.pk)
    return breaking


@transaction.atomic
@clock.one_instant()
def withdraw_breaking(
    focal_point: Any, procedure: Procedure, key: int, *, organisation_id: int | None = None
) -> Breaking:
    """Take the breaking with this key back before the end; it has no effect then. Withdrawn already, it stays so.

    Raises `NotAllowed`, `SilenceEnded`, `Changed`.
    """
    membership = _signer(focal_point, procedure, organisation_id)
    held = _held(procedure)
    own = held.breakings.filter(organisation=membership.organisation)
    breaking = own.filter(pk=key).first()
    if breaking is None:
        raise Changed(
            _("Your organisation has no such breaking of silence. Nothing was withdrawn. Open the procedure again.")
        )
    if breaking.withdrawn_at and own.standing().exists():
        raise Changed(
            _(
                "That breaking was withdrawn before. Your organisation has broken silence anew since; that stands. "
                "Open the procedure again to withdraw it."
            )
        )
    if breaking.withdrawn_at:
        return breaking
    rules.require_running(held)
    breaking.withdrawn_by, breaking.withdrawn_at = focal_point, clock.now()
    breaking.save(update_fields=["withdrawn_by", "withdrawn_at"])
    _tell("silence.breaking_withdrawn", held, focal_point, breaking=breaking.pk)
    return breaking


@transaction.atomic
@clock.one_instant()
def close_as_broken(chair: Any, procedure: Procedure) -> Procedure:
    """Say before the end that silence was broken: that is the result, and nothing of who did it.

    Closed so already, it stays so. Raises `NotAllowed`, `SilenceEnded`; `Changed` where no breaking stands.
    """
    rules.require_chair(chair, procedure.consultation)
    held = _held(procedure)
    if held.result == Result.BROKEN:
        return held
    rules.require_running(held)
    if not held.breakings.standing().exists():
        raise Changed(_("No breaking stands: it was withdrawn meanwhile. The procedure goes on."))
    held.closed_by = chair
    return _end(held, Result.BROKEN, chair)


@transaction.atomic
@clock.one_instant()
def publish_breaking(chair: Any, breaking: Breaking) -> Breaking:
    """Publish of a breaking what its organisation allowed: its name, or its name and reason. Once; then it stays so.

    Raises `NotAllowed`; `Refusal` before silence was said to be broken, or where only the fact may be published.
    """
    rules.require_chair(chair, breaking.procedure.consultation)
    held = _held(breaking.procedure)
    rules.require_broken(held)
    breaking = held.breakings.standing().select_related("organisation").get(pk=breaking.pk)
    if not breaking.may_be_published:
        raise Refusal(_("This organisation allows only the fact to be published, and the fact is public."))
    if breaking.published_at is None:
        breaking.published_by, breaking.published_at = chair, clock.now()
        breaking.save(update_fields=["published_by", "published_at"])
        _tell("silence.breaking_published", held, chair, breaking=breaking.pk, disclosure=breaking.disclosure)
    return breaking


def settle() -> int:
    """Put the result of every procedure that has ended on the record, once; gives how many. For the worker."""
    return sum(_settle_one(procedure) for procedure in Procedure.objects.due().order_by("ends_at", "pk"))


def remind() -> int:
    """Leave the entry that reminds of every end that is near, once for each end; gives how many. For the worker."""
    return sum(_remind_one(procedure) for procedure in Procedure.objects.to_remind().order_by("ends_at", "pk"))


@transaction.atomic
@clock.one_instant()
def _settle_one(procedure: Procedure) -> bool:
    held = _held(procedure)
    if held.result or held.ends_at > clock.now():  # another worker was quicker, or it was extended meanwhile
        return False
    _end(held, Result.BROKEN if held.breakings.standing().exists() else Result.AGREED, None)
    return True


@transaction.atomic
@clock.one_instant()
def _remind_one(procedure: Procedure) -> bool:
    held = _held(procedure)
    now = clock.now()
    if not held.is_running or held.reminded_at or held.remind_at > now:
        return False
    held.reminded_at = now
    held.save(update_fields=["reminded_at"])
    _tell("silence.reminded", held, None, until=held.ends_at)
    return True


def _end(held: Procedure, result: "Procedure.Result", actor: Any) -> Procedure:
    held.result, held.result_at = result, clock.now()
    held.save(update_fields=["result", "result_at", "closed_by"])
    digests = dict(held.texts.values_list("passage__ref", "digest"))
    _tell("silence.ended", held, actor, result=result, until=held.ends_at, texts=digests)
    return held


def _held(procedure: Procedure) -> Procedure:
    """The procedure as it is now, held until the transaction ends: breaking, extending and ending are one by one."""
    hold(procedure)
    return Procedure.objects.select_related("consultation").get(pk=procedure.pk)


def _signer(user: Any, procedure: Procedure, organisation_id: int | None) -> Membership:
    """The membership in which the person breaks silence, with its organisation held. Raises `NotAllowed`."""
    membership = act_for(user, procedure.consultation, organisation_id)
    require_signer(user, membership)
    return membership


def _require_same(found: Procedure, passages: Sequence[Passage], ends_at: datetime, introduction: str) -> None:
    """Raise `AlreadySent` unless this is what the procedure was started with; its end may have moved since."""
    moved = found.extensions.first()
    started_with = (found.introduction, moved.until_then if moved else found.ends_at)
    texts = set(found.texts.values_list("passage", flat=True))
    if started_with != (introduction, ends_at) or texts != {passage.pk for passage in passages}:
        raise AlreadySent


def _require_to_come(until: datetime, after: datetime) -> None:
    if until <= after:
        raise Refusal(_("The end of silence must be to come, and after the one that stands. Nothing was changed."))


def _reminder(now: datetime, ends_at: datetime) -> datetime:
    """A day before the end; half-way where there are less than two days."""
    return ends_at - min(_REMINDER_BEFORE, (ends_at - now) / 2)


def _tell(kind: str, procedure: Procedure, actor: Any, **content: Any) -> None:
    append(kind, procedure, actor=actor, consultation=procedure.consultation.slug, **content)
