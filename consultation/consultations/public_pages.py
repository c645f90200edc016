"""Pages that are the same for everybody who is not signed in: kept for a minute, given again until something changes.

The key of a kept page has the last entries of the record in it, so that a page made before a change is not given after
it. The ETag is of the words on the page: what happens unseen (a draft, a comment that waits) changes none.
docs/decisions/111.
"""

import gzip
import hashlib
from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
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
from consultation.reports.models import Report

View = Callable[..., HttpResponseBase]
_LONGEST_ADDRESS = 300
_LEVEL = 5  # of compression: what a page costs once
_DAY = timedelta(days=1)


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
        rounds = _rounds(str(kwargs.get("slug", "")))
        key = _key(request, rounds)
        pages = caches["pages"]
        kept: Kept | None = pages.get(key)
        if kept is None:
            began = clock.now()
            response = view(request, *args, **kwargs)
            if not (isinstance(response, HttpResponse) and _is_the_same_for_everybody(request, response)):
                return response
            kept = _keep(response)
            pages.set(key, kept, _seconds(rounds, began))
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


def _rounds(slug: str) -> dict[str, str]:
    """The consultations that stand on a page of this one, each with its version: itself, and those on an earlier
    version of its report, whose comments and positions are shown beside the newer text.

    One query for each. Which they are is asked once for each version.
    """
    version = Entry.objects.version(slug)
    if not slug:
        return {slug: version}
    pages, key = caches["pages"], f"rounds:{slug}:{version}"
    earlier: list[str] | None = pages.get(key)
    if earlier is None:
        earlier = _on_earlier_texts(slug)
        pages.set(key, earlier, settings.PAGES_KEPT_SECONDS)
    return {slug: version, **{other: Entry.objects.version(other) for other in earlier}}


def _on_earlier_texts(slug: str) -> list[str]:
    """The consultations on the versions before of the report of this one; one query where there is none."""
    reports: list[int] = []
    previous = Consultation.objects.filter(slug=slug).values_list("report__previous", flat=True).first()
    while previous and previous not in reports:
        reports.append(previous)
        previous = Report.objects.filter(pk=previous).values_list("previous", flat=True).first()
    if not reports:
        return []
    return list(Consultation.objects.filter(report__in=reports).order_by("pk").values_list("slug", flat=True))


def _key(request: HttpRequest, rounds: dict[str, str]) -> str:
    """Whatever the page depends on: its address, how the reader wants it, and what was recorded last."""
    theme = request.COOKIES.get("theme", "")
    parts = (request.get_host(), request.get_full_path(), get_language(), theme, *rounds.values())
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


def _seconds(slugs: Collection[str], began: datetime) -> float:
    """How long a page that was begun at this instant may be kept: until the next opening or closing of one of these
    consultations (of any, where none is named) or until a day less is left, a minute at most.
    """
    consultations = Consultation.objects.filter(slug__in=slugs) if any(slugs) else Consultation.objects.all()
    turns = [began + timedelta(seconds=settings.PAGES_KEPT_SECONDS)]
    for opens_at, closes_at, outcome_at in consultations.values_list("opens_at", "closes_at", "outcome_published_at"):
        turns += [at for at in (opens_at, closes_at, outcome_at) if at and at > began]
        if closes_at > began:
            turns.append(began + (closes_at - began) % _DAY)
    return (min(turns) - clock.now()).total_seconds()
