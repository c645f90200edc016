"""The one place that time comes from, so that tests can turn it."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import Any

from django.db import connection
from django.db.models import CharField, Func
from django.utils import timezone

# Those whose every instant has a UTC that databases hold, whatever the zone. Before, zones had no whole offsets.
YEARS = range(1900, 9999)
_SECOND = len("2026-11-24T18:00:00")
# In an act that has one instant: a list that holds it once it was asked for.
_instant: ContextVar[list[datetime] | None] = ContextVar("_instant", default=None)


def now() -> datetime:
    """This instant, in UTC; inside of `one_instant` the one at which it was first asked for."""
    held = _instant.get()
    if held is None:
        return timezone.now()
    if not held:
        held.append(_of_database())
    return held[0]


@contextmanager
def one_instant() -> Iterator[None]:
    """What is decided and recorded in this block has one time, by the database's clock: docs/decisions/108.

    For what is taken only in time: around `now` nothing is in time when it is decided and late when it is written.
    """
    if _instant.get() is not None:
        yield
        return
    token = _instant.set([])
    try:
        yield
    finally:
        _instant.reset(token)


def written(instant: datetime) -> str:
    """An instant in UTC as programs and files have it, to the second: `2026-11-24T18:00:00Z`."""
    return f"{instant.isoformat()[:_SECOND]}Z"


class Written(Func):
    """The same, written by the database: for files of a million lines."""

    output_field = CharField()

    def as_sqlite(self, compiler: Any, connection: Any, **context: Any) -> Any:
        template = "REPLACE(SUBSTR(%(expressions)s, 1, 19), ' ', 'T') || 'Z'"
        return self.as_sql(compiler, connection, template=template, **context)

    def as_postgresql(self, compiler: Any, connection: Any, **context: Any) -> Any:
        template = "TO_CHAR(%(expressions)s AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"')"
        return self.as_sql(compiler, connection, template=template, **context)


def _of_database() -> datetime:
    """SQLite runs in this process; a server has a clock of its own, the same for everybody who asks it."""
    if connection.vendor != "postgresql":
        return timezone.now()
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        found: datetime = cursor.fetchone()[0]
    return found.astimezone(UTC)
