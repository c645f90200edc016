"""All published comments of a consultation as JSON, CSV and XLSX, a few hundred in memory at a time."""

from collections.abc import Iterator
from typing import IO, Any

from django.contrib.auth.models import AnonymousUser
from django.db.models.functions import Coalesce

from consultation.consultations.attribution import Attribution, Attributions
from consultation.consultations.models import Consultation
from consultation.discussion.models import Comment, CommentQuerySet
from consultation.record import clock
from consultation.reports.models import Instrument
from consultation.stakeholders.models import Organisation, StakeholderGroup, User
from consultation.text import tables

CHUNK = 1_000
DAY = len("2026-11-24")
COLUMNS = (
    "id",
    "passage",
    "code",
    "parent",
    "organisation",
    "group",
    "author",
    "type",
    "published_at",
    "body",
    "proposed_wording",
    "quote",
    "late",
    "attribution",
)
_VALUES: tuple[str | clock.Written, ...] = (
    *("attribution", "organisation", "organisation__name", "organisation__group", "organisation__group__name"),
    *(
        "author__name",
        clock.Written("author__erased_at"),
        "public_id",
        "passage__ref",
        "passage__code",
        "parent__public_id",
    ),
    *("published__type", clock.Written(Coalesce("published__published_at", "state_at"))),
    *("published__body", "published__proposed_wording", "published__quote", "published__late", "pk"),
)
Cells = tuple[str | None, ...]


def rows(consultation: Consultation, framework: Instrument | None = None) -> Iterator[dict[str, str | None]]:
    """The published comments in the order in which they were written, chunk by chunk: no query stays open.

    With `framework` those on passages that mention this instrument.
    """
    for chunk in _chunks(consultation, framework):
        yield from (dict(zip(COLUMNS, cells, strict=True)) for cells in chunk)


def _chunks(consultation: Consultation, framework: Instrument | None) -> Iterator[list[Cells]]:
    after, attributions = 0, Attributions(AnonymousUser(), consultation)
    while True:
        published = consultation.comments.filter(state=Comment.State.PUBLISHED, pk__gt=after)
        if framework:
            published = published.filter(passage__in=framework.mentions.order_by().values("passage"))
        # Plain values: thousands of model instances that know each other wait long for the garbage collector.
        chunk = list(published.order_by("pk").values_list(*_VALUES)[:CHUNK])
        yield [_cells(attributions, values) for values in chunk]
        if len(chunk) < CHUNK:
            return
        after = chunk[-1][-1]


def rows_of(published: CommentQuerySet, attributions: Attributions) -> list[dict[str, str | None]]:
    """These published comments as the files have them, in one query."""
    chunk = published.values_list(*_VALUES)
    return [dict(zip(COLUMNS, _cells(attributions, values), strict=True)) for values in chunk]


def as_json(consultation: Consultation, framework: Instrument | None = None) -> Iterator[str]:
    """One JSON object; the texts are as they were written."""
    head = {"consultation": consultation.slug, "as_of": clock.written(clock.now())}
    if framework:
        head["framework"] = framework.slug
    return tables.as_json(head, "comments", rows(consultation, framework))


def as_csv(consultation: Consultation, framework: Instrument | None = None) -> Iterator[str]:
    """Comma-separated lines with a heading, a few hundred at a time; no cell is a formula."""
    return tables.chunks_as_csv(COLUMNS, _chunks(consultation, framework))


def as_xlsx(consultation: Consultation, framework: Instrument | None = None) -> IO[bytes]:
    """A workbook in a temporary file that goes when it is closed; no cell is a formula."""
    return tables.as_xlsx(COLUMNS, rows(consultation, framework))


def _cells(attributions: Attributions, values: tuple[Any, ...]) -> Cells:
    attribution, *organisation, author, erased_at = values[:7]
    public_id, ref, code, parent, kind, at, body, wording, quote, late, _pk = values[7:]
    name, group, level = organisation[1], organisation[3], "named"
    if attribution != Attribution.NAMED:
        origin = attributions.origin(attribution, _organisation(*organisation))
        name, group = origin.organisation.name if origin.organisation else "", origin.group.name if origin.group else ""
        level = origin.level
    if level == "named":
        author = author if author and not erased_at else str(User(name=author, erased_at=erased_at))
    else:
        # Of what is not named only the day: the minute can be that of something else.
        author, at = "", at[:DAY]
    return public_id, ref, code, parent, name, group, author, kind, at, body, wording, quote, "yes" * late, level


def _organisation(pk: int, name: str, group: int, group_name: str) -> Organisation:
    return Organisation(pk=pk, name=name, group=StakeholderGroup(pk=group, name=group_name))
