"""The log as lines of JSON, and what may not stand in it: addresses with their secrets, and people's words."""

import json
import logging
import re
import traceback
from datetime import UTC, datetime
from typing import Any

from django.db import Error
from django.http import HttpRequest

UNKNOWN = "-"
# What a line may say beside its message.
FIELDS = (
    *("method", "route", "status", "ms", "queries", "database_ms", "database", "sql"),
    *("event", "account", "network"),
)
# What lets somebody in: the links of invitations, resets, confirmations and mails.
_SECRET = re.compile(
    r"(/(?:invitations|accounts/password/reset/key|accounts/confirm-email|notifications/unsubscribe)/)[^/\s\"']+"
)


def route_of(request: HttpRequest) -> str:
    """The pattern of the request's address, such as `consultations/<slug:slug>/report/`; `-` where none fits."""
    return request.resolver_match.route if request.resolver_match else UNKNOWN


class WithoutAddresses(logging.Filter):
    """Puts the pattern of an address in its place, and of a link that lets somebody in leaves what it is for.

    The first is for the lines of a request; the second for whoever else logs such a link, as part of any words.
    """

    def filter(self, record: logging.LogRecord) -> bool:
        request = getattr(record, "request", None)
        if isinstance(request, HttpRequest) and isinstance(record.args, tuple):
            record.args = tuple(route_of(request) if arg == request.path else arg for arg in record.args)
        message = record.getMessage()
        hidden = _SECRET.sub(r"\1…", message)
        if hidden != message:
            record.msg, record.args = hidden, ()
        return True


class JsonLines(logging.Formatter):
    """One JSON object a line: time, level, logger, message, request_id, and the fields that the line was given."""

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, Any] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
            "request_id": getattr(record, "request_id", UNKNOWN),
        }
        line |= {name: getattr(record, name) for name in FIELDS if hasattr(record, name)}
        if record.exc_info and record.exc_info[1]:
            line |= _told(record.exc_info[1])
        # What a library adds under one of these names need not be plain.
        return json.dumps(line, ensure_ascii=False, default=str)


def _told(error: BaseException) -> dict[str, Any]:
    """What went wrong and where. Of a database's words only the first line: the others quote the row."""
    words = str(error)
    frames = traceback.extract_tb(error.__traceback__)
    return {
        "error": type(error).__name__,
        "said": words.partition("\n")[0] if isinstance(error, Error) else words,
        "where": [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in frames],
    }
