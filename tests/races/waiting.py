"""One transaction is open while another begins: on PostgreSQL, which lets the second wait until the first has ended."""

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from queue import Queue

import pytest
from django.db import connection, connections, transaction

from consultation.record.errors import Refusal

postgresql = pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has one writer at a time")


def behind(first: Callable[[], object], second: Callable[[], object]) -> object:
    """Do `first` and keep its transaction open until `second`, on a connection of its own, waits for it or has ended.

    Gives what `second` gave, or was refused with.
    """
    number: Queue[int] = Queue()

    def then():
        try:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_backend_pid()")
                number.put(cursor.fetchone()[0])
            return second()
        except Refusal as refusal:
            return refusal
        finally:
            connections.close_all()

    with ThreadPoolExecutor(1) as threads:
        with transaction.atomic():
            first()
            answer = threads.submit(then)
            process = number.get()
            while not answer.done() and not _waits(process):
                time.sleep(0.01)
        return answer.result()


def _waits(process: int) -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT cardinality(pg_blocking_pids(%s)) > 0", [process])
        return bool(cursor.fetchone()[0])
