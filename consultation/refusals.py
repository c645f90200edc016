"""The one place where a refusal becomes a status and a page. What the person typed stays on that page."""

from collections.abc import Callable
from http import HTTPStatus
from urllib.parse import urlsplit

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import REASON_BAD_ORIGIN
from django.shortcuts import render
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from consultation.record.errors import NotAllowed, Refusal, TooMany

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
}
HEADINGS = {
    403: gettext_lazy("You may not do this"),
    409: gettext_lazy("This was not done"),
    429: gettext_lazy("Not yet"),
    503: gettext_lazy("Try again in a minute"),
}


def refuse(request: HttpRequest, refusal: Refusal) -> HttpResponse:
    """The page of a refusal, with the typed text to copy."""
    context = {"refusal": refusal, "heading": HEADINGS[refusal.status], "typed": typed(request)}
    response = render(request, "refusal.html", context, status=refusal.status)
    if isinstance(refusal, TooMany):
        response["Retry-After"] = refusal.retry_after
    elif refusal.status == HTTPStatus.SERVICE_UNAVAILABLE:
        response["Retry-After"] = "60"
    return response


def typed(request: HttpRequest) -> list[tuple[str, str]]:
    """What the person wrote in the form that they sent: label and text of each field with words of their own.

    A form of many rows names its fields `<ref>-explanation`.
    """
    found = []
    for name, text in request.POST.items():
        row, _dash, field = name.rpartition("-")
        if name.startswith("finding_"):
            row, field = name.removeprefix("finding_"), "finding"
        if field in TYPED and str(text).strip():
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
    }
    return render(request, "refusal.html", context, status=403)


def too_many(request: HttpRequest) -> HttpResponse:
    """The page after too many tries in a short time: 429, with when to try again."""
    response = render(request, "429.html", {"minutes": settings.RETRY_SECONDS // 60}, status=429)
    response["Retry-After"] = settings.RETRY_SECONDS
    return response


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
        return self.get_response(request)

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
        return refuse(request, exception) if isinstance(exception, Refusal) else None
