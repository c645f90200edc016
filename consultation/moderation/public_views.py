"""What readers and authors meet of moderation: flags, appeals, closed threads, and the figures."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from consultation.consultations.views import visible
from consultation.discussion import actions as discussion
from consultation.discussion.models import ThreadStop
from consultation.moderation import actions
from consultation.moderation.figures import figures_of
from consultation.moderation.forms import AppealForm, FlagForm, StopForm
from consultation.moderation.kinds import split
from consultation.moderation.models import Decision
from consultation.stakeholders import rules as stakeholder_rules
from consultation.text.forms import posted


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def flag(request: HttpRequest, slug: str, item_id: str) -> HttpResponse:
    """Ask the moderators to look at something published."""
    consultation = visible(request, slug)
    found = actions.shown(consultation, item_id)
    may_read = found is not None and found.kind.may_read(request.user, consultation)
    who = found.origin(request.user) if found and may_read else None
    if found is None or who is None:
        raise Http404
    named = stakeholder_rules.organisation_named(request.user, request.POST.get("organisation"))
    form = FlagForm(posted(request), memberships=actions.flagging(request.user, consultation))
    if form.is_valid():
        data = form.cleaned_data
        actions.flag(
            request.user,
            consultation,
            item_id,
            data["submission_id"],
            reason=data["reason"],
            statement=data["statement"],
            organisation_id=named,
        )
        messages.success(request, _("A moderator will look at it. It stays as it is until then."))
        return redirect(found.address)
    context = {"consultation": consultation, "found": found, "who": who, "form": form}
    return render(request, "moderation/flag.html", context, status=422 if form.errors else 200)


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def appeal(request: HttpRequest, slug: str, item_id: str) -> HttpResponse:
    """Ask another moderator to decide again on what was returned or removed."""
    consultation = visible(request, slug)
    decision = _last_against(request.user, consultation.pk, item_id)
    if decision is None:
        raise Http404
    form = AppealForm(posted(request))
    if form.is_valid():
        data = form.cleaned_data
        actions.appeal(request.user, decision, data["statement"], data["submission_id"])
        messages.success(request, _("Another moderator will decide. You are told what they decided and why."))
        return redirect("delegation")
    context = {
        "consultation": consultation,
        "decision": decision,
        "form": form,
        "possible": actions.appealable(request.user, decision) or form.errors,
    }
    return render(request, "moderation/appeal.html", context, status=422 if form.errors else 200)


@require_safe
def figures(request: HttpRequest, slug: str) -> HttpResponse:
    """How a consultation is moderated: its rules, and what was decided, for everybody to see."""
    consultation = visible(request, slug)
    context = {"consultation": consultation, "figures": figures_of(consultation), "tab": "overview"}
    return render(request, "moderation/figures.html", context)


@login_required
@require_POST
def stop(request: HttpRequest, slug: str, ref: str) -> HttpResponse:
    """Close the thread of a passage (or below `root`) with a reason, or open it again: `action` = stop | lift."""
    consultation = visible(request, slug)
    passage = get_object_or_404(consultation.named(ref))
    root = None
    if named := request.POST.get("root"):
        root = get_object_or_404(consultation.comments.public().filter(passage=passage, parent=None), public_id=named)
    back = redirect("replies", slug, root.public_id) if root else redirect("passage", slug, ref)
    if request.POST.get("action") == "lift":
        # One alone: a thread below a comment was closed for a reason of its own.
        for held in ThreadStop.objects.filter(consultation=consultation, passage=passage, root=root, lifted_at=None):
            discussion.lift_stop(request.user, held)
        messages.success(request, _("The thread is open again."))
        return back
    form = StopForm(request.POST)
    if not form.is_valid():
        context = {"consultation": consultation, "passage": passage, "root": root, "form": form}
        return render(request, "moderation/stop.html", context, status=422)
    discussion.stop_thread(request.user, passage, consultation, form.cleaned_data["reason"], root)
    if root:
        messages.success(request, _("The replies are closed. The reason stands below the comment."))
    else:
        messages.success(request, _("The thread is closed. Its reason stands where the form was."))
    return back


def _last_against(user: Any, consultation: int, item_id: str) -> Decision | None:
    """The last standing decision on this person's own contribution."""
    kind, public_id = split(item_id)
    if kind is None:
        return None
    there = {f"{kind.words_field}__{kind.thing_field}__public_id": public_id, "consultation": consultation}
    decisions = Decision.objects.standing().filter(kind.written_by(user), **there).select_related("consultation")
    return decisions.order_by("pk").last()
