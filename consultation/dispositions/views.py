"""The rapporteur's table and form, and publication: seen by rapporteurs and secretariat only."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from consultation.consultations.attribution import Attributions
from consultation.consultations.models import Consultation
from consultation.consultations.rules import is_rapporteur
from consultation.consultations.views import visible
from consultation.discussion.models import Comment
from consultation.dispositions import actions, queries, rules
from consultation.dispositions.errors import NewerAnswer, NewerComment
from consultation.dispositions.filters import WorkFilter
from consultation.dispositions.forms import OneForm, PublishForm, SeveralForm
from consultation.dispositions.models import Disposition
from consultation.record import clock
from consultation.text.forms import posted

ON_A_PAGE = 20


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: HttpRequest, slug: str) -> HttpResponse:
    """The table of comments to answer; sent, it gives one answer to all that were selected."""
    consultation = _prepared(request, slug)
    published = rules.is_published(consultation)
    if request.method != "POST":
        return _table(request, consultation, SeveralForm(published=published))
    rules.require_rapporteur(request.user, consultation)
    form = SeveralForm(request.POST, published=published)
    if not form.is_valid():
        return _table(request, consultation, form)
    once = form.cleaned_data["submission_id"]
    taken, refused = actions.answer_several(request.user, consultation, form.read, form.answer, once)
    if taken:
        sentence = ngettext("%d comment is answered.", "%d comments are answered.", len(taken))
        messages.success(request, sentence % len(taken))
    for public_id, sentence in refused:
        messages.warning(request, f"{public_id}: {sentence}")
    if not taken:
        return _table(request, consultation, SeveralForm(form.anew(), published=published), status=409)
    return redirect(request.get_full_path())


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def edit_one(request: HttpRequest, slug: str, public_id: str) -> HttpResponse:
    """One comment in its place, with its answers so far and the form; then the next open one."""
    consultation = _prepared(request, slug)
    comment = get_object_or_404(
        consultation.comments.filter(published__isnull=False).for_display(), public_id=public_id
    )
    words = rules.require_answerable(comment)
    current = Disposition.objects.filter(comment=comment).select_related("latest").first()
    latest = current.latest if current else None
    initial: dict[str, Any] = {"revision": words.number, "version": latest.number if latest else 0}
    if latest:
        initial |= {"value": latest.value, "reply": latest.reason}
    form = OneForm(posted(request), initial=initial, published=rules.is_published(consultation))
    refusal: NewerComment | NewerAnswer | None = None
    if request.method == "POST":
        rules.require_rapporteur(request.user, consultation)
        if form.is_valid():
            try:
                once = form.cleaned_data["submission_id"]
                actions.answer(request.user, comment, form.answer, form.read, once)
            except (NewerComment, NewerAnswer) as error:
                refusal = error
                form = _again(request, initial, published=rules.is_published(consultation))
            else:
                return _go_on(request, consultation, comment)
    context = {
        "consultation": consultation,
        "comment": comment,
        "passage": comment.passage,
        "words": words,
        "form": form,
        "refusal": refusal,
        "latest": latest,
        "versions": current.versions.select_related("written_by", "revision") if current else [],
        "read": comment.revisions.filter(number=request.POST.get("revision") or 0).first() if refusal else None,
        "rapporteur": is_rapporteur(request.user, consultation),
        "tab": "outcome",
    }
    status = refusal.status if refusal else 422 if form.errors else 200
    return render(request, "dispositions/edit_one.html", context, status=status)


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def publish(request: HttpRequest, slug: str) -> HttpResponse:
    """What would be published, and the one button that publishes it for everybody."""
    consultation = _prepared(request, slug)
    rules.require_rapporteur(request.user, consultation)
    form = PublishForm(posted(request), initial={"seen": queries.newest_version(consultation)})
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        actions.publish(request.user, consultation, data["submission_id"], seen=data["seen"])
        messages.success(request, _("The dispositions are published. The authors and their delegations are told."))
        return redirect("dispositions", slug)
    context = {
        "consultation": consultation,
        "form": form,
        "published": rules.is_published(consultation),
        "obstacle": rules.why_not_yet(consultation, clock.now()),
        "progress": queries.progress_of(consultation),
        "figures": queries.prepared_figures_of(consultation),
        "tab": "outcome",
    }
    return render(request, "dispositions/publish.html", context, status=422 if form.errors else 200)


def _prepared(request: HttpRequest, slug: str) -> Consultation:
    """The consultation, where the person sees what is prepared. Raises `Http404`, `NotAllowed`."""
    consultation = visible(request, slug)
    rules.require_prepares(request.user, consultation)
    return consultation


def _table(request: HttpRequest, consultation: Consultation, form: SeveralForm, *, status: int = 200) -> HttpResponse:
    chosen = WorkFilter(request.GET, queries.work_of(consultation), Attributions(request.user, consultation))
    carried = request.GET.copy()
    carried.pop("page", None)
    context = {
        "consultation": consultation,
        "filter": chosen,
        "page": Paginator(chosen.found(), ON_A_PAGE).get_page(request.GET.get("page")),
        "carried": carried.urlencode(),
        "form": form,
        "selected": {item.partition(":")[0] for item in form["item"].value() or []},
        "progress": queries.progress_of(consultation),
        "next": queries.next_open(consultation),
        "published": rules.is_published(consultation),
        "rapporteur": is_rapporteur(request.user, consultation),
        "tab": "outcome",
    }
    return render(request, "dispositions/edit.html", context, status=422 if form.errors else status)


def _go_on(request: HttpRequest, consultation: Consultation, comment: Comment) -> HttpResponse:
    """To the next open comment behind this one, or back to the table where none is open."""
    messages.success(request, _("The comment is answered."))
    following = queries.next_open(consultation, after=comment)
    if following is None:
        return redirect("edit_dispositions", consultation.slug)
    return redirect(reverse("edit_disposition", args=[consultation.slug, following.public_id]))


def _again(request: HttpRequest, now: dict[str, Any], *, published: bool) -> OneForm:
    """What was sent, knowing now the words and the answer that it is put in the place of."""
    sent = request.POST.copy()
    sent["revision"], sent["version"] = str(now["revision"]), str(now["version"])
    return OneForm(sent, published=published)
