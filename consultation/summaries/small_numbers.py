"""Tables of counts that tell of no small number: cells withheld so that the totals do not give them back.

docs/decisions/078. Plain functions on lists; a table is its rows, each a list of counts.
"""

from itertools import product

# Counts from one up to below this are withheld.
FEWEST = 3

Cell = tuple[int, int]


def publishable(counts: list[list[int]], fewest: int = FEWEST) -> list[list[int | None]]:
    """The table with None where a count is withheld; all totals of rows and columns may stand beside it.

    A small count (from 1 to below `fewest`) is withheld together with three cells that make a rectangle with it, along
    which one could be moved without changing a total: so each cell that is withheld has at least two possible values.
    Only where no such rectangle is in the table do the totals alone tell the count; nothing in a table could hide it.
    """
    withheld: set[Cell] = set()
    small = [(i, j) for i, row in enumerate(counts) for j, n in enumerate(row) if 0 < n < fewest]
    for cell in small:
        withheld |= _cover(counts, cell, withheld) | {cell}
    return [[None if (i, j) in withheld else n for j, n in enumerate(row)] for i, row in enumerate(counts)]


def _cover(counts: list[list[int]], cell: Cell, withheld: set[Cell]) -> set[Cell]:
    """The best rectangle for a cell: the one that withholds the fewest more cells, and of those the smallest counts."""
    i, j = cell
    found = [
        {cell, (i, m), (k, j), (k, m)}
        for k, m in product(range(len(counts)), range(len(counts[i])))
        if k != i and m != j and (counts[k][m] or (counts[i][m] and counts[k][j]))
    ]

    def cost(rectangle: set[Cell]) -> tuple[int, int, list[Cell]]:
        more = rectangle - withheld - {cell}
        return len(more), sum(counts[k][m] for k, m in more), sorted(rectangle)

    return min(found, key=cost, default=set())
