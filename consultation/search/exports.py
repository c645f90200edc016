"""All published comments of a consultation as JSON, CSV and XLSX, a few hundred in memory at a time."""

from collections.abc import Iterator
from typing import IO, Any

from consultation.consultations.models import Consultation
from consultation.discussion.models import Comment
from consultation.record import clock
from consultation.reports.models import Instrument
from consultation.stakeholders.models import User
from consultation.text import tables

CHUNK = 500
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
)
_VALUES = (
    "public_id",
    "passage__ref",
    "passage__code",
    "parent__public_id",
    "organisation__name",
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
    after = 0
    while True:
        published = consultation.comments.filter(state=Comment.State.PUBLISHED, pk__gt=after)
        if framework:
            published = published.filter(passage__in=framework.mentions.order_by().values("passage"))
        # Plain values: thousands of model instances that know each other wait long for the garbage collector.
        chunk = list(published.order_by("pk").values("pk", *_VALUES)[:CHUNK])
        yield from (_row(values) for values in chunk)
        if len(chunk) < CHUNK:
            return
        after = chunk[-1]["pk"]


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


def _row(values: dict[str, Any]) -> dict[str, str | None]:
    return {
        "id": values["public_id"],
        "passage": values["passage__ref"],
        "code": values["passage__code"],
        "parent": values["parent__public_id"],
        "organisation": values["organisation__name"],
        "group": values["organisation__group__name"],
        "author": str(User(name=values["author__name"], erased_at=values["author__erased_at"])),
        "type": values["published__type"],
        "published_at": _instant(values["published__published_at"] or values["state_at"]),
        "body": values["published__body"],
        "proposed_wording": values["published__proposed_wording"],
        "quote": values["published__quote"],
        "late": "yes" if values["published__late"] else "",
    }


def _instant(instant: Any) -> str:
    return str(instant.strftime("%Y-%m-%dT%H:%M:%SZ"))
