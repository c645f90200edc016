"""What waits for a delegation, and signing several of its drafts."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from consultation.consultations import rules as consultation_rules
from consultation.consultations.views import visible
from consultation.positions import actions, rules
from consultation.positions.forms import SeveralForm
from consultation.positions.workspace import workspace_of, workspaces
from consultation.stakeholders.models import Membership


@login_required
@never_cache
@require_safe
def delegation(request: HttpRequest) -> HttpResponse:
    """What waits for the person and their delegations."""
    return render(
        request,
        "positions/delegation.html",
        {"workspaces": workspaces(request.user), "memberships": Membership.objects.of(request.user)},
    )


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def sign_several(request: HttpRequest, organisation: str, slug: str) -> HttpResponse:
    """All drafts of one delegation that wait for a signature, in full, to check and sign together."""
    consultation = visible(request, slug)
    own = get_object_or_404(Membership.objects.of(request.user), organisation__slug=organisation)
    membership = rules.membership_to_sign(request.user, consultation, own.organisation_id)
    form = SeveralForm(request.POST or None)
    if form.is_valid():
        signed = actions.sign_several(
            request.user, consultation, membership.organisation, form.seen, form.cleaned_data["submission_id"]
        )
        receipts = _("Their receipts are with your delegation’s.")
        messages.success(
            request,
            ngettext(
                "%d position is signed. It counts from now.",
                "%d positions are signed. They count from now.",
                len(signed),
            )
            % len(signed)
            + f" {receipts}",
        )
        return redirect("delegation")
    consultation_rules.require_taking(request.user, consultation, membership.organisation)
    context = {
        "consultation": consultation,
        "membership": membership,
        "positions": workspace_of(request.user, membership, consultation).to_sign,
        "form": form,
    }
    return render(request, "positions/sign_several.html", context, status=422 if form.errors else 200)
