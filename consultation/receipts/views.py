"""The receipts of a delegation: to look at, to keep, to check elsewhere."""

from collections.abc import Iterator
from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, JsonResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from consultation.receipts import rules
from consultation.receipts.wording import act_of, codes_of, labelled
from consultation.record import receipts as made
from consultation.record.models import Leaf
from consultation.stakeholders.models import Membership, Organisation
from consultation.text.tables import as_csv
from consultation.throttling.limits import throttled

ON_A_PAGE = 50
COLUMNS = ("receipt", "at", "act", "consultation", "passage", "sealed")


@login_required
@never_cache
@require_safe
def receipts(request: HttpRequest, organisation: str) -> HttpResponse:
    """What one's delegation did for everybody to rely on, with the code of each receipt, newest first."""
    own = _own(request, organisation)
    page = Paginator(rules.receipts_of(own), ON_A_PAGE).get_page(request.GET.get("page"))
    codes = codes_of(leaf.entry for leaf in page.object_list)
    rows = [(leaf, act_of(leaf.entry), codes.get(leaf.entry_id, "")) for leaf in page.object_list]
    return render(request, "receipts/receipts.html", {"organisation": own, "page": page, "rows": rows})


@login_required
@never_cache
@require_safe
@throttled("files")
def receipts_csv(request: HttpRequest, organisation: str) -> StreamingHttpResponse:
    """The same list, whole, as comma-separated values."""
    own = _own(request, organisation)
    response = StreamingHttpResponse(
        as_csv(COLUMNS, _rows(rules.receipts_of(own))), content_type="text/csv; charset=utf-8"
    )
    response["Content-Disposition"] = f'attachment; filename="{own.slug}-receipts.csv"'
    return response


@login_required
@never_cache
@require_safe
def receipt(request: HttpRequest, code: str) -> HttpResponse:
    """One receipt: what it is for, whether it is sealed, and where to take it away."""
    leaf = _leaf(request, code)
    taken = _taken(request, leaf)
    context = {
        "leaf": leaf,
        "act": act_of(leaf.entry),
        "code": codes_of([leaf.entry]).get(leaf.entry_id, ""),
        "head": made.head_for(leaf),
        "own": Organisation.objects.filter(
            pk=leaf.owner or 0, memberships__in=Membership.objects.of(request.user)
        ).first(),
        "words": labelled(taken["fields"].get("words", {}).get("value", {})),
    }
    return render(request, "receipts/receipt.html", context)


@login_required
@never_cache
@require_safe
def receipt_json(request: HttpRequest, code: str) -> JsonResponse:
    """One receipt as the file that `verify.py` checks."""
    leaf = _leaf(request, code)
    response = JsonResponse(_taken(request, leaf), json_dumps_params={"ensure_ascii": False, "indent": 1})
    response["Content-Disposition"] = f'attachment; filename="receipt-{leaf.code}.json"'
    return response


def _own(request: HttpRequest, slug: str) -> Organisation:
    return get_object_or_404(Membership.objects.of(request.user), organisation__slug=slug).organisation


def _leaf(request: HttpRequest, code: str) -> Leaf:
    """The leaf with this code, as people write it; 404 where its receipt is another's."""
    return get_object_or_404(rules.receipts_visible_to(request.user), code=code.replace("-", "").upper())


def _taken(request: HttpRequest, leaf: Leaf) -> dict[str, Any]:
    words, person = rules.may_read_words(request.user, leaf), rules.may_know_person(request.user, leaf)
    return made.receipt(leaf, words=words, person=person)


def _rows(leaves: "QuerySet[Leaf]") -> Iterator[dict[str, str]]:
    for leaf in leaves.iterator(500):
        entry = leaf.entry
        passage = str(entry.content.get("passage", ""))
        sealed = "no" if leaf.seq is None else "yes"
        cells = (leaf.printed, entry.at.isoformat(), str(act_of(entry)), entry.consultation, passage, sealed)
        yield dict(zip(COLUMNS, cells, strict=True))
