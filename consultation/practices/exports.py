"""The published practices of a consultation as JSON, CSV and XLSX: what everybody may read, nothing else."""

from collections.abc import Iterator
from typing import IO, Any

from consultation.consultations.models import Consultation
from consultation.practices.models import Practice
from consultation.record import clock
from consultation.text import tables

CHUNK = 200
COLUMNS = (
    "id",
    "organisation",
    "group",
    "title",
    "summary",
    "place",
    "countries",
    "since",
    "partners",
    "results",
    "source",
    "recommendations",
    "revision",
    "published_at",
)


def rows(consultation: Consultation) -> Iterator[dict[str, Any]]:
    """The published practices in the order in which they were written, chunk by chunk: no query stays open."""
    after = 0
    while True:
        published = Practice.objects.public().filter(consultation=consultation, pk__gt=after)
        chunk = list(published.for_display().order_by("pk")[:CHUNK])
        yield from (_row(practice) for practice in chunk)
        if len(chunk) < CHUNK:
            return
        after = chunk[-1].pk


def as_json(consultation: Consultation) -> Iterator[str]:
    """One JSON object; the texts are as they were written."""
    head = {"consultation": consultation.slug, "as_of": clock.written(clock.now())}
    return tables.as_json(head, "practices", rows(consultation))


def as_csv(consultation: Consultation) -> Iterator[str]:
    """Comma-separated lines with a heading; no cell is a formula."""
    return tables.as_csv(COLUMNS, rows(consultation))


def as_xlsx(consultation: Consultation) -> IO[bytes]:
    """A workbook in a temporary file that goes when it is closed; no cell is a formula."""
    return tables.as_xlsx(COLUMNS, rows(consultation))


def _row(practice: Practice) -> dict[str, Any]:
    words = practice.published
    assert words is not None  # noqa: S101 - a constraint holds it
    return {
        "id": practice.public_id,
        "organisation": practice.organisation.name,
        "group": practice.organisation.group.name,
        "title": words.title,
        "summary": words.summary,
        "place": words.place,
        "countries": [country.code for country in words.countries],
        "since": words.year,
        "partners": words.partners,
        "results": words.results,
        "source": words.source,
        "recommendations": [passage.code for passage in words.recommendations.all()],
        "revision": words.number,
        "published_at": clock.written(words.published_at) if words.published_at else None,
    }
