"""Comments as plain rows, for pages that show many: one query, and no model instances."""

from collections.abc import Iterable
from datetime import datetime
from functools import cache
from typing import Any, NamedTuple

from django.db.models import QuerySet
from django.db.models.functions import Coalesce

from consultation.discussion.models import Comment, CommentQuerySet


class Row(NamedTuple):
    """A comment with what a page shows of it: the published words, else those of its latest revision."""

    pk: int
    public_id: str
    receipt: str
    state: str
    shared: bool
    created_at: datetime
    state_at: datetime
    answers: int
    passage_id: int
    parent_id: int | None
    root_id: int | None
    answered_id: int | None
    published_id: int | None
    attribution: str
    author_id: int
    author_name: str
    author_email: str
    author_erased_at: datetime | None
    organisation_id: int
    organisation_name: str
    organisation_slug: str
    group_id: int
    group_name: str
    group_code: str
    group_colour: int
    number: int | None
    published_at: datetime | None
    latest_state: str
    type: str
    body: str
    proposed_wording: str
    late: bool


_COLUMNS: tuple[str | Coalesce, ...] = (
    *("pk", "public_id", "receipt", "state", "shared", "created_at", "state_at", "answers", "passage", "parent"),
    *("root", "answered", "published", "attribution", "author", "author__name", "author__email", "author__erased_at"),
    *("organisation", "organisation__name", "organisation__slug", "organisation__group", "organisation__group__name"),
    *("organisation__group__code", "organisation__group__colour", "published__number", "published__published_at"),
    "latest__state",
    *(Coalesce(f"published__{name}", f"latest__{name}") for name in ("type", "body", "proposed_wording", "late")),
)


def rows_of(comments: CommentQuerySet) -> list[Row]:
    """These comments, in their order: one query."""
    return [Row._make(values) for values in comments.values_list(*_COLUMNS)]


def rows_by_key(keys: Iterable[int]) -> dict[int, Row]:
    """The comments with these keys, which somebody has found that the reader may see: one query, none without keys."""
    wanted = list(keys)
    found = _all().filter(pk__in=wanted) if wanted else []
    return {row.pk: row for row in map(Row._make, found)}


@cache
def _all() -> QuerySet[Comment, tuple[Any, ...]]:
    """What is read of each comment, with its joins worked out once in a process; never read as it stands."""
    return Comment.objects.order_by().values_list(*_COLUMNS)


def with_parents(rows: Iterable[Row]) -> dict[int, Row]:
    """These rows by their keys, and those that they answer: a query where one of those is not among them."""
    by_key = {row.pk: row for row in rows}
    missing = {row.parent_id for row in by_key.values() if row.parent_id and row.parent_id not in by_key}
    return by_key | rows_by_key(pk for pk in missing if pk is not None)
