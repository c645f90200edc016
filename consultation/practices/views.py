"""Reading practices: the list of the published ones, one with its earlier versions, and all to take away."""

from typing import Any

from django.core.paginator import Paginator
from django.http import FileResponse, HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from consultation.consultations import rules as consultation_rules
from consultation.consultations.views import visible
from consultation.practices import exports, rules
from consultation.practices.filters import PracticeFilter
from consultation.practices.models import Practice, RevisionState, State
from consultation.stakeholders import rules as stakeholder_rules
from consultation.throttling.limits import throttled

ON_A_PAGE = 20


@require_safe
def practices(request: HttpRequest, slug: str) -> HttpResponse:
    """The published practices, filtered."""
    consultation = visible(request, slug)
    chosen = PracticeFilter(request.GET, consultation)
    memberships = consultation_rules.memberships_taking_part(request.user, consultation)
    context = {
        "consultation": consultation,
        "filter": chosen,
        "page": Paginator(chosen.found().for_display(), ON_A_PAGE).get_page(request.GET.get("page")),
        "number": chosen.queryset.count(),
        "may_write": any(stakeholder_rules.may_draft(request.user, m) for m in memberships),
        "tab": "overview",
    }
    return render(request, "practices/practices.html", context)


@require_safe
def practice(request: HttpRequest, slug: str, public_id: str) -> HttpResponse:
    """One practice at its permanent address, with the versions that were published before."""
    consultation = visible(request, slug)
    seen = Practice.objects.visible_to(request.user).filter(consultation=consultation)
    found = get_object_or_404(seen.for_display(), public_id=public_id)
    earlier = found.revisions.filter(published_at__isnull=False).exclude(state=RevisionState.PUBLISHED)
    memberships = consultation_rules.memberships_taking_part(request.user, consultation)
    words = found.shown  # one look: it may ask for what was submitted before a draft
    context = {
        "consultation": consultation,
        "practice": found,
        "words": words,
        "earlier": earlier.prefetch_related("recommendations").order_by("-number")[:ON_A_PAGE],
        "frameworks": words.frameworks() if words else [],
        "is_public": found.state == State.PUBLISHED,
        "against": _against(found),
        "own": any(m.organisation_id == found.organisation_id for m in memberships),
        "memberships": memberships,
        "moderates": consultation_rules.is_moderator(request.user, consultation),
        "may_change": rules.may_change(request.user, found),
        "tab": "overview",
    }
    return render(request, "practices/practice.html", context)


def _against(practice: Practice) -> Any:
    """The standing decision by which the practice, or an edit of it, was returned or removed; else None."""
    if practice.state == State.REMOVED:  # An edit may have waited then, and the decision was on its words.
        removed = practice.revisions.filter(decisions__kind="remove", decisions__undone_at=None)
        words = removed.order_by("decisions__pk").last()
    else:
        words = practice.revisions.filter(state=RevisionState.RETURNED).order_by("number").last()
    return words.decisions.standing().last() if words else None


@require_safe
@throttled("files")
def practices_json(request: HttpRequest, slug: str) -> StreamingHttpResponse:
    """All published practices, their texts as they were written."""
    return StreamingHttpResponse(exports.as_json(visible(request, slug)), content_type="application/json")


@require_safe
@throttled("files")
def practices_csv(request: HttpRequest, slug: str) -> StreamingHttpResponse:
    """All published practices for a spreadsheet."""
    name = {"Content-Disposition": f'attachment; filename="{slug}-practices.csv"'}
    lines = exports.as_csv(visible(request, slug))
    return StreamingHttpResponse(lines, content_type="text/csv; charset=utf-8", headers=name)


@require_safe
@throttled("files")
def practices_xlsx(request: HttpRequest, slug: str) -> FileResponse:
    """All published practices as a workbook."""
    return FileResponse(exports.as_xlsx(visible(request, slug)), as_attachment=True, filename=f"{slug}-practices.xlsx")
