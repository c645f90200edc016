"""What is under silence, for everybody; breaking it for focal points; the chair's page."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.db.models import Case, Value, When
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from consultation.consultations import rules as consultation_rules
from consultation.consultations.models import Consultation
from consultation.consultations.times import said
from consultation.consultations.views import visible
from consultation.positions.rules import membership_to_sign
from consultation.record import clock
from consultation.silence import actions, rules
from consultation.silence.forms import BreakForm, ExtendForm, StartForm
from consultation.silence.models import Breaking, Procedure
from consultation.stakeholders import rules as stakeholder_rules
from consultation.stakeholders.models import Membership
from consultation.stakeholders.signing_in import keep_and_sign_in, kept
from consultation.text.numbers import whole

ON_A_PAGE = 20


@require_safe
def silences(request: HttpRequest, slug: str) -> HttpResponse:
    """All procedures of a consultation, those that go on first."""
    consultation = visible(request, slug)
    now = clock.now()
    first = Case(When(result="", ends_at__gt=now, then=Value(0)), default=Value(1))
    found = consultation.silences.for_display().order_by(first, "-started_at", "-pk")
    context = {
        "consultation": consultation,
        "page": Paginator(found, ON_A_PAGE).get_page(request.GET.get("page")),
        "chairs": rules.is_chair(request.user, consultation),
        "tab": "silence",
    }
    return render(request, "silence/list.html", context)


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def start_silence(request: HttpRequest, slug: str) -> HttpResponse:
    """The chair puts recommendations under silence."""
    consultation = visible(request, slug)
    rules.require_chair(request.user, consultation)
    rules.require_opened(consultation)
    form = StartForm(request.POST or None, consultation=consultation, after=clock.now())
    if form.is_bound and form.is_valid():
        data = form.cleaned_data
        made = actions.start(
            request.user,
            consultation,
            list(data["passages"]),
            form.until,
            data["submission_id"],
            introduction=data["introduction"],
        )
        messages.success(request, _("The text is under silence. The delegations are told."))
        return redirect("silence", slug, made.public_id)
    context = {"consultation": consultation, "form": form, "tab": "silence"}
    return render(request, "silence/start.html", context, status=422 if form.errors else 200)


@never_cache
@require_safe
def silence(request: HttpRequest, slug: str, public_id: str) -> HttpResponse:
    """One procedure: its texts, until when, state; for a delegation its own breaking and, if it signs, the form."""
    consultation = visible(request, slug)
    return _page(request, consultation, _found(consultation, public_id))


@never_cache
@require_POST
def break_silence(request: HttpRequest, slug: str, public_id: str) -> HttpResponse:
    """A focal point breaks silence in the organisation's name."""
    consultation = visible(request, slug)
    procedure = _found(consultation, public_id)
    address = reverse("silence", args=[slug, public_id])
    if not request.user.is_authenticated:
        return keep_and_sign_in(request, address)
    named = stakeholder_rules.organisation_named(request.user, request.POST.get("organisation"))
    signing = _signing(request, consultation)
    if not signing:
        membership_to_sign(request.user, consultation, named)
    form = BreakForm(request.POST, memberships=signing)
    if not form.is_valid():
        rules.require_running(procedure)
        return _page(request, consultation, procedure, form)
    once = form.cleaned_data["submission_id"]
    actions.break_silence(request.user, procedure, form.objection_made, once, organisation_id=named or form.only)
    messages.success(request, _("Silence is broken. The chair is told, and nobody else outside of your delegation."))
    return redirect("silence", slug, public_id)


@login_required
@never_cache
@require_POST
def withdraw_breaking(request: HttpRequest, slug: str, public_id: str) -> HttpResponse:
    """A focal point takes the breaking back before the end."""
    consultation = visible(request, slug)
    procedure = _found(consultation, public_id)
    named = stakeholder_rules.organisation_named(request.user, request.POST.get("organisation"))
    key = whole(request.POST.get("breaking", ""))
    actions.withdraw_breaking(request.user, procedure, key, organisation_id=named)
    messages.success(request, _("The breaking is withdrawn. It has no effect; the chair is told."))
    return redirect("silence", slug, public_id)


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def chair_silence(request: HttpRequest, slug: str, public_id: str) -> HttpResponse:
    """Who broke silence and why, for the chair alone; extending, ending, publishing."""
    consultation = visible(request, slug)
    procedure = _found(consultation, public_id)
    rules.require_chair(request.user, consultation)
    act = request.POST.get("action", "")
    if request.method == "POST" and act == "close":
        actions.close_as_broken(request.user, procedure)
        messages.success(request, _("The procedure has ended: silence was broken. Nothing is said of who broke it."))
        return redirect("chair_silence", slug, public_id)
    if request.method == "POST" and act == "publish":
        actions.publish_breaking(request.user, _breaking(procedure, request.POST.get("breaking", "")))
        messages.success(request, _("Published, as the organisation allowed."))
        return redirect("chair_silence", slug, public_id)
    form = ExtendForm(request.POST or None, consultation=consultation, procedure=procedure)
    if form.is_bound and form.is_valid():
        data = form.cleaned_data
        actions.extend(request.user, procedure, form.until, data["extension_reason"], data["submission_id"])
        messages.success(
            request, _("Silence is extended until %s. The delegations are told.") % said(form.until, consultation)
        )
        return redirect("chair_silence", slug, public_id)
    if form.errors:
        rules.require_running(procedure)
    context = {
        "consultation": consultation,
        "procedure": procedure,
        "breakings": procedure.breakings.for_display(),
        "standing": procedure.breakings.standing().exists(),
        "form": form,
        "tab": "silence",
    }
    return render(request, "silence/chair.html", context, status=422 if form.errors else 200)


def _page(
    request: HttpRequest, consultation: Consultation, procedure: Procedure, form: BreakForm | None = None
) -> HttpResponse:
    own = list(procedure.breakings.of_delegations(request.user).for_display())
    said_already = {b.organisation_id for b in own if b.withdrawn_at is None}
    signing = _signing(request, consultation) if procedure.is_running else []
    may_still = any(m.organisation_id not in said_already for m in signing)
    if form is None and may_still:  # with all of them: what is sent is read with the same ones
        form = BreakForm(initial=kept(request), memberships=signing)
    context: dict[str, Any] = {
        "consultation": consultation,
        "procedure": procedure,
        "own": own,
        "signs_for": {m.organisation_id for m in signing},
        "memberships": consultation_rules.memberships_taking_part(request.user, consultation),
        "form": form,
        "breaks_for": signing,
        "published": procedure.breakings.published().for_display() if procedure.result else [],
        "chairs": rules.is_chair(request.user, consultation),
        "tab": "silence",
    }
    return render(request, "silence/procedure.html", context, status=422 if form and form.errors else 200)


def _found(consultation: Consultation, public_id: str) -> Procedure:
    return get_object_or_404(consultation.silences.for_display(), public_id=public_id)


def _breaking(procedure: Procedure, key: str) -> Breaking:
    return get_object_or_404(procedure.breakings.select_related("procedure__consultation"), pk=whole(key))


def _signing(request: HttpRequest, consultation: Consultation) -> list[Membership]:
    """The memberships in which the person can sign in this consultation."""
    memberships = consultation_rules.memberships_taking_part(request.user, consultation)
    return [m for m in memberships if stakeholder_rules.may_sign(request.user, m)]
