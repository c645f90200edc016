"""The queue, one item with its decision form, several at once, and undoing."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from consultation.consultations.models import Consultation
from consultation.moderation import actions, queue, rules
from consultation.moderation.errors import AlreadyDecided, NewerRevision
from consultation.moderation.filters import QueueFilter
from consultation.moderation.forms import DecisionForm, SeveralForm
from consultation.moderation.hints import hints
from consultation.moderation.kinds import Item
from consultation.moderation.models import Claim, Decision, StatementTemplate
from consultation.record import clock
from consultation.record.errors import NotAllowed
from consultation.record.receipts import confirmed
from consultation.text.forms import posted

PAGE = 30
COMPARED = 200
LAST_DECISION = "last_decision"


@login_required
@never_cache
@require_safe
def waiting(request: HttpRequest) -> HttpResponse:
    """What waits for a decision, oldest first, filtered."""
    return _queue_page(request, SeveralForm())


@login_required
@never_cache
@require_POST
def several(request: HttpRequest) -> HttpResponse:
    """One decision on the items selected in the queue; says which were not decided and why."""
    form = SeveralForm(request.POST)
    if not form.is_valid():
        return _queue_page(request, form)
    _moderated(request)
    taken, refused = actions.decide_several(request.user, form.read, form.verdict, form.cleaned_data["submission_id"])
    if taken:
        sentence = ngettext("%d decision recorded.", "%d decisions recorded.", len(taken))
        messages.success(request, sentence % len(taken))
    for item_id, sentence in refused:
        messages.warning(request, f"{item_id}: {sentence}")
    if not taken:
        return _queue_page(request, SeveralForm(form.anew()), status=409)
    return redirect("moderation")


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def item(request: HttpRequest, item_id: str) -> HttpResponse:
    """One item in its place, with the decisions that are possible."""
    found = find(request, item_id)
    form = DecisionForm(
        posted(request),
        initial={"revision": found.number, **_from_template(request, found)},
    )
    refusal: NewerRevision | AlreadyDecided | None = None
    if form.is_valid():
        data = form.cleaned_data
        try:
            decision = actions.decide(request.user, item_id, data["revision"], form.verdict, data["submission_id"])
        except (NewerRevision, AlreadyDecided) as error:
            refusal = error
            found = find(request, item_id)
        else:
            sentence = _("Decision recorded: %s.") % decision.get_kind_display()
            messages.success(request, confirmed(sentence, found.thing, request.user))
            request.session[LAST_DECISION] = (decision.pk, decision.at.timestamp())
            return _go_on(request)
    own = rules.is_own(request.user, found.organisation, found.author)
    form.offer(rules.possible(found))
    context = {
        "item": found,
        "form": form,
        "refusal": refusal,
        "read": actions.words_at(found, form["revision"].value()) if refusal else None,
        "own": own,
        "redactable": not own and found.is_redactable,
        "own_decision": found.appeal and found.appeal.decision.moderator_id == request.user.pk,
        "claimed": Claim.objects.others(request.user).filter(item_id=found.id).select_related("moderator").first(),
        "decisions": actions.decisions_about(found),
        "hints": hints(found.text, found.consultation.report.language, found.kind.alike(found, COMPARED)),
        "templates": _templates(found),
        "undoable": _undoable(request),
    }
    status = refusal.status if refusal else 422 if form.errors else 200
    return render(request, "moderation/item.html", context, status=status)


@login_required
@require_POST
def claim(request: HttpRequest, item_id: str) -> HttpResponse:
    """Open an item for oneself; who had it open first is named on its page."""
    actions.claim(request.user, find(request, item_id).id)
    return redirect("moderation_item", item_id)


@login_required
@require_POST
def undo(request: HttpRequest, pk: int) -> HttpResponse:
    """Take one's own decision back within a minute."""
    decision = get_object_or_404(Decision.objects.filter(consultation__in=queue.moderated_by(request.user)), pk=pk)
    actions.undo(request.user, decision)
    messages.success(request, _("The decision is undone. Nobody was told."))
    return redirect("moderation_item", actions.id_of(decision))


def _queue_page(request: HttpRequest, form: SeveralForm, *, status: int = 200) -> HttpResponse:
    consultations = _moderated(request)
    chosen = QueueFilter(request.GET, consultations)
    sources = chosen.sources()
    rows = list(queue.together(sources)[:PAGE])
    number, middle = queue.how_much(sources)
    items = queue.items(rows, request.user)
    context = {
        "items": items,
        "filter": chosen,
        "number": number,
        "median": clock.now() - middle if middle else None,
        "oldest": clock.now() - items[0].since if items else None,
        "aims": sorted({c.moderation_days for c in consultations}),
        "page": PAGE,
        "form": form,
        "undoable": _undoable(request),
        "moderator": {"waiting": number} if not chosen.is_narrowed else {"waiting": queue.count(request.user)},
    }
    return render(request, "moderation/queue.html", context, status=422 if form.errors else status)


def _go_on(request: HttpRequest) -> HttpResponse:
    """To the next item that nobody else has open, which is then open here; to the queue where there is none."""
    following = queue.following(request.user)
    if following is None:
        return redirect("moderation")
    actions.claim(request.user, following.id)
    return redirect("moderation_item", following.id)


def find(request: HttpRequest, item_id: str) -> Item:
    """The item, where the person moderates its consultation. Raises `Http404`, `NotAllowed`."""
    _moderated(request)
    found = queue.find(item_id, request.user)
    if found is None:
        raise Http404
    return found


def _moderated(request: HttpRequest) -> list[Consultation]:
    consultations = list(queue.moderated_by(request.user))
    if not consultations:
        raise NotAllowed(_("Only moderators see the queue."))
    return consultations


def _undoable(request: HttpRequest) -> Decision | None:
    """The last decision of this moderator in this session while it can be undone."""
    pk, at = request.session.get(LAST_DECISION, (0, 0.0))
    if clock.now().timestamp() - at > settings.UNDO_SECONDS:
        return None
    return Decision.objects.standing().filter(pk=pk).first()


def _templates(item: Item) -> list[StatementTemplate]:
    """The templates of all consultations and of this one."""
    return list(StatementTemplate.objects.filter(Q(consultation=None) | Q(consultation=item.consultation)))


def _from_template(request: HttpRequest, item: Item) -> dict[str, Any]:
    """What a chosen template fills in: the reason, its text, and the decision that needs them."""
    chosen = request.GET.get("template", "")
    template = next((t for t in _templates(item) if str(t.pk) == chosen), None) if chosen else None
    if template is None:
        return {}
    against = next((kind for kind in rules.possible(item) if kind in rules.NEEDS_REASON), "")
    return {"decision": against, "reason": template.reason, "statement": template.text}
