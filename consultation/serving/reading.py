"""Where a request reads: a fresh replica for who only reads, the primary for who writes or has just written.

`Router` decides for each query, `ReplicaMiddleware` for each request. Outside of a request everything is the primary's.
docs/decisions/118.
"""

import itertools
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, InterfaceError, OperationalError, connections, models
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase

from consultation.record.errors import Refusal
from consultation.refusals import refuse
from consultation.serving import metrics
from consultation.serving.replicas import PRIMARY, watch, written

# Who somebody is, what they may still do with a link, and how often they tried is never read from a copy.
OWN_APPS = {"account", "admin", "auth", "django_cache", "mfa", "sessions", "usersessions"}
OWN_TABLES = {"stakeholders.user", "stakeholders.invitation"}
OWN_ADDRESSES = ("/accounts/", "/admin/", "/invitations/", "/metrics", "/readyz", "/healthz")
# Written while reading; it changes what stands on no other page.
QUIET_APPS, QUIET_TABLES = {"django_cache", "sessions", "usersessions"}, {"discussion.visit"}
# A copy that says no may only be late: the primary has the last word, also where a view has made its no an answer.
NOT_FROM_A_COPY = (Http404, PermissionDenied, Refusal, OperationalError, InterfaceError)
NO = {HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN, HTTPStatus.NOT_FOUND, HTTPStatus.CONFLICT}
AWAY = HTTPStatus.SERVICE_UNAVAILABLE
COOKIE = "after" if not settings.HTTPS else "__Host-after"
_MARGIN_SECONDS = 5


@dataclass
class Source:
    """Where the present request reads."""

    alias: str
    wrote: bool = False


_turns = itertools.count()
_CURRENT: ContextVar[Source | None] = ContextVar("source", default=None)


@contextmanager
def reading(source: Source) -> Iterator[None]:
    """Read inside where this source says."""
    token = _CURRENT.set(source)
    try:
        yield
    finally:
        _CURRENT.reset(token)


class Router:
    """Reads by the request's source; writes, rows that are held, and all within a transaction by the primary."""

    def db_for_read(self, model: type[models.Model], **hints: Any) -> str:
        source = _CURRENT.get()
        if source is None or connections[PRIMARY].in_atomic_block or _is_own(model):
            return PRIMARY
        return source.alias

    def db_for_write(self, model: type[models.Model], **hints: Any) -> str:
        source = _CURRENT.get()
        quiet = model._meta.app_label in QUIET_APPS or model._meta.label_lower in QUIET_TABLES
        if source is not None and not quiet:
            source.alias, source.wrote = PRIMARY, True
        return PRIMARY

    def allow_relation(self, one: models.Model, other: models.Model, **hints: Any) -> bool:
        """They are the same rows wherever they were read."""
        return True

    def allow_migrate(self, db: str, app_label: str, **hints: Any) -> bool:
        return db == PRIMARY


def _is_own(model: type[models.Model]) -> bool:
    return model._meta.app_label in OWN_APPS or model._meta.label_lower in OWN_TABLES


class ReplicaMiddleware:
    """Chooses where a request reads, asks the primary again what a replica refused, and marks who has written."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        source = Source(_chosen(request))
        with reading(source):
            response = self.get_response(request)
        if source.wrote:
            _mark(response)
        if settings.METRICS_TOKEN:
            metrics.READ_FROM.labels(source.alias).inc()
        return response

    def process_view(
        self, request: HttpRequest, view: Callable[..., HttpResponseBase], args: list[Any], named: dict[str, Any]
    ) -> HttpResponseBase | None:
        source = _CURRENT.get()
        if source is None or source.alias == PRIMARY:
            return None
        replica = source.alias
        try:
            answer = view(request, *args, **named)
            away = answer.status_code == AWAY
            if source.alias == PRIMARY or not (away or answer.status_code in NO):
                return answer
        except NOT_FROM_A_COPY as refused:
            if source.alias == PRIMARY:  # It has written meanwhile, and read the primary since.
                if isinstance(refused, Refusal):
                    return refuse(request, refused)  # Django asks for the page of what a view raised, not of this
                raise
            away = isinstance(refused, DatabaseError | InterfaceError)
        source.alias = PRIMARY
        if away:
            watch.failed(replica)
        return None


def _chosen(request: HttpRequest) -> str:
    """The replica that this request may read; the primary where it writes, or there is none fresh enough."""
    if request.method not in {"GET", "HEAD"} or request.path.startswith(OWN_ADDRESSES):
        return PRIMARY
    fresh = watch.fresh(_written_by(request))
    if not fresh:
        return PRIMARY
    # Who is signed in reads the same one while it is there, so that nothing on it goes back in time.
    session = request.COOKIES.get(settings.SESSION_COOKIE_NAME, "")
    number = zlib.crc32(session.encode()) if session else next(_turns)
    return fresh[number % len(fresh)]


def _written_by(request: HttpRequest) -> int:
    """How far the primary had written after what this person last wrote; 0 where that is long ago."""
    seconds = settings.REPLICA_MAX_LAG_SECONDS + _MARGIN_SECONDS
    position = request.get_signed_cookie(COOKIE, default=None, salt=COOKIE, max_age=seconds)
    return int(position) if position else 0


def _mark(response: HttpResponse) -> None:
    """Let this person read what they wrote: no replica that has not replayed it, while one may be late."""
    seconds = settings.REPLICA_MAX_LAG_SECONDS + _MARGIN_SECONDS
    secure: dict[str, Any] = {"secure": settings.HTTPS, "httponly": True, "samesite": "Lax"}
    try:
        position = written()
    except (DatabaseError, InterfaceError):
        return
    response.set_signed_cookie(COOKIE, str(position), salt=COOKIE, max_age=seconds, **secure)
