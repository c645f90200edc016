"""Which column of which table is searched."""

from typing import NamedTuple


class Text(NamedTuple):
    """A column with the name of its index; `shown` is the condition, on the column `by`, under which it is public.
    By `ties` hits stand that are equally good.
    """

    table: str
    column: str
    name: str
    by: str = ""
    shown: str = ""
    ties: str = "pk"

    def condition(self, row: str = "") -> str:
        """The condition in SQL for `row` ("new." in a trigger)."""
        return self.shown.format(row=row) if self.shown else "1 = 1"
