"""Finding words in four columns, by the means of the database: a file for each."""

from typing import Any, Protocol

from django.db.models import QuerySet

from consultation.search.engines import postgresql, sqlite
from consultation.search.engines.texts import Text

# The texts that are searched. SQLite's index holds only what was published, so that its statistics, which order the
# hits, tell nothing about the rest; PostgreSQL's ranks know only the row itself.
TEXTS = {
    "passage": Text("reports_passage", "text", "search_passage"),
    "comment": Text(
        "discussion_commentrevision", "body", "search_comment", "published_at", "{row}published_at IS NOT NULL"
    ),
    "explanation": Text(
        "positions_positionversion",
        "explanation",
        "search_explanation",
        "explanation_state",
        "{row}explanation_state = 'published'",
        # Random: the order of signing would tell of one without a name what its hour does (docs/decisions/088).
        "position__public_id",
    ),
    "practice": Text(
        "practices_practicerevision", "text", "search_practice", "published_at", "{row}published_at IS NOT NULL"
    ),
}


class Engine(Protocol):
    """What the search needs of a database."""

    def prepare(self, connection: Any) -> None:
        """Make the indexes that are missing and fill them."""

    def matching(self, rows: "QuerySet[Any]", kind: str, words: list[str]) -> "QuerySet[Any]":
        """The rows of this kind's table whose text has words that begin with all of these, best first (`rank`)."""


def engine_of(connection: Any) -> Engine:
    """The engine of this database."""
    engines: dict[str, Engine] = {"postgresql": postgresql.Engine(TEXTS), "sqlite": sqlite.Engine(TEXTS)}
    return engines[connection.vendor]
