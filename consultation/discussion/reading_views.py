"""Reading: a thread's place for one comment, all replies, the history of a comment, proposed wordings side by side."""

from itertools import pairwise
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from consultation.consultations import rules as consultation_rules
from consultation.consultations.attribution import Attributions
from consultation.consultations.facts import Facts
from consultation.consultations.models import Consultation
from consultation.consultations.public_pages import for_everybody
from consultation.consultations.views import visible
from consultation.discussion import actions
from consultation.discussion.filters import ThreadFilter
from consultation.discussion.models import Comment
from consultation.discussion.proposals import overlapping, proposals_on
from consultation.discussion.references import references_of
from consultation.discussion.rows import rows_by_key
from consultation.discussion.rules import stops_of
from consultation.discussion.threads import Line, all_of, page_of, page_with, replies_page
from consultation.reports.models import Passage


def thread_context(request: HttpRequest, consultation: Consultation, passage: Passage, facts: Facts) -> dict[str, Any]:
    """What a page shows of the thread on a passage: one page of it, filtered and ordered as its address asks; all of
    it with `?all=1`.
    """
    thread = consultation.comments.visible_to(request.user).filter(passage=passage)
    asked = {"filter", "group", "organisation"} & request.GET.keys()
    chosen = ThreadFilter(request.GET, thread, Attributions(request.user, consultation)) if asked else None
    narrowed = chosen is not None and chosen.is_narrowed
    if chosen and narrowed:
        page = page_of(chosen.found(), request.GET, flat=True)
    else:
        page = all_of(thread) if request.GET.get("all") == "1" else page_of(thread, request.GET)
    # The published ones are the same for every reader.
    published = consultation.comments.filter(passage=passage, state=Comment.State.PUBLISHED)
    since = actions.visit(request.user, consultation, passage) if request.user.is_authenticated else None
    stops = facts.get("closed threads", stops_of)
    return {
        "lines": page.lines,
        "page": page,
        "filter": chosen,
        "filter_open": narrowed or "filter" in request.GET,
        "carried": _carried(request),
        "comment_count": facts.get(f"comments on {passage.pk}", lambda _c: published.count()),
        "since": since,
        "new_count": published.filter(published__published_at__gt=since).exclude(author=request.user.pk).count()
        if since
        else 0,
        "stop": stops.get((passage.pk, None)),
        "closed_below": {root: stop for (_passage, root), stop in stops.items() if root},
        "references": references_of(consultation, _texts(page.lines), facts),
    }


@require_safe
def permalink(request: HttpRequest, slug: str, public_id: str) -> HttpResponse:
    """To the comment in its thread, on the page where it stands."""
    consultation = visible(request, slug)
    thread = consultation.comments.visible_to(request.user)
    comment = get_object_or_404(thread.for_display(), public_id=public_id)
    after, among_replies = page_with(comment, thread.filter(passage=comment.passage))
    address = reverse("passage", args=[slug, comment.passage.ref])
    if among_replies and comment.root:
        address = reverse("replies", args=[slug, comment.root.public_id])
    return redirect(f"{address}{f'?after={after}' if after else ''}#c-{public_id}")


@require_safe
@for_everybody
def replies(request: HttpRequest, slug: str, public_id: str) -> HttpResponse:
    """A first comment with all its replies, oldest first, page by page."""
    consultation = visible(request, slug)
    thread = consultation.comments.visible_to(request.user)
    root = get_object_or_404(thread.filter(parent=None).for_display(), public_id=public_id)
    page = replies_page(root, thread, request.GET)
    lines = [Line(row, 0) for row in rows_by_key([root.pk]).values()] if page.is_first else []
    lines += [Line(line.comment, 1) for line in page.lines]
    stop = Facts(consultation).get("closed threads", stops_of).get((root.passage_id, root.pk))
    context = {
        "consultation": consultation,
        "passage": root.passage,
        "root": root,
        "page": page,
        "lines": lines,
        "memberships": consultation_rules.memberships_taking_part(request.user, consultation),
        "references": references_of(consultation, _texts(lines)),
        "may_write": consultation_rules.may_write_now(request.user, consultation),
        "moderates": consultation_rules.is_moderator(request.user, consultation),
        "closed_below": {root.pk: stop} if stop else {},
        "stop": stop,
        "tab": "report",
    }
    return render(request, "discussion/replies.html", context)


@require_safe
@for_everybody
def history(request: HttpRequest, slug: str, public_id: str) -> HttpResponse:
    """What a published comment said at each time, as differences; only what was published."""
    consultation = visible(request, slug)
    published = consultation.comments.filter(state=Comment.State.PUBLISHED)
    comment = get_object_or_404(published.for_display(), public_id=public_id)
    revisions = list(comment.revisions.filter(published_at__isnull=False).order_by("number"))
    context = {
        "consultation": consultation,
        "passage": comment.passage,
        "comment": comment,
        "first": revisions[0] if revisions else None,
        "changes": list(pairwise(revisions)),
        "tab": "report",
    }
    return render(request, "discussion/history.html", context)


@require_safe
@for_everybody
def proposals(request: HttpRequest, slug: str, ref: str) -> HttpResponse:
    """All proposed wordings on one passage, side by side."""
    consultation = visible(request, slug)
    passage = get_object_or_404(consultation.named(ref))
    found = proposals_on(consultation, passage)
    memberships = consultation_rules.memberships_taking_part(request.user, consultation)
    own = {m.organisation_id for m in memberships}
    context = {
        "consultation": consultation,
        "passage": passage,
        "shown": [p.comment for p in found],
        "rows": [(p, p.supported_by(own), p.comment.organisation_id in own) for p in found],
        "overlapping": overlapping(found),
        "memberships": [m for m in memberships if m.role != m.Role.OBSERVER and m.organisation.state == "approved"],
        "references": references_of(consultation, [p.revision.body for p in found]),
        "tab": "recommendations" if passage.takes_positions else "report",
    }
    return render(request, "discussion/proposals.html", context)


def _texts(lines: list[Line]) -> list[str]:
    return [line.comment.body for line in lines]


def _carried(request: HttpRequest) -> str:
    """The chosen order and filters, to go on with on the next page."""
    kept = request.GET.copy()
    for name in ("after", "page", "parent", "quote"):
        kept.pop(name, None)
    return kept.urlencode()
