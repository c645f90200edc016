"""Rows as JSON, CSV and a workbook: one after the other, and never a formula in a cell."""

import csv
import io
import itertools
import json
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import IO, Any

import xlsxwriter

from consultation.text.cells import harmless, harmless_line, harmless_lines
from consultation.text.sheets import Table

Row = Mapping[str, Any]


class _Line:
    """A file for the CSV writer that hands each line back, harmless."""

    def write(self, line: str) -> str:
        return harmless_lines(line)


def as_json(head: Mapping[str, Any], name: str, rows: Iterable[Row]) -> Iterator[str]:
    """One JSON object: what `head` says, and the rows under `name`; the texts are as they were written."""
    yield json.dumps(head, ensure_ascii=False)[:-1] + f', "{name}": ['
    separator = "\n"
    for row in rows:
        yield separator + json.dumps(row, ensure_ascii=False)
        separator = ",\n"
    yield "\n]}\n"


def as_csv(columns: Sequence[str], rows: Iterable[Row]) -> Iterator[str]:
    """Comma-separated lines with a heading; no cell is a formula."""
    writer = csv.writer(_Line())
    yield writer.writerow(columns)
    for row in rows:
        yield writer.writerow(_cells(columns, row))


def chunks_as_csv(columns: Sequence[str], chunks: Iterable[Iterable[Sequence[str | None]]]) -> Iterator[str]:
    """The same from cells in the order of the columns, as many lines at once as a chunk has."""
    heading = [list(columns)]
    for chunk in itertools.chain([heading], chunks):
        lines = io.StringIO()
        csv.writer(lines).writerows([harmless_line(cells) for cells in chunk])
        yield harmless_lines(lines.getvalue())


def as_xlsx(columns: Sequence[str], rows: Iterable[Row]) -> IO[bytes]:
    """A workbook in a temporary file that goes when it is closed; no cell is a formula."""
    file = tempfile.NamedTemporaryFile(suffix=".xlsx")  # noqa: SIM115 - the answer closes it
    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(file.name, options) as workbook:
        sheets: list[Table] = []
        for row in rows:
            if not sheets or sheets[-1].is_full:
                sheets.append(Table(workbook, None, columns))
            sheets[-1].add([_plain(row[column]) for column in columns])
        for sheet in sheets or [Table(workbook, None, columns)]:
            sheet.finish()
    file.seek(0)
    return file


def _cells(columns: Sequence[str], row: Row) -> list[str]:
    return [harmless(_plain(row[column])) for column in columns]


def _plain(value: Any) -> str:
    """What a cell says: nothing for None, a list with commas."""
    if isinstance(value, list):
        return ", ".join(str(one) for one in value)
    return "" if value is None else str(value)
