"""Who may take part in a consultation, when, and who serves it."""

from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from consultation.consultations.errors import Closed
from consultation.consultations.models import AccessCode, Consultation, Officer
from consultation.consultations.times import closed_sentence, said
from consultation.record import clock
from consultation.record.errors import NotAllowed
from consultation.reports.models import Passage
from consultation.stakeholders import rules as stakeholder_rules
from consultation.stakeholders.models import Membership, Organisation, User


def takes_part(organisation: Organisation, consultation: Consultation) -> bool:
    """The organisation is approved and takes part in the consultation."""
    return consultation.participants().filter(pk=organisation.pk).exists()


def is_moderator(user: Any, consultation: Consultation) -> bool:
    return _serves(user, consultation, Officer.Role.MODERATOR)


def is_rapporteur(user: Any, consultation: Consultation) -> bool:
    return _serves(user, consultation, Officer.Role.RAPPORTEUR)


def is_secretariat(user: Any, consultation: Consultation) -> bool:
    """An officer of the secretariat in this consultation."""
    return _serves(user, consultation, Officer.Role.SECRETARIAT)


def _serves(user: Any, consultation: Consultation, role: str) -> bool:
    return user.is_authenticated and user.is_active and consultation.officers.filter(user=user, role=role).exists()


def may_see_positions(user: Any, consultation: Consultation) -> bool:
    """Whether the person sees what others than their own organisations declare, and every count of it.

    Until closing it is the consultation's rule; after it everybody does.
    """
    rule = consultation.summary_access
    if rule == Consultation.SummaryAccess.EVERYBODY or consultation.state in {
        Consultation.State.CLOSED,
        Consultation.State.OUTCOME_PUBLISHED,
    }:
        return True
    if not user.is_authenticated:
        return False
    if consultation.officers.filter(user=user).exists():
        return True
    return rule == Consultation.SummaryAccess.PARTICIPANTS and any(
        m.organisation.state == Organisation.State.APPROVED for m in memberships_taking_part(user, consultation)
    )


def require_positions_seen(user: Any, consultation: Consultation) -> None:
    """Raise `NotAllowed` with the sentence that says when the positions are shown."""
    if not may_see_positions(user, consultation):
        raise NotAllowed(
            _("Until closing the positions of this consultation are seen by: %(who)s. %(when)s")
            % {
                "who": consultation.get_summary_access_display().lower(),
                "when": _("Everybody sees them after %s.") % said(consultation.closes_at, consultation),
            }
        )


def require_open(consultation: Consultation) -> None:
    """Raise `Closed` with the instant that matters unless the consultation is open now."""
    if not consultation.is_open:
        raise Closed(closed_sentence(consultation))


def late_code(user: Any, consultation: Consultation) -> AccessCode | None:
    """The code that lets this person contribute although the consultation has closed. No query while it is open."""
    if consultation.state != Consultation.State.CLOSED or not user.is_authenticated:
        return None
    codes = consultation.access_codes.letting_in(user, clock.now())
    found: AccessCode | None = codes.select_related("organisation").order_by("-until").first()
    return found


def require_taking(user: Any, consultation: Consultation, organisation: Organisation) -> bool:
    """Whether what the person submits now for the organisation is late: after closing, let in by a code of theirs.

    Raises `Closed` with the instant that matters where the consultation takes nothing from them.
    """
    if consultation.is_open:
        return False
    if consultation.state == Consultation.State.CLOSED:
        codes = consultation.access_codes.letting_in(user, clock.now())
        if codes.filter(organisation=organisation).exists():
            return True
    raise Closed(closed_sentence(consultation))


def may_write_now(user: Any, consultation: Consultation) -> bool:
    """Whether pages offer forms to this person: the consultation is open, or a code of theirs lets them in."""
    return consultation.is_open or late_code(user, consultation) is not None


def require_commented(consultation: Consultation, passage: Passage) -> None:
    """Raise `NotAllowed` where the consultation takes no comments on this passage."""
    if not consultation.takes_comments_on(passage):
        raise NotAllowed(no_comments_sentence())


def require_positioned(consultation: Consultation, recommendation: Passage) -> None:
    """Raise `NotAllowed` where the consultation takes no positions on this passage."""
    if not consultation.takes_positions_on(recommendation):
        raise NotAllowed(no_positions_sentence())


def no_comments_sentence() -> str:
    return _("This consultation takes no comments on this passage. The overview says what it asks for.")


def no_positions_sentence() -> str:
    return _("This consultation takes no positions on this passage. The overview says what it asks for.")


def may_manage(user: Any, consultation: Consultation) -> bool:
    """Of the secretariat, of the installation or of this consultation."""
    return stakeholder_rules.is_secretariat(user) or is_secretariat(user, consultation)


def managing(consultation: Consultation) -> "QuerySet[User]":
    """Everybody of whom `may_manage` is true."""
    officers = consultation.officers.filter(role=Officer.Role.SECRETARIAT).values("user")
    of_all = stakeholder_rules.secretariat().values("pk")
    return User.objects.filter(Q(pk__in=of_all) | Q(pk__in=officers), is_active=True)


def require_secretariat(user: Any, consultation: Consultation) -> None:
    """Raise `NotAllowed` for whoever does not manage this consultation."""
    if not may_manage(user, consultation):
        raise NotAllowed(_("Only the secretariat of this consultation can do this."))


def require_may_create(user: Any, previous: Consultation | None = None) -> None:
    """Raise `NotAllowed` unless of the secretariat, or, for a next round, of the secretariat of the earlier one."""
    if stakeholder_rules.is_secretariat(user) or (previous and may_manage(user, previous)):
        return
    raise NotAllowed(_("Only the secretariat creates consultations."))


def membership_for(
    user: Any, consultation: Consultation, organisation_id: int | None = None, *, to_submit: bool = True
) -> Membership:
    """The membership in which the person contributes: the one of the organisation named, else the only one.

    With `to_submit` of an approved organisation; without, for a draft, also of one that waits for approval.
    Read from the tables at this instant. Raises `NotAllowed` with the sentence that says why.
    """
    memberships = Membership.objects.of(user)
    if organisation_id is not None:
        memberships = memberships.filter(organisation_id=organisation_id).order_by()
    admitted = consultation.admitted().order_by().values("pk")
    taking_part = list(memberships.filter(organisation__in=admitted))
    may = stakeholder_rules.may_submit if to_submit else stakeholder_rules.may_draft
    if found := next((m for m in taking_part if may(user, m)), None):
        return found
    candidates = taking_part or list(memberships)
    if not candidates:
        raise NotAllowed(_("You do not act for an organisation in this consultation."))
    raise NotAllowed(_why_not(candidates[0], is_admitted=bool(taking_part)))


def _why_not(membership: Membership, *, is_admitted: bool) -> str:
    organisation = membership.organisation
    if organisation.state != Organisation.State.APPROVED:
        return _("%(organisation)s is not approved (%(state)s), so nobody can speak for it now.") % {
            "organisation": organisation,
            "state": organisation.get_state_display().lower(),
        }
    if not is_admitted:
        return _("%s does not take part in this consultation.") % organisation
    return _("You are an observer for %s. Observers read and follow; they submit nothing.") % organisation


def memberships_taking_part(user: Any, consultation: Consultation) -> "list[Membership]":
    """The person's memberships of organisations that take part, or prepare for it while they wait for approval."""
    if not user.is_authenticated:
        return []
    states = [Organisation.State.APPROVED, Organisation.State.APPLIED]
    admitted = consultation.admitted().filter(state__in=states)
    return list(Membership.objects.of(user).filter(organisation__in=admitted.order_by().values("pk")))
