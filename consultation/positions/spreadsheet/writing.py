"""Writing the form of a delegation as a spreadsheet."""

from io import BytesIO
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from consultation.consultations.times import said
from consultation.positions.grid import Grid, RowForm
from consultation.positions.models import Stance
from consultation.positions.spreadsheet import (
    COLUMNS,
    EXPLANATION,
    KIND,
    README,
    SHEET,
    STANCE,
)
from consultation.record import clock
from consultation.text.sheets import Form, new_form

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
    with new_form(held, grid.consultation.title, clock.now()) as form:
        form.read_me(README, _read_me(grid))
        _write_rows(form, grid)
    return held.getvalue()


def _read_me(grid: Grid) -> list[tuple[str, str]]:
    said_so = {
        "limit": f"{settings.EXPLANATION_MAX_CHARACTERS:,}",
        "closes": said(grid.consultation.closes_at, grid.consultation),
    }
    return [
        (_("Consultation"), grid.consultation.title),
        (_("Organisation"), grid.membership.organisation.name),
        (_("Made"), said(clock.now(), grid.consultation)),
        *((str(number), line % said_so) for number, line in enumerate(READ_ME, 1)),
        ("", _("The lines below say whose form this is. Leave them as they are.")),
        ("form", KIND),
        ("consultation", grid.consultation.slug),
        ("organisation", grid.membership.organisation.slug),
    ]


def _write_rows(form: Form, grid: Grid) -> None:
    allowed = ("format_columns", "format_rows", "delete_rows")
    sheet = form.sheet(SHEET, list(COLUMNS.items()), frozen=STANCE, allowed=allowed)
    for number, row in enumerate(grid.rows, 1):
        cells = zip(_cells(row), COLUMNS.values(), strict=True)
        form.row(
            sheet, number, [(text, w, column not in (STANCE, EXPLANATION)) for column, (text, w) in enumerate(cells)]
        )
    last = len(grid.rows)
    sheet.data_validation(1, STANCE, last, STANCE, _stances())
    sheet.data_validation(1, EXPLANATION, last, EXPLANATION, _length())
    sheet.activate()


def _cells(row: RowForm) -> tuple[str, ...]:
    """What the form says of a recommendation, in the order of `COLUMNS`."""
    asked, current = row.recommendation, row.current
    stance, explanation = (str(current.get_stance_display()), current.explanation) if current else ("", "")
    return asked.ref, asked.code, asked.words, stance, explanation, str(row.current_number), _remark(row)


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
