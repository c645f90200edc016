"""Home and the overview of one consultation."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from consultation.consultations import rules
from consultation.consultations.models import Consultation
from consultation.consultations.public_pages import for_everybody


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
    return render(
        request,
        "consultations/overview.html",
        {
            "consultation": consultation,
            "memberships": rules.memberships_taking_part(request.user, consultation),
            "session_roles": consultation.report.session_roles.all(),
            "questions": consultation.guiding_questions.all(),
            "tab": "overview",
        },
    )


def visible(request: HttpRequest, slug: str) -> Consultation:
    """The consultation with its report, where the reader may know of it; else 404."""
    consultations = Consultation.objects.visible_to(request.user).select_related("report")
    return get_object_or_404(consultations, slug=slug)
