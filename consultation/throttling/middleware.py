"""Every form counts, whoever's view takes it."""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse

from consultation.record.errors import TooMany
from consultation.refusals import refuse
from consultation.throttling import limits


class ThrottlingMiddleware:
    """Answers 429 with the typed text to whoever sends more forms than `LIMITS["forms"]` allows."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Any, _args: Any, _kwargs: Any) -> HttpResponse | None:
        """After the check of the form's token: a forged form is answered before it counts."""
        if request.method in limits.CHANGING and not hasattr(view, limits.NAME):
            try:
                limits.spend(request, "forms")
            except TooMany as refusal:
                return refuse(request, refusal)
        return None
