"""The page on which an import is looked at: source and result side by side, corrections, storing."""

from http import HTTPStatus
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from consultation.record.errors import Refusal
from consultation.reports import actions
from consultation.reports import draft as drafts
from consultation.reports.admin_views import for_the_secretariat, page
from consultation.reports.forms import BlockForm, HeadForm
from consultation.reports.models import Import
from consultation.reports.structure import Placed
from consultation.text.numbers import whole

_ROWS = 200
_SHOWN = 100  # doubts and differences that are listed above the rows
_OF_BLOCKS = {"save", "join", "split", "confirm"}


@for_the_secretariat
@require_http_methods(["GET", "HEAD", "POST"])
def review(request: HttpRequest, public_id: str) -> HttpResponse:
    """Source and result side by side; each correction is a form of its own, the title block goes with storing."""
    made = get_object_or_404(Import, public_id=public_id)
    draft, act = drafts.from_json(made.draft), request.POST.get("act", "")
    head = HeadForm(request.POST, draft=draft) if "slug" in request.POST else HeadForm.of(draft)
    row = None
    if request.method == "POST":
        row = BlockForm(request.POST, draft=draft, act=act) if act in _OF_BLOCKS else None
        form = row or head
        if form.is_valid() or not form.is_bound:
            try:
                return _done(request, made, draft, form)
            except Refusal as refusal:
                for sentence in refusal.sentence.split("\n")[:20]:
                    messages.error(request, sentence)
    status = HTTPStatus.UNPROCESSABLE_ENTITY if request.method == "POST" else HTTPStatus.OK
    draft = drafts.from_json(Import.objects.get(pk=made.pk).draft)
    return page(request, "review", _("Look at the import"), status=status, **_shown(request, made, draft, head, row))


@transaction.atomic
def _done(request: HttpRequest, made: Import, draft: drafts.Draft, form: HeadForm | BlockForm) -> HttpResponse:
    """Do what was asked and lead on. Raises what the actions raise, and then nothing of it is kept."""
    act, number = request.POST.get("act", ""), whole(request.POST.get("number", ""))
    if isinstance(form, BlockForm):
        form.correct()
        draft.take_title_block()
    elif form.is_bound:
        form.fill()
    if act == "confirm_all":
        draft.confirm_all()
    if act != "store" or draft.as_json() != made.draft:
        made = actions.correct(request.user, made, number, draft)
        number = made.number
    if act == "store":
        report = actions.store_import(request.user, made, number, draft)
        messages.success(request, _("Stored: %s") % report)
        return redirect("admin:reports_report_change", report.pk)
    index = request.POST.get("index", "")
    return redirect(f"{request.get_full_path()}#block-{index}" if index.isdecimal() else request.get_full_path())


def _shown(
    request: HttpRequest, made: Import, draft: drafts.Draft, head: HeadForm, row: BlockForm | None
) -> dict[str, Any]:
    placed = draft.placed()
    rows = Paginator(list(enumerate(placed)), _ROWS).get_page(request.GET.get("page"))
    doubts = [("", "", doubt) for doubt in draft.source.doubts if not draft.confirmed]
    for index, found in enumerate(placed):
        if not found.block.confirmed:
            link = f"?page={index // _ROWS + 1}#block-{index}"
            doubts += [(link, drafts.said_place(found.block), doubt) for doubt in found.doubts]
    fidelity = draft.fidelity()
    return {
        "made": made,
        "draft": draft,
        "head": head,
        "wrong": row,
        "rows": [(index, _form(draft, index, found, row), found) for index, found in rows.object_list],
        "pages": rows,
        "fidelity": fidelity,
        "differences": fidelity.differences[:_SHOWN],
        "open": doubts,
        "first_doubts": doubts[:_SHOWN],
    }


def _form(draft: drafts.Draft, index: int, found: Placed, row: BlockForm | None) -> BlockForm:
    """The form of one row: what was typed, where it was refused."""
    if row is not None and row.data.get("index") == str(index):
        row.auto_id = f"id_{index}_%s"
        return row
    initial = {"index": index, "kind": found.block.kind, "ref": found.block.ref}
    return BlockForm(draft=draft, initial=initial, auto_id=f"id_{index}_%s")
