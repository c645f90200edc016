"""The page of the reference frameworks that a report invokes."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from consultation.consultations.views import visible
from consultation.summaries.frameworks import frameworks_of
from consultation.summaries.queries import comment_counts


@require_safe
def frameworks(request: HttpRequest, slug: str) -> HttpResponse:
    """Each instrument and process, where the report mentions it, and how much is said on those passages."""
    consultation = visible(request, slug)
    found = frameworks_of(consultation, comment_counts(consultation))
    context = {"consultation": consultation, "frameworks": found, "tab": "report"}
    return render(request, "summaries/frameworks.html", context)
