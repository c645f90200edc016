"""Changes of the outcome: saving the working copy, publishing a version; each with its entry in the record."""

from collections.abc import Callable
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from consultation.consultations import actions as consultations
from consultation.consultations.models import Consultation
from consultation.outcome import documents, redacted, rules
from consultation.outcome.composition import Choices, Texts
from consultation.outcome.data import canonical, data_of, fingerprint
from consultation.outcome.documents import Made
from consultation.outcome.models import Outcome, OutcomeVersion
from consultation.positions.models import Position, PositionVersion
from consultation.record import clock
from consultation.record.actions import append, hold
from consultation.record.errors import AlreadySent, Changed, Refusal


@transaction.atomic
def save_outcome(
    rapporteur: Any, consultation: Consultation, choices: Choices, texts: Texts, *, seen_version: int
) -> Outcome:
    """Keep the rapporteur's choices and words. Sent twice, it is saved once.

    Raises `NotAllowed`, and `Changed` where another rapporteur saved since `seen_version`.
    """
    rules.require_rapporteur(rapporteur, consultation)
    outcome, _made = Outcome.objects.get_or_create(consultation=consultation)
    hold(outcome)
    outcome.refresh_from_db()
    if documents.contents_of(outcome) == (choices, texts) and outcome.version:
        return outcome
    if outcome.version != seen_version:
        raise Changed(
            _(
                "Another rapporteur saved the outcome while you were writing. Both texts are below; check and save "
                "again."
            )
        )
    outcome.introduction, outcome.findings = texts.introduction, texts.findings
    outcome.recommendations_left_out = choices.recommendations_left_out
    outcome.groups_left_out = choices.groups_left_out
    outcome.explanations, outcome.wordings = choices.explanations, choices.wordings
    outcome.version += 1
    outcome.saved_by, outcome.saved_at = rapporteur, clock.now()
    outcome.save()
    append("outcome.saved", outcome, actor=rapporteur, consultation=consultation.slug, version=outcome.version)
    return outcome


def publish_outcome(
    rapporteur: Any,
    consultation: Consultation,
    submission_id: UUID,
    address_of: Callable[[int], str],
    *,
    seen_version: int,
    seen_fingerprint: str,
    correction: str = "",
) -> OutcomeVersion:
    """Freeze the outcome as it was checked: its text, choices, data and files. Earlier versions stay.

    `address_of` gives the address of a version's data. Raises `NotAllowed`, `Refusal` before closing, while an
    explanation waits for a moderator or where a text repeats what is blacked out, `Changed` where words, choices or
    data are no longer those that were checked.
    """
    rules.require_rapporteur(rapporteur, consultation)
    if found := _published_by(submission_id, correction):
        return found
    at = clock.now()
    outcome, number = _require_ready(consultation, at, seen_version, correction)
    # The files are made before the transaction, which then finds out whether they still tell the truth.
    made = documents.version_of(consultation, at, address_of(number), outcome, number=number, correction=correction)
    if made.fingerprint != seen_fingerprint:
        raise Changed(_changed_data())
    contents = {extension: made.file(extension) for extension in ("docx", "pdf")}
    return _publish(
        rapporteur,
        consultation,
        submission_id,
        outcome,
        number=number,
        correction=correction,
        made=made,
        files=contents,
    )


@transaction.atomic
def _publish(
    rapporteur: Any,
    consultation: Consultation,
    submission_id: UUID,
    outcome: Outcome,
    *,
    number: int,
    correction: str,
    made: Made,
    files: dict[str, bytes],
) -> OutcomeVersion:
    consultations.hold_window(consultation, to_change=True)  # what is signed late at this instant is waited for
    hold(consultation)
    held = Consultation.objects.select_related("report").get(pk=consultation.pk)
    if found := _published_by(submission_id, correction):
        return found
    rules.require_rapporteur(rapporteur, held)
    _outcome, expected = _require_ready(held, made.at, outcome.version, correction)
    if expected != number or canonical(data_of(held)) != made.data:
        raise Changed(_changed_data())
    held = consultations.publish_outcome(held, made.at)
    choices, _texts = documents.contents_of(outcome)
    version = OutcomeVersion.objects.create(
        consultation=held,
        number=number,
        correction=correction,
        document=made.document,
        choices=choices.as_dict(),
        data=made.data,
        fingerprint=made.fingerprint,
        docx=files["docx"],
        pdf=files["pdf"],
        published_by=rapporteur,
        published_at=made.at,
        submission_id=submission_id,
    )
    _tell(version)
    return version


def _published_by(submission_id: UUID, correction: str) -> OutcomeVersion | None:
    """The version that this form published, or None. Raises `AlreadySent` where it says something else now."""
    found = OutcomeVersion.objects.without_files().filter(submission_id=submission_id).first()
    if found and found.correction != correction:
        raise AlreadySent
    return found


def _tell(version: OutcomeVersion) -> None:
    """The entry in the record, with the fingerprints of the data and of both files."""
    append(
        "outcome.published",
        version,
        actor=version.published_by,
        consultation=version.consultation.slug,
        version=version.number,
        correction=version.correction,
        fingerprint=version.fingerprint,
        docx=fingerprint(bytes(version.docx)),
        pdf=fingerprint(bytes(version.pdf)),
    )


def _require_ready(consultation: Consultation, at: datetime, seen_version: int, correction: str) -> tuple[Outcome, int]:
    """The working copy and the number of the version to come, where the outcome can be published now."""
    if reason := why_not_yet(consultation, at):
        raise Refusal(reason)
    outcome = Outcome.objects.filter(consultation=consultation).first()
    if outcome is None or not outcome.version:
        raise Refusal(_("Save the outcome before you publish it."))
    if outcome.version != seen_version:
        raise Changed(_("The outcome was saved again since you checked it. Nothing was published; check it once more."))
    number = 1 + consultation.outcome_versions.count()
    if number > 1 and not correction:
        raise Refusal(_("Say what is corrected in this version."))
    if redacted.repeats(correction, redacted.words_blacked_out(consultation.pk)):
        raise Refusal(_repeated([_("What is corrected in this version")]))
    return outcome, number


def why_not_yet(consultation: Consultation, at: datetime) -> str:
    """The sentence that says why the outcome cannot be published at this instant, or nothing."""
    if not documents.is_closed(consultation, at):
        return _("The outcome can be published only after the consultation has closed.")
    # All that the document names: those of experts and of late positions too, though neither counts.
    standing = Position.objects.standing(consultation).order_by().values("signed")
    late = Position.objects.late(consultation).order_by().values("signed_late")
    waiting = PositionVersion.objects.filter(
        Q(pk__in=standing) | Q(pk__in=late), explanation_state=PositionVersion.Explanation.PENDING
    ).count()
    if waiting:
        return ngettext(
            "%d explanation of position waits for a moderator. Publish the outcome after it is decided, so that no "
            "reservation is missing.",
            "%d explanations of position wait for a moderator. Publish the outcome after they are decided, so that "
            "no reservation is missing.",
            waiting,
        ) % (waiting,)
    names = _repeating(consultation)
    return _repeated(names) if names else ""


def _repeating(consultation: Consultation) -> list[str]:
    """The rapporteur's texts that say what a moderator blacked out since: a version with them would have no files."""
    words = redacted.words_blacked_out(consultation.pk)
    outcome = Outcome.objects.filter(consultation=consultation).first() if words else None
    if outcome is None:
        return []
    found = [_("Introduction")] if redacted.repeats(outcome.introduction, words) else []
    refs = [ref for ref, text in outcome.findings.items() if redacted.repeats(text, words)]
    return found + [_("Finding on %s") % (r.code or r.ref) for r in consultation.recommendations().filter(ref__in=refs)]


def _repeated(names: list[str]) -> str:
    return _("These repeat words that a moderator blacked out: %s. Write them without those words, then publish.") % (
        ", ".join(names)
    )


def _changed_data() -> str:
    return _(
        "Something that the outcome counts or quotes has changed since you checked it. Nothing was published; check "
        "it once more."
    )
