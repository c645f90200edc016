"""No cell of an export is a formula, and no other text is touched."""

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from consultation.text.cells import harmless, harmless_line
from consultation.text.tables import as_csv, chunks_as_csv

DANGEROUS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


@given(st.text())
def test_a_cell_never_starts_a_formula_and_keeps_every_letter(text):
    cell = harmless(text)
    assert not cell.lstrip().startswith(DANGEROUS) or cell.startswith("'")
    assert not cell.startswith(DANGEROUS)
    assert cell in {text, f"'{text}"}
    assert harmless(cell) == cell


@given(st.lists(st.one_of(st.none(), st.text(), st.builds("{}{}".format, st.sampled_from(DANGEROUS), st.text()))))
def test_a_line_is_looked_at_as_a_whole_and_says_the_same_as_its_cells(cells):
    assert list(harmless_line(cells)) == [cell if cell is None else harmless(cell) for cell in cells]


@pytest.mark.parametrize("start", [*DANGEROUS, " =", "\u00a0+", "\t="])
def test_what_starts_like_a_formula_gets_an_apostrophe(start):
    assert harmless(f"{start}HYPERLINK(1)") == f"'{start}HYPERLINK(1)"


def test_ordinary_text_is_as_it_was():
    assert harmless("1 + 1 = 2") == "1 + 1 = 2"


WITHIN = st.lists(st.sampled_from([";", "\t", "\n", "\r\n", " ", '"', ",", "=", "+", "-", "@", "＝", "a"])).map("".join)


@given(st.lists(st.lists(WITHIN, min_size=2, max_size=2), max_size=5))
def test_no_cell_begins_a_formula_for_a_program_that_divides_at_something_else(rows):
    """Offices in Geneva have spreadsheets that divide at semicolons: there a cell begins within one of ours."""
    one_by_one = "".join(as_csv(["a", "b"], [dict(zip("ab", row, strict=True)) for row in rows]))
    at_once = "".join(chunks_as_csv(["a", "b"], [rows]))
    for file in (one_by_one, at_once):
        assert len(list(csv.reader(io.StringIO(file, newline="")))) == len(rows) + 1
        for mark in (",", ";", "\t"):
            for line in csv.reader(io.StringIO(file, newline=""), delimiter=mark):
                assert not any(cell.lstrip().startswith(DANGEROUS) for cell in line)


def test_what_is_no_formula_stays_in_a_file_with_commas():
    file = "".join(chunks_as_csv(["body"], [[["We agree; and 1 + 1 = 2; yes."]]]))
    assert file.splitlines()[1] == "We agree; and 1 + 1 = 2; yes."
