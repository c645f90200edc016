"""How the API answers: JSON with an ETag, and every refusal as a problem (RFC 9457) that a program can read."""

import hashlib
import json
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.http import HttpRequest, HttpResponse
from django.utils.cache import get_conditional_response
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from consultation.record.errors import Refusal

PROBLEM = "application/problem+json"
TITLES = {
    400: gettext_lazy("Bad request"),
    401: gettext_lazy("The token is not valid"),
    403: gettext_lazy("You may not do this"),
    404: gettext_lazy("There is nothing here"),
    405: gettext_lazy("Not by this method"),
    409: gettext_lazy("This was not done"),
    413: gettext_lazy("Too long"),
    415: gettext_lazy("Not in this format"),
    422: gettext_lazy("There is a problem"),
    429: gettext_lazy("Not yet"),
    500: gettext_lazy("Something went wrong"),
    503: gettext_lazy("Try again in a minute"),
}


class BadRequest(Refusal):
    """A request that cannot be understood, or whose parts are not what they must be."""

    def __init__(self, status: int, sentence: str, **more: Any) -> None:
        super().__init__(sentence)
        self.status, self.more = status, more


class Unauthenticated(Refusal):
    """A token that opens nothing, or none where one is needed."""

    status = 401


def invalid(errors: dict[str, list[str]]) -> BadRequest:
    """What is wrong, by the name of the field or parameter."""
    return BadRequest(422, _("Some values cannot be taken. “errors” says which and why."), errors=errors)


def problem(status: int, detail: str, **more: Any) -> HttpResponse:
    """A refusal for programs."""
    body = {"type": "about:blank", "title": str(TITLES[status]), "status": status, "detail": detail, **more}
    response = HttpResponse(_json(body), content_type=PROBLEM, status=status)
    response["Cache-Control"] = "no-store"
    return response


def answered(request: HttpRequest, data: dict[str, Any], **how: Any) -> HttpResponse:
    """The data with its ETag; 304 where the program has it already. `as_of` alone makes it no other answer.

    `following` is the address of the next page, which stands in the `Link` header too.
    """
    data = with_next(request, data, how["following"]) if "following" in how else data
    response = HttpResponse(_json(data), content_type="application/json")
    etag = etag_of(_json({name: value for name, value in data.items() if name != "as_of"}))
    if data.get("next"):
        response["Link"] = f'<{data["next"]}>; rel="next"'
    return conditional(request, response, etag)


def conditional(request: HttpRequest, response: HttpResponse, etag: str) -> HttpResponse:
    """The response, or 304 where the reader names its ETag."""
    response["ETag"] = etag
    response["Cache-Control"] = "no-cache"
    given: Any = get_conditional_response(request, etag=etag, response=response)
    return given if isinstance(given, HttpResponse) else response


def etag_of(body: bytes) -> str:
    """Of the words alone: what happens unseen changes none."""
    return f'"{hashlib.sha256(body).hexdigest()[:32]}"'


def with_next(request: HttpRequest, data: dict[str, Any], after: str) -> dict[str, Any]:
    """The data with the address of the page that begins after this place; null on the last one."""
    if not after:
        return {**data, "next": None}
    asked = {name: str(value) for name, value in request.GET.items() if name != "after"}
    address = request.build_absolute_uri(f"{request.path}?{urlencode({**asked, 'after': after})}")
    return {**data, "next": address}


def _json(data: dict[str, Any]) -> bytes:
    return json.dumps(data, ensure_ascii=False, cls=DjangoJSONEncoder).encode()
