"""What readers and authors say to moderators: flags on what is published, appeals against decisions."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from consultation.consultations import rules as consultation_rules
from consultation.consultations.actions import act_for
from consultation.consultations.models import Consultation
from consultation.moderation import rules
from consultation.moderation.actions.decisions import words_of
from consultation.moderation.kinds import ItemKind, Shown, kind_of, split
from consultation.moderation.models import Appeal, Decision, Flag
from consultation.record import clock
from consultation.record.actions import append, hold
from consultation.record.errors import Changed, NotAllowed
from consultation.stakeholders.models import Membership, Organisation


def shown(consultation: Consultation, item_id: str) -> Shown | None:
    """What everybody can read under this id, or None."""
    kind, public_id = split(item_id)
    return kind.shown(consultation, public_id) if kind else None


@transaction.atomic
def flag(
    user: Any,
    consultation: Consultation,
    item_id: str,
    submission_id: UUID,
    *,
    reason: str,
    statement: str = "",
    organisation_id: int | None = None,
) -> Flag:
    """Ask the moderators to look at something published; once for a person and thing.

    Any member of a delegation that takes part may. Raises `NotAllowed`, `Changed` where it is no longer published.
    """
    own = flagging(user, consultation)
    named = [m for m in own if organisation_id in {None, m.organisation_id}]
    if not named:
        raise NotAllowed(_("Only members of delegations that take part can flag a contribution."))
    found = shown(consultation, item_id)
    if found is None:
        raise Changed(_("This is no longer published."))
    if found.organisation.pk in {m.organisation_id for m in own}:
        raise NotAllowed(_("This speaks for %s, for which you act. Withdraw it instead.") % found.organisation)
    hold(found.thing)
    flagged, made = Flag.objects.get_or_create(
        user=user,
        **{found.kind.thing_field: found.thing},
        defaults={
            "consultation": consultation,
            "organisation": named[0].organisation,
            "reason": reason,
            "statement": statement,
            "at": clock.now(),
            "submission_id": submission_id,
        },
    )
    if not made and (flagged.reason, flagged.statement) != (reason, statement):
        raise Changed(_("You flagged this before. What you said then stands, and the moderators have it."))
    if made:
        _tell("flagged", found.kind, found.thing, user, flag=flagged.pk, reason=reason)
    return flagged


def flagging(user: Any, consultation: Consultation) -> list[Membership]:
    """The memberships in whose name the person can flag: of approved organisations that take part."""
    taking_part = consultation_rules.memberships_taking_part(user, consultation)
    return [m for m in taking_part if m.organisation.state == Organisation.State.APPROVED]


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
    kind, words = kind_of(decision), words_of(decision)
    thing = kind.thing_of(words)
    act_for(author, decision.consultation, thing.organisation_id)
    kind.hold(thing.public_id)
    decision.refresh_from_db()
    if found := Appeal.objects.filter(decision=decision, author=author).first():
        if found.statement != statement:
            raise Changed(_("You appealed against this decision before. What you said then stands."))
        return found
    _require_appealable(author, decision)
    words = words_of(decision)
    thing = kind.thing_of(words)
    made = Appeal.objects.create(
        decision=decision, author=author, statement=statement, at=clock.now(), submission_id=submission_id
    )
    if decision.kind == Decision.Kind.RETURN:
        kind.wait_again(words)
    _tell("appealed", kind, thing, author, appeal=made.pk, decision=decision.pk)
    return made


def _require_appealable(user: Any, decision: Decision) -> None:
    kind, words = kind_of(decision), words_of(decision)
    if user.pk not in kind.authors(words):
        raise NotAllowed(_("Only the author of a contribution can appeal."))
    if decision.kind not in rules.AGAINST or decision.undone_at or hasattr(decision, "settles"):
        raise Changed(_("There is no appeal against this decision."))
    if Appeal.objects.filter(decision=decision).exists():
        raise Changed(_("There was an appeal against this decision. It is decided once."))
    days = decision.consultation.appeal_days
    if clock.now() > decision.at + timedelta(days=days):
        raise Changed(_("An appeal is possible within %d days of the decision.") % days)
    if not kind.still_stands(words, decision.kind):
        raise Changed(_("This was changed since the decision."))


def _tell(what: str, kind: ItemKind, thing: Any, actor: Any, **content: Any) -> None:
    append(
        f"{kind.name}.{what}",
        thing,
        actor=actor,
        consultation=thing.consultation.slug,
        passage=kind.ref(thing),
        organisation=thing.organisation_id,
        **content,
    )
