"""Reading a filled form back, row by row. What is read is only text for the grid's own form: nothing is saved here."""

from dataclasses import dataclass, field
from typing import IO, Any

import openpyxl
from django.utils.translation import gettext as _

from consultation.consultations.models import Consultation
from consultation.positions.grid import Grid
from consultation.positions.models import Stance
from consultation.positions.spreadsheet import (
    CODE,
    COLUMNS,
    EXPLANATION,
    KIND,
    LIMITS,
    README,
    REF,
    SHEET,
    STANCE,
    VERSION,
    place,
)
from consultation.stakeholders.models import Organisation
from consultation.text.archives import BadArchive, check_archive
from consultation.text.sheets import MOST_LINES, goes_on

_MOST_ROWS, _MOST_COLUMNS, _LAST_ROW, _MOST_PROBLEMS = 200, 20, 1_048_576, 100
_WITH_MACROS = (".xlsm", ".xltm", ".xlsb", ".xlam")


@dataclass(frozen=True)
class Problem:
    """What is wrong at one place of the file; row 0 and no column where it is about the whole."""

    sentence: str
    sheet: str = ""
    row: int = 0
    column: str = ""


class BadSpreadsheet(Exception):  # noqa: N818 - named for what it says
    """A file that is not taken as the form, with everything that is wrong in it."""

    def __init__(self, problems: list[Problem]) -> None:
        self.problems = problems
        super().__init__("; ".join(problem.sentence for problem in problems))


@dataclass
class Filled:
    """What a file says: the fields of the grid's form, and the row that each recommendation stands in."""

    sent: dict[str, str] = field(default_factory=dict)
    row_of: dict[str, int] = field(default_factory=dict)

    def problems(self, grid: Grid) -> list[Problem]:
        """What the grid's form finds wrong, each at its place in the file."""
        column = {"stance": STANCE, "explanation": EXPLANATION, "version": VERSION}
        return [
            Problem(str(error), SHEET, self.row_of.get(row.prefix or "", 0), place(column[name]))
            for row in grid.errors
            for name, errors in row.errors.items()
            for error in errors
        ]


def read_form(file: IO[bytes], name: str, consultation: Consultation, organisation: Organisation) -> Filled:
    """What the file says, each cell as text. Raises `BadSpreadsheet` with every problem and its place."""
    if name.lower().endswith(_WITH_MACROS):
        raise BadSpreadsheet([Problem(_("Files with macros are not taken. Save the form as .xlsx."))])
    if not name.lower().endswith(".xlsx"):
        raise BadSpreadsheet([Problem(_("Send the form as a file that ends with .xlsx."))])
    try:
        check_archive(file, LIMITS, must_have="xl/workbook.xml")
    except BadArchive as bad:
        raise BadSpreadsheet([Problem(bad.sentence)]) from bad
    reader = _Reader(consultation, organisation)
    try:
        book = openpyxl.load_workbook(file, read_only=True, data_only=False, keep_links=False)
        try:
            reader.read(book)
        finally:
            book.close()
    except Exception as error:  # a damaged file makes the library raise anything
        raise BadSpreadsheet([Problem(_("The file cannot be read as a spreadsheet."))]) from error
    if reader.problems:
        raise BadSpreadsheet(reader.problems[:_MOST_PROBLEMS])
    return reader.filled


class _Reader:
    """Reads one workbook and notes every problem with its place."""

    def __init__(self, consultation: Consultation, organisation: Organisation) -> None:
        self.consultation, self.organisation = consultation, organisation
        self.recommendations = {r.ref: r for r in consultation.positioned()}
        self.filled, self.problems = Filled(), list[Problem]()
        self.stances = {str(key).lower(): s.value for s in Stance for key in (s.label, s.value)}

    def note(self, sentence: Any, sheet: str = "", row: int = 0, column: int | None = None) -> None:
        self.problems.append(Problem(str(sentence), sheet, row, "" if column is None else place(column)))

    def read(self, book: Any) -> None:
        for name in book.sheetnames:
            if name not in {README, SHEET}:
                self.note(_("Remove this sheet: the form has none of this name."), name)
        for name in (README, SHEET):
            if name not in book.sheetnames:
                self.note(_("The sheet “%s” is missing. Use the form as it was downloaded.") % name)
        if not self.problems:
            self._read_whose(book[README])
        if not self.problems:
            self._read_rows(book[SHEET])

    def _read_whose(self, sheet: Any) -> None:
        rows = sheet.iter_rows(max_row=50, max_col=2, values_only=True)
        whose = {str(row[0]): str(row[1]) for row in rows if len(row) > 1 and row[0] and row[1]}
        if whose.get("form") != KIND:
            self.note(_("This is not a form of positions, or of an older kind. Download it again."), README)
        elif whose.get("consultation") != self.consultation.slug:
            self.note(_("This form is of another consultation: %s.") % whose.get("consultation", "–")[:80], README)
        elif whose.get("organisation") != self.organisation.slug:
            self.note(_("This form is of another organisation: %s.") % whose.get("organisation", "–")[:80], README)

    def _read_rows(self, sheet: Any) -> None:
        filled = 0
        for number, cells in enumerate(sheet.iter_rows(max_row=_LAST_ROW, max_col=_MOST_COLUMNS), 1):
            if number > MOST_LINES:
                self.note(goes_on(SHEET), SHEET, number)
                return
            if all(_is_empty(cell.value) for cell in cells):
                continue
            filled += 1
            if filled > _MOST_ROWS or len(self.problems) >= _MOST_PROBLEMS:
                self.note(_("The sheet has more rows than the form. The rest was not read."), SHEET, number)
                return
            if number == 1:
                self._read_head(cells)
            elif self._is_plain(number, cells):
                self._read_row(number, cells)

    def _read_head(self, cells: Any) -> None:
        for column, name in enumerate(COLUMNS):
            if len(cells) <= column or cells[column].value != name:
                self.note(_("The head of this column must be “%s”.") % name, SHEET, 1, column)

    def _is_plain(self, number: int, cells: Any) -> bool:
        """Whether the row has values only, and in the columns of the form."""
        before = len(self.problems)
        for column, cell in enumerate(cells):
            if _is_empty(cell.value):
                continue
            if column >= len(COLUMNS):
                self.note(_("The form has no such column. Remove this."), SHEET, number, column)
            elif cell.data_type == "f":
                self.note(_("This is a formula. Write what it should say."), SHEET, number, column)
            elif cell.data_type not in {"s", "n", "inlineStr", "str"} or isinstance(cell.value, bool):
                self.note(_("Write this as text."), SHEET, number, column)
        return len(self.problems) == before

    def _read_row(self, number: int, cells: Any) -> None:
        values = [_text(cell.value) for cell in cells] + [""] * len(COLUMNS)
        ref = values[REF].strip().lower()
        recommendation = self.recommendations.get(ref)
        if recommendation is None:
            self.note(_("There is no recommendation with this ref."), SHEET, number, REF)
        elif ref in self.filled.row_of:
            first = self.filled.row_of[ref]
            self.note(_("This recommendation stands in row %s already.") % first, SHEET, number, REF)
        elif values[CODE].strip() != recommendation.code:
            self.note(_("The code of this ref is %s. Were columns moved?") % recommendation.code, SHEET, number, CODE)
        else:
            self.filled.row_of[ref] = number
            self._read_answer(number, ref, values)

    def _read_answer(self, number: int, ref: str, values: list[str]) -> None:
        written = values[STANCE].strip()
        stance = self.stances.get(written.lower(), "") if written else ""
        if written and not stance:
            choices = ", ".join(str(s.label) for s in Stance)
            self.note(_("Choose one of the list: %s.") % choices, SHEET, number, STANCE)
        if not values[VERSION].strip().isdecimal():
            self.note(_("Leave the version as it was in the form."), SHEET, number, VERSION)
        answer = {"stance": stance, "explanation": values[EXPLANATION], "version": values[VERSION].strip()}
        self.filled.sent.update({f"{ref}-{name}": value for name, value in answer.items()})


def _is_empty(value: Any) -> bool:
    return value is None or (isinstance(value, str) and not value.strip())


def _text(value: Any) -> str:
    """A cell's value as a person reads it: 3.0 is 3."""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return "" if value is None else str(value)
