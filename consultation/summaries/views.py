"""The pages that read across the rooms: report, recommendations, one passage, the summary."""

from collections.abc import Collection
from typing import Any, NamedTuple

from django.db.models import Prefetch
from django.http import HttpRequest, HttpResponse, JsonResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from consultation.consultations import rules as consultation_rules
from consultation.consultations.attribution import Attribution
from consultation.consultations.facts import Facts
from consultation.consultations.models import Consultation
from consultation.consultations.public_pages import for_everybody
from consultation.consultations.views import visible
from consultation.discussion.reading_views import thread_context
from consultation.discussion.views import comment_form
from consultation.positions.disclosure import told
from consultation.positions.forms import OnceForm
from consultation.positions.models import Position, PositionVersion
from consultation.positions.statements import late_on, statements_page
from consultation.reports.markdown import to_json, to_markdown
from consultation.reports.models import Passage
from consultation.stakeholders import rules as stakeholder_rules
from consultation.stakeholders.models import Membership
from consultation.statements.answers import answers_on
from consultation.summaries import exports, queries, words
from consultation.summaries.changes import changes_since
from consultation.summaries.filters import RecommendationFilter, SummaryFilter
from consultation.text.markdown import plain
from consultation.throttling.limits import throttled

# Of the organisations that took a position on a recommendation a page names so many.
LISTED = 100


@require_safe
@for_everybody
def report(request: HttpRequest, slug: str) -> HttpResponse:
    """The whole report, with the counts of comments and positions in its margin."""
    consultation = visible(request, slug)
    passages = list(consultation.passages())
    facts = Facts(consultation)
    comments = queries.comment_counts(consultation, facts)
    sees = consultation_rules.may_see_positions(request.user, consultation)
    counts = queries.counts_by_passage(consultation, facts) if sees else {}
    context = {
        "consultation": consultation,
        "rows": [
            (
                p,
                comments.get(p.pk, 0),
                counts[p.pk] if counts and consultation.takes_positions_on(p) else None,
                consultation.is_open and consultation.takes_comments_on(p),
            )
            for p in passages
        ],
        "contents": [p for p in passages if p.kind in {"heading", "list"}],
        "session_roles": consultation.report.session_roles.all(),
        "tab": "report",
    }
    return render(request, "summaries/report.html", context)


@require_safe
@for_everybody
@throttled("files")
def report_markdown(request: HttpRequest, slug: str) -> HttpResponse:
    """The report as Markdown."""
    consultation = visible(request, slug)
    text = to_markdown(consultation.report, consultation.passages())
    return HttpResponse(text, content_type="text/markdown; charset=utf-8")


@require_safe
@for_everybody
@throttled("files")
def report_json(request: HttpRequest, slug: str) -> HttpResponse:
    """The report with its session record and passages."""
    consultation = visible(request, slug)
    return JsonResponse(
        to_json(consultation.report, consultation.passages()), json_dumps_params={"ensure_ascii": False}
    )


@require_safe
@for_everybody
def recommendations(request: HttpRequest, slug: str) -> HttpResponse:
    """All recommendations with their counts, filtered."""
    consultation = visible(request, slug)
    memberships = consultation_rules.memberships_taking_part(request.user, consultation)
    sees = consultation_rules.may_see_positions(request.user, consultation)
    found = RecommendationFilter(
        request.GET,
        sees_positions=sees,
        queryset=consultation.recommendations(),
        consultation=consultation,
        organisations=[m.organisation_id for m in memberships],
    )
    facts = Facts(consultation)
    counts = queries.counts_by_passage(consultation, facts) if sees else {}
    comments = queries.comment_counts(consultation, facts)
    held = _held(consultation, memberships)
    context = {
        "consultation": consultation,
        "filter": found,
        "rows": [
            (
                r,
                counts[r.pk] if sees and consultation.takes_positions_on(r) else None,
                comments.get(r.pk, 0),
                held.get(r.pk),
                consultation.takes_positions_on(r),
            )
            for r in found.qs
        ],
        "number": consultation.recommendations().count(),
        "without": sum(1 for r in consultation.positioned() if not (held.get(r.pk) and held[r.pk].signed)),
        "may_write": consultation_rules.may_write_now(request.user, consultation),
        "membership": memberships[0] if memberships else None,
        "tab": "recommendations",
    }
    return render(request, "summaries/recommendations.html", context)


def _held(consultation: Consultation, memberships: list[Membership]) -> dict[int, Position]:
    """The positions of the reader's own organisations, by recommendation."""
    own = Position.objects.filter(
        consultation=consultation, organisation__in=[m.organisation_id for m in memberships]
    ).select_related("signed", "signed_late", "draft")
    return {position.recommendation_id: position for position in own}


@require_safe
@for_everybody
def passage(request: HttpRequest, slug: str, ref: str) -> HttpResponse:
    """One passage with its thread and, for a recommendation, its positions."""
    consultation = visible(request, slug)
    found = get_object_or_404(consultation.named(ref))
    memberships = consultation_rules.memberships_taking_part(request.user, consultation)
    writers = [m for m in memberships if stakeholder_rules.may_draft(request.user, m)]
    may_write = consultation_rules.may_write_now(request.user, consultation)
    commented = consultation.takes_comments_on(found)
    facts = Facts(consultation)
    context = {
        "consultation": consultation,
        "passage": found,
        **neighbours(consultation, found, facts),
        **thread_context(request, consultation, found, facts),
        "facts": facts,
        "memberships": memberships,
        "membership": next(iter(writers or memberships), None),
        "form": comment_form(request, consultation, found, memberships)
        if writers and may_write and commented
        else None,
        "may_write": may_write,
        "commented": commented,
        "positioned": consultation.takes_positions_on(found),
        "moderates": consultation_rules.is_moderator(request.user, consultation),
        "tab": "overview" if found.is_question else "recommendations" if found.takes_positions else "report",
    }
    if context["positioned"]:
        context |= positions_context(request, consultation, found)
    return render(request, "summaries/passage.html", context)


@require_safe
@for_everybody
def explanations(request: HttpRequest, slug: str, ref: str) -> HttpResponse:
    """All explanations of the positions on one recommendation, page by page; `after` names the last one before."""
    consultation = visible_summary(request, slug)
    found = get_object_or_404(consultation.positioned(), ref=ref)
    memberships = consultation_rules.memberships_taking_part(request.user, consultation)
    after = request.GET.get("after", "")
    context = {
        "consultation": consultation,
        "passage": found,
        **_said(request, consultation, found, after=after),
        "after": after,
        "memberships": memberships,
        "membership": next(iter(memberships), None),
        "may_write": consultation_rules.may_write_now(request.user, consultation),
        "tab": "recommendations",
    }
    return render(request, "summaries/explanations.html", context)


@require_safe
@for_everybody
def summary(request: HttpRequest, slug: str) -> HttpResponse:
    """Participation, convergence and the matrix recommendations × groups."""
    consultation = visible_summary(request, slug)
    found = queries.summary_of(consultation)
    chosen = SummaryFilter(request.GET)
    rows = chosen.apply(found.rows)
    opened = next((row.recommendation for row in rows if row.recommendation.ref == request.GET.get("open")), None)
    carried = request.GET.copy()
    carried.pop("open", None)
    context = {
        "consultation": consultation,
        "summary": found,
        "rows": [(row, words.adjective(row).name, words.sentence(row)) for row in rows],
        "filter": chosen,
        "rules": words.RULES,
        "opened": opened,
        **_said(request, consultation, opened),
        "carried": carried.urlencode(),
        "changes": changes_since(consultation, chosen.day) if chosen.day else None,
        "tab": "summary",
    }
    return render(request, "summaries/summary.html", context)


@require_safe
def summary_schema(request: HttpRequest, slug: str) -> HttpResponse:
    """The JSON Schema of `summary.json`."""
    visible(request, slug)
    return JsonResponse(exports.SCHEMA, content_type="application/schema+json")


@require_safe
@throttled("files")
def summary_csv(request: HttpRequest, slug: str) -> StreamingHttpResponse:
    """One line for each participating organisation and recommendation."""
    consultation = visible_summary(request, slug)
    name = {"Content-Disposition": f'attachment; filename="{slug}-summary.csv"'}
    lines = exports.as_csv(consultation)
    return StreamingHttpResponse(lines, content_type="text/csv; charset=utf-8", headers=name)


@require_safe
@throttled("files")
def summary_xlsx(request: HttpRequest, slug: str) -> HttpResponse:
    """The same as a workbook, with the summary and the explanations on sheets of their own."""
    book = exports.as_xlsx(visible_summary(request, slug))
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    name = {"Content-Disposition": f'attachment; filename="{slug}-summary.xlsx"'}
    return HttpResponse(book, content_type=kind, headers=name)


@require_safe
@for_everybody
@throttled("files")
def summary_json(request: HttpRequest, slug: str) -> HttpResponse:
    """The summary for programs, as docs and contract have it."""
    consultation = visible_summary(request, slug)
    data = queries.as_json(queries.summary_of(consultation)) | queries.awaiting_as_json(consultation)
    return JsonResponse(data, json_dumps_params={"ensure_ascii": False})


class Beside(NamedTuple):
    """A passage as a link to it needs it."""

    pk: int
    ref: str
    code: str
    text: str

    @property
    def words(self) -> str:
        return plain(self.text)


def neighbours(consultation: Consultation, found: Passage, facts: Facts) -> dict[str, Beside | None]:
    """The passages before and after one, in the report's order: one query, none where they are known."""
    name = "questions in order" if found.is_question else "passages in order"
    passages = facts.get(name, _questions_in_order if found.is_question else _passages_in_order)
    place = next((number for number, passage in enumerate(passages) if passage.pk == found.pk), None)
    if place is None:
        return {"previous": None, "next": None}
    return {
        "previous": passages[place - 1] if place else None,
        "next": passages[place + 1] if place + 1 < len(passages) else None,
    }


def _passages_in_order(consultation: Consultation) -> list[Beside]:
    return [Beside._make(values) for values in consultation.passages().values_list("pk", "ref", "code", "text")]


def _questions_in_order(consultation: Consultation) -> list[Beside]:
    questions = Passage.objects.filter(question__consultation=consultation).order_by("order")
    return [Beside._make(values) for values in questions.values_list("pk", "ref", "code", "text")]


def visible_summary(request: HttpRequest, slug: str) -> Consultation:
    """The consultation, where the person may see its positions now. Raises `Http404`, `NotAllowed`."""
    consultation = visible(request, slug)
    consultation_rules.require_positions_seen(request.user, consultation)
    return consultation


def positions_context(request: HttpRequest, consultation: Consultation, recommendation: Passage) -> dict[str, Any]:
    """The signed positions on one recommendation: counts by group, explanations that may be read, one's own."""
    sees = consultation_rules.may_see_positions(request.user, consultation)
    counted = Position.objects.counted(consultation).filter(recommendation=recommendation)
    answers = answers_on(request.user, consultation, recommendation)
    named = counted.filter(signed__attribution=Attribution.NAMED)
    own = (
        Position.objects.of_delegations(request.user)
        .filter(consultation=consultation, recommendation=recommendation)
        .select_related(
            "organisation__group",
            "signed__signed_by",
            "signed_late__signed_by",
            "signed__aligned_with__position__organisation",
            "draft__drafted_by",
            "draft__aligned_with__position__organisation",
        )
        .prefetch_related(Prefetch("versions", PositionVersion.objects.for_display()))
    )
    in_a_groupings_name = {a.statement.version_id for a in answers}
    return {
        **_said(request, consultation, recommendation if sees else None, in_a_groupings_name),
        "group_statements": answers,
        "row": queries.row_of(consultation, recommendation) if sees else None,
        "late": late_on(request.user, consultation, recommendation) if sees else [],
        "counted": sees and named.select_related("organisation", "signed").order_by("organisation__name")[:LISTED],
        "listed": LISTED,
        "own": [(p, told(request.user, p), max((v.number for v in p.versions.all()), default=0)) for p in own],
        "once": OnceForm(auto_id=False),
    }


def _said(
    request: HttpRequest,
    consultation: Consultation,
    recommendation: Passage | None,
    without: Collection[int] = (),
    after: str = "",
) -> dict[str, Any]:
    """One page of the explanations of the positions on a recommendation, and apart from them what is said as an
    expert.
    """
    if recommendation is None:
        return {"statements": [], "views": [], "said": None}
    page = statements_page(request.user, consultation, recommendation, after=after, without=without)
    return {
        "statements": [statement for statement in page.statements if not statement.version.is_expert],
        "views": [statement for statement in page.statements if statement.version.is_expert],
        "said": page,
    }
