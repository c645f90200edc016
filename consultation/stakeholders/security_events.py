"""Security events in the log: who tried to sign in and did or did not, and what was changed about how. decisions/127.

Neither address nor network is written: each stands as a keyed hash, the same at every event of the same account or
network, so that many tries can be counted, and nobody who reads the log learns who has an account.
"""

import logging
from typing import Any

from allauth.account import signals as account
from allauth.mfa import signals as factors
from django.contrib.auth import signals
from django.http import HttpRequest
from django.utils.crypto import salted_hmac

from consultation.throttling.limits import address_of

log = logging.getLogger("consultation.security")
UNKNOWN = "-"
_LETTERS = 16
# What people did with success, by the signal that tells of it.
_DONE = {
    "sign_in.done": signals.user_logged_in,
    "sign_out.done": signals.user_logged_out,
    "password.changed": account.password_changed,
    "password.reset": account.password_reset,
    "email.changed": account.email_changed,
    "second_factor.added": factors.authenticator_added,
    "second_factor.removed": factors.authenticator_removed,
    "recovery_codes.renewed": factors.authenticator_reset,
}


def account_of(email: str) -> str:
    """What stands for an account in the log, whether there is one or not."""
    return _hash("account", email.strip().casefold()) if email else UNKNOWN


def report(event: str, request: HttpRequest | None, email: str, level: int = logging.WARNING) -> None:
    """Write one event. Nothing that was typed is in it."""
    who = account_of(email)
    network = _hash("network", address_of(request)) if request and request.META.get("REMOTE_ADDR") else UNKNOWN
    fields = {"event": event, "account": who, "network": network}
    log.log(level, "%s account=%s network=%s", event, who, network, extra=fields)


def email_of(credentials: dict[str, Any]) -> str:
    """The address that somebody tried to sign in with."""
    return str(credentials.get("email") or credentials.get("username") or "")


def connect() -> None:
    """Listen to Django and allauth; once, however often it is called."""
    signals.user_login_failed.connect(_failed, dispatch_uid="security sign_in.failed")
    factors.authentication_failed.connect(_wrong_code, dispatch_uid="security second_factor.failed")
    for event, signal in _DONE.items():
        signal.connect(_reporting(event), weak=False, dispatch_uid=f"security {event}")


def _failed(credentials: dict[str, Any], request: HttpRequest | None = None, **_more: Any) -> None:
    report("sign_in.failed", request, email_of(credentials))


def _wrong_code(request: HttpRequest | None, user: Any, **_more: Any) -> None:
    report("second_factor.failed", request, user.email)


def _reporting(event: str) -> Any:
    def receive(request: HttpRequest | None = None, user: Any = None, **_more: Any) -> None:
        report(event, request, getattr(user, "email", "") or "", logging.INFO)

    return receive


def _hash(kind: str, words: str) -> str:
    return salted_hmac(f"security-events {kind}", words, algorithm="sha256").hexdigest()[:_LETTERS]
