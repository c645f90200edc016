"""What every contribution does first; publishing the outcome."""

from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from consultation.consultations import rules
from consultation.consultations.models import Consultation
from consultation.record.actions import hold
from consultation.record.errors import Refusal
from consultation.stakeholders.models import Membership


def act_for(
    user: Any, consultation: Consultation, organisation_id: int | None = None, *, to_submit: bool = True
) -> Membership:
    """The membership in which the person contributes, with its organisation held until the transaction ends.

    A suspension, a removal from the delegation and a contribution of the same instant come one after the other.
    Raises `NotAllowed`.
    """
    own = Membership.objects.of(user)
    candidates = list(own if organisation_id is None else own.filter(organisation=organisation_id))
    # Whether it may contribute is asked once it is held; before that only where there are several to choose from.
    only = candidates[0] if len(candidates) == 1 else None
    membership = only or rules.membership_for(user, consultation, organisation_id, to_submit=to_submit)
    hold(membership.organisation)
    return rules.membership_for(user, consultation, membership.organisation_id, to_submit=to_submit)


def publish_outcome(consultation: Consultation, at: datetime) -> Consultation:
    """Note that the outcome is published from `at` on; the first time stays. In the caller's transaction, which
    writes the entry. Raises `Refusal` while the consultation is not closed.
    """
    hold(consultation)
    held = Consultation.objects.select_related("report").get(pk=consultation.pk)
    if held.state_at(at) not in {Consultation.State.CLOSED, Consultation.State.OUTCOME_PUBLISHED}:
        raise Refusal(_("The outcome can be published only after the consultation has closed."))
    if held.outcome_published_at is None:
        held.outcome_published_at = at
        held.save(update_fields=["outcome_published_at"])
    return held
