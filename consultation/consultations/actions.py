"""Changes of a consultation itself."""

from datetime import datetime

from django.utils.translation import gettext as _

from consultation.consultations.models import Consultation
from consultation.record.actions import hold
from consultation.record.errors import Refusal


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
