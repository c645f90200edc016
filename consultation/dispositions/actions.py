"""Every change of dispositions: answering one comment or several, and publishing them at one moment for all."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid5

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from consultation.consultations.models import Consultation
from consultation.discussion.models import Comment, CommentRevision
from consultation.dispositions import queries, rules
from consultation.dispositions.errors import NewerAnswer, NewerComment, NotAnswerable
from consultation.dispositions.models import Disposition, DispositionList, DispositionVersion
from consultation.record import clock
from consultation.record.actions import append, append_several, hold
from consultation.record.errors import AlreadySent, Changed, Refusal


@dataclass(frozen=True)
class Answer:
    """What the rapporteur answers; `note` says to everybody why it is changed, once the dispositions are published."""

    value: str
    reason: str = ""
    note: str = ""


@dataclass(frozen=True)
class Read:
    """What the rapporteur had read: the number of the comment's revision, and of the last answer to it (0: none)."""

    revision: int
    version: int = 0


@transaction.atomic
def answer(rapporteur: Any, comment: Comment, given: Answer, read: Read, submission_id: UUID) -> DispositionVersion:
    """Answer one comment: in private until publication, afterwards at once for everybody.

    The same `submission_id`, or the answer that stands, gives the version that is there. Raises `NotAllowed`,
    `NotAnswerable`, `NewerComment`, `NewerAnswer`; `ValueError` without a reason or note where one is needed.
    """
    rules.require_rapporteur(rapporteur, comment.consultation)
    if found := DispositionVersion.objects.filter(submission_id=submission_id, written_by=rapporteur).first():
        _require_same(found, comment, given)
        return found
    held = _held_list(comment.consultation)
    hold(comment)
    comment = Comment.objects.select_related("consultation", "passage", "published").get(pk=comment.pk)
    revision = rules.require_answerable(comment)
    if given.value in rules.NEEDS_REASON and not given.reason.strip():
        raise ValueError("To accept in part or not to accept needs a reason.")
    if held.published_at and not given.note.strip():
        raise ValueError("A change of a published disposition needs a note.")
    disposition, _made = Disposition.objects.select_related("latest__written_by").get_or_create(
        comment=comment, defaults={"consultation": comment.consultation}
    )
    latest = disposition.latest
    stands = disposition.published_id == disposition.latest_id if held.published_at else True
    if latest and stands and latest.said() == (revision.pk, given.value, given.reason):
        return latest
    _require_unchanged(revision, latest, read)
    return _add(rapporteur, disposition, revision, given, submission_id, later=held.published_at is not None)


@transaction.atomic
def answer_several(
    rapporteur: Any, consultation: Consultation, read: dict[str, Read], given: Answer, submission_id: UUID
) -> tuple[list[DispositionVersion], list[tuple[str, str]]]:
    """Give the same answer to several comments (by their id, with what was read of each).

    Gives the answers, and for each comment that was not answered its id and the sentence that says why.
    """
    rules.require_rapporteur(rapporteur, consultation)
    taken, refused = [], []
    found = {c.public_id: c for c in consultation.comments.filter(public_id__in=read, published__isnull=False)}
    # In one order, so that two rapporteurs who hold several never wait for each other.
    for public_id in sorted(read):
        try:
            with transaction.atomic():
                if public_id not in found:
                    raise NotAnswerable(_("This comment is not published. Only published comments are answered."))
                once = uuid5(submission_id, public_id)
                taken.append(answer(rapporteur, found[public_id], given, read[public_id], once))
        except Refusal as refusal:
            refused.append((public_id, refusal.sentence))
    return taken, refused


@transaction.atomic
def publish(rapporteur: Any, consultation: Consultation, submission_id: UUID, *, seen: int) -> DispositionList:
    """Publish all dispositions at this instant; `seen` is `queries.newest_version` of what was checked.

    Published by the same form already, it stays so. One entry tells of the act, and one for each comment that it is
    answered. Raises `NotAllowed`; `Changed` where an answer changed since; `Refusal` while something is open.
    """
    rules.require_rapporteur(rapporteur, consultation)
    held = _held_list(consultation)
    if held.published_at:
        if held.submission_id == submission_id:
            return held
        raise Changed(_("The dispositions are published already. What you change now is published at once."))
    at = clock.now()
    consultation = Consultation.objects.get(pk=consultation.pk)
    if reason := rules.why_not_yet(consultation, at):
        raise Refusal(reason)
    if queries.newest_version(consultation) != seen:
        raise Changed(_("An answer was changed since you checked. Nothing was published; check once more."))
    held.published_at, held.published_by, held.submission_id = at, rapporteur, submission_id
    held.save()
    answered = Disposition.objects.filter(comment__in=queries.answerable(consultation).order_by().values("pk"))
    DispositionVersion.objects.filter(pk__in=answered.values("latest")).update(published_at=at)
    keys = list(answered.values_list("pk", flat=True))
    Disposition.objects.filter(pk__in=keys).update(published=F("latest"))
    append(
        "dispositions.published",
        held,
        actor=rapporteur,
        consultation=consultation.slug,
        figures=queries.figures_of(consultation).totals.as_dict(),
    )
    answers = Disposition.objects.filter(pk__in=keys).for_display()
    told = [(disposition.comment, _told(disposition)) for disposition in answers]
    append_several("comment.answered", told, actor=rapporteur, consultation=consultation.slug)
    return held


def _held_list(consultation: Consultation) -> DispositionList:
    """The list of the consultation, held until the transaction ends: answers and publication follow each other."""
    made, _new = DispositionList.objects.get_or_create(consultation=consultation)
    hold(made)
    made.refresh_from_db()
    return made


def _require_same(found: DispositionVersion, comment: Comment, given: Answer) -> None:
    """Raise `AlreadySent` unless this is what the form said before; before publication no note is kept."""
    said = Answer(found.value, found.reason, found.note or given.note)
    if found.disposition.comment_id != comment.pk or said != given:
        raise AlreadySent


def _require_unchanged(revision: CommentRevision, latest: DispositionVersion | None, read: Read) -> None:
    """Raise `NewerComment` or `NewerAnswer` unless this is what the rapporteur had read."""
    if revision.number != read.revision:
        raise NewerComment(
            _("The author changed this comment since you opened it. Nothing was saved; read it again and answer.")
        )
    if (latest.number if latest else 0) != read.version:
        raise NewerAnswer(
            _(
                "Another rapporteur answered this comment while you were writing. Both answers are below; yours is not "
                "saved."
            ),
            latest,
        )


def _add(
    rapporteur: Any,
    disposition: Disposition,
    revision: CommentRevision,
    given: Answer,
    submission_id: UUID,
    *,
    later: bool,
) -> DispositionVersion:
    """The next version, which everybody sees at once where the dispositions are published (`later`)."""
    now = clock.now()
    version = DispositionVersion.objects.create(
        disposition=disposition,
        number=1 + (disposition.latest.number if disposition.latest else 0),
        revision=revision,
        value=given.value,
        reason=given.reason,
        note=given.note if later else "",
        written_by=rapporteur,
        written_at=now,
        published_at=now if later else None,
        submission_id=submission_id,
    )
    disposition.latest = version
    if later:
        disposition.published = version
    disposition.save(update_fields=["latest", "published"])
    append(
        "disposition.changed" if later else "disposition.prepared",
        disposition,
        actor=rapporteur,
        consultation=disposition.consultation.slug,
        comment=disposition.comment_id,
        version=version.number,
    )
    if later:
        _tell_author(disposition, rapporteur)
    return version


def _tell_author(disposition: Disposition, rapporteur: Any) -> None:
    """What notifications read: this comment is answered."""
    slug = disposition.consultation.slug
    append("comment.answered", disposition.comment, actor=rapporteur, consultation=slug, **_told(disposition))


def _told(disposition: Disposition) -> dict[str, Any]:
    """What the record says of the answer to a comment."""
    comment, version = disposition.comment, disposition.published
    return {
        "passage": comment.passage.ref,
        "organisation": comment.organisation_id,
        "disposition": version.value if version else "",
        "version": version.number if version else 0,
    }
