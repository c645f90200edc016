"""What one person may ask for in some time; who is not signed in counts by address. docs/decisions/095.

The counts are shared by all processes. A process writes only what goes beyond a quarter of the limit, so that reading
at a common pace writes nothing; a limit can be exceeded by a quarter for each further process, never by more.
"""

import ipaddress
import math
import threading
from collections.abc import Callable
from functools import wraps
from typing import Any

from allauth.account.adapter import get_adapter
from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.crypto import salted_hmac
from django.utils.translation import ngettext

from consultation.record import clock
from consultation.record.errors import TooMany
from consultation.throttling import models
from consultation.throttling.limit import Limit

View = Callable[..., HttpResponseBase]
NAME = "throttled"  # of what a view says that it counts by itself
CHANGING = frozenset({"POST", "PUT", "PATCH", "DELETE"})
_UNWRITTEN = 4  # the part of a limit that a process does not write is one of so many
_KEPT = 10_000
_NETWORK = 64  # bits of an address of version 6 that one household or office has


class _Counts:
    """What this process has counted: how often, and how often anywhere as far as is known."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._here: dict[str, int] = {}
        self._anywhere: dict[str, int] = {}

    def count(self, key: str, limit: Limit, until: int) -> int:
        """Count one more. What is too many already is not written: a flood of requests is none of writes."""
        free = limit.number // _UNWRITTEN
        with self._lock:
            if len(self._here) > _KEPT:
                self._here.clear()
                self._anywhere.clear()
            here = self._here[key] = self._here.get(key, 0) + 1
            known = self._anywhere.get(key, 0)
        if here <= free or known > limit.number:
            return max(here, known)
        anywhere = models.add(key, free + 1 if here == free + 1 else 1, until)
        with self._lock:
            self._anywhere[key] = anywhere
        return anywhere

    def clear(self) -> None:
        with self._lock:
            self._here.clear()
            self._anywhere.clear()


COUNTS = _Counts()


def spend(request: HttpRequest, what: str, by: str = "") -> None:
    """Count one more of this, by this person or address (or `by`, such as a token). Raises `TooMany` beyond the limit.

    `what` is a key of `settings.LIMITS`.
    """
    limit: Limit = settings.LIMITS[what]
    if not limit.number:
        return
    now = clock.now().timestamp()
    period = int(now // limit.seconds)
    until = (period + 1) * limit.seconds
    key = salted_hmac("throttling", f"{what} {by or _who(request)} {limit} {period}", algorithm="sha256").hexdigest()
    if COUNTS.count(key, limit, until) > limit.number:
        raise _refused(max(1, math.ceil(until - now)))


def throttled(what: str) -> Callable[[View], View]:
    """A view that answers 429 to whoever asks for it more often than `settings.LIMITS` allows."""

    def decorate(view: View) -> View:
        @wraps(view)
        def answer(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            spend(request, what)
            return view(request, *args, **kwargs)

        setattr(answer, NAME, what)
        return answer

    return decorate


def _refused(seconds: int) -> TooMany:
    sentence = ngettext(
        "Too much was asked in a short time, and this was not done. Try again in %d second.",
        "Too much was asked in a short time, and this was not done. Try again in %d seconds.",
        seconds,
    )
    return TooMany(sentence % seconds, seconds)


def _who(request: HttpRequest) -> str:
    return f"person {request.user.pk}" if request.user.is_authenticated else address_of(request)


def address_of(request: HttpRequest) -> str:
    """What stands for who is not known: the address, of version 6 its network."""
    try:
        address = ipaddress.ip_address(get_adapter().get_client_ip(request) or "")
    except (ValueError, PermissionDenied):
        return "address unknown"
    if address.version == 6:  # noqa: PLR2004 - the version of the protocol
        return f"address {ipaddress.ip_network((address, _NETWORK), strict=False)}"
    return f"address {address}"
