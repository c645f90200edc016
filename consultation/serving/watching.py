"""What every request leaves behind: a line of the log, the figures of `/metrics`, and with DEBUG its timing."""

import logging
import time
from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from consultation.serving import logs, metrics, queries

log = logging.getLogger("consultation.requests")
METHODS = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"}
STATIC = "static/"
_MS = 1_000


class WatchMiddleware:
    """Times an answer until its first byte."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        started = time.perf_counter()
        with queries.counted() as tally:
            response = self.get_response(request)
        seconds = time.perf_counter() - started
        method = request.method if request.method in METHODS else "OTHER"
        route = STATIC if request.path.startswith(settings.STATIC_URL) else logs.route_of(request)
        if settings.METRICS_TOKEN:
            metrics.count(str(method), route, response.status_code, seconds, tally)
        if settings.LOG_FORMAT == "json":
            log.info(
                "%s %s %d",
                method,
                route,
                response.status_code,
                extra={
                    "method": method,
                    "route": route,
                    "status": response.status_code,
                    "ms": round(seconds * _MS, 1),
                    "queries": tally.queries,
                    "database_ms": round(tally.seconds * _MS, 1),
                },
            )
        if settings.DEBUG:
            response["Server-Timing"] = (
                f'total;dur={seconds * _MS:.1f}, db;dur={tally.seconds * _MS:.1f};desc="{tally.queries} queries"'
            )
        return response
