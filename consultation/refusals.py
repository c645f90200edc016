"""The one place where a refusal becomes a status and a page. What the person typed stays on that page."""

import logging
import re
import sys
from collections.abc import Callable, Collection
from contextlib import suppress
from http import HTTPStatus
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.exceptions import PermissionDenied, RequestDataTooBig, TooManyFieldsSent
from django.db import DataError, InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, UnreadablePostError
from django.http.multipartparser import MultiPartParserError
from django.middleware.csrf import REASON_BAD_ORIGIN
from django.shortcuts import render
from django.template.loader import render_to_string
from django.template.response import TemplateResponse
from django.templatetags.static import static
from django.urls import reverse
from django.utils.html import escape
from django.utils.translation import get_language_bidi, gettext_lazy
from django.utils.translation import gettext as _

from consultation import request_ids
from consultation.record.errors import Changed, NotAllowed, Refusal, TooMany

log = logging.getLogger(__name__)
PASSING = {429, 503}  # of which the same page may answer a little later
RETRY_SECONDS = 60  # after which a browser asks a service again that did not answer
# What people write in words of their own, by the name of the field; tests look for fields that are missing here.
TYPED = {
    "body": gettext_lazy("Comment"),
    "proposed_wording": gettext_lazy("Proposed wording"),
    "explanation": gettext_lazy("Explanation of position"),
    "statement": gettext_lazy("Statement to the author"),
    "reply": gettext_lazy("Reply to the author"),
    "note": gettext_lazy("Note"),
    "introduction": gettext_lazy("Introduction"),
    "finding": gettext_lazy("Finding"),
    "correction": gettext_lazy("What was corrected"),
    "what": gettext_lazy("Commitment"),
    "indicator": gettext_lazy("Indicator"),
    "responsible": gettext_lazy("Who does it"),
    "words": gettext_lazy("Progress"),
    "word": gettext_lazy("Why it is withdrawn"),
    "text": gettext_lazy("New text"),
    "why": gettext_lazy("Why"),
    "title": gettext_lazy("Title"),
    "summary": gettext_lazy("What was done"),
    "partners": gettext_lazy("With whom (optional)"),
    "results": gettext_lazy("Results"),
    "source": gettext_lazy("Source of the results"),
    "objection": gettext_lazy("Reason for breaking silence"),
    "extension_reason": gettext_lazy("Reason of the extension"),
    "reason": gettext_lazy("Reason"),
    "public_note": gettext_lazy("Public note"),
    "email": gettext_lazy("E-mail address"),
    "official_email": gettext_lazy("Official e-mail address"),
    "website": gettext_lazy("Website (optional)"),
    "mandate": gettext_lazy("Mandate"),
    "name": gettext_lazy("Name"),
    "place": gettext_lazy("Place"),
    "questions": gettext_lazy("Guiding questions"),
    "moderators": gettext_lazy("Moderators"),
    "rapporteurs": gettext_lazy("Rapporteurs"),
    "secretariat": gettext_lazy("Secretariat of this consultation"),
    "forum": gettext_lazy("Forum"),
    "date_line": gettext_lazy("Date and times"),
    "place_line": gettext_lazy("Place"),
    "roles": gettext_lazy("Session record"),
}
_CHOSEN = re.compile(r"[a-z_]*")  # a reason that was chosen from a list, by its code
HEADINGS = {
    403: gettext_lazy("You may not do this"),
    405: gettext_lazy("There is nothing to read here"),
    409: gettext_lazy("This was not done"),
    429: gettext_lazy("Not yet"),
    503: gettext_lazy("Try again in a minute"),
}


def refuse(request: HttpRequest, refusal: Refusal) -> HttpResponse:
    """The page of a refusal, with the typed text to copy; where a form is saved while somebody types, its sentence."""
    if request.headers.get("HX-Request"):
        return HttpResponse(escape(refusal.sentence), status=refusal.status)
    context = {
        "refusal": refusal,
        "heading": HEADINGS[refusal.status],
        "typed": typed(request),
        "onward": _onward(request, again=isinstance(refusal, Changed) or refusal.status in PASSING),
    }
    response = render(request, "refusal.html", context, status=refusal.status)
    if isinstance(refusal, TooMany):
        response["Retry-After"] = refusal.retry_after
    elif refusal.status == HTTPStatus.SERVICE_UNAVAILABLE:
        response["Retry-After"] = RETRY_SECONDS
    return response


def _onward(request: HttpRequest, *, again: bool) -> list[tuple[str, str]]:
    """Where to go from a refusal: address and words. Not to the same page where it would refuse again."""
    links = [(_page_of(request), _("Open this page again"))] if again else []
    match = request.resolver_match
    if match and match.route.startswith("consultations/<slug:slug>/"):
        slug, ref = match.kwargs["slug"], match.kwargs.get("ref")
        if match.route.startswith("consultations/<slug:slug>/comments/<"):
            links.append((reverse("comment", args=[slug, match.kwargs["public_id"]]), _("The comment in its thread")))
        if ref:
            links.append((reverse("passage", args=[slug, ref]), _("Read the passage, and what stands on it")))
        links.append((reverse("summary", args=[slug]), _("Summary of positions")))
        links.append((reverse("overview", args=[slug]), _("Overview of the consultation")))
    return [*links, (reverse("home"), _("Consultations"))]


def _page_of(request: HttpRequest) -> str:
    """The page that a form stands on, which need not be where it is sent; the address that was asked for else."""
    sender = urlsplit(request.headers.get("Referer", ""))
    if request.method != "POST" or sender.netloc != request.get_host():
        return request.path
    query = f"?{sender.query}" if sender.query else ""
    return f"/{sender.path.lstrip('/')}{query}"


def typed(request: HttpRequest, *, but: Collection[str] = (), rows: bool = True) -> list[tuple[str, str]]:
    """What the person wrote in the form that they sent: label and text of each field with words of their own.

    A form of many rows names its fields `<ref>-explanation`. Fields named in `but` are left out, and
    without `rows` those of rows.
    """
    found = []
    for name, text in request.POST.items():
        row, _dash, field = name.rpartition("-")
        if name.startswith("finding_"):
            row, field = name.removeprefix("finding_"), "finding"
        if field == "reason" and _CHOSEN.fullmatch(str(text)):
            continue
        if field in TYPED and name not in but and (rows or not row) and str(text).strip():
            found.append((f"{row}: {TYPED[field]}" if row else str(TYPED[field]), str(text)))
    return found


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form without a valid token: 403. The text is shown again only to a page of our own, never to another site's."""
    refusal = NotAllowed(
        _(
            "This page was open for a long time, or you signed in again since. Nothing was submitted. "
            "Go back, reload the page and send the form once more."
        )
    )
    context = {
        "refusal": refusal,
        "heading": HEADINGS[403],
        "typed": typed(request) if _from_us(request, reason) else [],
        "onward": _onward(request, again=True),
    }
    return render(request, "refusal.html", context, status=403)


def only_forms(request: HttpRequest, response: HttpResponseNotAllowed) -> HttpResponse:
    """405 for a browser that asks for an address which only takes a form: after signing in on the way, for one."""
    refusal = Refusal(
        _(
            "This address only takes what a form sends. Nothing was done. If you signed in on the way, go to the page "
            "of the form and send it again."
        )
    )
    context = {"refusal": refusal, "heading": HEADINGS[405], "onward": _onward(request, again=False)}
    page = render(request, "refusal.html", context, status=405)
    page["Allow"] = response["Allow"]
    return page


def too_many(request: HttpRequest) -> HttpResponse:
    """The page after too many tries in a short time: 429, with when to try again."""
    context = {"minutes": settings.RETRY_SECONDS // 60, "typed": typed(request)}
    response = render(request, "429.html", context, status=429)
    response["Retry-After"] = settings.RETRY_SECONDS
    return response


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """The page of a request that cannot be understood: 400."""
    return _plain(request, 400, _("Bad request"), _("The request could not be understood. Nothing was changed."))


def server_error(request: HttpRequest) -> HttpResponse:
    """The page of what went wrong on our side: 503 while the database does not answer, else 500. It asks no database.

    The typed text is on it where the form came from a page of ours. Django calls this while it handles the exception.
    """
    if _database_is_away(sys.exc_info()[1]):
        return unavailable(request)
    sentence = (
        _(
            "Something failed on our side while your form was being recorded. It may have been recorded, or not. Go "
            "back and send it again: it is recorded once. If it happens again, tell the secretariat the reference "
            "below."
        )
        if request.method == "POST"
        else _("The page could not be made. Try again; if it happens again, tell the secretariat the reference below.")
    )
    return _plain(request, 500, _("Something went wrong"), sentence)


def unavailable(request: HttpRequest) -> HttpResponse:
    """503: what a person wrote stays on the page, and the browser is told when to come back.

    Whether the form was recorded is not known here: the database can go while it commits.
    """
    sentence = (
        _(
            "The service does not answer just now. What you sent may have been recorded, or not. Go back in a minute "
            "and send it again: it is recorded once."
        )
        if request.method == "POST"
        else _("The service does not answer just now. Try again in a minute.")
    )
    response = _plain(request, HTTPStatus.SERVICE_UNAVAILABLE, str(HEADINGS[503]), sentence)
    response["Retry-After"] = RETRY_SECONDS
    return response


def _plain(request: HttpRequest, status: int, heading: str, sentence: str) -> HttpResponse:
    """A page that needs neither the database nor a signed-in person."""
    words: list[tuple[str, str]] = []
    if request.method == "POST" and status >= HTTPStatus.INTERNAL_SERVER_ERROR and _from_us(request, ""):
        with suppress(RequestDataTooBig, TooManyFieldsSent, UnreadablePostError, MultiPartParserError):
            words = typed(request)
    context = {
        "heading": heading,
        "sentence": sentence,
        "request_id": request_ids.current(),
        "typed": words,
        "is_unknown": status >= HTTPStatus.INTERNAL_SERVER_ERROR,
        **_look(),
    }
    response = HttpResponse(render_to_string("_plain.html", context), status=status)
    response["Cache-Control"] = "no-store"
    return response


def _look() -> dict[str, Any]:
    """The addresses of the styles and of the icon; nothing where the static files were never collected."""
    bootstrap = "bootstrap.rtl.min.css" if get_language_bidi() else "bootstrap.min.css"
    try:
        styles = [static(f"vendor/bootstrap/{bootstrap}"), static("css/app.css")]
        return {"styles": styles, "icon": static("img/icon.svg")}
    except ValueError:
        log.error("The static files are not collected: run `manage.py collectstatic` and start the server again.")
        return {}


def _database_is_away(error: BaseException | None) -> bool:
    """Whether this exception, or what it came from, is the database's: away, locked for too long, or out of space."""
    while error is not None:
        if isinstance(error, OperationalError | InterfaceError):
            return True
        error = error.__cause__ or error.__context__
    return False


def _from_us(request: HttpRequest, reason: str) -> bool:
    if reason.startswith(REASON_BAD_ORIGIN.split("%")[0]):
        return False
    sender = request.headers.get("Origin") or request.headers.get("Referer", "")
    return urlsplit(sender).netloc == request.get_host()


class RefusalMiddleware:
    """Turns a `Refusal` or `PermissionDenied` that a view lets through into its page."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if isinstance(response, HttpResponseNotAllowed) and request.method == "GET" and not response.content:
            return only_forms(request, response)
        return response

    def process_template_response(self, request: HttpRequest, response: TemplateResponse) -> TemplateResponse:
        """A form of a library's view that was sent with errors answers 422 as our own do; 429 after too many tries."""
        form = (response.context_data or {}).get("form")
        if form is not None and request.method == "POST" and response.status_code == HTTPStatus.OK and form.errors:
            response.status_code = HTTPStatus.UNPROCESSABLE_ENTITY
            if "too_many_login_attempts" in {e.code for errors in form.errors.as_data().values() for e in errors}:
                response.status_code = HTTPStatus.TOO_MANY_REQUESTS
                response["Retry-After"] = settings.RETRY_SECONDS
        return response

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if isinstance(exception, PermissionDenied):
            exception = NotAllowed(str(exception) or _("You may not see this page."))
        if isinstance(exception, DataError) and "NUL" in str(exception):
            return bad_request(request)  # a name with a character that PostgreSQL stores nowhere: nothing has it
        return refuse(request, exception) if isinstance(exception, Refusal) else None
