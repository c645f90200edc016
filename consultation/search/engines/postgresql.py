"""PostgreSQL: full text over an expression with a GIN index; case and Latin accents are folded by the expression."""

import string
from typing import Any

from django.contrib.postgres.search import SearchQuery, SearchRank
from django.db.models import F, Func, QuerySet, TextField, Value
from django.db.models.functions import Lower

from consultation.search.engines.texts import Text

# Accented Latin letters and what they fold to: `translate` is immutable, so that an index can hold it.
ACCENTED = "àáâãäåāăąçćčďèéêëēęěìíîïīłñńňòóôõöøōőŕřśšșťțùúûüūůűýÿźżž"
PLAIN = "aaaaaaaaacccdeeeeeeeiiiiilnnnoooooooorrsssttuuuuuuuyyzzz"
# PostgreSQL's parser takes `migrants/refugees`, a host or a number with its sign for one word: no mark reaches it.
MARKS = string.punctuation
FOLDED, INTO = ACCENTED + MARKS, PLAIN + " " * len(MARKS)


class Engine:
    """Full text by `to_tsvector` in the configuration `simple`: words as they are, in any language."""

    def __init__(self, texts: dict[str, Text]) -> None:
        self.texts = texts

    def prepare(self, connection: Any) -> None:
        with connection.cursor() as cursor:
            for table, column, name, *_shown in self.texts.values():
                cursor.execute("SELECT to_regclass(%s)", [f"{name}_words"])
                if cursor.fetchone() == (None,):
                    cursor.execute(
                        f"CREATE INDEX {name}_words ON {table} USING gin "
                        f"(to_tsvector('simple'::regconfig, translate(lower({column}), %s, %s)))",
                        [FOLDED, INTO],
                    )
                cursor.execute(f"DROP INDEX IF EXISTS {name}")  # of an earlier version, which no search uses any more

    def matching(self, rows: "QuerySet[Any]", kind: str, words: list[str]) -> "QuerySet[Any]":
        column = self.texts[kind].column
        folding = str.maketrans(FOLDED, INTO)
        query = SearchQuery(
            " & ".join(f"'{word.lower().translate(folding)}':*" for word in words), config="simple", search_type="raw"
        )
        vector = _Vector(column)
        found: QuerySet[Any] = rows.annotate(vector=vector, rank=SearchRank(vector, query)).filter(vector=query)
        return found.order_by("-rank", self.texts[kind].ties)


class _Vector(Func):
    """The expression of the index, so that the database uses it."""

    template = "to_tsvector('simple'::regconfig, %(expressions)s)"

    def __init__(self, column: str) -> None:
        from django.contrib.postgres.search import SearchVectorField  # noqa: PLC0415

        folded = Func(Lower(F(column)), Value(FOLDED), Value(INTO), function="translate", output_field=TextField())
        super().__init__(folded, output_field=SearchVectorField())
