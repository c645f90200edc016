"""The figures that Prometheus reads: what was answered by all processes of this machine, and what waits.

Each process keeps its counts in a file of `settings.METRICS_DIR`; whichever is asked adds them up. What waits is read
from the database at that moment. No figure names a person or an organisation. docs/decisions/117.
"""

import os
import shutil
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db.models import Count, Min, QuerySet
from prometheus_client import REGISTRY, CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector

from consultation.discussion.models import CommentRevision
from consultation.notifications.models import Mail
from consultation.positions.models import PositionVersion
from consultation.practices.models import PracticeRevision, RevisionState
from consultation.record import clock
from consultation.record.models import Leaf
from consultation.serving.queries import Tally

REQUESTS = Counter("consultation_requests", "Requests answered.", ["method", "route", "status"])
SECONDS = Histogram(
    "consultation_request_seconds",
    "From the request to the first byte of its answer.",
    ["method", "route"],
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10),
)
QUERIES = Counter("consultation_database_queries", "Queries made to answer requests.", ["route"])
QUERY_SECONDS = Counter("consultation_database_seconds", "Time that these queries took.", ["route"])
READ_FROM = Counter("consultation_read_from", "Answers by the database that they read, or read last.", ["database"])


def count(method: str, route: str, status: int, seconds: float, tally: Tally) -> None:
    """Count one answer."""
    REQUESTS.labels(method, route, status).inc()
    SECONDS.labels(method, route).observe(seconds)
    QUERIES.labels(route).inc(tally.queries)
    QUERY_SECONDS.labels(route).inc(tally.seconds)


def as_text() -> bytes:
    """All figures in Prometheus's text format."""
    registry = CollectorRegistry()
    registry.register(Waiting())
    answered = REGISTRY
    if "PROMETHEUS_MULTIPROC_DIR" in os.environ:
        answered = CollectorRegistry()
        MultiProcessCollector(answered)  # type: ignore[no-untyped-call] # it registers itself
    return generate_latest(answered) + generate_latest(registry)


def forget_earlier_starts() -> None:
    """Remove what servers of this machine counted that do not run any more.

    A server and the processes it starts are a group, by whose number the directory is called. The first process of a
    machine always lives; a directory of its number is left by a version that called them after the parent.
    """
    host = settings.METRICS_DIR.name.rpartition("-")[0]
    for directory in settings.METRICS_DIR.parent.glob(f"{host}-*"):
        number = directory.name.rpartition("-")[2]
        if directory != settings.METRICS_DIR and number.isdigit() and not _lives(int(number)):
            shutil.rmtree(directory, ignore_errors=True)


def _lives(group: int) -> bool:
    try:
        os.killpg(group, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        pass
    return group > 1


class Waiting(Collector):
    """What waits for somebody or for the worker, and for how long already."""

    def collect(self) -> Iterator[GaugeMetricFamily]:
        size = GaugeMetricFamily("consultation_waiting", "How many wait.", labels=["what"])
        age = GaugeMetricFamily("consultation_waiting_oldest_seconds", "How long the oldest waits.", labels=["what"])
        now = clock.now()
        for what, (number, oldest) in _waiting(now).items():
            size.add_metric([what], number)
            age.add_metric([what], max(0.0, (now - oldest).total_seconds()) if oldest else 0.0)
        yield size
        yield age


def _waiting(now: datetime) -> dict[str, tuple[int, datetime | None]]:
    """How many of each kind wait, and since when the oldest. Each is one query on an index."""
    kinds: dict[str, tuple[QuerySet[Any], str]] = {
        "comments": (CommentRevision.objects.filter(state=CommentRevision.State.PENDING), "created_at"),
        "explanations": (
            PositionVersion.objects.filter(
                state=PositionVersion.State.SIGNED, explanation_state=PositionVersion.Explanation.PENDING
            ),
            "signed_at",
        ),
        "practices": (PracticeRevision.objects.filter(state=RevisionState.PENDING), "created_at"),
        "mails": (Mail.objects.due(now).order_by(), "next_try_at"),
        "record entries": (Leaf.objects.filter(seq=None), "entry__at"),
    }
    found = {}
    for what, (rows, since) in kinds.items():
        told = rows.aggregate(number=Count("pk"), oldest=Min(since))
        found[what] = (int(told["number"]), told["oldest"])
    return found
