"""A delegation's progress, for pages of rooms that do not know positions."""

from typing import Any

from django import template

from consultation.consultations.models import Consultation
from consultation.consultations.rules import memberships_taking_part
from consultation.positions.earlier import Awaiting, Earlier, awaiting_reconfirmation, earlier_of
from consultation.positions.next_steps import next_steps_of
from consultation.positions.progress import Progress, progress_of
from consultation.reports.models import Passage

register = template.Library()


@register.simple_tag
def progress_in(user: Any, sections: dict[str, list[Consultation]]) -> dict[int, Progress]:
    """The progress of the person's delegations in all consultations of a page, for `delegation_progress`."""
    return progress_of(user, [consultation for some in sections.values() for consultation in some])


@register.inclusion_tag("positions/_progress.html")
def delegation_progress(
    user: Any, consultation: Consultation, known: dict[int, Progress] | None = None
) -> dict[str, Any]:
    """For each organisation of the person that takes part: how many positions it has signed, of how many.

    `known`: what `progress_in` found for the page.
    """
    found = (progress_of(user, [consultation]) if known is None else known).get(consultation.pk)
    return {"consultation": consultation, "progress": found}


@register.inclusion_tag("positions/_next_steps.html", takes_context=True)
def next_steps(context: Any) -> dict[str, Any]:
    """What the person who reads can do next, as links; for somebody who is not signed in, how to begin."""
    user = context["user"]
    steps = next_steps_of(user) if user.is_authenticated else None
    return {"user": user, "steps": steps, "moderator": context.get("moderator"), "request": context["request"]}


@register.simple_tag
def earlier_positions(user: Any, consultation: Consultation, passage: Passage) -> list[Earlier]:
    """What the person's organisations signed on an earlier text of this recommendation; no query without one."""
    if consultation.report.previous_id is None or not user.is_authenticated:
        return []
    memberships = memberships_taking_part(user, consultation)
    return [e for m in memberships for e in earlier_of(consultation, m.organisation, [passage])]


@register.simple_tag
def awaiting(consultation: Consultation) -> dict[int, Awaiting]:
    """How many organisations have answered on an earlier text only, by recommendation; no query without one."""
    return awaiting_reconfirmation(consultation)


@register.filter
def on(counts: dict[int, Awaiting], recommendation: Passage) -> Awaiting | None:
    """Those of one recommendation; None where there is none."""
    return counts.get(recommendation.pk)
