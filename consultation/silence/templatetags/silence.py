"""What is under silence, for pages of rooms that do not know it."""

from django import template

from consultation.consultations.models import Consultation
from consultation.silence.models import Breaking, Procedure
from consultation.stakeholders.models import Organisation

register = template.Library()
MOST = 50


@register.simple_tag
def running_silences(consultation: Consultation, organisation: Organisation) -> list[tuple[Procedure, bool]]:
    """The procedures in which this organisation can break silence now, the first to end first; whether it did.

    Only for pages of its delegation.
    """
    if organisation.state != Organisation.State.APPROVED:
        return []
    running = list(
        Procedure.objects.running().filter(consultation=consultation).for_display().order_by("ends_at")[:MOST]
    )
    standing = Breaking.objects.standing().filter(organisation=organisation, procedure__in=running)
    broken = set(standing.values_list("procedure", flat=True)) if running else set()
    return [(procedure, procedure.pk in broken) for procedure in running]
