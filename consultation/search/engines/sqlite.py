"""SQLite: FTS5 tables beside the texts, kept by triggers in the transaction of the change itself."""

from typing import Any

from django.db.models import FloatField, QuerySet
from django.db.models.expressions import RawSQL


class Engine:
    """Full text by FTS5; case and accents are folded by its tokenizer."""

    def __init__(self, texts: dict[str, tuple[str, str, str]]) -> None:
        self.texts = texts

    def prepare(self, connection: Any) -> None:
        with connection.cursor() as cursor:
            for table, column, index in self.texts.values():
                cursor.execute(
                    f"CREATE VIRTUAL TABLE IF NOT EXISTS {index} "
                    f'USING fts5({column}, tokenize = "unicode61 remove_diacritics 2")'
                )
                for statement in _triggers(table, column, index):
                    cursor.execute(statement)
                cursor.execute(
                    f"INSERT INTO {index}(rowid, {column}) SELECT id, {column} FROM {table} "  # noqa: S608 - names are ours
                    f"WHERE id NOT IN (SELECT rowid FROM {index})"
                )

    def matching(self, rows: "QuerySet[Any]", kind: str, words: list[str]) -> "QuerySet[Any]":
        table, _column, index = self.texts[kind]
        query = " ".join(f'"{word}"*' for word in words)
        # The names are ours; what people typed is a parameter.
        hits = RawSQL(f"SELECT rowid FROM {index} WHERE {index} MATCH %s", [query])  # noqa: S608, S611
        rank = RawSQL(  # noqa: S611
            f"(SELECT rank FROM {index} WHERE {index} MATCH %s AND rowid = {table}.id)",  # noqa: S608
            [query],
            output_field=FloatField(),
        )
        found: QuerySet[Any] = rows.filter(pk__in=hits).annotate(rank=rank).order_by("rank", "pk")
        return found


def _triggers(table: str, column: str, index: str) -> list[str]:
    """What keeps an index in step with its table. The names are ours: see `TEXTS`."""
    begin = f"CREATE TRIGGER IF NOT EXISTS {index}"
    insert = f"INSERT INTO {index}(rowid, {column}) VALUES (new.id, new.{column});"  # noqa: S608
    update = f"UPDATE {index} SET {column} = new.{column} WHERE rowid = new.id;"  # noqa: S608
    delete = f"DELETE FROM {index} WHERE rowid = old.id;"  # noqa: S608
    return [
        f"{begin}_insert AFTER INSERT ON {table} BEGIN {insert} END",
        f"{begin}_update AFTER UPDATE OF {column} ON {table} BEGIN {update} END",
        f"{begin}_delete AFTER DELETE ON {table} BEGIN {delete} END",
    ]
