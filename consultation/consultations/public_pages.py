"""Pages that are the same for everybody who is not signed in: kept for a minute, given again until something changes.

The key of a kept page has the last entries of the record in it, so that a page made before a change is not given after
it. The ETag is of the words on the page: what happens unseen (a draft, a comment that waits) changes none.
docs/decisions/111.
"""

import gzip
import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import wraps
from http import HTTPStatus
from typing import Any

from django.conf import settings
from django.contrib.messages.storage.cookie import CookieStorage
from django.core.cache import caches
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.cache import get_conditional_response, patch_vary_headers
from django.utils.translation import get_language

from consultation.consultations.models import Consultation
from consultation.record import clock
from consultation.record.models import Entry

View = Callable[..., HttpResponseBase]
_LONGEST_ADDRESS = 300
_LEVEL = 5  # of compression: what a page costs once


@dataclass(frozen=True)
class Kept:
    """A page as it was made."""

    body: bytes
    compressed: bytes
    content_type: str
    etag: str


def for_everybody(view: View) -> View:
    """The view, answered from a kept page where nobody is signed in and nothing has changed since it was made."""

    @wraps(view)
    def answer(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not _is_anybody(request):
            return view(request, *args, **kwargs)
        slug = str(kwargs.get("slug", ""))
        key = _key(request, slug)
        pages = caches["pages"]
        kept: Kept | None = pages.get(key)
        if kept is None:
            response = view(request, *args, **kwargs)
            if not (isinstance(response, HttpResponse) and _is_the_same_for_everybody(request, response)):
                return response
            kept = _keep(response)
            pages.set(key, kept, _seconds(slug))
        return _given(request, kept)

    return answer


def _is_anybody(request: HttpRequest) -> bool:
    """Nobody is signed in, nothing is said to them, and the address is one that a page of ours has."""
    return (
        settings.PAGES_KEPT_SECONDS > 0
        and request.method in {"GET", "HEAD"}
        and request.COOKIES.keys().isdisjoint({settings.SESSION_COOKIE_NAME, CookieStorage.cookie_name})
        and "HX-Request" not in request.headers
        and "Authorization" not in request.headers
        and len(request.get_full_path()) <= _LONGEST_ADDRESS
    )


def _is_the_same_for_everybody(request: HttpRequest, response: HttpResponse) -> bool:
    return (
        response.status_code == HTTPStatus.OK
        and not response.cookies
        and not request.META.get("CSRF_COOKIE_NEEDS_UPDATE")
        and "no-store" not in response.get("Cache-Control", "")
        and "Content-Disposition" not in response
    )


def _key(request: HttpRequest, slug: str) -> str:
    """Whatever the page depends on: its address, how the reader wants it, and what was recorded last."""
    theme = request.COOKIES.get("theme", "")
    parts = (request.get_host(), request.get_full_path(), get_language(), theme, Entry.objects.version(slug))
    return hashlib.sha256("\n".join(map(str, parts)).encode()).hexdigest()


def _keep(response: HttpResponse) -> Kept:
    body = response.content
    etag = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
    return Kept(body, gzip.compress(body, _LEVEL, mtime=0), response["Content-Type"], etag)


def _given(request: HttpRequest, kept: Kept) -> HttpResponse:
    zipped = "gzip" in request.headers.get("Accept-Encoding", "")
    response = HttpResponse(kept.compressed if zipped else kept.body, content_type=kept.content_type)
    if zipped:
        response["Content-Encoding"] = "gzip"
    response["ETag"] = kept.etag
    response["Cache-Control"] = "no-cache"
    patch_vary_headers(response, ("Cookie", "Accept-Language", "Accept-Encoding"))
    conditional: Any = get_conditional_response(request, etag=kept.etag, response=response)
    return conditional if isinstance(conditional, HttpResponse) else response


def _seconds(slug: str) -> float:
    """How long a page may be kept: until the next opening or closing, a minute at most."""
    now = clock.now()
    consultations = Consultation.objects.filter(slug=slug) if slug else Consultation.objects.all()
    instants = consultations.values_list("opens_at", "closes_at", "outcome_published_at")
    turns: list[datetime] = [at for row in instants for at in row if at and at > now]
    return min([(at - now).total_seconds() for at in turns] + [float(settings.PAGES_KEPT_SECONDS)])
