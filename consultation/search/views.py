"""Searching what everybody may read."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from consultation.search import queries
from consultation.search.filters import LABELS, SearchFilter
from consultation.text.numbers import whole
from consultation.throttling.limits import throttled

FIRST, ON_A_PAGE, LAST_PAGE = 10, 20, 50
LONGEST = 400


@require_safe
@throttled("search")
def search(request: HttpRequest) -> HttpResponse:
    """Passages, then published comments, then explanations; the name of a passage leads straight to it."""
    text = request.GET.get("q", "")[:LONGEST].strip()
    asked = queries.question(text)
    chosen = SearchFilter(request.GET, list(asked.consultations.values()))
    if text and not chosen.is_narrowed and (address := queries.named_passage(asked)):
        return redirect(address)
    found = []
    page = _page(request.GET.get("page", "")) if len(chosen.kinds) == 1 else 1
    if asked.words:
        number = ON_A_PAGE if len(chosen.kinds) == 1 else FIRST
        sources = queries.sources(asked)
        found = [
            queries.find(asked, kind, chosen.narrow(kind, sources[kind], asked), (page - 1) * number, number)
            for kind in chosen.kinds
        ]
    more = request.GET.copy()
    more.pop("page", None)
    context = {
        "q": text,
        "found": [(LABELS[f.kind], f) for f in found if f.number],
        "asked": bool(asked.words),
        "filter": chosen,
        "carried": more.urlencode(),
        "page": page,
        "following": page + 1
        if found and len(found) == 1 and found[0].number > page * ON_A_PAGE and page < LAST_PAGE
        else 0,
        "is_one_kind": len(chosen.kinds) == 1,
    }
    return render(request, "search/search.html", context)


def _page(value: str) -> int:
    return min(max(whole(value, digits=3, else_=1), 1), LAST_PAGE)
