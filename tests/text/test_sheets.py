"""A form in a workbook can be read whole in every program, and its rows grow with what is typed."""

import io
import re
import zipfile
from datetime import UTC, datetime

import openpyxl

from consultation.text.sheets import new_form
from consultation.text.tables import as_xlsx

COLUMNS = [("Ref", 8), ("Text", 20)]


def made(*texts):
    held = io.BytesIO()
    with new_form(held, "Sample form", datetime(2026, 11, 25, tzinfo=UTC)) as form:
        sheet = form.sheet("Rows", COLUMNS, frozen=1, allowed=("format_rows",))
        for number, text in enumerate(texts, 1):
            form.row(sheet, number, [("pol1", 8, True), (text, 20, False)])
    return held


def test_a_row_is_as_high_as_its_words():
    rows = openpyxl.load_workbook(made("One.", "Three words and more than " * 10, "x\n" * 99))["Rows"].row_dimensions
    assert rows[2].height is None  # one line, as every row of a sheet
    assert 200 < rows[3].height < 408
    assert rows[4].height == 408  # no program shows a higher one


def test_no_height_is_fixed():
    with zipfile.ZipFile(made("Three words and more than " * 10)) as parts:
        rows = re.findall(rb"<row [^>]*>", parts.read("xl/worksheets/sheet1.xml"))
    assert any(b"ht=" in row for row in rows)
    assert not any(b"customHeight" in row for row in rows)


def test_only_the_answers_are_open_and_nothing_is_a_formula():
    sheet = openpyxl.load_workbook(made("=1+1"))["Rows"]
    assert sheet.protection.sheet
    assert [sheet.cell(2, column).protection.locked for column in (1, 2)] == [True, False]
    assert (sheet.cell(2, 2).value, sheet.cell(2, 2).data_type) == ("=1+1", "s")


def test_a_table_can_be_read_whole_and_filtered():
    held = as_xlsx(
        ["passage", "comment"], [{"passage": "pol1", "comment": "Words. " * 30}, {"passage": 2, "comment": "=1"}]
    )
    sheet = openpyxl.load_workbook(held).active
    assert [[cell.value for cell in row] for row in sheet] == [
        ["passage", "comment"],
        ["pol1", "Words. " * 30],
        ["2", "'=1"],
    ]
    assert sheet.freeze_panes == "A2"
    assert sheet.auto_filter.ref == "A1:B3"
    assert sheet.column_dimensions["B"].width > 4 * sheet.column_dimensions["A"].width
    assert sheet.row_dimensions[2].height > 45


def test_a_table_without_rows_has_its_headings():
    sheet = openpyxl.load_workbook(as_xlsx(["passage"], [])).active
    assert [[cell.value for cell in row] for row in sheet] == [["passage"]]
