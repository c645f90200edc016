"""Many rows at once: COPY on PostgreSQL, executemany on SQLite. No action is run, so only for generated data."""

from collections.abc import Iterable, Sequence
from typing import Any

from django.core.management.color import no_style
from django.db import connection, connections, models
from django.db.models import Max

from consultation.record import leaves
from consultation.record.models import Entry, Salt
from consultation.stakeholders.models import User


def next_key(model: type[models.Model]) -> int:
    """The first key that no row of the table has."""
    return int(model._base_manager.aggregate(last=Max("pk"))["last"] or 0) + 1


def insert(model: type[models.Model], rows: Iterable[dict[str, Any]]) -> None:
    """Insert rows given by column (`author_id`); what is not given has the field's default. In the caller's
    transaction.
    """
    fields = model._meta.local_concrete_fields
    database = connections[connection.alias]  # itself: `connection` looks for it at each use
    prepared = [
        [
            field.get_db_prep_save(row[field.attname] if field.attname in row else field.get_default(), database)
            for field in fields
        ]
        for row in rows
    ]
    if not prepared:
        return
    quote = connection.ops.quote_name
    table, columns = quote(model._meta.db_table), ", ".join(quote(str(field.column)) for field in fields)
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            with cursor.copy(f"COPY {table} ({columns}) FROM STDIN") as copy:
                for values in prepared:
                    copy.write_row(values)
        else:
            places = ", ".join(["%s"] * len(fields))
            cursor.executemany(f"INSERT INTO {table} ({columns}) VALUES ({places})", prepared)  # noqa: S608


def record(rows: Iterable[dict[str, Any]], actors: dict[int, User]) -> None:
    """Entries of the record with their leaves, after the rows that they tell of. In the caller's transaction."""
    key = next_key(Entry)
    entries = [Entry(pk=pk, **{**row, "actor": actors[row["actor_id"]]}) for pk, row in enumerate(rows, key)]
    _insert_made(entries)
    made, salts = leaves.of(entries)
    for key, salt in enumerate(salts, next_key(Salt)):
        salt.pk = key
    _insert_made(made)
    _insert_made(salts)


def _insert_made(things: Sequence[models.Model]) -> None:
    """Insert these, which have their keys."""
    if things:
        insert(type(things[0]), (vars(thing) for thing in things))


def end(*tables: type[models.Model]) -> None:
    """Let the database count on from the last key of each table, and look at what is in them."""
    with connection.cursor() as cursor:
        for statement in connection.ops.sequence_reset_sql(no_style(), list(tables)):
            cursor.execute(statement)
        cursor.execute("ANALYZE")
