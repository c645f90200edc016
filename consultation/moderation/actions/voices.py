"""What readers and authors say to moderators: flags on what is published, appeals against decisions."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from consultation.consultations import rules as consultation_rules
from consultation.consultations.actions import act_for
from consultation.consultations.attribution import Origin
from consultation.consultations.models import Consultation
from consultation.discussion import actions as discussion
from consultation.discussion.models import Comment
from consultation.moderation import queue, rules
from consultation.moderation.actions.decisions import id_of
from consultation.moderation.models import Appeal, Decision, Flag
from consultation.positions import actions as positions
from consultation.positions.disclosure import PositionAttributions
from consultation.positions.models import Position, PositionVersion
from consultation.record import clock
from consultation.record.actions import append, hold
from consultation.record.errors import Changed, NotAllowed
from consultation.stakeholders.models import Organisation


@dataclass(frozen=True)
class Shown:
    """Something published that can be flagged: a comment, or the explanation of a position."""

    thing: Comment | Position
    organisation: Organisation
    text: str

    def origin(self, reader: Any, consultation: Consultation) -> Origin | None:
        """Who this reader is told that it is from; None where a position is held back from them."""
        attributions = PositionAttributions(reader, consultation)
        if isinstance(self.thing, Comment):
            return attributions.of(self.thing)
        version = self.thing.signed
        if version is None:
            return None
        version.position = self.thing
        return attributions.of_version(version)

    @property
    def about(self) -> dict[str, Any]:
        return {"comment" if isinstance(self.thing, Comment) else "position": self.thing}


def shown(consultation: Consultation, item_id: str) -> Shown | None:
    """What everybody can read under this id, or None."""
    kind, _separator, public_id = item_id.partition("-")
    if kind == queue.COMMENT:
        comment = (
            consultation.comments.filter(public_id=public_id, state=Comment.State.PUBLISHED)
            .select_related("organisation__group", "published", "passage")
            .first()
        )
        return Shown(comment, comment.organisation, comment.published.body) if comment and comment.published else None
    if kind == queue.EXPLANATION:
        position = (
            Position.objects.standing(consultation)
            .filter(public_id=public_id, signed__explanation_state=PositionVersion.Explanation.PUBLISHED)
            .select_related("organisation__group", "signed", "recommendation")
            .first()
        )
        return (
            Shown(position, position.organisation, position.signed.explanation)
            if position and position.signed
            else None
        )
    return None


@transaction.atomic
def flag(
    user: Any, consultation: Consultation, item_id: str, submission_id: UUID, *, reason: str, statement: str = ""
) -> Flag:
    """Ask the moderators to look at something published; once for a person and thing.

    Any member of a delegation that takes part may. Raises `NotAllowed`, `Changed` where it is no longer published.
    """
    own = [
        m
        for m in consultation_rules.memberships_taking_part(user, consultation)
        if m.organisation.state == Organisation.State.APPROVED
    ]
    if not own:
        raise NotAllowed(_("Only members of delegations that take part can flag a contribution."))
    found = shown(consultation, item_id)
    if found is None:
        raise Changed(_("This is no longer published."))
    if found.organisation.pk in {m.organisation_id for m in own}:
        raise NotAllowed(_("This speaks for %s, for which you act. Withdraw it instead.") % found.organisation)
    hold(found.thing)
    flagged, made = Flag.objects.get_or_create(
        user=user,
        **found.about,
        defaults={
            "consultation": consultation,
            "organisation": own[0].organisation,
            "reason": reason,
            "statement": statement,
            "at": clock.now(),
            "submission_id": submission_id,
        },
    )
    if made:
        _tell(f"{item_id.partition('-')[0]}.flagged", found.thing, user, consultation, flag=flagged.pk, reason=reason)
    return flagged


def appealable(user: Any, decision: Decision) -> bool:
    """Whether this person can appeal against this decision now."""
    try:
        _require_appealable(user, decision)
    except (NotAllowed, Changed):
        return False
    return True


@transaction.atomic
def appeal(author: Any, decision: Decision, statement: str, submission_id: UUID) -> Appeal:
    """Ask another moderator to decide again. What was returned waits again with the same words; what was removed stays
    removed until then. Appealed already, gives that appeal. Raises `NotAllowed`, `Changed`.
    """
    hold(decision.revision.comment if decision.revision else decision.version.position)  # type: ignore[union-attr]  # one of the two
    decision.refresh_from_db()
    if found := Appeal.objects.filter(decision=decision, author=author).first():
        return found
    _require_appealable(author, decision)
    thing, organisation = _about(decision)
    act_for(author, decision.consultation, organisation.pk)
    made = Appeal.objects.create(
        decision=decision, author=author, statement=statement, at=clock.now(), submission_id=submission_id
    )
    if decision.kind == Decision.Kind.RETURN:
        if decision.revision:
            discussion.wait_again(decision.revision)
        elif decision.version:
            positions.move_explanation(decision.version, PositionVersion.Explanation.PENDING)
    kind = id_of(decision).partition("-")[0]
    _tell(f"{kind}.appealed", thing, author, decision.consultation, appeal=made.pk, decision=decision.pk)
    return made


def _about(decision: Decision) -> tuple[Comment | Position, Organisation]:
    thing: Comment | Position
    if decision.revision:
        thing = decision.revision.comment
    else:
        assert decision.version is not None  # noqa: S101 - a constraint holds it
        thing = decision.version.position
    return thing, thing.organisation


def _require_appealable(user: Any, decision: Decision) -> None:
    revision, version = decision.revision, decision.version
    authors = (
        {revision.comment.author_id}
        if revision
        else {version.drafted_by_id, version.signed_by_id}
        if version
        else set()
    )
    if user.pk not in authors:
        raise NotAllowed(_("Only the author of a contribution can appeal."))
    if decision.kind not in rules.AGAINST or decision.undone_at or hasattr(decision, "settles"):
        raise Changed(_("There is no appeal against this decision."))
    if Appeal.objects.filter(decision=decision).exists():
        raise Changed(_("There was an appeal against this decision. It is decided once."))
    days = decision.consultation.appeal_days
    if clock.now() > decision.at + timedelta(days=days):
        raise Changed(_("An appeal is possible within %d days of the decision.") % days)
    if not _still_stands(decision):
        raise Changed(_("This was changed since the decision."))


def _still_stands(decision: Decision) -> bool:
    """What was decided on is still where the decision put it."""
    returned = decision.kind == Decision.Kind.RETURN
    if decision.revision:
        comment = decision.revision.comment
        if returned:
            return (
                comment.latest_id == decision.revision_id
                and decision.revision.state == decision.revision.State.RETURNED
            )
        return comment.state == Comment.State.REMOVED
    version = decision.version
    state = PositionVersion.Explanation.RETURNED if returned else PositionVersion.Explanation.REMOVED
    return version is not None and version.state == PositionVersion.State.SIGNED and version.explanation_state == state


def _tell(kind: str, thing: Comment | Position, actor: Any, consultation: Consultation, **content: Any) -> None:
    passage = thing.passage if isinstance(thing, Comment) else thing.recommendation
    organisation = thing.organisation_id
    append(
        kind,
        thing,
        actor=actor,
        consultation=consultation.slug,
        passage=passage.ref,
        organisation=organisation,
        **content,
    )
