"""What is withheld cannot be computed from what is shown: for all tables, by an oracle that tries every filling."""

from hypothesis import given, settings
from hypothesis import strategies as st

from consultation.summaries.small_numbers import FEWEST, publishable


@st.composite
def tables(draw, largest=4):
    width = draw(st.integers(1, 3))
    row = st.lists(st.integers(0, largest), min_size=width, max_size=width)
    return draw(st.lists(row, min_size=1, max_size=3))


def totals(table):
    return [sum(row) for row in table], [sum(column) for column in zip(*table, strict=True)]


def possible(shown, rows, columns):
    """For each cell the values that it has in any table with these totals and these cells shown."""
    cells = [(i, j) for i, row in enumerate(shown) for j, n in enumerate(row) if n is None]
    left_rows = [total - sum(n for n in row if n is not None) for total, row in zip(rows, shown, strict=True)]
    left_columns = [total - sum(row[j] for row in shown if row[j] is not None) for j, total in enumerate(columns)]
    values = {cell: set() for cell in cells}

    def fill(number, filling):
        if all(len(v) > 1 for v in values.values()):
            return
        if number == len(cells):
            if not any(left_rows) and not any(left_columns):
                for cell, n in filling.items():
                    values[cell].add(n)
            return
        i, j = cells[number]
        last = all(c[0] != i for c in cells[number + 1 :])
        highest = min(left_rows[i], left_columns[j])
        for n in [left_rows[i]] if last else range(highest + 1):
            if n > highest:
                continue
            left_rows[i] -= n
            left_columns[j] -= n
            fill(number + 1, {**filling, (i, j): n})
            left_rows[i] += n
            left_columns[j] += n

    fill(0, {})
    return values


@settings(max_examples=150)
@given(tables())
def test_no_withheld_cell_can_be_computed_from_the_totals_and_the_cells_that_are_shown(table):
    shown = publishable(table)
    rows, columns = totals(table)
    alone = possible([[None] * len(row) for row in table], rows, columns)
    for cell, values in possible(shown, rows, columns).items():
        # A cell that the totals give even to those who see no cell at all cannot be hidden by any table.
        assert len(values) > 1 or len(alone[cell]) == 1


@given(tables(largest=40))
def test_no_small_count_is_shown_and_what_is_shown_is_true(table):
    for counts, row in zip(table, publishable(table), strict=True):
        for count, cell in zip(counts, row, strict=True):
            assert cell in {None, count}
            assert cell is None or not 0 < cell < FEWEST


@given(tables(largest=40).filter(lambda table: not any(0 < n < FEWEST for row in table for n in row)))
def test_a_table_without_small_counts_is_shown_whole(table):
    assert publishable(table) == table


def test_a_small_count_takes_three_cells_with_it():
    assert publishable([[1, 9, 9], [9, 9, 9], [9, 9, 4]]) == [[None, 9, None], [9, 9, 9], [None, 9, None]]


def test_where_all_stand_in_one_row_the_totals_are_the_counts():
    assert publishable([[1, 5, 0]]) == [[None, 5, 0]]
