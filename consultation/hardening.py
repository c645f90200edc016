"""What every answer says to browsers beyond Django's own headers, and a host that Django takes and no browser would."""

from collections.abc import Callable
from http import HTTPStatus

from django.conf import settings
from django.core.exceptions import DisallowedHost
from django.http import HttpRequest, HttpResponse
from django.http.request import split_domain_port

# Nothing of this is used by any page; what a page would be made to ask for is refused unasked.
_NEVER = (
    *("accelerometer", "ambient-light-sensor", "autoplay", "bluetooth", "browsing-topics", "camera", "display-capture"),
    *("encrypted-media", "fullscreen", "gamepad", "geolocation", "gyroscope", "hid", "idle-detection", "local-fonts"),
    *("magnetometer", "microphone", "midi", "payment", "picture-in-picture", "screen-wake-lock", "serial", "usb"),
    *("storage-access", "xr-spatial-tracking"),
)
# Passkeys and copying a code or a link are for our own pages.
_OURS = ("clipboard-write", "publickey-credentials-create", "publickey-credentials-get")
HEADERS = {
    "Permissions-Policy": ", ".join([*(f"{name}=()" for name in _NEVER), *(f"{name}=(self)" for name in _OURS)]),
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-Frame-Options": "DENY",  # Django's own is not on the answer to a foreign host
    "X-Permitted-Cross-Domain-Policies": "none",
}
_LAST_PORT = 65_535


class HardeningMiddleware:
    """Adds the headers to every answer: pages, files, errors, static files.

    What is answered to a session, or gives a cookie, is kept nowhere, unless its view says otherwise: decisions/128.
    What everybody may read is asked for again before it is shown again: it may have been withdrawn or removed.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        for name, value in HEADERS.items():
            response.setdefault(name, value)
        if settings.SESSION_COOKIE_NAME in request.COOKIES or response.cookies:
            response.setdefault("Cache-Control", "private, no-store")
        elif response.status_code != HTTPStatus.MOVED_PERMANENTLY:
            response.setdefault("Cache-Control", "no-cache")
        return response

    def process_view(self, request: HttpRequest, *_view: object) -> None:
        """Raises `DisallowedHost`, which is answered with 400, for a port that there cannot be."""
        _domain, port = split_domain_port(request.get_host())
        if port and int(port) > _LAST_PORT:
            raise DisallowedHost(f"Invalid port in the Host header: {port}")
