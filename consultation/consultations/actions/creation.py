"""A new consultation from a plan: the first round on a report, or the next one."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.text import slugify

from consultation.consultations import rules
from consultation.consultations.models import Consultation, GuidingQuestion, Officer, Participation
from consultation.consultations.models.consultation import QUESTION_REF
from consultation.record.actions import append, hold
from consultation.record.errors import AlreadySent, Refusal
from consultation.reports.models import Passage, Report
from consultation.stakeholders.models import Organisation, StakeholderGroup, User

_LONGEST_SLUG = 80


@dataclass(frozen=True)
class Plan:
    """All that the guided form asks for."""

    report: Report
    title: str
    opens_at: datetime
    closes_at: datetime
    time_zone: str
    place: str
    access: str
    announced: bool = False
    introduction: str = ""
    # Fields of `Consultation` with the rules: scopes, moderation, who sees what, reminders.
    rules: dict[str, Any] = field(default_factory=dict)
    groups: tuple[StakeholderGroup, ...] = ()
    organisations: tuple[Organisation, ...] = ()
    officers: tuple[tuple[User, str], ...] = ()
    questions: tuple[str, ...] = ()
    previous: Consultation | None = None


@transaction.atomic
def create_consultation(officer: Any, plan: Plan, submission_id: UUID) -> Consultation:
    """A consultation with its participants, officers and guiding questions, in one entry of the record.

    The same form sent again gives the consultation that is there. From an earlier round no comment and no position
    comes over. Raises `NotAllowed`; `Refusal` with what is wrong where the plan cannot be.
    """
    rules.require_may_create(officer, plan.previous)
    hold(plan.report)  # two forms of the same instant come one after the other
    if found := Consultation.objects.filter(submission_id=submission_id).first():
        _require_same(found, plan)
        return found
    made = _planned(plan, submission_id)
    made.save()
    made.open_to_groups.set(plan.groups)
    Participation.objects.bulk_create(Participation(consultation=made, organisation=o) for o in plan.organisations)
    Officer.objects.bulk_create(Officer(consultation=made, user=u, role=role) for u, role in plan.officers)
    for number, text in enumerate(plan.questions, start=1):
        _ask(made, number, text)
    append(
        "consultation.created",
        made,
        actor=officer,
        consultation=made.slug,
        report=plan.report.slug,
        previous=plan.previous.slug if plan.previous else None,
        announced=made.announced,
        window=[made.opens_at, made.closes_at],
        rules=plan.rules,
        access=plan.access,
        groups=[g.slug for g in plan.groups],
        organisations=[o.pk for o in plan.organisations],
        officers=[[user.pk, role] for user, role in plan.officers],
        questions=len(plan.questions),
    )
    return made


def _require_same(found: Consultation, plan: Plan) -> None:
    """Raise `AlreadySent` unless the consultation is what the form plans."""
    columns = ("title", "report", "announced", "introduction", "opens_at", "closes_at", "time_zone", "place", "access")
    rules_differ = any(getattr(found, name) != value for name, value in plan.rules.items())
    if rules_differ or any(getattr(found, name) != getattr(plan, name) for name in columns):
        raise AlreadySent
    questions = found.guiding_questions.order_by("order").values_list("passage__text", flat=True)
    if (
        found.previous_round != plan.previous
        or list(questions) != list(plan.questions)
        or set(found.open_to_groups.all()) != set(plan.groups)
        or set(found.organisations.all()) != set(plan.organisations)
        or {(officer.user_id, officer.role) for officer in found.officers.all()}
        != {(user.pk, role) for user, role in plan.officers}
    ):
        raise AlreadySent


def _planned(plan: Plan, submission_id: UUID) -> Consultation:
    """The consultation of a plan, not saved yet. Raises `Refusal` with what is wrong where it cannot be."""
    made = Consultation(
        slug=free_slug(plan.title),
        title=plan.title,
        report=plan.report,
        announced=plan.announced,
        introduction=plan.introduction,
        opens_at=plan.opens_at,
        closes_at=plan.closes_at,
        time_zone=plan.time_zone,
        place=plan.place,
        access=plan.access,
        previous_round=plan.previous,
        submission_id=submission_id,
        **plan.rules,
    )
    try:
        made.full_clean()
    except ValidationError as error:
        raise Refusal(" ".join(error.messages)) from error
    return made


def free_slug(title: str) -> str:
    """A name for addresses from the title, with a number where it is taken."""
    base = slugify(title)[: _LONGEST_SLUG - 4].strip("-") or "consultation"
    taken = set(Consultation.objects.filter(slug__startswith=base).values_list("slug", flat=True))
    number, slug = 1, base
    while slug in taken:
        number += 1
        slug = f"{base}-{number}"
    return slug


def _ask(consultation: Consultation, number: int, text: str) -> None:
    passage = Passage.objects.create(
        kind=Passage.Kind.QUESTION, ref=f"{QUESTION_REF}{number}", code=f"Q{number}", order=number, text=text
    )
    GuidingQuestion.objects.create(consultation=consultation, passage=passage, order=number)
