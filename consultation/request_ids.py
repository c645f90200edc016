"""A name for each request: in the log, in the answer's header, and on the page when something goes wrong."""

import logging
from collections.abc import Callable
from contextvars import ContextVar

from django.http import HttpRequest, HttpResponse

from consultation.record.ids import new_id

_CURRENT: ContextVar[str] = ContextVar("request_id", default="")
_KEPT = "consultation.request_id"


def current() -> str:
    """The id of the request that is answered now; "" outside of one."""
    return _CURRENT.get()


class RequestIdMiddleware:
    """Gives each request an id of our own; what a stranger sends as one is not believed."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        token = _CURRENT.set(new_id())
        request.META[_KEPT] = current()
        try:
            response = self.get_response(request)
            response["X-Request-ID"] = current()
        finally:
            _CURRENT.reset(token)
        return response


class AddRequestId(logging.Filter):
    """Gives every line of the log the id of its request."""

    def filter(self, record: logging.LogRecord) -> bool:
        # Django logs an answer of 400 and more after all middleware.
        kept = getattr(getattr(record, "request", None), "META", {}).get(_KEPT)
        record.request_id = current() or kept or "-"
        return True
