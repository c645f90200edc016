"""What every contribution does first; publishing the outcome."""

from datetime import datetime
from typing import Any

from django.db import connection
from django.utils.translation import gettext as _

from consultation.consultations import rules
from consultation.consultations.models import Consultation
from consultation.record.actions import hold
from consultation.record.errors import Refusal
from consultation.stakeholders.models import Membership, Organisation

_WINDOW = 108  # the class of locks of the database that stand for the window of a consultation


def act_for(
    user: Any, consultation: Consultation, organisation_id: int | None = None, *, to_submit: bool = True
) -> Membership:
    """The membership in which the person contributes, with, to submit, the window as it stands now, and then its
    organisation held until the transaction ends.

    A suspension, a removal from the delegation, a change of the window and a contribution of the same instant come one
    after the other. Raises `NotAllowed`.
    """
    own = Membership.objects.of(user)
    named = own if organisation_id is None else own.filter(organisation=organisation_id)
    candidates = list(named.order_by().values_list("organisation", flat=True))
    # Whether it may contribute is asked once it is held; before that only where there are several to choose from.
    if len(candidates) != 1:
        candidates = [rules.membership_for(user, consultation, organisation_id, to_submit=to_submit).organisation_id]
    if to_submit:
        _keep_window(consultation)
    hold(Organisation(pk=candidates[0]))
    return rules.membership_for(user, consultation, candidates[0], to_submit=to_submit)


def _keep_window(consultation: Consultation) -> None:
    """Read the window anew; until the transaction ends nobody changes it, nor publishes the outcome. Any number may do
    so at once.
    """
    hold_window(consultation, to_change=False)
    columns = ("opens_at", "closes_at", "outcome_published_at")
    window = Consultation.objects.filter(pk=consultation.pk).order_by().values_list(*columns).get()
    consultation.opens_at, consultation.closes_at, consultation.outcome_published_at = window


def hold_window(consultation: Consultation, *, to_change: bool) -> None:
    """Hold the window until the transaction ends: together with others who contribute, or alone, to change it.

    The first lock of a transaction: before organisations, and before the row of the consultation. Who waits to change
    it has a turn before those who come later: a row that many share has no such queue. SQLite has one writer at a time.
    """
    if connection.vendor == "postgresql":
        how = "pg_advisory_xact_lock" if to_change else "pg_advisory_xact_lock_shared"
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT {how}(%s, %s)", [_WINDOW, consultation.pk])


def publish_outcome(consultation: Consultation, at: datetime) -> Consultation:
    """Note that the outcome is published from `at` on; the first time stays. In the caller's transaction, which
    writes the entry. Raises `Refusal` while the consultation is not closed.

    Whoever contributes at this instant is waited for; the caller looks at what the outcome says only afterwards.
    """
    hold_window(consultation, to_change=True)
    hold(consultation)
    held = Consultation.objects.select_related("report").get(pk=consultation.pk)
    if held.state_at(at) not in {Consultation.State.CLOSED, Consultation.State.OUTCOME_PUBLISHED}:
        raise Refusal(_("The outcome can be published only after the consultation has closed."))
    if held.outcome_published_at is None:
        held.outcome_published_at = at
        held.save(update_fields=["outcome_published_at"])
    return held
