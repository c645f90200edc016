"""All published comments of a consultation as JSON, CSV and XLSX, a few hundred in memory at a time."""

import csv
import json
import tempfile
from collections.abc import Iterator
from typing import IO, Any

import xlsxwriter
from django.contrib.auth.models import AnonymousUser

from consultation.consultations.attribution import Attributions
from consultation.consultations.models import Consultation
from consultation.discussion.models import Comment
from consultation.record import clock
from consultation.stakeholders.models import Organisation, StakeholderGroup, User
from consultation.text.cells import harmless

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
)
# What a sheet of a workbook holds.
SHEET_ROWS, CELL_CHARACTERS = 1_048_576, 32_767


class _Line:
    """A file for the CSV writer that hands each line back."""

    def write(self, line: str) -> str:
        return line


def rows(consultation: Consultation) -> Iterator[dict[str, str | None]]:
    """The published comments in the order in which they were written, chunk by chunk: no query stays open."""
    after, attributions = 0, Attributions(AnonymousUser(), consultation)
    while True:
        published = consultation.comments.filter(state=Comment.State.PUBLISHED, pk__gt=after)
        # Plain values: thousands of model instances that know each other wait long for the garbage collector.
        chunk = list(published.order_by("pk").values("pk", *_VALUES)[:CHUNK])
        yield from (_row(values, attributions) for values in chunk)
        if len(chunk) < CHUNK:
            return
        after = chunk[-1]["pk"]


def as_json(consultation: Consultation) -> Iterator[str]:
    """One JSON object; the texts are as they were written."""
    head = {"consultation": consultation.slug, "as_of": _instant(clock.now())}
    yield json.dumps(head, ensure_ascii=False)[:-1] + ', "comments": ['
    separator = "\n"
    for row in rows(consultation):
        yield separator + json.dumps(row, ensure_ascii=False)
        separator = ",\n"
    yield "\n]}\n"


def as_csv(consultation: Consultation) -> Iterator[str]:
    """Comma-separated lines with a heading; no cell is a formula."""
    writer = csv.writer(_Line())
    yield writer.writerow(COLUMNS)
    for row in rows(consultation):
        yield writer.writerow(_cells(row))


def as_xlsx(consultation: Consultation) -> IO[bytes]:
    """A workbook in a temporary file that goes when it is closed; no cell is a formula."""
    file = tempfile.NamedTemporaryFile(suffix=".xlsx")  # noqa: SIM115 - the answer closes it
    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(file.name, options) as workbook:
        sheet, line = None, SHEET_ROWS
        for row in rows(consultation):
            if line == SHEET_ROWS:
                sheet, line = _new_sheet(workbook), 1
            _write(sheet, line, _cells(row))
            line += 1
        if sheet is None:
            _new_sheet(workbook)
    file.seek(0)
    return file


def _new_sheet(workbook: Any) -> Any:
    sheet = workbook.add_worksheet()
    _write(sheet, 0, list(COLUMNS))
    return sheet


def _write(sheet: Any, line: int, cells: list[str]) -> None:
    for column, cell in enumerate(cells):
        sheet.write_string(line, column, cell[:CELL_CHARACTERS])


def _cells(row: dict[str, str | None]) -> list[str]:
    return [harmless(row[column] or "") for column in COLUMNS]


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
        "attribution": origin.level,
    }


def _instant(instant: Any) -> str:
    return str(instant.strftime("%Y-%m-%dT%H:%M:%SZ"))
