"""A form as tables with two columns, for text documents: the number and name of a field, and what stands in it."""

from django.utils.translation import gettext as _

from consultation.offline import fields as f
from consultation.offline.content import Item
from consultation.offline.errors import BadPack
from consultation.offline.fields import Written

Line = tuple[str, str]
_LONGEST = 6


def heading_of(item: Item) -> str:
    """What stands above a table: its number in the form, and the passage."""
    kind = _("position") if item.kind == f.POSITION else _("comment")
    return f"{item.number}. {item.values[f.CODE]} – {kind}"


def rows_of(item: Item, *, attribution: bool) -> list[Line]:
    """The lines of a table, each field named by the number of the row and its own (`12.4 Position`)."""
    numbers = f.fields_of(item.kind, attribution=attribution)
    return [(f"{item.number}.{_named(number)}", item.values.get(number, "")) for number in numbers]


def _named(number: int) -> str:
    """With the words that can be chosen, because a document has no list to choose from."""
    if number not in f.CHOICES:
        return f.label(number)
    return f"{f.label(number)} ({' / '.join(f.choices(number))})"


def read_tables(tables: list[list[Line]]) -> tuple[str, list[Written]]:
    """The number of the pack and its rows; tables that are no part of the form are passed over. Raises `BadPack`."""
    number, found = "", list[Written]()
    for lines in tables:
        if lines and lines[0][0].split()[:1] == ["0"]:
            number = number or lines[0][1].strip()
        elif written := _written(lines):
            found.append(written)
    if not number:
        raise BadPack(_("This is not a pack of this application. Download one and fill that in."))
    return number, found


def _written(lines: list[Line]) -> Written | None:
    values: dict[int, str] = {}
    for name, text in lines:
        if (number := f.number_of(name)) is not None:
            values.setdefault(number, text)
    if f.REF not in values and f.DRAFT not in values and f.STANCE not in values:
        return None
    kind = f.POSITION if f.STANCE in values else f.NOTE
    row = next((name.split()[0].partition(".")[0] for name, _text in lines if name.split()), "")
    return Written(kind, _("Table %s") % row[:_LONGEST], values)
