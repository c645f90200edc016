"""What an organisation published, and all published comments to take away."""

from django.db.models import Q
from django.http import FileResponse, HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_safe

from consultation.consultations.attribution import Attribution
from consultation.consultations.models import Consultation
from consultation.consultations.rules import may_see_positions
from consultation.consultations.views import visible
from consultation.discussion.models import Comment
from consultation.positions.models import Position
from consultation.reports.models import Instrument
from consultation.search import exports
from consultation.stakeholders.models import Organisation
from consultation.throttling.limits import throttled

ON_A_PAGE = 20
_POSITIONS = 500


@require_safe
def organisation(request: HttpRequest, slug: str) -> HttpResponse:
    """What an organisation is and what it published by name, newest first; a merged one leads to what it became."""
    known = Q(state__in=[Organisation.State.APPROVED, Organisation.State.SUSPENDED]) | Q(merged_into__isnull=False)
    # In one step: one that applied takes as long to be no page as one that is not there.
    found = get_object_or_404(Organisation.objects.select_related("group", "merged_into").filter(known), slug=slug)
    if found.merged_into:
        return redirect("organisation", found.merged_into.slug)
    consultations = Consultation.objects.visible_to(request.user).order_by("-opens_at")
    comments = found.comments.filter(
        state=Comment.State.PUBLISHED, attribution=Attribution.NAMED, consultation__in=consultations.values("pk")
    )
    before = comments.filter(public_id=request.GET.get("before", "").replace("\x00", "")).first()
    if before:
        comments = comments.filter(pk__lt=before.pk)
    shown = list(
        comments.select_related("published", "passage", "author", "consultation").order_by("-pk")[: ON_A_PAGE + 1]
    )
    taking_part = list(consultations.open_to(found)) if found.state == Organisation.State.APPROVED else []
    taking_part = [c for c in taking_part if may_see_positions(request.user, c)]
    positions = (
        Position.objects.filter(organisation=found, consultation__in=taking_part, signed__attribution=Attribution.NAMED)
        .select_related("consultation", "recommendation", "signed__aligned_with__position__organisation")
        .order_by("-consultation__opens_at", "recommendation__order")[:_POSITIONS]
    )
    context = {
        "organisation": found,
        "comments": shown[:ON_A_PAGE],
        "following": shown[ON_A_PAGE - 1] if len(shown) > ON_A_PAGE else None,
        "positions": positions if not before else [],
    }
    return render(request, "search/organisation.html", context)


@require_safe
@throttled("files")
def comments_json(request: HttpRequest, slug: str) -> StreamingHttpResponse:
    """All published comments, their texts as they were written."""
    return StreamingHttpResponse(exports.as_json(*_asked(request, slug)), content_type="application/json")


@require_safe
@throttled("files")
def comments_csv(request: HttpRequest, slug: str) -> StreamingHttpResponse:
    """All published comments for a spreadsheet."""
    name = {"Content-Disposition": f'attachment; filename="{slug}-comments.csv"'}
    lines = exports.as_csv(*_asked(request, slug))
    return StreamingHttpResponse(lines, content_type="text/csv; charset=utf-8", headers=name)


@require_safe
@throttled("files")
def comments_xlsx(request: HttpRequest, slug: str) -> FileResponse:
    """All published comments as a workbook."""
    return FileResponse(exports.as_xlsx(*_asked(request, slug)), as_attachment=True, filename=f"{slug}-comments.xlsx")


def _asked(request: HttpRequest, slug: str) -> tuple[Consultation, Instrument | None]:
    """The consultation, and the reference framework that is asked for; 404 for one that its report does not invoke.

    A file that silently held everything would be taken for an answer.
    """
    consultation = visible(request, slug)
    if "framework" not in request.GET:
        return consultation, None
    invoked = Instrument.objects.filter(mentions__passage__report=consultation.report_id).distinct()
    return consultation, get_object_or_404(invoked, slug=request.GET["framework"].replace("\x00", ""))
