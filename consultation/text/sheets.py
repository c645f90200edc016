"""Sheets of a workbook (XLSX): forms that people fill in, and tables that they read. No cell is a formula."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from io import BytesIO
from math import ceil
from typing import Any

import xlsxwriter
from django.utils.translation import gettext as _
from xlsxwriter.worksheet import Worksheet

from consultation.text.cells import harmless
from consultation.text.characters import printable

# Points: the height of a line, and of the highest row that a sheet can have.
_LINE, _HIGHEST = 15, 408
# What a sheet and a cell hold, and how wide in characters a column of a table is.
# Lines of a filled form that are read, empty ones too: a file of some thousand bytes can have a million of them.
MOST_LINES = 5_000
_LAST_ROW, _CELL_CHARACTERS, _NARROWEST, _WIDEST = 1_048_575, 32_767, 9, 60


def goes_on(title: str) -> str:
    """The sentence that says why a filled form is not read whose sheet does not end at `MOST_LINES`."""
    said = _("The sheet “%(sheet)s” goes on below row %(row)s. Delete all rows below the form, empty ones too.")
    return said % {"sheet": title, "row": MOST_LINES}


class _Growing(Worksheet):
    """A sheet whose rows begin with the height that they are given and grow with what people type.

    Without a height some programs show only the first line; with one of its own a row never grows again.
    """

    def _xml_start_tag_unencoded(self, tag: str, attributes: Any = None) -> None:
        kept = [(name, value) for name, value in attributes or [] if name != "customHeight"]
        super()._xml_start_tag_unencoded(tag, kept)


class Form:
    """The sheets of a form. Every text is written as text: nothing that begins like a formula, a number or an address
    becomes one.
    """

    def __init__(self, book: Any) -> None:
        self._book = book
        self._bold, self._wrapped = self._format(bold=True), self._format()
        self._head = self._format(bold=True, bottom=2)
        self._fixed = self._format(bg_color="#f4f6f8", border=1)
        self._free = self._format(locked=False, border=1, num_format="@")

    def read_me(self, title: str, lines: Iterable[tuple[str, str]]) -> None:
        """A sheet that says whose form this is and how to fill it in."""
        sheet = self._book.add_worksheet(title, _Growing)
        sheet.protect("", {"format_columns": True})
        widths = (16, 90)
        _widen(sheet, widths)
        for number, (name, text) in enumerate(lines):
            sheet.set_row(number, _height((name, text), widths))
            sheet.write_string(number, 0, printable(name), self._bold)
            sheet.write_string(number, 1, printable(text), self._wrapped)

    def sheet(self, title: str, columns: Sequence[tuple[str, int]], *, frozen: int, allowed: Sequence[str]) -> Any:
        """A protected sheet with these headings and widths in characters; so many columns stay when it is scrolled."""
        sheet = self._book.add_worksheet(title, _Growing)
        sheet.protect("", dict.fromkeys(allowed, True))
        _widen(sheet, [width for _name, width in columns])
        for column, (name, _width) in enumerate(columns):
            sheet.write_string(0, column, name, self._head)
        sheet.ignore_errors({"number_stored_as_text": "A1:XFD1048576"})
        sheet.freeze_panes(1, frozen)
        _print_whole(sheet)
        return sheet

    def row(self, sheet: Any, number: int, cells: Sequence[tuple[str, int, bool]]) -> None:
        """A row of cells: the text, the width of its column, and whether it stays as it is."""
        sheet.set_row(
            number, _height([text for text, _width, _kept in cells], [width for _text, width, _kept in cells])
        )
        for column, (text, _width, kept) in enumerate(cells):
            sheet.write_string(number, column, printable(text), self._fixed if kept else self._free)

    def _format(self, **more: Any) -> Any:
        return self._book.add_format({"text_wrap": True, "valign": "top", **more})


class Table:
    """A sheet of rows to read and to filter: its headings stay, and its words can be read whole."""

    def __init__(self, book: Any, title: str | None, columns: Sequence[str]) -> None:
        self._sheet = book.add_worksheet(title, _Growing)
        self._plain = book.add_format({"text_wrap": True, "valign": "top"})
        self._widths = [_NARROWEST] * len(columns)
        self._rows = 0
        self._sheet.freeze_panes(1, 0)
        _print_whole(self._sheet)
        self._write(columns, book.add_format({"bold": True, "bottom": 1}))

    @property
    def is_full(self) -> bool:
        """Whether no further row has room."""
        return self._rows == _LAST_ROW

    def add(self, cells: Sequence[str | float]) -> None:
        """A row; what would be read as a formula has an apostrophe before it."""
        self._rows += 1
        texts = [cell for cell in cells if isinstance(cell, str)]
        self._sheet.set_row(self._rows, _height(texts, [_WIDEST] * len(texts)))
        self._write(cells, self._plain)

    def finish(self) -> None:
        """Once all rows are there: columns as wide as their words, and a filter in each heading."""
        _widen(self._sheet, self._widths)
        self._sheet.autofilter(0, 0, self._rows, len(self._widths) - 1)

    def _write(self, cells: Sequence[str | float], form: Any) -> None:
        for column, cell in enumerate(cells):
            if isinstance(cell, str):
                text = harmless(cell)[:_CELL_CHARACTERS]
                self._widths[column] = max(self._widths[column], min(len(text) + 2, _WIDEST))
                self._sheet.write_string(self._rows, column, text, form)
            else:
                self._sheet.write_number(self._rows, column, cell, form)


@contextmanager
def new_form(held: BytesIO, title: str, created: datetime) -> Iterator[Form]:
    """A form that is in `held` once this ends."""
    plain = {"in_memory": True, "strings_to_formulas": False, "strings_to_numbers": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(held, plain) as book:
        book.set_properties({"title": title, "created": created})
        yield Form(book)


def _print_whole(sheet: Any) -> None:
    """On paper all columns stand side by side, their headings on each page."""
    sheet.set_landscape()
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(0)


def _widen(sheet: Any, widths: Sequence[int]) -> None:
    for column, width in enumerate(widths):
        sheet.set_column(column, column, width)


def _height(texts: Sequence[str], widths: Sequence[int]) -> int:
    """Points that these texts need in columns of so many characters, words being wrapped."""
    lines = [
        sum(max(1, ceil(len(line) / (0.9 * width))) for line in text.split("\n"))
        for text, width in zip(texts, widths, strict=True)
    ]
    return min(_LINE * max(lines, default=1), _HIGHEST)
