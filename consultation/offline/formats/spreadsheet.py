"""A pack as a spreadsheet (XLSX): a sheet of positions, a sheet of comments, and one that says whose form it is."""

from collections.abc import Sequence
from io import BytesIO
from typing import IO, Any

import openpyxl
from django.utils.translation import gettext as _

from consultation.offline import fields as f
from consultation.offline.content import Content, Item
from consultation.offline.errors import BadPack
from consultation.offline.fields import Written
from consultation.text.sheets import MOST_LINES, Form, goes_on, new_form

README, PACK = "Read me", "pack"
SHEETS = {f.POSITION: "Positions", f.NOTE: "Comments"}
_WIDTHS = {f.TEXT: 60, f.EXPLANATION: 60, f.COMMENT: 60, f.WORDING: 60, f.STANCE: 26, f.CAPACITY: 26, f.SHOWN: 22}
_LAST_ROW, _MOST_COLUMNS, _MOST_ROWS = 1_048_576, 20, 1_200
_MORE_ROWS = 30


def write(content: Content) -> bytes:
    """The form as a workbook."""
    held = BytesIO()
    with new_form(held, content.pack.number, content.pack.made_at) as form:
        form.read_me(README, _read_me(content))
        for kind in SHEETS:
            if items := content.of_kind(kind):
                _write_rows(form, content, kind, items)
    return held.getvalue()


def _read_me(content: Content) -> list[tuple[str, str]]:
    return [
        *content.facts,
        *((str(number), line) for number, line in enumerate(content.instructions, 1)),
        ("", _("The line below says which form this is. Leave it as it is.")),
        (PACK, content.pack.number),
    ]


def _write_rows(form: Form, content: Content, kind: str, items: Sequence[Item]) -> None:
    numbers = f.fields_of(kind, attribution=content.attribution)
    columns = [(f.label(number), _WIDTHS.get(number, 12)) for number in numbers]
    allowed = ("format_columns", "format_rows", "delete_rows", "insert_rows", "sort")
    sheet = form.sheet(SHEETS[kind], columns, frozen=3, allowed=allowed)
    sheet.set_footer(f"&L{content.pack.number}&R&P / &N")
    last = len(items) + (_MORE_ROWS if kind == f.NOTE else 0)
    for column, number in enumerate(numbers):
        if number in f.CHOICES:
            listed = {"validate": "list", "source": f.choices(number), "error_message": _("Choose one of the list.")}
            sheet.data_validation(1, column, last, column, listed)
    for row, item in enumerate(items, 1):
        texts = [item.values.get(number, "") for number in numbers]
        form.row(
            sheet, row, [(text, w, n in f.FIXED) for text, n, (_h, w) in zip(texts, numbers, columns, strict=True)]
        )
    for row in range(len(items) + 1, last + 1):  # for further comments on passages that are named in them
        form.row(sheet, row, [("", width, False) for _heading, width in columns])


def read(file: IO[bytes]) -> tuple[str, list[Written]]:
    """The number of the pack and the rows of both sheets. Raises `BadPack`."""
    book = openpyxl.load_workbook(file, read_only=True, data_only=False, keep_links=False)
    try:
        if README not in book.sheetnames:
            raise BadPack(_("This is not a pack of this application. Download one and fill that in."))
        lines = book[README].iter_rows(max_row=50, max_col=2, values_only=True)
        named = {str(line[0]): str(line[1]) for line in lines if len(line) > 1 and line[0] and line[1]}
        rows = [row for kind, name in SHEETS.items() if name in book.sheetnames for row in _rows(book[name], kind)]
        return named.get(PACK, ""), rows
    finally:
        book.close()


def _rows(sheet: Any, kind: str) -> list[Written]:
    found: list[Written] = []
    columns: dict[int, int] = {}
    for line, cells in enumerate(sheet.iter_rows(max_row=_LAST_ROW, max_col=_MOST_COLUMNS), 1):
        if line > MOST_LINES:
            raise BadPack(goes_on(sheet.title))
        texts = [_text(cell) for cell in cells]
        if not any(texts):
            continue
        if not columns:
            columns = {n: column for column, text in enumerate(texts) if (n := f.number_of(text)) in f.FIELDS[kind]}
            if f.REF not in columns:
                raise BadPack(
                    _("The head of the sheet “%s” was changed. Use the form as it was downloaded.") % sheet.title
                )
            continue
        if len(found) >= _MOST_ROWS:
            raise BadPack(_("The file has more rows than a form can have. Nothing was read."))
        values = {n: texts[column] for n, column in columns.items() if column < len(texts)}
        found.append(Written(kind, _("Sheet %(sheet)s, row %(row)d") % {"sheet": sheet.title, "row": line}, values))
    return found


def _text(cell: Any) -> str:
    """A cell as a person reads it: 3.0 is 3; a formula is the text that somebody typed."""
    value = cell.value
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(getattr(value, "text", value))
