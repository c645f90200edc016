"""Where a delegation sees and makes its tokens and webhooks."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import Prefetch, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from consultation.api import actions, signing
from consultation.api.actions import Target, Wanted
from consultation.api.forms import TokenForm, WebhookForm
from consultation.api.models import Delivery, Webhook
from consultation.consultations import rules as consultation_rules
from consultation.consultations.models import Consultation
from consultation.consultations.views import visible
from consultation.record import clock
from consultation.record.errors import NotAllowed
from consultation.stakeholders import rules as stakeholder_rules
from consultation.stakeholders.models import Membership, Organisation
from consultation.text.forms import posted

_ENDED_SHOWN, _DELIVERIES_SHOWN = 20, 20
Hooks = QuerySet[Webhook]


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def tokens(request: HttpRequest, organisation: str) -> HttpResponse:
    """The tokens of one's own organisation; a new one is shown once, on the page that answers the form."""
    own = _own(request, organisation)
    form, secret, status = TokenForm(posted(request)), "", 200
    if form.is_valid():
        data = form.cleaned_data
        wanted = Wanted(data["name"], data["scopes"], data["days"])
        _token, secret = actions.make_token(request.user, own, wanted, data["submission_id"])
        if not secret:
            messages.success(request, _("This token was made already and shown once. Take it back to make another."))
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
@require_http_methods(["GET", "HEAD", "POST"])
def webhooks(request: HttpRequest, organisation: str) -> HttpResponse:
    """The webhooks of one's own organisation with what was sent last; the secret of a new one is shown once."""
    own = _own(request, organisation)
    open_to = Consultation.objects.visible_to(request.user).open_to(own).order_by("-closes_at")
    return _webhooks(request, own.webhooks.all(), open_to, organisation=own)


@login_required
@require_POST
def stop_webhook(request: HttpRequest, organisation: str, pk: int) -> HttpResponse:
    """Remove a webhook."""
    return _stop(request, _own(request, organisation).webhooks.all(), pk)


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def secretariat_webhooks(request: HttpRequest, slug: str) -> HttpResponse:
    """The secretariat's own webhooks for a consultation."""
    consultation = _managed(request, slug)
    only = Consultation.objects.filter(pk=consultation.pk)
    return _webhooks(request, consultation.webhooks.filter(organisation=None), only, consultation=consultation)


@login_required
@require_POST
def stop_secretariat_webhook(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Remove a webhook of the secretariat."""
    return _stop(request, _managed(request, slug).webhooks.filter(organisation=None), pk)


def _webhooks(request: HttpRequest, hooks: Hooks, consultations: Any, **whose: Any) -> HttpResponse:
    """The page of somebody's webhooks, and the answer to its form."""
    form, secret, status = WebhookForm(posted(request), consultations=consultations), "", 200
    if form.is_valid():
        data = form.cleaned_data
        target = Target(whose.get("organisation"), data["url"], data["events"])
        hook, made = actions.register_webhook(request.user, data["consultation"], target, data["submission_id"])
        if not made:
            messages.success(request, _("This webhook was made already. Its secret was shown once."))
            return redirect(request.path)
        form, secret = WebhookForm(consultations=consultations), signing.secret_of(hook)
    elif form.errors:
        status = 422
    last = Prefetch("deliveries", Delivery.objects.order_by("-pk")[:_DELIVERIES_SHOWN], to_attr="last")
    listed = hooks.select_related("consultation", "made_by").prefetch_related(last)[:_ENDED_SHOWN]
    context = {"secret": secret, "form": form, "hooks": listed, "tab": "", **whose}
    return render(request, "api/webhooks.html", context, status=status)


def _stop(request: HttpRequest, hooks: Hooks, pk: int) -> HttpResponse:
    actions.stop_webhook(request.user, get_object_or_404(hooks.select_related("consultation"), pk=pk))
    messages.success(request, _("The webhook is removed. Nothing more is sent to it."))
    return redirect(request.path.rsplit("/", 3)[0] + "/")


def _managed(request: HttpRequest, slug: str) -> Consultation:
    """A consultation that the person manages. Raises `NotAllowed`."""
    consultation = visible(request, slug)
    consultation_rules.require_secretariat(request.user, consultation)
    return consultation


def _own(request: HttpRequest, slug: str) -> Organisation:
    """The organisation that the person is a focal point of; 404 for strangers. Raises `NotAllowed` for colleagues."""
    membership = get_object_or_404(Membership.objects.of(request.user), organisation__slug=slug)
    if not stakeholder_rules.is_focal_point(request.user, membership):
        raise NotAllowed(_("Only a focal point of %s can do this.") % membership.organisation)
    return membership.organisation
