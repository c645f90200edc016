"""Where a delegation sees and makes its tokens and webhooks."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from consultation.api import actions, signing
from consultation.api.actions import Target, Wanted
from consultation.api.forms import TokenForm, WebhookForm
from consultation.consultations.models import Consultation
from consultation.record import clock
from consultation.record.errors import NotAllowed
from consultation.stakeholders import rules as stakeholder_rules
from consultation.stakeholders.models import Membership, Organisation

_ENDED_SHOWN, _DELIVERIES_SHOWN = 20, 20


@login_required
@never_cache
@require_http_methods(["GET", "POST"])
def tokens(request: HttpRequest, organisation: str) -> HttpResponse:
    """The tokens of one's own organisation; a new one is shown once, on the page that answers the form."""
    own = _own(request, organisation)
    form, secret, status = TokenForm(request.POST or None), "", 200
    if form.is_valid():
        data = form.cleaned_data
        wanted = Wanted(data["name"], data["scopes"], data["days"])
        _token, secret = actions.make_token(request.user, own, wanted, data["submission_id"])
        if not secret:
            messages.success(
                request, _("This token was made already. It was shown once; take it back to make another.")
            )
            return redirect("tokens", organisation)
        form = TokenForm()
    elif form.errors:
        status = 422
    made = own.api_tokens.select_related("made_by")
    now = clock.now()
    context = {
        "organisation": own,
        "secret": secret,
        "form": form,
        "living": made.living(now),
        "ended": made.exclude(pk__in=made.living(now).order_by().values("pk"))[:_ENDED_SHOWN],
    }
    return render(request, "api/tokens.html", context, status=status)


@login_required
@require_POST
def revoke_token(request: HttpRequest, organisation: str, pk: int) -> HttpResponse:
    """Take a token back."""
    own = _own(request, organisation)
    actions.revoke_token(request.user, get_object_or_404(own.api_tokens.all(), pk=pk))
    messages.success(request, _("The token is taken back. Programs that use it are refused from now on."))
    return redirect("tokens", organisation)


@login_required
@never_cache
@require_http_methods(["GET", "POST"])
def webhooks(request: HttpRequest, organisation: str) -> HttpResponse:
    """The webhooks of one's own organisation with what was sent last; the secret of a new one is shown once."""
    own = _own(request, organisation)
    open_to = Consultation.objects.visible_to(request.user).open_to(own).order_by("-closes_at")
    form, secret, status = WebhookForm(request.POST or None, consultations=open_to), "", 200
    if form.is_valid():
        data = form.cleaned_data
        target = Target(own, data["url"], data["events"])
        hook, made = actions.register_webhook(request.user, data["consultation"], target, data["submission_id"])
        if not made:
            messages.success(request, _("This webhook was made already. Its secret was shown once."))
            return redirect("webhooks", organisation)
        form, secret = WebhookForm(consultations=open_to), signing.secret_of(hook)
    elif form.errors:
        status = 422
    context = {
        "organisation": own,
        "secret": secret,
        "form": form,
        "rows": [(hook, _last(hook)) for hook in own.webhooks.select_related("consultation", "made_by")[:_ENDED_SHOWN]],
    }
    return render(request, "api/webhooks.html", context, status=status)


@login_required
@require_POST
def stop_webhook(request: HttpRequest, organisation: str, pk: int) -> HttpResponse:
    """Remove a webhook."""
    own = _own(request, organisation)
    actions.stop_webhook(request.user, get_object_or_404(own.webhooks.select_related("consultation"), pk=pk))
    messages.success(request, _("The webhook is removed. Nothing more is sent to it."))
    return redirect("webhooks", organisation)


def _last(hook: Any) -> list[Any]:
    return list(hook.deliveries.all()[:_DELIVERIES_SHOWN])


def _own(request: HttpRequest, slug: str) -> Organisation:
    """The organisation that the person is a focal point of; 404 for strangers. Raises `NotAllowed` for colleagues."""
    membership = get_object_or_404(Membership.objects.of(request.user), organisation__slug=slug)
    if not stakeholder_rules.is_focal_point(request.user, membership):
        raise NotAllowed(_("Only a focal point of %s can do this.") % membership.organisation)
    return membership.organisation
