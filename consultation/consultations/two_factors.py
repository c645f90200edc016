"""Those whose word counts for others sign in with two factors, where the installation asks for it."""

from collections.abc import Callable

from allauth.account.authentication import get_authentication_records
from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from consultation.consultations.models import Officer
from consultation.stakeholders.models import Membership, User

# The link in a mail that stops mails works for everybody, signed in or not.
FREE = ("/accounts/", "/healthz", "/readyz", "/notifications/unsubscribe/")


def must_use_two_factors(user: User) -> bool:
    """Whether the person is of the secretariat, an officer of a consultation or a focal point."""
    return (
        user.is_staff
        or Officer.objects.filter(user=user).exists()
        or Membership.objects.current().filter(user=user, role=Membership.Role.FOCAL_POINT).exists()
    )


class TwoFactorsMiddleware:
    """Sends those people to set up a second factor before anything else."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if settings.TWO_FACTORS_REQUIRED and not request.path.startswith(FREE) and self._lacks_one(request):
            messages.info(
                request, _("Your role needs a second factor. Set one up to go on; you need it at each sign-in.")
            )
            return redirect("mfa_index")
        return self.get_response(request)

    @staticmethod
    def _lacks_one(request: HttpRequest) -> bool:
        user = request.user
        if not isinstance(user, User) or any(r["method"] == "mfa" for r in get_authentication_records(request)):
            return False
        return must_use_two_factors(user) and not is_mfa_enabled(user)
