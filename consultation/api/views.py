"""Reading by program: what everybody may read, the same whoever asks."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from consultation.api import data
from consultation.api.answers import answered
from consultation.api.callers import reads, refuses
from consultation.api.document import document
from consultation.api.forms import CommentQuery, PageQuery, PassageQuery, PositionQuery, asked
from consultation.consultations.public_pages import for_everybody
from consultation.positions.disclosure import public_attributions
from consultation.summaries import queries


@require_safe
@for_everybody
def about(request: HttpRequest) -> HttpResponse:
    """What programs can do here, for the people who write them."""
    return render(request, "api/about.html", {"first": data.public_consultations().first()})


@reads
def openapi(request: HttpRequest) -> HttpResponse:
    """The description of the API for programs, OpenAPI 3.1."""
    asked(request)
    return answered(request, document(request.build_absolute_uri("/api/v1")))


@reads
def consultations(request: HttpRequest) -> HttpResponse:
    """All announced consultations, by slug."""
    query = asked(request, PageQuery)
    found = data.public_consultations().filter(slug__gt=query["after"])
    rows, following = data.page(found, query["limit"], "slug")
    listed = [data.consultation_as_json(request, consultation) for consultation in rows]
    return answered(request, {"consultations": listed}, following=following)


@reads
def consultation(request: HttpRequest, slug: str) -> HttpResponse:
    """One consultation: its window, its report, and where its parts are."""
    asked(request)
    return answered(request, data.consultation_as_json(request, data.public_consultation(slug)))


@reads
def passages(request: HttpRequest, slug: str) -> HttpResponse:
    """The passages of the report in its order, each with its exact words."""
    query, found = asked(request, PassageQuery), data.public_consultation(slug)
    rows, following = data.page(data.passages_after(found, query["kind"], query["after"]), query["limit"], "ref")
    listed = data.passages_as_json(request, found, rows)
    return answered(request, {"consultation": slug, "passages": listed}, following=following)


@reads
def passage(request: HttpRequest, slug: str, ref: str) -> HttpResponse:
    """One passage of the report, or a guiding question."""
    asked(request)
    found = data.public_consultation(slug)
    (said,) = data.passages_as_json(request, found, [get_object_or_404(found.named(ref))])
    return answered(request, {"consultation": slug, **said})


@reads
def comments(request: HttpRequest, slug: str) -> HttpResponse:
    """The published comments in the order in which they were written."""
    query, found = asked(request, CommentQuery), data.public_consultation(slug)
    published = data.comments_asked(found, query)
    listed, following = data.comments_as_json(request, found, published, query["limit"])
    return answered(request, {"consultation": slug, "comments": listed}, following=following)


@reads
def summary(request: HttpRequest, slug: str) -> HttpResponse:
    """The summary, as `summary.json` has it."""
    asked(request)
    found = data.seen_positions(slug)
    return answered(request, queries.as_json(queries.summary_of(found)) | queries.awaiting_as_json(found))


@reads
def positions(request: HttpRequest, slug: str) -> HttpResponse:
    """The signed positions, as far as everybody sees them."""
    query, found = asked(request, PositionQuery), data.seen_positions(slug)
    told = public_attributions(found)
    rows, following = data.page(data.positions_asked(found, told, query), query["limit"], "public_id")
    listed = [data.position_as_json(position, told) for position in rows]
    return answered(request, {"consultation": slug, "positions": listed}, following=following)


@refuses
def nothing(request: HttpRequest, rest: str) -> HttpResponse:
    """Whatever else begins like an address of the API."""
    raise Http404
