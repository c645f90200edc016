"""What we ask of allauth beyond its settings."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest

from consultation.stakeholders.signing_in import kept_invitation


class AccountAdapter(DefaultAccountAdapter):
    """Who came with an invitation goes back to it after signing up or confirming the address."""

    def get_signup_redirect_url(self, request: HttpRequest) -> str:
        return kept_invitation(request) or str(super().get_signup_redirect_url(request))

    def get_email_verification_redirect_url(self, email_address: Any) -> str:
        return kept_invitation(self.request) or str(super().get_email_verification_redirect_url(email_address))
