"""What is answered, what is open, and the figures by group."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

from django.db.models import Case, Count, F, Max, Q, QuerySet, Value, When

from consultation.consultations.attribution import Attribution
from consultation.consultations.models import Consultation
from consultation.discussion.models import Comment, CommentQuerySet, CommentRevision
from consultation.dispositions.models import Disposition, DispositionVersion
from consultation.stakeholders.models import StakeholderGroup

OPEN, ANSWERED, CHANGED = "open", "answered", "changed"
ANSWERED_TYPES = (CommentRevision.Type.SUBSTANTIVE, CommentRevision.Type.EDITORIAL)


# The comment was away when the dispositions were published, and came back: its answer is public only when given again.
_LEFT_OUT = Q(consultation__disposition_list__published_at__isnull=False, disposition__published=None)


def answerable(consultation: Consultation) -> CommentQuerySet:
    """The published comments and replies that get a disposition: substantive, editorial, or with proposed wording."""
    return consultation.comments.filter(state=Comment.State.PUBLISHED).filter(
        Q(published__type__in=ANSWERED_TYPES) | ~Q(published__proposed_wording="")
    )


def work_of(consultation: Consultation) -> "QuerySet[Any]":
    """The same for the rapporteur's table, in the order of the report.

    `answer` is `open`, `answered` or `changed`: the comment was changed since the answer, which counts as open. After
    publication an answer that is not published counts as open too.
    """
    comments = answerable(consultation).annotate(
        answer=Case(
            When(Q(disposition__latest=None) | _LEFT_OUT, then=Value(OPEN)),
            When(disposition__latest__revision=F("published"), then=Value(ANSWERED)),
            default=Value(CHANGED),
        )
    )
    rows: QuerySet[Any] = comments.select_related(
        "passage", "organisation__group", "author", "published", "consultation", "disposition__latest__written_by"
    )
    return rows.order_by("passage__order", "created_at", "pk")


@dataclass(frozen=True)
class Progress:
    """How many comments there are to answer, and how many of them are answered in the words that stand now."""

    answered: int
    of: int

    @property
    def open(self) -> int:
        return self.of - self.answered


def progress_of(consultation: Consultation) -> Progress:
    """One query."""
    rows = answerable(consultation).order_by()
    counted = rows.aggregate(
        of=Count("pk"), answered=Count("pk", filter=Q(disposition__latest__revision=F("published")) & ~_LEFT_OUT)
    )
    return Progress(counted["answered"], counted["of"])


def next_open(consultation: Consultation, after: Comment | None = None) -> Comment | None:
    """The first open comment behind this one in the order of the report, else the first of all; None if none is."""
    waiting = work_of(consultation).exclude(answer=ANSWERED)
    following: Comment | None = None
    if after is not None:
        behind = Q(passage__order__gt=after.passage.order) | (
            Q(passage__order=after.passage.order)
            & (Q(created_at__gt=after.created_at) | Q(created_at=after.created_at, pk__gt=after.pk))
        )
        following = waiting.filter(behind).first()
    return following or waiting.first()


def newest_version(consultation: Consultation) -> int:
    """A number that grows with every answer: what a check before publication has seen."""
    versions = DispositionVersion.objects.filter(disposition__consultation=consultation)
    return int(versions.aggregate(newest=Max("pk"))["newest"] or 0)


@dataclass(frozen=True)
class Counts:
    """Answered comments by disposition, and of how many organisations at least one comment was taken up."""

    accepted: int = 0
    in_part: int = 0
    noted: int = 0
    not_accepted: int = 0
    of: int = 0
    organisations_taken_up: int = 0
    organisations: int = 0

    @property
    def taken_up(self) -> int:
        """Accepted, or accepted in part."""
        return self.accepted + self.in_part

    @property
    def answers(self) -> dict[str, int]:
        """Without the organisations."""
        return {n: v for n, v in self.as_dict().items() if not n.startswith("organisations")}

    def __add__(self, other: "Counts") -> "Counts":
        return Counts(**{name: getattr(self, name) + getattr(other, name) for name in self.__dataclass_fields__})

    def as_dict(self) -> dict[str, int]:
        return {"taken_up": self.taken_up, **{name: getattr(self, name) for name in self.__dataclass_fields__}}


@dataclass(frozen=True)
class Figures:
    """The counts of each stakeholder group of which a comment was answered, and of all.

    `unattributed` are comments without a name: with no group, and no organisations, which could be told from each
    other by their number.
    """

    lines: list[tuple[StakeholderGroup, Counts]]
    unattributed: Counts = Counts()

    @property
    def totals(self) -> Counts:
        return sum((counts for _group, counts in self.lines), self.unattributed)


def figures_of(consultation: Consultation) -> Figures:
    """Whose comments were taken up, of what is published: two queries, however many groups."""
    return figures(Disposition.objects.public().filter(consultation=consultation), "published")


def prepared_figures_of(consultation: Consultation) -> Figures:
    """The same of what would be published now: for rapporteurs and secretariat only."""
    prepared = Disposition.objects.filter(comment__in=answerable(consultation).order_by().values("pk"))
    return figures(prepared, "latest")


def figures(dispositions: Any, version: str) -> Figures:
    """The counts of these dispositions by group, `version` being what is read of them: `published` or `latest`."""
    values = {value: Q(**{f"{version}__value": value}) for value in DispositionVersion.Value.values}
    taken_up = values["accepted"] | values["in_part"]
    rows = (
        dispositions.order_by()
        .filter(**{f"{version}__isnull": False})
        .values(group=Case(When(comment__attribution=Attribution.NAMED, then="comment__organisation__group")))
        .annotate(
            **{f"n_{name}": Count("pk", filter=condition) for name, condition in values.items()},
            n_of=Count("pk"),
            n_organisations=Count("comment__organisation", distinct=True),
            n_organisations_taken_up=Count("comment__organisation", distinct=True, filter=taken_up),
        )
    )
    counted = {row.pop("group"): Counts(**{n.removeprefix("n_"): v for n, v in row.items()}) for row in list(rows)}
    nameless = replace(counted.pop(None, Counts()), organisations=0, organisations_taken_up=0)
    groups = StakeholderGroup.objects.filter(pk__in=counted).order_by("order")
    return Figures([(group, counted[group.pk]) for group in groups], nameless)


def has_published(consultation: Consultation) -> bool:
    """Whether any answer can be read: one query."""
    return Disposition.objects.public().filter(consultation=consultation).exists()


def answers_to(comments: Iterable[Comment]) -> dict[int, Disposition]:
    """The published answers to these comments by their key: one query."""
    public = Disposition.objects.public().filter(comment__in=[c.pk for c in comments])
    return {d.comment_id: d for d in public.select_related("published", "comment")}
