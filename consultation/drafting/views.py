"""The next text: the published one for everybody; the rapporteur's list, passage by passage, and publishing."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from consultation.consultations.models import Consultation
from consultation.consultations.rules import is_rapporteur
from consultation.consultations.views import visible
from consultation.drafting import actions, rules
from consultation.drafting.desk import Desk
from consultation.drafting.forms import PublishForm
from consultation.drafting.models import NextPassage, NextText
from consultation.drafting.reading import Line, comments_by_passage, lines_of, next_text_of, published_next_text
from consultation.stakeholders.signing_in import keep_and_sign_in


@require_safe
def next_text(request: HttpRequest, slug: str) -> HttpResponse:
    """What became of each passage and why, once it is published; before that nothing of it."""
    consultation = visible(request, slug)
    published = published_next_text(consultation)
    lines = lines_of(published) if published else []
    everything = request.GET.get("show") == "all"
    context = {
        "consultation": consultation,
        "next_text": published,
        "lines": lines if everything else [line for line in lines if line.is_changed],
        "everything": everything,
        "kept": sum(1 for line in lines if not line.is_changed),
        "changed": sum(1 for line in lines if line.is_changed),
        "drafts": rules.may_read_draft(request.user, consultation),
        "tab": "outcome",
    }
    return render(request, "drafting/next_text.html", context)


@login_required
@never_cache
@require_safe
def desk(request: HttpRequest, slug: str) -> HttpResponse:
    """All passages with what is drafted of each: for rapporteurs, and for the secretariat to read."""
    consultation = visible(request, slug)
    rules.require_reader(request.user, consultation)
    found = next_text_of(consultation)
    if found and found.is_published:
        return redirect("next_text", slug)
    context = {
        "consultation": consultation,
        "rows": _rows(consultation, found or NextText(consultation=consultation)),
        "may_write": is_rapporteur(request.user, consultation),
        "obstacle": actions.why_not_yet(consultation, found),
        "tab": "outcome",
    }
    return render(request, "drafting/desk.html", context)


def _rows(consultation: Consultation, found: NextText) -> list[tuple[Line, tuple[int, int]]]:
    """Each line with the numbers of published comments and wordings on it."""
    numbers = comments_by_passage(consultation)
    return [(line, numbers.get(line.passage.pk if line.passage else 0, (0, 0))) for line in lines_of(found)]


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def passage(request: HttpRequest, slug: str, ref: str) -> HttpResponse:
    """One passage of the old text: its new words, or why it is dropped."""
    consultation = visible(request, slug)
    if not request.user.is_authenticated:
        return keep_and_sign_in(request, request.path, ("text", "why", "submission_id"))
    rules.require_rapporteur(request.user, consultation)
    found = get_object_or_404(consultation.passages(), ref=ref)
    place = NextPassage.objects.for_display().filter(next_text__consultation=consultation, passage=found).first()
    return Desk(request, consultation, passage=found, place=place).answer()


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def insert(request: HttpRequest, slug: str, ref: str) -> HttpResponse:
    """A new passage after one of the old text."""
    consultation = visible(request, slug)
    if not request.user.is_authenticated:
        return keep_and_sign_in(request, request.path, ("text", "why", "submission_id"))
    rules.require_rapporteur(request.user, consultation)
    after = get_object_or_404(consultation.passages(), ref=ref)
    if not rules.may_stand_after(after):
        raise Http404
    return Desk(request, consultation, after=after).answer()


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def inserted(request: HttpRequest, slug: str, public_id: str) -> HttpResponse:
    """A new passage that is drafted already."""
    consultation = visible(request, slug)
    if not request.user.is_authenticated:
        return keep_and_sign_in(request, request.path, ("text", "why", "submission_id"))
    rules.require_rapporteur(request.user, consultation)
    own = NextPassage.objects.for_display().filter(next_text__consultation=consultation, after__isnull=False)
    place = get_object_or_404(own, public_id=public_id)
    return Desk(request, consultation, after=place.after, place=place).answer()


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def publish(request: HttpRequest, slug: str) -> HttpResponse:
    """The whole of it to check, and publishing."""
    consultation = visible(request, slug)
    rules.require_rapporteur(request.user, consultation)
    form = PublishForm(request.POST or None)
    if form.is_valid():
        sent = form.cleaned_data
        actions.publish_next_text(
            request.user, consultation, sent["title"], sent["submission_id"], seen_version=sent["version"]
        )
        messages.success(request, _("The next text is published. Everybody can read it, with the comments behind it."))
        return redirect("next_text", slug)
    return _check(request, consultation, form)


def _check(request: HttpRequest, consultation: Consultation, form: PublishForm) -> HttpResponse:
    found = next_text_of(consultation)
    if found and found.is_published:
        return redirect("next_text", consultation.slug)
    lines = [line for line in lines_of(found) if line.is_changed] if found else []
    title = _("%s (next version)") % consultation.report.title
    initial = {"version": found.version if found else 0, "title": title}
    context = {
        "consultation": consultation,
        "lines": lines,
        "form": form if form.is_bound else PublishForm(initial=initial),
        "obstacle": actions.why_not_yet(consultation, found),
        "tab": "outcome",
    }
    return render(request, "drafting/publish.html", context, status=422 if form.errors else 200)
