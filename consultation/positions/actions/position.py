"""One position: drafting, signing, sending back, withdrawing; each with its entry in the record."""

from dataclasses import dataclass, field
from typing import Any
from uuid import UUID, uuid4

from django.db import transaction
from django.utils.translation import gettext as _

from consultation.consultations import rules as consultation_rules
from consultation.consultations.actions import act_for
from consultation.consultations.attribution import Attribution
from consultation.consultations.models import Consultation
from consultation.discussion.rules import published_at_once
from consultation.positions import rules
from consultation.positions.models import Capacity, Position, PositionVersion
from consultation.record import clock
from consultation.record.actions import append, hold
from consultation.record.errors import Changed
from consultation.reports.models import Passage
from consultation.stakeholders.models import Membership, Organisation

State = PositionVersion.State
Explanation = PositionVersion.Explanation


@dataclass(frozen=True)
class Answer:
    """A stance with its explanation, or with the statement of another organisation that explains it; in which
    capacity it is given, and in whose name it is shown.

    `reconfirms` is what the organisation signed on an earlier text, where this says the same again.
    """

    stance: str
    explanation: str = ""
    aligned_with: PositionVersion | None = None
    capacity: str = Capacity.ORGANISATION
    attribution: str = Attribution.NAMED
    reconfirms: PositionVersion | None = field(default=None, compare=False)

    @classmethod
    def of(cls, version: PositionVersion) -> "Answer":
        """What this version says, but for what it reconfirms."""
        return cls(version.stance, version.explanation, version.aligned_with, version.capacity, version.attribution)

    @classmethod
    def reconfirming(cls, earlier: PositionVersion) -> "Answer":
        """What the organisation signed on an earlier text, said again."""
        return cls(
            earlier.stance,
            earlier.explanation,
            capacity=earlier.capacity,
            attribution=earlier.attribution,
            reconfirms=earlier,
        )

    def is_of(self, version: PositionVersion | None) -> bool:
        """Whether this version says so, and as a reconfirmation where this is one."""
        return version is not None and Answer.of(version) == self and bool(version.reconfirms_id or not self.reconfirms)

    @classmethod
    def with_statement(cls, statement: PositionVersion) -> "Answer":
        """The stance of another organisation's statement, explained by it."""
        return cls(statement.stance, "", statement)


@transaction.atomic
def draft_position(
    drafter: Any,
    consultation: Consultation,
    recommendation: Passage,
    answer: Answer,
    submission_id: UUID,
    *,
    organisation_id: int | None = None,
    seen_version: int | None = None,
) -> PositionVersion:
    """A draft that waits for the focal point's signature; nothing counts yet.

    Kept in a closed consultation too (it stays a draft). `seen_version` is the number of the draft that the form
    showed. The same form again gives the draft that is there; with another answer it is another draft.
    Raises `NotAllowed`, `Changed`.
    """
    membership = act_for(drafter, consultation, organisation_id, to_submit=False)
    consultation_rules.require_positioned(consultation, recommendation)
    position = held_position(consultation, recommendation, membership.organisation, answer)
    if found := _sent_before(position, submission_id):
        if Answer.of(found) == answer:
            return found
        submission_id = uuid4()
    require_seen(position, seen_version)
    rules.require_standing(answer.aligned_with, position)
    rules.require_earlier(answer.reconfirms, (answer.stance, answer.explanation), position)
    rules.require_attribution(position, answer.attribution)
    version = write_draft(position, drafter, answer, submission_id)
    tell("position.drafted", version, drafter)
    return version


@transaction.atomic
@clock.one_instant()
def sign_position(
    signer: Any,
    consultation: Consultation,
    recommendation: Passage,
    answer: Answer,
    submission_id: UUID,
    *,
    organisation_id: int | None = None,
    seen_version: int | None = None,
) -> PositionVersion:
    """Make this answer the organisation's own: it counts from now, earlier versions stay on the record.

    After closing, with an access code, it stands beside what counts at closing and in no figure (`signed_late`).
    Signs the draft where the answer is the draft's, else the focal point's own words. The same form again gives the
    version that is there, as long as it stands and says this.
    Raises `NotAllowed`, `Closed`, `Changed`.
    """
    membership = held_signer(signer, consultation, organisation_id)
    consultation_rules.require_positioned(consultation, recommendation)
    position = held_position(consultation, recommendation, membership.organisation, answer)
    if found := position.versions.filter(signing_id=submission_id).first():
        _require_standing(found, answer)
        return found
    late = consultation_rules.require_taking(signer, consultation, membership.organisation)
    require_seen(position, seen_version)
    rules.require_standing(answer.aligned_with, position)
    rules.require_earlier(answer.reconfirms, (answer.stance, answer.explanation), position)
    rules.require_attribution(position, answer.attribution, late=late)
    version = position.draft
    if version is None or not answer.is_of(version):
        version = write_draft(position, signer, answer, uuid4())
    now = clock.now()
    earlier = position.signed_late if late else position.signed
    if earlier:
        PositionVersion.objects.filter(pk=earlier.pk).update(state=State.SUPERSEDED, ended_at=now)
    version.position = position  # read already, with all that the record names
    version.state, version.signed_by, version.signed_at = State.SIGNED, signer, now
    version.explanation_state = _explanation_state(version, earlier or position.signed, membership.organisation)
    version.signing_id, version.late = submission_id, late
    version.save()
    _stand(position, version)
    tell("position.signed", version, signer)
    if earlier:
        _tell_aligned(earlier, signer)
    return version


@transaction.atomic
def send_back(
    focal_point: Any,
    consultation: Consultation,
    recommendation: Passage,
    note: str,
    *,
    organisation_id: int | None = None,
    seen_version: int | None = None,
) -> PositionVersion:
    """Give the draft back to its drafter with a word; given back with the same word already, it stays so.

    Raises `NotAllowed`, `Changed`.
    """
    membership = held_signer(focal_point, consultation, organisation_id)
    position = held_position(consultation, recommendation, membership.organisation)
    require_seen(position, seen_version)
    version = position.draft
    if version is None:
        raise Changed(_("There is no draft to send back."))
    if version.state == State.SENT_BACK and version.note == note:
        return version
    version.state, version.note = State.SENT_BACK, note
    version.save(update_fields=["state", "note"])
    tell("position.sent_back", version, focal_point)
    return version


@transaction.atomic
@clock.one_instant()
def withdraw_position(
    focal_point: Any, consultation: Consultation, recommendation: Passage, *, organisation_id: int | None = None
) -> Position:
    """Take a signed position back; it no longer counts. Withdrawn already, it stays so.

    After closing only what was signed late can be taken back, by somebody whom a code lets in: the figures stand.
    Raises `NotAllowed`, `Closed`, `Changed`.
    """
    membership = held_signer(focal_point, consultation, organisation_id)
    late = consultation_rules.require_taking(focal_point, consultation, membership.organisation)
    position = held_position(consultation, recommendation, membership.organisation)
    version = position.signed_late if late else position.signed
    if late and version is None and position.signed:
        consultation_rules.require_open(consultation)
    if version is None:
        if position.versions.filter(state=State.WITHDRAWN).exists():
            return position
        raise Changed(_("There is no signed position to withdraw."))
    version.state, version.ended_at = State.WITHDRAWN, clock.now()
    version.save(update_fields=["state", "ended_at"])
    if late:
        position.signed_late = None
    else:
        position.signed = None
    position.save(update_fields=["signed", "signed_late"])
    tell("position.withdrawn", version, focal_point)
    _tell_aligned(version, focal_point)
    return position


def _require_standing(signed: PositionVersion, answer: Answer) -> None:
    """Raise `Changed` unless what this form signed stands, and says this."""
    if signed.state != State.SIGNED or Answer.of(signed) != answer:
        raise Changed(
            _(
                "This form was signed before; since then the position was changed or withdrawn, or your answer is "
                "another. Nothing was done now. Check the answer and send it again if it is to count."
            )
        )


def _stand(position: Position, version: PositionVersion) -> None:
    """Let a version that is signed stand; one that came late beside the one that counts."""
    if version.late:
        position.signed_late = version
    else:
        position.signed = version
        if overtaken := position.signed_late:  # the window was opened again: what is signed in it counts alone
            PositionVersion.objects.filter(pk=overtaken.pk).update(state=State.SUPERSEDED, ended_at=clock.now())
            position.signed_late = None
    position.draft = None
    position.save(update_fields=["signed", "signed_late", "draft"])


def take_over(kept: Position, other: Position) -> None:
    """Let what another position holds stand in `kept`, as a further version, in the caller's transaction.

    For the secretariat's merging of two organisations: who drafted and signed it, and when, stays as it was; the
    other position keeps all its versions.
    """
    hold(kept)
    kept.refresh_from_db()
    now = clock.now()
    PositionVersion.objects.filter(
        pk__in=[v for v in (kept.signed_id, kept.signed_late_id, kept.draft_id) if v]
    ).update(state=State.SUPERSEDED, ended_at=now)
    kept.signed = _copy(other.signed, kept)
    kept.signed_late = _copy(other.signed_late, kept)
    kept.draft = _copy(other.draft, kept)
    kept.save(update_fields=["signed", "signed_late", "draft"])


def _copy(version: PositionVersion | None, position: Position) -> PositionVersion | None:
    if version is None:
        return None
    number = current_version(position) + 1
    copied = PositionVersion.objects.get(pk=version.pk)
    copied.pk, copied.position, copied.number = None, position, number
    copied.submission_id, copied.signing_id = uuid4(), None
    copied._state.adding = True
    copied.save()
    return copied


# What moderation decides about explanations. Called by moderation.actions.

EXPLANATION_TRANSITIONS: dict[str, frozenset[str]] = {
    Explanation.PENDING: frozenset({Explanation.PUBLISHED, Explanation.RETURNED}),
    # Back to pending: a publication or a return is undone within a minute, or the author appeals.
    Explanation.PUBLISHED: frozenset({Explanation.REMOVED, Explanation.PENDING}),
    Explanation.RETURNED: frozenset({Explanation.PENDING}),
    Explanation.REMOVED: frozenset({Explanation.PUBLISHED}),
}


def move_explanation(version: PositionVersion, state: "PositionVersion.Explanation") -> PositionVersion:
    """Publish, return, remove or restore an explanation, in the caller's transaction. Raises `Changed`."""
    version = PositionVersion.objects.select_for_update().get(pk=version.pk)
    allowed = EXPLANATION_TRANSITIONS.get(version.explanation_state, frozenset())
    # The words of a withdrawn position are still read where others are aligned with them.
    is_read = version.state == State.SIGNED or version.aligned.filter(state=State.SIGNED).exists()
    if not is_read or state not in allowed:
        raise Changed(_("This explanation no longer waits for this decision."))
    version.explanation_state = state
    version.save(update_fields=["explanation_state"])
    if state == Explanation.REMOVED:
        _tell_aligned(version, None)
    return version


def held_signer(user: Any, consultation: Consultation, organisation_id: int | None) -> Membership:
    """The membership in which the person signs, with its organisation held. Raises `NotAllowed`."""
    membership = act_for(user, consultation, organisation_id)
    rules.require_signer(user, membership)
    return membership


def held_position(
    consultation: Consultation, recommendation: Passage, organisation: Organisation, answer: Answer | None = None
) -> Position:
    """The position of the organisation, made if need be, held until the transaction ends.

    With an answer that refers to another organisation's statement, that position is held too, in the order of their
    keys: two organisations that align themselves with each other do not wait for each other for ever.
    """
    position, _made = Position.objects.get_or_create(
        consultation=consultation, recommendation=recommendation, organisation=organisation
    )
    keys = {position.pk}
    if answer and answer.aligned_with:
        keys.add(answer.aligned_with.position_id)
    list(Position.objects.select_for_update(no_key=True).filter(pk__in=keys).order_by("pk").values_list("pk"))
    return Position.objects.select_related(
        "signed__aligned_with",
        "signed_late",
        "draft__aligned_with",
        "draft__reconfirms__position",
        "consultation__report",
        "recommendation",
        "organisation",
    ).get(pk=position.pk)


def _sent_before(position: Position, submission_id: UUID) -> PositionVersion | None:
    return position.versions.filter(submission_id=submission_id).first()


def current_version(position: Position | None) -> int:
    """The number of the newest version, 0 without one: what a form shows and sends back."""
    last = position.versions.order_by("-number").first() if position else None
    return last.number if last else 0


def require_seen(position: Position, seen_version: int | None) -> None:
    if seen_version is not None and seen_version != current_version(position):
        raise Changed(
            _("A colleague changed this position while you were writing. Both texts are below; check and send again.")
        )


def write_draft(position: Position, drafter: Any, answer: Answer, submission_id: UUID) -> PositionVersion:
    number = current_version(position) + 1
    if position.draft:
        PositionVersion.objects.filter(pk=position.draft.pk).update(state=State.SUPERSEDED, ended_at=clock.now())
    version = PositionVersion.objects.create(
        position=position,
        number=number,
        stance=answer.stance,
        explanation=answer.explanation,
        aligned_with=answer.aligned_with,
        reconfirms=answer.reconfirms,
        capacity=answer.capacity,
        attribution=answer.attribution,
        drafted_by=drafter,
        drafted_at=clock.now(),
        submission_id=submission_id,
    )
    position.draft = version
    position.save(update_fields=["draft"])
    return version


def _explanation_state(
    version: PositionVersion, earlier: PositionVersion | None, organisation: Organisation
) -> "PositionVersion.Explanation":
    """Words that a moderator published already stay published when only the stance changes, or the text they are on."""
    if not version.explanation:
        return Explanation.NONE
    # The words of a version that was named, under one that is not, are read once more.
    reconfirms = version.reconfirms if version.attribution == Attribution.NAMED else None
    for before in (earlier, reconfirms):
        if before and (before.explanation, before.explanation_state) == (version.explanation, Explanation.PUBLISHED):
            return Explanation.PUBLISHED
    if published_at_once(version.position.consultation, organisation, version.attribution):
        return Explanation.PUBLISHED
    return Explanation.PENDING


def tell(kind: str, version: PositionVersion, actor: Any) -> None:
    position = version.position
    how: dict[str, Any] = {"aligned_with": version.aligned_with.position.public_id} if version.aligned_with else {}
    if version.capacity != Capacity.ORGANISATION:
        how["capacity"] = str(version.capacity)
    if version.attribution != Attribution.NAMED:
        how["attribution"] = str(version.attribution)
    if version.late:
        how["late"] = True
    if version.reconfirms:
        how["reconfirmed_from"] = version.reconfirms.name
    append(
        kind,
        position,
        actor=actor,
        consultation=position.consultation.slug,
        passage=position.recommendation.ref,
        organisation=position.organisation_id,
        organisation_name=position.organisation.name,
        version=version.number,
        stance=version.stance,
        **how,
    )


def _tell_aligned(statement: PositionVersion, actor: Any) -> None:
    """One entry for each organisation whose signed position refers to a statement that no longer stands."""
    for version in PositionVersion.objects.filter(aligned_with=statement, state=State.SIGNED).select_related(
        "position__consultation", "position__recommendation", "aligned_with__position"
    ):
        tell("position.statement_lapsed", version, actor)
