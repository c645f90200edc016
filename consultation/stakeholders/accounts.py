"""What we ask of allauth beyond its settings."""

import re
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from consultation.stakeholders import security_events
from consultation.stakeholders.signing_in import kept_invitation

_CONTROL = re.compile(r"[\x00-\x1f\x7f]")


class AccountAdapter(DefaultAccountAdapter):
    """Who came with an invitation goes back to it; a change of address is told to the old address, too."""

    error_messages = DefaultAccountAdapter.error_messages | {
        "email_password_mismatch": gettext_lazy("The e-mail address or password is not right."),
        "enter_current_password": gettext_lazy("Enter your current password."),
        "rate_limited": gettext_lazy("Too many tries in a short time. Try again later."),
    }

    def is_safe_url(self, url: str | None) -> bool:
        """On this site, and without the characters that end a line or hide in one."""
        return bool(url) and not _CONTROL.search(str(url)) and bool(super().is_safe_url(url))

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        try:
            super().pre_authenticate(request, **credentials)
        except ValidationError:
            security_events.report("sign_in.throttled", request, security_events.email_of(credentials))
            raise

    def get_signup_redirect_url(self, request: HttpRequest) -> str:
        return kept_invitation(request) or str(super().get_signup_redirect_url(request))

    def get_email_verification_redirect_url(self, email_address: Any) -> str:
        return kept_invitation(self.request) or str(super().get_email_verification_redirect_url(email_address))

    def send_confirmation_mail(self, request: HttpRequest, emailconfirmation: Any, signup: bool) -> None:  # noqa: FBT001 - allauth's signature
        super().send_confirmation_mail(request, emailconfirmation, signup)
        address = emailconfirmation.email_address
        if not signup and address.user.email != address.email:
            self.send_mail("account/email/email_change_asked", address.user.email, {"new_email": address.email})


class MaximumLengthValidator:
    """Refuses passwords so long that hashing them is work for an attacker to give us."""

    def __init__(self, max_length: int) -> None:
        self.max_length = max_length

    def validate(self, password: str, user: Any = None) -> None:
        if len(password) > self.max_length:
            raise ValidationError(self.get_help_text(), code="password_too_long")

    def get_help_text(self) -> str:
        """What Django shows beside the field."""
        return _("Your password can have up to %d characters.") % self.max_length
