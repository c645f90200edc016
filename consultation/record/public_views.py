"""What everybody may know of the record: its keys, its public heads, and that each head continues those before."""

from pathlib import Path

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from consultation.record import checking, clock, receipts, verify
from consultation.record.models import Head, HeadQuerySet, Key
from consultation.text.numbers import whole

ON_A_PAGE = 50
HEADS_AT_ONCE = 1_000


@require_safe
def record(request: HttpRequest) -> HttpResponse:
    """What the record is, its keys and heads, and how a receipt is checked."""
    page = Paginator(_heads(), ON_A_PAGE).get_page(request.GET.get("page"))
    return render(request, "record/record.html", {"page": page, "keys": Key.objects.order_by("-pk")})


@require_safe
def heads_json(request: HttpRequest) -> JsonResponse:
    """The public keys and the public heads with their signatures, newest first; `?before=` a size gives older ones."""
    before = whole(request.GET.get("before", ""))
    found = _heads().filter(size__lt=before) if before else _heads()
    heads = [receipts.signed(head) for head in found.select_related("key")[:HEADS_AT_ONCE]]
    return JsonResponse({"v": 1, "keys": checking.key_chain(), "heads": heads})


@require_safe
def consistency_json(request: HttpRequest) -> JsonResponse:
    """The proof between two sizes, both up to the newest public head; else 404."""
    first, second = (whole(request.GET.get(name, "")) for name in ("from", "to"))
    newest = _heads().first()
    if not first or newest is None or not first <= second <= newest.size:
        raise Http404
    return JsonResponse({"v": 1, "from": first, "to": second, "proof": receipts.continuation(first, second)})


@require_safe
def verify_py(request: HttpRequest) -> HttpResponse:
    """The program that checks a receipt."""
    program = Path(verify.__file__).read_text(encoding="utf-8")
    headers = {"Content-Disposition": 'attachment; filename="verify.py"'}
    return HttpResponse(program, content_type="text/x-python; charset=utf-8", headers=headers)


def _heads() -> HeadQuerySet:
    return Head.objects.public(clock.now())
