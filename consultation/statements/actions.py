"""Every change of group statements: made, confirmed, dissociated from; each with its entry in the record.

All signatures are positions: docs/decisions/091.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid5

from django.db import transaction
from django.utils.translation import gettext as _

from consultation.consultations import rules as consultation_rules
from consultation.consultations.actions import act_for
from consultation.consultations.models import Consultation
from consultation.discussion import actions as discussion
from consultation.discussion.actions import Words, words_of
from consultation.positions import actions as positions
from consultation.positions.actions import Answer
from consultation.positions.models import Position, PositionVersion
from consultation.positions.rules import require_signer
from consultation.record import clock
from consultation.record.actions import append, hold
from consultation.record.errors import AlreadySent, Refusal
from consultation.reports.models import Passage
from consultation.stakeholders.models import Grouping, Membership, Organisation
from consultation.statements import rules
from consultation.statements.models import Dissociation, GroupStatement, ListedMember


@dataclass(frozen=True)
class Speech:
    """What is said in the name of which grouping, for which of its members."""

    grouping: Grouping
    answer: Answer
    members: Sequence[Organisation]


@transaction.atomic
@clock.one_instant()
def make_statement(
    signer: Any,
    consultation: Consultation,
    recommendation: Passage,
    speech: Speech,
    submission_id: UUID,
    *,
    organisation_id: int | None = None,
    seen_version: int | None = None,
) -> GroupStatement:
    """Sign the speaker's position in the grouping's name, for these members; it replaces its earlier one.

    It counts for the speaker alone. Its explanation is moderated as every explanation.
    Raises `NotAllowed`, `Closed`, `Changed`; `Refusal` without words or members.
    """
    membership = _signer(signer, consultation, organisation_id)
    grouping, members = speech.grouping, speech.members
    rules.require_speaker(membership.organisation, grouping)
    hold(grouping)
    if found := GroupStatement.objects.filter(submission_id=submission_id, grouping=grouping).first():
        _require_same(found, recommendation, speech)
        return found
    if not speech.answer.explanation.strip():
        raise Refusal(_("A statement in the name of a grouping needs words of its own."))
    rules.require_listable(members, rules.members_to_list(grouping, consultation, membership.organisation))
    version = positions.sign_position(
        signer,
        consultation,
        recommendation,
        speech.answer,
        uuid5(submission_id, "position"),
        organisation_id=membership.organisation_id,
        seen_version=seen_version,
    )
    earlier = GroupStatement.objects.filter(consultation=consultation, recommendation=recommendation, grouping=grouping)
    earlier.filter(replaced_at=None).update(replaced_at=clock.now())
    statement = GroupStatement.objects.create(
        consultation=consultation,
        recommendation=recommendation,
        grouping=grouping,
        version=version,
        submission_id=submission_id,
    )
    ListedMember.objects.bulk_create(ListedMember(statement=statement, organisation=m) for m in members)
    _tell("statement.made", statement, signer, membership.organisation, members=sorted(m.pk for m in members))
    return statement


@transaction.atomic
@clock.one_instant()
def confirm(
    signer: Any,
    statement: GroupStatement,
    submission_id: UUID,
    *,
    organisation_id: int | None = None,
    seen_version: int | None = None,
) -> PositionVersion:
    """Make the statement the member's own: a signed position aligned with it, in place of any other that it held.

    Confirmed already, it stays so. Raises `NotAllowed`, `Closed`, `Changed`.
    """
    membership = _signer(signer, statement.consultation, organisation_id)
    rules.require_listed(membership.organisation, statement)
    held = _position(statement, membership.organisation)
    if held and held.signed and held.signed.aligned_with_id == statement.version_id:
        return held.signed
    rules.require_answerable(statement)
    version = positions.sign_position(
        signer,
        statement.consultation,
        statement.recommendation,
        Answer.with_statement(statement.version),
        submission_id,
        organisation_id=membership.organisation_id,
        seen_version=seen_version,
    )
    _tell("statement.confirmed", statement, signer, membership.organisation)
    return version


@transaction.atomic
@clock.one_instant()
def dissociate(
    signer: Any,
    statement: GroupStatement,
    words: str,
    submission_id: UUID,
    *,
    organisation_id: int | None = None,
) -> Dissociation:
    """Say that the statement does not speak for the member. A confirmation of it is withdrawn; no stance is taken.

    With `words`, they are submitted as a comment on the recommendation, for a moderator to publish.
    Raises `NotAllowed`, `Closed`, `Changed`, `TooMany`.
    """
    membership = _signer(signer, statement.consultation, organisation_id)
    organisation = membership.organisation
    rules.require_listed(organisation, statement)
    if found := statement.dissociations.filter(submission_id=submission_id, organisation=organisation).first():
        said = map(words_of, found.comment.revisions.all()) if found.comment else [Words("")]
        if Words(words.strip()) not in said:
            raise AlreadySent
        return found
    consultation_rules.require_open(statement.consultation)
    rules.require_answerable(statement)
    where = (signer, statement.consultation, statement.recommendation)
    held = _position(statement, organisation)
    if held and held.signed and held.signed.aligned_with_id == statement.version_id:
        positions.withdraw_position(*where, organisation_id=organisation.pk)
    comment = None
    if words.strip():
        once = uuid5(submission_id, "words")
        comment = discussion.write_comment(*where, Words(words), once, organisation_id=organisation.pk)
    dissociation = Dissociation.objects.create(
        statement=statement,
        organisation=organisation,
        comment=comment,
        dissociated_by=signer,
        dissociated_at=clock.now(),
        submission_id=submission_id,
    )
    _tell("statement.dissociated", statement, signer, organisation)
    return dissociation


def _require_same(found: GroupStatement, recommendation: Passage, speech: Speech) -> None:
    """Raise `AlreadySent` unless this is what the statement says, on the same recommendation for the same members."""
    members = set(found.listed.values_list("organisation", flat=True))
    same = speech.answer.is_of(found.version) and members == {member.pk for member in speech.members}
    if not same or found.recommendation_id != recommendation.pk:
        raise AlreadySent


def _signer(user: Any, consultation: Consultation, organisation_id: int | None) -> Membership:
    """The membership in which the person signs, with its organisation held. Raises `NotAllowed`."""
    membership = act_for(user, consultation, organisation_id)
    require_signer(user, membership)
    return membership


def _position(statement: GroupStatement, organisation: Organisation) -> Position | None:
    held = Position.objects.filter(
        consultation=statement.consultation_id, recommendation=statement.recommendation_id, organisation=organisation
    )
    return held.select_related("signed").first()


def _tell(kind: str, statement: GroupStatement, actor: Any, organisation: Organisation, **content: Any) -> None:
    append(
        kind,
        statement,
        actor=actor,
        consultation=statement.consultation.slug,
        passage=statement.recommendation.ref,
        organisation=organisation.pk,
        grouping=statement.grouping.slug,
        **content,
    )
