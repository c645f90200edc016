"""Home and the overview of one consultation."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from consultation.consultations import actions, rules
from consultation.consultations.asked import asked_by
from consultation.consultations.forms import CodeForm
from consultation.consultations.models import Consultation, Officer
from consultation.consultations.public_pages import for_everybody
from consultation.record.errors import Refusal
from consultation.throttling.limits import spend


@require_safe
@for_everybody
def home(request: HttpRequest) -> HttpResponse:
    """The consultations open, coming and closed."""
    consultations = Consultation.objects.visible_to(request.user).with_sizes()
    return render(request, "consultations/home.html", {"sections": consultations.by_state()})


@require_safe
@for_everybody
def overview(request: HttpRequest, slug: str) -> HttpResponse:
    """What a consultation is about, by when, and what the reader may do."""
    consultation = visible(request, slug)
    officers = list(consultation.officers.values_list("role", "user_id"))
    return render(
        request,
        "consultations/overview.html",
        {
            "consultation": consultation,
            "memberships": rules.memberships_taking_part(request.user, consultation),
            "session_roles": consultation.report.session_roles.all(),
            "changes": consultation.window_changes.all() if consultation.last_change_id else [],
            "asked": asked_by(consultation),
            "officers": [(role.label, n) for role in Officer.Role if (n := [r for r, _u in officers].count(role))],
            "serves_as": {role for role, user_id in officers if user_id == request.user.pk},
            "code": rules.late_code(request.user, consultation),
            "manages": request.user.is_authenticated and rules.may_manage(request.user, consultation),
            "tab": "overview",
        },
    )


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def access_code(request: HttpRequest, slug: str) -> HttpResponse:
    """Enter the code by which one's organisation may contribute after closing."""
    consultation = visible(request, slug)
    form, code, status = CodeForm(request.POST or None), rules.late_code(request.user, consultation), 200
    if request.method == "POST":
        spend(request, "codes")
        status = 422
        if form.is_valid():
            try:
                code, status = actions.enter_code(request.user, consultation, form.cleaned_data["code"]), 200
            except Refusal as refusal:
                form.add_error("code", refusal.sentence)
                code, status = None, refusal.status
    context = {"consultation": consultation, "form": form, "code": code, "tab": "overview"}
    return render(request, "consultations/code.html", context, status=status)


def visible(request: HttpRequest, slug: str) -> Consultation:
    """The consultation with its report, where the reader may know of it; else 404."""
    consultations = Consultation.objects.visible_to(request.user).select_related("report", "last_change")
    return get_object_or_404(consultations, slug=slug)
