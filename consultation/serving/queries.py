"""How many queries an answer takes and how long they are; the log of the slow ones, without the values in them."""

import logging
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db.backends.base.base import BaseDatabaseWrapper

log = logging.getLogger("consultation.queries")
_LONGEST_SQL = 2_000
_MS = 1_000


@dataclass
class Tally:
    """The queries of one answer."""

    queries: int = 0
    seconds: float = 0.0


_CURRENT: ContextVar[Tally | None] = ContextVar("tally", default=None)


@contextmanager
def counted() -> Iterator[Tally]:
    """Count the queries that are made inside."""
    tally = Tally()
    token = _CURRENT.set(tally)
    try:
        yield tally
    finally:
        _CURRENT.reset(token)


def watch(connection: BaseDatabaseWrapper, **_signal: Any) -> None:
    """Have every query of this connection timed, however often it connects."""
    if _timed not in connection.execute_wrappers:
        connection.execute_wrappers.append(_timed)


def _timed(execute: Callable[..., Any], sql: str, params: Any, many: bool, context: dict[str, Any]) -> Any:  # noqa: FBT001 - Django calls it so
    started = time.perf_counter()
    try:
        return execute(sql, params, many, context)
    finally:
        seconds = time.perf_counter() - started
        if (tally := _CURRENT.get()) is not None:
            tally.queries += 1
            tally.seconds += seconds
        if 0 < settings.SLOW_QUERY_MS <= seconds * _MS:
            words = " ".join(str(sql).split())[:_LONGEST_SQL]
            alias = context["connection"].alias
            log.warning(
                "A slow query on %s, %d ms: %s",
                alias,
                seconds * _MS,
                words,
                extra={"ms": round(seconds * _MS, 1), "database": alias, "sql": words},
            )
