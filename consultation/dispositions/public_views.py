"""Dispositions for everybody, once they are published: the list with its figures, one with its history, JSON."""

from typing import Any

from django.core.paginator import Paginator
from django.http import FileResponse, HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from consultation.consultations.attribution import Attributions
from consultation.consultations.times import said
from consultation.consultations.views import visible
from consultation.dispositions import exports, queries, rules, table, table_word
from consultation.dispositions.filters import PublicFilter
from consultation.dispositions.models import Disposition, DispositionList
from consultation.record import clock
from consultation.throttling.limits import throttled

ON_A_PAGE = 50


@require_safe
def dispositions(request: HttpRequest, slug: str) -> HttpResponse:
    """Each comment with its answer, and whose comments were taken up; before publication only that it is to come."""
    consultation = visible(request, slug)
    published = DispositionList.objects.filter(consultation=consultation, published_at__isnull=False).first()
    context: dict[str, Any] = {
        "consultation": consultation,
        "published": published,
        "prepares": rules.may_prepare(request.user, consultation),
        "tab": "outcome",
    }
    if published:
        public = Disposition.objects.public().filter(consultation=consultation).for_display()
        chosen = PublicFilter(request.GET, public, Attributions(request.user, consultation))
        carried = request.GET.copy()
        carried.pop("page", None)
        context |= {
            "figures": queries.figures_of(consultation),
            "filter": chosen,
            "page": Paginator(chosen.found(), ON_A_PAGE).get_page(request.GET.get("page")),
            "carried": carried.urlencode(),
        }
    return render(request, "dispositions/dispositions.html", context)


@require_safe
def disposition(request: HttpRequest, slug: str, public_id: str) -> HttpResponse:
    """The published answer to one comment with all its published versions."""
    consultation = visible(request, slug)
    public = Disposition.objects.public().filter(consultation=consultation).for_display()
    found = get_object_or_404(public, comment__public_id=public_id)
    versions = found.versions.filter(published_at__isnull=False).select_related("revision").order_by("-number")
    context = {
        "consultation": consultation,
        "disposition": found,
        "comment": found.comment,
        "passage": found.comment.passage,
        "versions": versions,
        "tab": "outcome",
    }
    return render(request, "dispositions/disposition.html", context)


@require_safe
@throttled("files")
def dispositions_json(request: HttpRequest, slug: str) -> StreamingHttpResponse:
    """The same for programs; before publication it holds none."""
    return StreamingHttpResponse(exports.as_json(visible(request, slug)), content_type="application/json")


@require_safe
@throttled("files")
def comments_table_xlsx(request: HttpRequest, slug: str) -> FileResponse:
    """The table of comments as a workbook: `by` = passage (as it is without) | organisation."""
    consultation, by = visible(request, slug), table.order_of(request.GET.get("by", ""))
    book = table.as_xlsx(request.user, consultation, by)
    return FileResponse(book, as_attachment=True, filename=f"{slug}-comments-table-by-{by}.xlsx")


@require_safe
@throttled("files")
def comments_table_docx(request: HttpRequest, slug: str) -> FileResponse:
    """The same for word processors."""
    consultation, by = visible(request, slug), table.order_of(request.GET.get("by", ""))
    at = clock.now()
    about = _("All published comments as of %s. Dispositions stand here once they are published.")
    file = table_word.write(
        table.title_of(consultation, by),
        about % said(at, consultation),
        [str(heading) for heading in table.HEADINGS],
        table.lines(request.user, consultation, by),
        at,
    )
    return FileResponse(file, as_attachment=True, filename=f"{slug}-comments-table-by-{by}.docx")
