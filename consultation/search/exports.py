"""All published comments of a consultation as JSON, CSV and XLSX, a few hundred in memory at a time."""

from collections.abc import Iterator
from typing import IO, Any

from django.contrib.auth.models import AnonymousUser

from consultation.consultations.attribution import Attributions
from consultation.consultations.models import Consultation
from consultation.discussion.models import Comment, CommentQuerySet
from consultation.record import clock
from consultation.reports.models import Instrument
from consultation.stakeholders.models import Organisation, StakeholderGroup, User
from consultation.text import tables

CHUNK = 500
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
_VALUES = (
    "public_id",
    "passage__ref",
    "passage__code",
    "parent__public_id",
    "attribution",
    "organisation",
    "organisation__name",
    "organisation__group",
    "organisation__group__name",
    "author__name",
    "author__erased_at",
    "published__type",
    "published__published_at",
    "state_at",
    "published__body",
    "published__proposed_wording",
    "published__quote",
    "published__late",
)


def rows(consultation: Consultation, framework: Instrument | None = None) -> Iterator[dict[str, str | None]]:
    """The published comments in the order in which they were written, chunk by chunk: no query stays open.

    With `framework` those on passages that mention this instrument.
    """
    after, attributions = 0, Attributions(AnonymousUser(), consultation)
    while True:
        published = consultation.comments.filter(state=Comment.State.PUBLISHED, pk__gt=after)
        if framework:
            published = published.filter(passage__in=framework.mentions.order_by().values("passage"))
        # Plain values: thousands of model instances that know each other wait long for the garbage collector.
        chunk = list(published.order_by("pk").values("pk", *_VALUES)[:CHUNK])
        yield from (_row(values, attributions) for values in chunk)
        if len(chunk) < CHUNK:
            return
        after = chunk[-1]["pk"]


def rows_of(published: CommentQuerySet, attributions: Attributions) -> list[dict[str, str | None]]:
    """These published comments as the files have them, in one query."""
    return [_row(values, attributions) for values in published.values(*_VALUES)]


def as_json(consultation: Consultation, framework: Instrument | None = None) -> Iterator[str]:
    """One JSON object; the texts are as they were written."""
    head = {"consultation": consultation.slug, "as_of": _instant(clock.now())}
    if framework:
        head["framework"] = framework.slug
    return tables.as_json(head, "comments", rows(consultation, framework))


def as_csv(consultation: Consultation, framework: Instrument | None = None) -> Iterator[str]:
    """Comma-separated lines with a heading; no cell is a formula."""
    return tables.as_csv(COLUMNS, rows(consultation, framework))


def as_xlsx(consultation: Consultation, framework: Instrument | None = None) -> IO[bytes]:
    """A workbook in a temporary file that goes when it is closed; no cell is a formula."""
    return tables.as_xlsx(COLUMNS, rows(consultation, framework))


def _row(values: dict[str, Any], attributions: Attributions) -> dict[str, str | None]:
    group = StakeholderGroup(pk=values["organisation__group"], name=values["organisation__group__name"])
    organisation = Organisation(pk=values["organisation"], name=values["organisation__name"], group=group)
    origin = attributions.origin(values["attribution"], organisation)
    author = User(name=values["author__name"], erased_at=values["author__erased_at"])
    at = _instant(values["published__published_at"] or values["state_at"])
    return {
        "id": values["public_id"],
        "passage": values["passage__ref"],
        "code": values["passage__code"],
        "parent": values["parent__public_id"],
        "organisation": origin.organisation.name if origin.organisation else "",
        "group": origin.group.name if origin.group else "",
        "author": str(author) if origin.organisation else "",
        "type": values["published__type"],
        # Of what is not named only the day: the minute can be that of something else.
        "published_at": at if origin.organisation else at[:DAY],
        "body": values["published__body"],
        "proposed_wording": values["published__proposed_wording"],
        "quote": values["published__quote"],
        "late": "yes" if values["published__late"] else "",
        "attribution": origin.level,
    }


def _instant(instant: Any) -> str:
    return str(instant.strftime("%Y-%m-%dT%H:%M:%SZ"))
