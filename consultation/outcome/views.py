"""The outcome: the published one for everybody, the rapporteur's desk, and the files."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from consultation.consultations.models import Consultation
from consultation.consultations.rules import is_rapporteur, require_positions_seen
from consultation.consultations.views import visible
from consultation.outcome import actions, documents, redacted, rules
from consultation.outcome.data import canonical, data_of
from consultation.outcome.desk import Desk
from consultation.outcome.documents import Made
from consultation.outcome.files import TYPES
from consultation.outcome.forms import PublishForm
from consultation.outcome.models import Outcome
from consultation.record import clock
from consultation.stakeholders.signing_in import keep_and_sign_in
from consultation.throttling.limits import throttled


@require_safe
def outcome(request: HttpRequest, slug: str, number: int | None = None) -> HttpResponse:
    """The published outcome, the newest version or the one named, with its data beside it; or where it stands."""
    consultation = visible(request, slug)
    versions = list(consultation.outcome_versions.without_files().select_related("published_by"))
    version = next((v for v in reversed(versions) if number in {None, v.number}), None)
    if number and not version:
        raise Http404
    context = {
        "consultation": consultation,
        "version": version,
        "versions": versions,
        "document": redacted.shown(version) if version else None,
        "rapporteur": is_rapporteur(request.user, consultation),
        "tab": "outcome",
    }
    return render(request, "outcome/outcome.html", context)


@require_safe
@throttled("files")
def version_file(request: HttpRequest, slug: str, number: int, extension: str) -> HttpResponse:
    """The DOCX, PDF or data (`json`) of a published version, byte by byte as it was published."""
    version = get_object_or_404(visible(request, slug).outcome_versions, number=number)
    redacted.require_clean(version)
    content = bytes({"docx": version.docx, "pdf": version.pdf, "json": version.data}[extension])
    return _download(content, extension, f"{slug}-outcome-{number}")


@require_safe
@throttled("files")
def outcome_file(request: HttpRequest, slug: str, extension: str) -> HttpResponse:
    """The newest published version; for a rapporteur where there is none, or with `?draft=1`, the working copy."""
    consultation = visible(request, slug)
    newest = consultation.outcome_versions.order_by("number").last()
    if newest and not request.GET.get("draft"):
        redacted.require_clean(newest)
        return _download(bytes(getattr(newest, extension)), extension, f"{slug}-outcome-{newest.number}")
    if not newest and not is_rapporteur(request.user, consultation):
        raise Http404
    rules.require_rapporteur(request.user, consultation)
    held = Outcome.objects.filter(consultation=consultation).first() or Outcome(consultation=consultation)
    address = data_address(request, consultation)
    draft = documents.draft_of(consultation, clock.now(), address, *documents.contents_of(held))
    return _download(draft.file(extension), extension, f"{slug}-outcome-draft")


@require_safe
@throttled("files")
def summary_file(request: HttpRequest, slug: str, extension: str) -> HttpResponse:
    """The interim summary with everything that is published; after closing the final figures."""
    consultation = visible(request, slug)
    require_positions_seen(request.user, consultation)
    made = documents.interim_of(consultation, clock.now(), data_address(request, consultation))
    return _download(made.file(extension), extension, f"{slug}-summary")


@require_safe
@throttled("files")
def summary_data(request: HttpRequest, slug: str) -> HttpResponse:
    """The data that the summary's files are made from, now; its SHA-256 is the fingerprint that they bear."""
    consultation = visible(request, slug)
    require_positions_seen(request.user, consultation)
    return _download(canonical(data_of(consultation)), "json", f"{slug}-data")


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def edit_outcome(request: HttpRequest, slug: str) -> HttpResponse:
    """The rapporteur writes, chooses, previews and saves."""
    consultation = visible(request, slug)
    if not request.user.is_authenticated:
        findings = [f"finding_{ref}" for ref in consultation.positioned().values_list("ref", flat=True)]
        return keep_and_sign_in(request, reverse("edit_outcome", args=[slug]), findings)
    rules.require_rapporteur(request.user, consultation)
    desk = Desk(request, consultation)
    if request.method == "POST":
        answer: Callable[[], HttpResponse] = desk.preview if request.POST.get("action") == "preview" else desk.save
        return answer()
    return desk.page(desk.form())


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def publish_outcome(request: HttpRequest, slug: str) -> HttpResponse:
    """The whole document to check; published by a second press of a button."""
    consultation = visible(request, slug)
    rules.require_rapporteur(request.user, consultation)
    first = not consultation.outcome_versions.exists()
    if request.method == "POST":
        form = PublishForm(request.POST, consultation=consultation, first=first)
        if form.is_valid():
            return _publish(request, consultation, form)
        return _check_page(request, consultation, form, first=first)
    return _check_page(request, consultation, None, first=first)


def _publish(request: HttpRequest, consultation: Consultation, form: PublishForm) -> HttpResponse:
    version = actions.publish_outcome(
        request.user,
        consultation,
        form.cleaned_data["submission_id"],
        lambda number: data_address(request, consultation, number),
        seen_version=form.cleaned_data["version"],
        seen_fingerprint=form.cleaned_data["fingerprint"],
        correction=form.cleaned_data.get("correction", ""),
    )
    messages.success(request, _("Version %d of the outcome is published.") % version.number)
    return redirect("outcome", consultation.slug)


def _check_page(
    request: HttpRequest, consultation: Consultation, form: PublishForm | None, *, first: bool
) -> HttpResponse:
    held = Outcome.objects.filter(consultation=consultation).first() or Outcome(consultation=consultation)
    address = data_address(request, consultation)
    draft: Made = documents.draft_of(consultation, clock.now(), address, *documents.contents_of(held))
    checked = {"version": held.version, "fingerprint": draft.fingerprint}
    context: dict[str, Any] = {
        "consultation": consultation,
        "held": held,
        "document": draft.document,
        "form": form or PublishForm(initial=checked, consultation=consultation, first=first),
        "obstacle": actions.why_not_yet(consultation, clock.now())
        or ("" if held.version else _("Save the outcome before you publish it.")),
        "number": consultation.outcome_versions.count() + 1,
        "tab": "outcome",
    }
    return render(request, "outcome/publish.html", context, status=422 if form else 200)


def data_address(request: HttpRequest, consultation: Consultation, number: int | None = None) -> str:
    """Where the data of a version are, or without a number those of now."""
    name, arguments = ("outcome_version_json", [number]) if number else ("summary_data", [])
    return request.build_absolute_uri(reverse(name, args=[consultation.slug, *arguments]))


def _download(content: bytes, extension: str, name: str) -> HttpResponse:
    response = HttpResponse(content, content_type={**TYPES, "json": "application/json"}[extension])
    response["Content-Disposition"] = f'attachment; filename="{name}.{extension}"'
    return response
