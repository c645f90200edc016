"""Words of a form whose session had ended are kept until the person is back at its address, whatever form it was.

Forms that fill themselves again use `signing_in`; this shows the rest to copy.
"""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import resolve_url
from django.urls import reverse
from django.utils.functional import SimpleLazyObject

from consultation.refusals import typed
from consultation.stakeholders.signing_in import kept_fields, may_keep

_WORDS = "words_before_signing_in"


class BeforeSigningInMiddleware:
    """Remembers label and text of what was typed, where the answer is that the person has to sign in."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if request.method == "POST" and not request.user.is_authenticated and _signs_in(request, response):
            # Of the forms that do not fill themselves again only those of the admin have rows.
            rows = request.path.startswith(reverse("admin:index"))
            words = typed(request, but=kept_fields(request), rows=rows)
            if words and may_keep(request, [part for pair in words for part in pair]):
                request.session[_WORDS] = {"for": request.path, "words": words}
        return response


def _signs_in(request: HttpRequest, response: HttpResponse) -> bool:
    to = response.url.partition("?")[0] if isinstance(response, HttpResponseRedirect) else ""
    # The admin has an address of its own for it, which leads on to the one of all.
    return to != request.path and to in {resolve_url(settings.LOGIN_URL), reverse("admin:login")}


def context(request: HttpRequest) -> dict[str, Any]:
    """For the page at the same address: what was typed there, once; asked only where the template shows it."""
    return {"typed_before": SimpleLazyObject(lambda: _words(request))}


def _words(request: HttpRequest) -> list[tuple[str, str]]:
    user = getattr(request, "user", None)
    if request.method != "GET" or user is None or not user.is_authenticated:
        return []
    stored = request.session.get(_WORDS)
    if not stored or stored["for"] != request.path:
        return []
    del request.session[_WORDS]
    return [(label, text) for label, text in stored["words"]]
