"""Group statements, for pages of rooms that do not know them."""

from typing import Any

from django import template

from consultation.consultations.models import Consultation
from consultation.stakeholders.models import Grouping, Organisation
from consultation.statements.answers import to_answer
from consultation.statements.models import GroupStatement
from consultation.statements.rules import speaking

register = template.Library()


@register.simple_tag
def statements_to_answer(consultation: Consultation, organisation: Organisation) -> list[GroupStatement]:
    """The statements that wait for this organisation's answer. Only for pages of its delegation."""
    if organisation.state != Organisation.State.APPROVED or not consultation.is_open:
        return []
    return to_answer(consultation, organisation)


@register.simple_tag
def groupings_spoken_for(user: Any, consultation: Consultation) -> list[Grouping]:
    """The groupings in whose name the person can sign now."""
    return [grouping for _membership, grouping in speaking(user, consultation)] if consultation.is_open else []
