"""Rows as JSON, CSV and a workbook: one after the other, and never a formula in a cell."""

import csv
import io
import itertools
import json
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import IO, Any

import xlsxwriter

from consultation.text.cells import harmless, harmless_line

# What a sheet of a workbook holds.
SHEET_ROWS, CELL_CHARACTERS = 1_048_576, 32_767

Row = Mapping[str, Any]


class _Line:
    """A file for the CSV writer that hands each line back."""

    def write(self, line: str) -> str:
        return line


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
        yield lines.getvalue()


def as_xlsx(columns: Sequence[str], rows: Iterable[Row]) -> IO[bytes]:
    """A workbook in a temporary file that goes when it is closed; no cell is a formula."""
    file = tempfile.NamedTemporaryFile(suffix=".xlsx")  # noqa: SIM115 - the answer closes it
    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(file.name, options) as workbook:
        sheet, line = None, SHEET_ROWS
        for row in rows:
            if line == SHEET_ROWS:
                sheet, line = _new_sheet(workbook, columns), 1
            _write(sheet, line, _cells(columns, row))
            line += 1
        if sheet is None:
            _new_sheet(workbook, columns)
    file.seek(0)
    return file


def _new_sheet(workbook: Any, columns: Sequence[str]) -> Any:
    sheet = workbook.add_worksheet()
    _write(sheet, 0, columns)
    return sheet


def _write(sheet: Any, line: int, cells: Sequence[str]) -> None:
    for column, cell in enumerate(cells):
        sheet.write_string(line, column, cell[:CELL_CHARACTERS])


def _cells(columns: Sequence[str], row: Row) -> list[str]:
    return [harmless(_plain(row[column])) for column in columns]


def _plain(value: Any) -> str:
    """What a cell says: nothing for None, a list with commas."""
    if isinstance(value, list):
        return ", ".join(str(one) for one in value)
    return "" if value is None else str(value)
