"""Applying for an organisation, the delegation and its invitations."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from consultation.stakeholders import actions, pace, personal_data, rules
from consultation.stakeholders.forms import ROLES, ApplicationForm, InvitationForm, RoleForm
from consultation.stakeholders.models import Membership, Organisation, User
from consultation.stakeholders.post import send_invitation
from consultation.stakeholders.signing_in import keep_invitation
from consultation.text.forms import posted


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def apply_for_organisation(request: HttpRequest) -> HttpResponse:
    """The application form of an organisation; a confirmation that says what happens next."""
    form = ApplicationForm(posted(request))
    if form.is_valid():
        actions.apply_for_organisation(_person(request), form.application, form.cleaned_data["submission_id"])
        messages.success(
            request,
            _("The secretariat has your application. You are told by mail; until then nobody can speak for it."),
        )
        return redirect("delegation")
    return render(request, "stakeholders/apply.html", {"form": form}, status=422 if form.errors else 200)


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def members(request: HttpRequest, slug: str) -> HttpResponse:
    """The delegation of one's own organisation; its focal points invite here."""
    organisation, own = _own(request, slug)
    form = InvitationForm(posted(request))
    form.fields["email"].help_text = pace.said(organisation)
    if form.is_valid():
        data = form.cleaned_data
        with transaction.atomic():
            made, token = actions.invite(
                _person(request), organisation, data["email"], data["role"], data["submission_id"]
            )
            if token:
                send_invitation(made, request.build_absolute_uri(reverse("invitation", args=[token])))
        messages.success(request, _("The invitation is sent to %s.") % made.email)
        return redirect("members", slug)
    context = {
        "organisation": organisation,
        "own": own,
        "may_manage": rules.is_focal_point(request.user, own),
        "members": organisation.memberships.current().select_related("user").order_by("user__name"),
        "invitations": organisation.invitations.open().select_related("invited_by"),
        "form": form,
        "roles": ROLES,
    }
    return render(request, "stakeholders/members.html", context, status=422 if form.errors else 200)


@login_required
@require_POST
def member(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Set the role of a member, ask them to take over, or remove them: `action` = role | hand_over | remove."""
    organisation, _own_membership = _own(request, slug)
    membership = get_object_or_404(organisation.memberships.current(), pk=pk)
    action = request.POST.get("action")
    if action == "remove":
        actions.remove_from_delegation(_person(request), membership)
        messages.success(request, _("The person no longer acts for this organisation."))
        return redirect("delegation" if membership.user_id == request.user.pk else reverse("members", args=[slug]))
    if action == "hand_over":
        actions.hand_over(_person(request), membership)
        messages.success(request, _("The person is asked to become focal point and has to accept."))
    else:
        form = RoleForm(request.POST)
        if not form.is_valid():
            messages.error(request, _("Select a role."))
        else:
            actions.set_role(_person(request), membership, form.cleaned_data["role"])
            messages.success(request, _("The role is changed."))
    return redirect("members", slug)


@login_required
@require_POST
def take_back_invitation(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """An invitation that was not accepted joins nobody any more."""
    organisation, _own_membership = _own(request, slug)
    invitation = get_object_or_404(organisation.invitations, pk=pk)
    actions.take_back_invitation(_person(request), invitation)
    messages.success(request, _("The invitation of %s is taken back.") % invitation.email)
    return redirect("members", slug)


@login_required
@require_POST
def take_over(request: HttpRequest, slug: str) -> HttpResponse:
    """Accept to become focal point."""
    _organisation, own = _own(request, slug)
    actions.accept_hand_over(_person(request), own)
    messages.success(request, _("You are a focal point now."))
    return redirect("members", slug)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def invitation(request: HttpRequest, token: str) -> HttpResponse:
    """What somebody is invited to; accepting joins the delegation. Opening the link changes nothing."""
    found = actions.invitation_of(token)
    if found is None:
        raise Http404
    if request.method == "POST" and request.user.is_authenticated:
        actions.accept_invitation(_person(request), found)
        messages.success(request, _("You act for %s now.") % found.organisation)
        return redirect("delegation")
    keep_invitation(request)
    signed_in = request.user.is_authenticated
    fits = signed_in and actions.owns_address(request.user, found.email)
    stands = not (found.accepted_at or found.revoked_at) and rules.may_invite(found.invited_by, found.organisation)
    return render(request, "stakeholders/invitation.html", {"invitation": found, "fits": fits, "stands": stands})


def _person(request: HttpRequest) -> User:
    assert isinstance(request.user, User)  # noqa: S101 - behind login_required
    return request.user


def _own(request: HttpRequest, slug: str) -> tuple[Organisation, Membership]:
    """The organisation and the person's membership of it; 404 for everybody else."""
    membership = get_object_or_404(Membership.objects.of(request.user), organisation__slug=slug)
    return membership.organisation, membership


@login_required
@never_cache
@require_safe
def account(request: HttpRequest) -> HttpResponse:
    """One's own account: address, password, second factor, sessions."""
    return render(request, "account/settings.html")


@login_required
@never_cache
@require_safe
def account_data(request: HttpRequest) -> HttpResponse:
    """All that the tables hold about oneself, to take away."""
    answer = JsonResponse(
        personal_data.export(_person(request)), json_dumps_params={"ensure_ascii": False, "indent": 1}
    )
    answer["Content-Disposition"] = 'attachment; filename="my-data.json"'
    return answer
