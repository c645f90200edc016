"""The queue and one item with its decision form."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from consultation.moderation import actions, queue, rules
from consultation.moderation.errors import AlreadyDecided, NewerRevision
from consultation.moderation.forms import DecisionForm
from consultation.moderation.models import Decision
from consultation.record.errors import NotAllowed

PAGE = 30


@login_required
@never_cache
@require_safe
def waiting(request: HttpRequest) -> HttpResponse:
    """What waits for a decision, oldest first."""
    _require_a_moderator(request)
    items = queue.waiting(request.user, PAGE)
    own = rules.own_organisations(request.user)
    last = Decision.objects.filter(consultation__in=queue.moderated_by(request.user)).order_by("-pk").first()
    context = {"items": items, "own": own, "number": queue.count(request.user), "page": PAGE, "last": last}
    return render(request, "moderation/queue.html", context)


@login_required
@never_cache
@require_http_methods(["GET", "POST"])
def item(request: HttpRequest, item_id: str) -> HttpResponse:
    """One item in its place, with the decisions that are possible."""
    _require_a_moderator(request)
    found = queue.find(item_id, request.user)
    if found is None:
        raise Http404
    form = DecisionForm(request.POST or None, initial={"revision": found.number})
    refusal: NewerRevision | AlreadyDecided | None = None
    if form.is_valid():
        data = form.cleaned_data
        try:
            decision = actions.decide(request.user, item_id, data["revision"], form.verdict, data["submission_id"])
        except (NewerRevision, AlreadyDecided) as error:
            refusal = error
            found = queue.find(item_id, request.user) or found
        else:
            messages.success(request, _("Decision recorded: %s.") % decision.get_kind_display())
            following = queue.waiting(request.user, 1)
            return redirect("moderation_item", following[0].id) if following else redirect("moderation")
    form.offer(rules.POSSIBLE.get(found.state, ()))
    context = {
        "item": found,
        "form": form,
        "refusal": refusal,
        "read": actions.words_at(found, form["revision"].value()) if refusal else None,
        "own": rules.is_own(request.user, found.organisation, found.author),
        "decisions": actions.decisions_about(found),
    }
    return render(
        request, "moderation/item.html", context, status=refusal.status if refusal else 422 if form.errors else 200
    )


def _require_a_moderator(request: HttpRequest) -> None:
    if not queue.moderated_by(request.user).exists():
        raise NotAllowed(_("Only moderators see the queue."))
