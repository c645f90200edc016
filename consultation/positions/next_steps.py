"""What waits for one person, for the first page: a few counts, whatever their consultations hold."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Case, Q, When

from consultation.consultations.models import Consultation, Officer
from consultation.discussion.models import Comment
from consultation.positions.models import Position, PositionVersion
from consultation.record import clock
from consultation.stakeholders import rules as stakeholder_rules
from consultation.stakeholders.models import Membership, Organisation

MOST_OFFICES = 5


@dataclass(frozen=True)
class NextSteps:
    """The person's memberships and offices, and how much waits for them."""

    memberships: list[Membership]
    reports_on: list[Consultation]
    to_sign: int
    sent_back: int
    returned: int
    applications: int
    of_secretariat: bool

    @property
    def waiting_for_approval(self) -> list[Organisation]:
        return [m.organisation for m in self.memberships if m.organisation.state == Organisation.State.APPLIED]

    @property
    def observes(self) -> bool:
        """Whether the person only reads and follows."""
        return bool(self.memberships) and all(m.role == Membership.Role.OBSERVER for m in self.memberships)


def next_steps_of(user: Any) -> NextSteps:
    """What waits for this person now. The number of queries does not grow with what there is."""
    memberships = list(Membership.objects.of(user).select_related("organisation"))
    signs = [m.organisation_id for m in memberships if m.role == Membership.Role.FOCAL_POINT]
    drafts = [m.organisation_id for m in memberships if m.role != Membership.Role.OBSERVER]
    of_secretariat = bool(stakeholder_rules.is_secretariat(user))
    open_now = Consultation.objects.visible_to(user).open()
    held = Position.objects.filter(consultation__in=open_now.values("pk"))
    offices = Officer.objects.filter(user=user, role=Officer.Role.RAPPORTEUR).select_related("consultation")
    applied = Organisation.objects.filter(state=Organisation.State.APPLIED)
    returned = Comment.objects.filter(author=user, state=Comment.State.RETURNED, consultation__in=open_now.values("pk"))
    return NextSteps(
        memberships,
        [office.consultation for office in offices.order_by(_turn(), "-consultation__closes_at")[:MOST_OFFICES]],
        held.filter(organisation__in=signs, draft__state=PositionVersion.State.DRAFT).count() if signs else 0,
        held.filter(organisation__in=drafts, draft__state=PositionVersion.State.SENT_BACK).count() if drafts else 0,
        returned.count(),
        applied.count() if of_secretariat else 0,
        of_secretariat,
    )


def _turn() -> Case:
    """In which order a rapporteur's consultations ask for work: closed ones without an outcome, open ones, the rest."""
    without = Q(consultation__outcome_published_at__isnull=True)
    return Case(When(without & Q(consultation__closes_at__lte=clock.now()), then=0), When(without, then=1), default=2)
