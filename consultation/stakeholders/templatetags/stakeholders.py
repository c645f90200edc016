"""How people and organisations are shown."""

from typing import Any

from django import template

from consultation.stakeholders.models import StakeholderGroup

register = template.Library()


@register.inclusion_tag("stakeholders/_group.html")
def stakeholder_group(group: StakeholderGroup) -> dict[str, Any]:
    """The group's code on its colour, and its name."""
    return {"group": group}
