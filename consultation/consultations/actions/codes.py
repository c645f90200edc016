"""An extension for one organisation: an access code is given, entered, taken back."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from consultation.consultations import rules
from consultation.consultations.actions.acting import act_for
from consultation.consultations.models import AccessCode, CodeUse, Consultation
from consultation.consultations.times import said
from consultation.record import clock
from consultation.record.actions import append, hold
from consultation.record.errors import AlreadySent, NotAllowed, Refusal
from consultation.stakeholders.models import Membership, Organisation


@dataclass(frozen=True)
class Grant:
    """More time for one organisation: until when, for how many of its people, and why."""

    organisation: Organisation
    until: datetime
    uses_allowed: int
    reason: str


@transaction.atomic
def give_code(
    officer: Any,
    consultation: Consultation,
    grant: Grant,
    submission_id: UUID,
) -> AccessCode:
    """A code with which so many people of the organisation may contribute after closing, until this instant.

    The same form sent again gives the code that is there. Raises `NotAllowed`; `Refusal` for an end that cannot be,
    an organisation that does not take part, and after the outcome; `ValueError` without a reason.
    """
    rules.require_secretariat(officer, consultation)
    if not grant.reason.strip():
        raise ValueError("An access code needs a reason.")
    hold(consultation)
    held = Consultation.objects.get(pk=consultation.pk)
    if found := held.access_codes.filter(submission_id=submission_id).first():
        if Grant(found.organisation, found.until, found.uses_allowed, found.reason) != grant:
            raise AlreadySent
        return found
    now = clock.now()
    if held.state_at(now) == Consultation.State.OUTCOME_PUBLISHED:
        raise Refusal(_("The outcome is published. Nothing can be contributed any more."))
    if grant.until <= max(now, held.closes_at):
        raise Refusal(_("The code must end after the closing and after now; it lets nobody in otherwise."))
    if not rules.takes_part(grant.organisation, held):
        raise Refusal(_("%s does not take part in this consultation. Invite it first.") % grant.organisation)
    code = AccessCode.objects.create(
        consultation=held,
        organisation=grant.organisation,
        until=grant.until,
        uses_allowed=grant.uses_allowed,
        reason=grant.reason,
        made_by=officer,
        made_at=now,
        submission_id=submission_id,
    )
    _tell("code.given", code, officer, until=grant.until, uses=grant.uses_allowed, reason=grant.reason)
    return code


@transaction.atomic
def take_code_back(officer: Any, code: AccessCode) -> AccessCode:
    """Let the code admit nobody any more; what was contributed with it stands. Taken back already, it stays so.

    Raises `NotAllowed`.
    """
    rules.require_secretariat(officer, code.consultation)
    hold(code)
    code.refresh_from_db()
    if code.revoked_at is None:
        code.revoked_at = clock.now()
        code.save(update_fields=["revoked_at"])
        _tell("code.taken_back", code, officer)
    return code


@transaction.atomic
@clock.one_instant()
def enter_code(user: Any, consultation: Consultation, words: str) -> AccessCode:
    """The person enters a code of their organisation: from now until its end they may contribute, marked late.

    Entered already, it costs no further use. Raises `NotAllowed` where it is not theirs, `Refusal` where it is
    unknown, over, used up or taken back, and where the consultation needs none.
    """
    state = consultation.state
    if state in {Consultation.State.OPEN, Consultation.State.PREPARED}:
        raise Refusal(_("No code is needed: the consultation has not closed."))
    if state == Consultation.State.OUTCOME_PUBLISHED:
        raise Refusal(_("The outcome is published. Nothing can be contributed any more."))
    code = consultation.access_codes.filter(code=words.strip().lower()).select_related("organisation").first()
    if code is None:
        raise Refusal(_("This code is not known in this consultation. Check each letter and digit."))
    if not Membership.objects.of(user).filter(organisation=code.organisation_id).exists():
        raise NotAllowed(_("This code was given to another organisation. Ask the secretariat for one of your own."))
    act_for(user, consultation, code.organisation_id)
    hold(code)
    code.refresh_from_db()
    if code.revoked_at:
        raise Refusal(_("The secretariat has taken this code back."))
    now = clock.now()
    if code.until <= now:
        raise Refusal(_("This code ended on %s.") % said(code.until, consultation))
    if code.uses.filter(user=user).exists():
        return code
    if code.uses.count() >= code.uses_allowed:
        sentence = ngettext(
            "This code was used %d time, which is all it allows. Ask the secretariat for another.",
            "This code was used %d times, which is all it allows. Ask the secretariat for another.",
            code.uses_allowed,
        )
        raise Refusal(sentence % code.uses_allowed)
    CodeUse.objects.create(code=code, user=user, at=now)
    _tell("code.entered", code, user)
    return code


def _tell(kind: str, code: AccessCode, actor: Any, **content: Any) -> None:
    """Who holds the record does not hold the code: it is named by its key."""
    append(kind, code, actor=actor, consultation=code.consultation.slug, organisation=code.organisation_id, **content)
