"""Writing the form of a delegation as a spreadsheet."""

from io import BytesIO
from typing import Any

import xlsxwriter
from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from consultation.consultations.times import said
from consultation.positions.grid import Grid, RowForm
from consultation.positions.models import Stance
from consultation.positions.spreadsheet import (
    CODE,
    COLUMNS,
    EXPLANATION,
    KIND,
    README,
    REF,
    REMARK,
    SHEET,
    STANCE,
    TEXT,
    VERSION,
)
from consultation.record import clock

READ_ME = [
    gettext_lazy("Fill in the columns “Position” and “Explanation of position” of the sheet “Positions”."),
    gettext_lazy("A reservation needs an explanation. An explanation has up to %(limit)s characters."),
    gettext_lazy("Leave a row as it is to leave the position as it is; rows may be removed, not added."),
    gettext_lazy(
        "Save the file as .xlsx and send it on the page that you had it from. You see what would change first."
    ),
    gettext_lazy("What you send is saved as drafts. Nothing counts until a focal point has signed it, by %(closes)s."),
]


def write_form(grid: Grid) -> bytes:
    """The form of the grid's delegation as it stands now."""
    held = BytesIO()
    # Every text is written as text: nothing that begins like a formula, a number or an address becomes one.
    plain = {"in_memory": True, "strings_to_formulas": False, "strings_to_numbers": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(held, plain) as book:
        book.set_properties({"title": grid.consultation.title, "created": clock.now()})
        _write_read_me(book, grid)
        _write_rows(book, grid)
    return held.getvalue()


def _write_read_me(book: Any, grid: Grid) -> None:
    sheet = book.add_worksheet(README)
    sheet.protect("", {"format_columns": True})
    bold, wrapped = book.add_format({"bold": True}), book.add_format({"text_wrap": True, "valign": "top"})
    sheet.set_column(0, 0, 16)
    sheet.set_column(1, 1, 90)
    said_so = {
        "limit": f"{settings.EXPLANATION_MAX_CHARACTERS:,}",
        "closes": said(grid.consultation.closes_at, grid.consultation),
    }
    lines = [
        (_("Consultation"), grid.consultation.title),
        (_("Organisation"), grid.membership.organisation.name),
        (_("Made"), said(clock.now(), grid.consultation)),
        *((str(number), line % said_so) for number, line in enumerate(READ_ME, 1)),
        ("", _("The lines below say whose form this is. Leave them as they are.")),
        ("form", KIND),
        ("consultation", grid.consultation.slug),
        ("organisation", grid.membership.organisation.slug),
    ]
    for number, (label, text) in enumerate(lines):
        sheet.write_string(number, 0, str(label), bold)
        sheet.write_string(number, 1, str(text), wrapped)


def _write_rows(book: Any, grid: Grid) -> None:
    sheet = book.add_worksheet(SHEET)
    sheet.protect("", {"format_columns": True, "format_rows": True, "delete_rows": True})
    head = book.add_format({"bold": True, "bottom": 2, "text_wrap": True, "valign": "top"})
    fixed = book.add_format({"text_wrap": True, "valign": "top", "bg_color": "#f4f6f8", "border": 1})
    free = book.add_format({"text_wrap": True, "valign": "top", "locked": False, "border": 1, "num_format": "@"})
    for number, (name, width) in enumerate(COLUMNS.items()):
        sheet.set_column(number, number, width)
        sheet.write_string(0, number, name, head)
    for number, row in enumerate(grid.rows, 1):
        _write_row(sheet, number, row, fixed, free)
    last = len(grid.rows)
    sheet.data_validation(1, STANCE, last, STANCE, _stances())
    sheet.data_validation(1, EXPLANATION, last, EXPLANATION, _length())
    sheet.freeze_panes(1, STANCE)
    sheet.set_landscape()
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(0)
    sheet.activate()


def _write_row(sheet: Any, number: int, row: RowForm, fixed: Any, free: Any) -> None:
    recommendation, current = row.recommendation, row.current
    for column, text in ((REF, recommendation.ref), (CODE, recommendation.code), (TEXT, recommendation.words)):
        sheet.write_string(number, column, text, fixed)
    sheet.write_string(number, STANCE, str(current.get_stance_display()) if current else "", free)
    sheet.write_string(number, EXPLANATION, current.explanation if current else "", free)
    sheet.write_number(number, VERSION, row.current_number, fixed)
    sheet.write_string(number, REMARK, _remark(row), fixed)


def _remark(row: RowForm) -> str:
    if row.current is None:
        return ""
    if row.current.aligned_with:
        explaining = row.current.aligned_with.position.organisation
        return _("Aligned with the explanation of %s. Words of your own replace that.") % explaining
    return str(row.current.get_state_display())


def _stances() -> dict[str, Any]:
    return {
        "validate": "list",
        "source": [str(stance.label) for stance in Stance],
        "error_title": _("Position"),
        "error_message": _("Choose one of the list."),
    }


def _length() -> dict[str, Any]:
    limit = settings.EXPLANATION_MAX_CHARACTERS
    return {
        "validate": "length",
        "criteria": "<=",
        "value": limit,
        "error_title": _("Explanation of position"),
        "error_message": _("Up to %s characters.") % f"{limit:,}",
    }
