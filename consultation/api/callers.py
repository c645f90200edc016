"""Who asks: an address, or a program with a token. A session says nothing here."""

import logging
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.core.exceptions import RequestDataTooBig
from django.db import InterfaceError, OperationalError
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt

from consultation.api import actions, rules
from consultation.api.answers import BadRequest, Unauthenticated, problem
from consultation.api.models import Scope, Token
from consultation.record.errors import Refusal, TooMany
from consultation.throttling.limits import NAME, address_of, spend

log = logging.getLogger(__name__)
RETRY_SECONDS = 60
View = Callable[..., HttpResponse]


def reads(view: View) -> View:
    """A view that gives what everybody may read; a token has a limit of its own, and sees no more."""

    @csrf_exempt  # only so that what is sent here is told that nothing is taken
    @wraps(view)
    def answer(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        def read() -> HttpResponse:
            _require_method(request, "GET", "HEAD")
            _let_in(request, Scope.READ)
            return view(request, *args, **kwargs)

        return _guarded(read)

    return _counting(answer)


def refuses(view: View) -> View:
    """A view of an address where there is nothing, whatever is sent there."""

    @csrf_exempt
    @wraps(view)
    def answer(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return _guarded(lambda: view(request, *args, **kwargs))

    return _counting(answer)


def _counting(view: View) -> View:
    """It counts by itself: what is sent here is no form."""
    setattr(view, NAME, "api")
    return view


def writes(view: View) -> View:
    """A view `(request, token, …)` that writes drafts for the person who made the token.

    No form of ours sends this and no cookie opens it, so there is nothing to forge.
    """

    @csrf_exempt
    @wraps(view)
    def answer(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        def write() -> HttpResponse:
            _require_method(request, "POST")
            token = _let_in(request, Scope.DRAFTS)
            if token is None:
                raise Unauthenticated(_("Send a token: “Authorization: Bearer …”. A focal point makes one."))
            spend(request, "drafts", f"token {token.pk}")
            return view(request, token, *args, **kwargs)

        return _guarded(write)

    return _counting(answer)


def _let_in(request: HttpRequest, scope: Scope) -> Token | None:
    """The token that was sent, None without one. Raises `Unauthenticated`, `NotAllowed`, `TooMany`."""
    sent = request.headers.get("Authorization")
    if sent is None:
        spend(request, "api", address_of(request))
        return None
    kind, _space, secret = sent.partition(" ")
    token = rules.token_of(secret.strip()) if kind.lower() == "bearer" else None
    if token is None:
        spend(request, "api", address_of(request))
        raise Unauthenticated(_("This token is not known, has expired or was taken back, or nobody stands behind it."))
    spend(request, "tokens", f"token {token.pk}")
    rules.require_scope(token, scope)
    actions.note_use(token)
    return token


def _require_method(request: HttpRequest, *methods: str) -> None:
    if request.method not in methods:
        allowed = ", ".join(methods)
        raise BadRequest(405, _("This address takes: %s.") % allowed, allowed=allowed)


def _guarded(act: Callable[[], HttpResponse]) -> HttpResponse:
    """What the act answers, or the problem that it met. Never a page, never a trace."""
    try:
        return act()
    except Http404:
        return problem(404, _("Nothing is published at this address. Addresses end with a slash."))
    except RequestDataTooBig:
        return problem(413, _("The request is too long."))
    except Refusal as refusal:
        return _refused(refusal)
    except (OperationalError, InterfaceError):
        log.exception("The database did not answer the API.")
        response = problem(
            503,
            _(
                "The service does not answer just now. Try again in a minute; what is sent again with the same "
                "submission_id is recorded once."
            ),
        )
        response["Retry-After"] = RETRY_SECONDS
        return response


def _refused(refusal: Refusal) -> HttpResponse:
    more = dict(refusal.more) if isinstance(refusal, BadRequest) else {}
    allowed = more.pop("allowed", "")
    response = problem(refusal.status, refusal.sentence, **more)
    if allowed:
        response["Allow"] = allowed
    if isinstance(refusal, TooMany):
        response["Retry-After"] = refusal.retry_after
    if isinstance(refusal, Unauthenticated):
        response["WWW-Authenticate"] = 'Bearer realm="api"'
    return response
