"""No cell of an export is a formula, and no other text is touched."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from consultation.text.cells import harmless, harmless_line

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
