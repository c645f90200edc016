"""SQLite: FTS5 tables beside the texts, kept by triggers in the transaction of the change itself."""

from typing import Any

from django.db.models import FloatField, QuerySet
from django.db.models.expressions import RawSQL

from consultation.search.engines.texts import Text


class Engine:
    """Full text by FTS5; case and accents are folded by its tokenizer."""

    def __init__(self, texts: dict[str, Text]) -> None:
        self.texts = texts

    def prepare(self, connection: Any) -> None:
        with connection.cursor() as cursor:
            for text in self.texts.values():
                cursor.execute("SELECT sql FROM sqlite_master WHERE name = %s", [text.name])
                made = cursor.fetchone()
                if made and made[0] != _table(text):
                    cursor.execute(f"DROP TABLE {text.name}")
                    made = None
                if not made:
                    cursor.execute(_table(text))
                for statement in _statements(text):
                    cursor.execute(statement)

    def matching(self, rows: "QuerySet[Any]", kind: str, words: list[str]) -> "QuerySet[Any]":
        table, index = self.texts[kind].table, self.texts[kind].name
        query = " ".join(f'"{word}"*' for word in words)
        # The names are ours; what people typed is a parameter.
        hits = RawSQL(f"SELECT rowid FROM {index} WHERE {index} MATCH %s", [query])  # noqa: S608, S611
        rank = RawSQL(  # noqa: S611
            f"(SELECT rank FROM {index} WHERE {index} MATCH %s AND rowid = {table}.id)",  # noqa: S608
            [query],
            output_field=FloatField(),
        )
        found: QuerySet[Any] = rows.filter(pk__in=hits).annotate(rank=rank).order_by("rank", self.texts[kind].ties)
        return found


def _table(text: Text) -> str:
    """What makes an index; one that was made by other words is made anew. Marks that are vowels belong to the word."""
    tokenizer = "unicode61 remove_diacritics 2 categories 'L* N* Co Mn Mc'"
    return f'CREATE VIRTUAL TABLE {text.name} USING fts5({text.column}, tokenize = "{tokenizer}")'


def _statements(text: Text) -> list[str]:
    """What keeps an index in step with its table, and fills it. The names are ours: see `TEXTS`."""
    table, column, index = text.table, text.column, text.name
    take = f"INSERT INTO {index}(rowid, {column}) SELECT new.id, new.{column} WHERE {text.condition('new.')};"
    drop = f"DELETE FROM {index} WHERE rowid = old.id;"  # noqa: S608
    columns = ", ".join(filter(None, [column, text.by]))
    shown = text.condition()
    return [
        *(f"DROP TRIGGER IF EXISTS {index}_{event}" for event in ("insert", "update", "delete")),
        f"CREATE TRIGGER {index}_insert AFTER INSERT ON {table} BEGIN {take} END",
        f"CREATE TRIGGER {index}_update AFTER UPDATE OF {columns} ON {table} BEGIN {drop} {take} END",
        f"CREATE TRIGGER {index}_delete AFTER DELETE ON {table} BEGIN {drop} END",
        f"DELETE FROM {index} WHERE rowid NOT IN (SELECT id FROM {table} WHERE {shown})",  # noqa: S608
        f"INSERT INTO {index}(rowid, {column}) SELECT id, {column} FROM {table} "  # noqa: S608
        f"WHERE {shown} AND id NOT IN (SELECT rowid FROM {index})",
    ]
