"""Blacking out a part of a contribution, and looking at what was blacked out."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from consultation.moderation import actions, queue, rules
from consultation.moderation.errors import NewerRevision
from consultation.moderation.forms import RedactionForm
from consultation.moderation.models import Redaction
from consultation.moderation.views import find
from consultation.record.models import Entry
from consultation.text.forms import posted


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def redact(request: HttpRequest, item_id: str) -> HttpResponse:
    """The form; then what everybody would read; then it is done: `action` = preview | redact."""
    item = find(request, item_id)
    rules.require_impartial(request.user, item.organisation, item.author)
    form = RedactionForm(posted(request), initial={"revision": item.number})
    shown: list[Any] = []
    refusal: NewerRevision | None = None
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            if request.POST.get("action") == "redact" and form.was_previewed:
                actions.redact(
                    request.user,
                    item_id,
                    data["revision"],
                    form.lines,
                    reason=data["reason"],
                    statement=data["statement"],
                    submission_id=data["submission_id"],
                )
                messages.success(request, _("It is blacked out everywhere. The author is told."))
                return redirect("moderation_item", item_id)
            shown = actions.preview(request.user, item, form.lines)
        except actions.NotThere as missing:
            form.add_error("words", missing.sentence)
        except NewerRevision as newer:
            refusal, shown = newer, []
    context = {
        "item": item,
        "consultation": item.consultation,
        "form": form,
        "refusal": refusal,
        "shown": [each for each in shown if not form.errors],
        "typed": form.cleaned_data.get("words", "") if form.is_bound else "",
    }
    status = refusal.status if refusal else 422 if form.errors else 200
    return render(request, "moderation/redact.html", context, status=status)


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def redaction(request: HttpRequest, pk: int) -> HttpResponse:
    """Who blacked out what and why, and who looked at it; sent, the originals, which the record keeps."""
    moderated = Redaction.objects.filter(decision__consultation__in=queue.moderated_by(request.user))
    found = get_object_or_404(
        moderated.select_related("decision__moderator", "decision__consultation", "decision__revision__comment"), pk=pk
    )
    originals = actions.look(request.user, found) if request.method == "POST" else []
    context = {
        "redaction": found,
        "decision": found.decision,
        "consultation": found.decision.consultation,
        "item_id": actions.id_of(found.decision),
        "originals": originals,
        "looks": Entry.objects.about(found)
        .filter(kind="redaction.looked")
        .select_related("actor")
        .order_by("-pk")[:50],
    }
    return render(request, "moderation/redaction.html", context)
