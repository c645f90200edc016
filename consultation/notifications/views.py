"""What one was told, how one wants to be told, following, and the link that stops mails."""

import re
from itertools import groupby
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from consultation.consultations.views import visible
from consultation.discussion.views import comment_url
from consultation.notifications import actions, unsubscribing
from consultation.notifications.forms import PreferencesForm
from consultation.notifications.kinds import Kind
from consultation.notifications.models import Following, Notification, preferences_of
from consultation.notifications.wording import Teller

ON_A_PAGE = 30
FOLLOWINGS_SHOWN = 200
_KEY = re.compile(r"[0-9]{1,18}")


@login_required
@never_cache
@require_safe
def told(request: HttpRequest) -> HttpResponse:
    """What the person was told and may still see: unread first, by passage."""
    visible_ones = Notification.objects.visible_to(request.user)
    say = Teller(request.user)
    page = Paginator(visible_ones.for_display().grouped(), ON_A_PAGE).get_page(request.GET.get("page"))
    groups = groupby(page.object_list, key=lambda n: (n.read_at is None, n.consultation, n.passage))
    context = {
        "page": page,
        "groups": [(*place, [(n, say.worded(n)) for n in told_there]) for place, told_there in groups],
        "unread": visible_ones.filter(read_at=None).count(),
        "preferences": preferences_of(request.user),
    }
    return render(request, "notifications/told.html", context)


@login_required
@require_POST
def mark_read(request: HttpRequest) -> HttpResponse:
    """Mark one notification (`notification`), or all, as read."""
    named = [int(key) for key in request.POST.getlist("notification") if _KEY.fullmatch(key)]
    actions.mark_read(request.user, named if "notification" in request.POST else None)
    return redirect("notifications")


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def settings(request: HttpRequest) -> HttpResponse:
    """How the person wants to be told of each kind, and what they follow."""
    form = PreferencesForm(request.POST or None, instance=preferences_of(request.user))
    if form.is_valid():
        actions.prefer(form.instance)
        messages.success(request, _("Your settings are saved."))
        return redirect("notification_settings")
    followings = Following.objects.active_of(request.user)
    shown = followings.select_related("consultation", "passage", "thread__passage", "thread__organisation__group")
    say = Teller(request.user)
    context = {"form": form, "followings": [(f, say.place(f)) for f in shown.order_by("-pk")[:FOLLOWINGS_SHOWN]]}
    return render(request, "notifications/settings.html", context, status=422 if form.errors else 200)


@login_required
@require_POST
def follow(request: HttpRequest, slug: str) -> HttpResponse:
    """Follow a consultation, or the `passage` or `thread` named; with `action=stop` no longer."""
    consultation = visible(request, slug)
    place: dict[str, Any] = {}
    back = reverse("overview", args=[slug])
    if ref := request.POST.get("passage"):
        place["passage"] = get_object_or_404(consultation.named(ref))
        back = reverse("passage", args=[slug, ref])
    elif public_id := request.POST.get("thread"):
        comments = consultation.comments.visible_to(request.user).select_related("passage", "root")
        place["thread"] = get_object_or_404(comments, public_id=public_id)
        back = comment_url(place["thread"], consultation)
    active = request.POST.get("action") != "stop"
    actions.follow(request.user, consultation, **place, active=active)
    messages.success(
        request,
        _("You follow this now. How you are told is in your notification settings.")
        if active
        else _("You no longer follow this."),
    )
    return redirect("notification_settings" if request.POST.get("back") == "settings" else back)


@csrf_exempt
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def unsubscribe(request: HttpRequest, token: str) -> HttpResponse:
    """Stop the mails that the token names. Opening the page changes nothing; mail programs post without a session.

    RFC 8058 wants no redirect, and no cookie: the token is all that counts.
    """
    named = unsubscribing.read(token)
    if named is None:
        raise Http404
    person_id, what = named
    if request.method == "POST":
        actions.unsubscribe(person_id, what)
    context = {
        "what": _("The daily mail") if what == unsubscribing.DAILY else Kind(what).label,
        "done": request.method == "POST",
    }
    return render(request, "notifications/unsubscribe.html", context)
