"""How the members answered a statement, read from the positions they signed: there is no second account of it."""

from dataclasses import dataclass, field
from typing import Any

from consultation.consultations.models import Consultation
from consultation.positions.models import Position, PositionVersion
from consultation.reports.models import Passage
from consultation.stakeholders.models import Organisation
from consultation.statements.models import Dissociation, GroupStatement
from consultation.statements.rules import visible_statements

MOST = 50


@dataclass
class Answers:
    """A statement with its listed members that take part, each in exactly one of the four lists."""

    statement: GroupStatement
    confirmed: list[PositionVersion] = field(default_factory=list)
    dissociated: list[Dissociation] = field(default_factory=list)
    moved_on: list[Organisation] = field(default_factory=list)
    unanswered: list[Organisation] = field(default_factory=list)
    # Others that aligned themselves with the same words without being listed.
    joined: list[PositionVersion] = field(default_factory=list)

    @property
    def fall(self) -> str:
        """Why nobody can confirm it any more, "" where they can."""
        return self.statement.version.fall

    @property
    def is_open(self) -> bool:
        return not self.fall and self.statement.replaced_at is None


def answers_on(user: Any, consultation: Consultation, recommendation: Passage) -> list[Answers]:
    """The statements on one recommendation that the person may read, with their answers: a bounded number of queries.

    One that no longer stands is left out unless a signed position still refers to it.
    """
    found = visible_statements(user, consultation).filter(recommendation=recommendation).for_display()
    answered = answers_of(consultation, list(found.order_by("grouping__name", "pk")))
    return [a for a in answered if a.is_open or a.confirmed or a.joined or _waits(a)]


def _waits(answers: Answers) -> bool:
    """Its words wait for a moderator: who may read them sees that."""
    version = answers.statement.version
    return answers.statement.replaced_at is None and version.state == PositionVersion.State.SIGNED


def answers_of(consultation: Consultation, statements: list[GroupStatement]) -> list[Answers]:
    """How the listed members answered each of these statements of one consultation: four queries."""
    if not statements:
        return []
    versions = [s.version_id for s in statements]
    aligned = PositionVersion.objects.filter(aligned_with__in=versions, signed_at__isnull=False)
    counted = set(
        Position.objects.counted(consultation)
        .filter(signed__aligned_with__in=versions)
        .values_list("signed", flat=True)
    )
    ever: dict[tuple[int, int], PositionVersion] = {}
    for version in aligned.select_related("position__organisation__group").order_by("signed_at", "pk"):
        ever[version.aligned_with_id or 0, version.position.organisation_id] = version
    words = Dissociation.objects.filter(statement__in=statements).select_related(
        "organisation__group", "comment__published"
    )
    last_word = {(d.statement_id, d.organisation_id): d for d in words.order_by("dissociated_at", "pk")}
    taking_part = set(consultation.participants().order_by().values_list("pk", flat=True))
    answered = []
    for statement in statements:
        answers = Answers(statement)
        of_this = {organisation: v for (version, organisation), v in ever.items() if version == statement.version_id}
        listed = [m.organisation for m in statement.listed.all() if m.organisation_id in taking_part]
        for organisation in listed:
            _sort(
                answers,
                organisation,
                of_this.get(organisation.pk),
                last_word.get((statement.pk, organisation.pk)),
                counted,
            )
        others = set(of_this) - {o.pk for o in listed}
        answers.joined = [v for key, v in of_this.items() if key in others and v.pk in counted]
        answered.append(answers)
    return answered


def _sort(
    answers: Answers,
    organisation: Organisation,
    version: PositionVersion | None,
    dissociation: Dissociation | None,
    counted: set[int],
) -> None:
    """Put one member where its last act belongs: what its delegation signed, or nothing."""
    if version and version.pk in counted:
        answers.confirmed.append(version)
    elif dissociation and (
        version is None or (version.signed_at or dissociation.dissociated_at) <= dissociation.dissociated_at
    ):
        answers.dissociated.append(dissociation)
    elif version:
        answers.moved_on.append(organisation)
    else:
        answers.unanswered.append(organisation)


def to_answer(consultation: Consultation, organisation: Organisation) -> list[GroupStatement]:
    """The standing statements made for this organisation that it neither confirmed nor dissociated from."""
    standing = GroupStatement.objects.standing().filter(consultation=consultation, listed__organisation=organisation)
    confirmed = PositionVersion.objects.filter(
        position__organisation=organisation, aligned_with__isnull=False, signed_at__isnull=False
    ).values("aligned_with")
    dissociated = Dissociation.objects.filter(organisation=organisation).values("statement")
    waiting = standing.exclude(version__in=confirmed).exclude(pk__in=dissociated)
    return list(waiting.for_display()[:MOST])
