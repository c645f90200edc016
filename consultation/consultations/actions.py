"""Acting in a consultation: what every contribution does first."""

from typing import Any

from consultation.consultations import rules
from consultation.consultations.models import Consultation
from consultation.record.actions import hold
from consultation.stakeholders.models import Membership


def act_for(
    user: Any, consultation: Consultation, organisation_id: int | None = None, *, to_submit: bool = True
) -> Membership:
    """The membership in which the person contributes, with its organisation held until the transaction ends.

    A suspension, a removal from the delegation and a contribution of the same instant come one after the other.
    Raises `NotAllowed`.
    """
    membership = rules.membership_for(user, consultation, organisation_id, to_submit=to_submit)
    hold(membership.organisation)
    return rules.membership_for(user, consultation, membership.organisation_id, to_submit=to_submit)
