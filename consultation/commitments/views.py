"""Promises against progress for everybody; pledging, signing and reporting for the delegations."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from consultation.commitments import actions, exports, rules
from consultation.commitments.forms import CommitmentForm, ListForm, ProgressForm, SignForm, WithdrawForm
from consultation.commitments.models import Benchmark, Commitment
from consultation.commitments.progress import overview_of
from consultation.consultations import rules as consultation_rules
from consultation.consultations.models import Consultation
from consultation.consultations.views import visible
from consultation.positions.rules import membership_to_sign
from consultation.record.errors import Changed
from consultation.record.receipts import confirmed
from consultation.stakeholders import rules as stakeholder_rules
from consultation.stakeholders.signing_in import keep_and_sign_in, kept
from consultation.text.forms import posted
from consultation.throttling.limits import throttled

ON_A_PAGE = 50


@require_safe
def commitments(request: HttpRequest, slug: str) -> HttpResponse:
    """Promises against progress: figures, by group, by recommendation, and the commitments themselves."""
    consultation = visible(request, slug)
    chosen = ListForm(request.GET, recommendations=consultation.recommendations())
    listed = chosen.apply(Commitment.objects.listed(consultation).for_display())
    memberships = consultation_rules.memberships_taking_part(request.user, consultation)
    waiting = Commitment.objects.filter(
        consultation=consultation, organisation__in=[m.organisation_id for m in memberships]
    ).waiting()
    context = {
        "consultation": consultation,
        "overview": overview_of(consultation),
        "filter": chosen,
        "page": Paginator(listed, ON_A_PAGE).get_page(request.GET.get("page")),
        "waiting": waiting.select_related("recommendation", "organisation"),
        "may_pledge": any(stakeholder_rules.may_draft(request.user, m) for m in memberships),
        "tab": "commitments",
    }
    return render(request, "commitments/commitments.html", context)


@require_safe
@throttled("files")
def commitments_csv(request: HttpRequest, slug: str) -> HttpResponse:
    """One line a report of a commitment."""
    consultation = visible(request, slug)
    found = list(Commitment.objects.listed(consultation).for_display())
    response = HttpResponse(exports.as_csv(found), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{slug}-commitments.csv"'
    return response


@require_safe
@throttled("files")
def commitments_json(request: HttpRequest, slug: str) -> HttpResponse:
    """The page's counts, and every commitment with its signed versions and reports."""
    consultation = visible(request, slug)
    found = list(Commitment.objects.listed(consultation).for_display())
    return JsonResponse(exports.as_json(overview_of(consultation), found), json_dumps_params={"ensure_ascii": False})


@never_cache
@require_safe
def commitment(request: HttpRequest, slug: str, public_id: str) -> HttpResponse:
    """One commitment with all its signed versions and reports; for its delegation the drafts, too."""
    consultation = visible(request, slug)
    found = _found(request, consultation, public_id)
    memberships = consultation_rules.memberships_taking_part(request.user, consultation)
    membership = next((m for m in memberships if m.organisation_id == found.organisation_id), None)
    signed = {report.benchmark_id: report for report in found.reports}
    drafts = {p.benchmark_id: p for p in found.progress.all() if p.state == p.State.DRAFT}
    context = {
        "consultation": consultation,
        "commitment": found,
        "own": membership,
        "may_draft": bool(membership and stakeholder_rules.may_draft(request.user, membership)),
        "may_sign": bool(membership and stakeholder_rules.may_sign(request.user, membership)),
        "benchmarks": [
            (b, rules.has_come(b, consultation), signed.get(b.pk), drafts.get(b.pk) if membership else None)
            for b in Benchmark.objects.filter(consultation=consultation)
        ],
        "tab": "commitments",
    }
    return render(request, "commitments/commitment.html", context)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def pledge(request: HttpRequest, slug: str) -> HttpResponse:
    """The form of a new commitment."""
    consultation = visible(request, slug)
    if not request.user.is_authenticated:
        return keep_and_sign_in(request, request.get_full_path())
    rules.require_outcome(consultation)
    named = stakeholder_rules.organisation_named(request.user, request.POST.get("organisation"))
    consultation_rules.membership_for(request.user, consultation, named)
    typed = {"recommendation": request.GET.get("recommendation"), **kept(request)}
    form = _commitment_form(request, consultation, initial=typed)
    if form.is_bound and form.is_valid():
        made = actions.pledge(
            request.user,
            consultation,
            form.cleaned_data["recommendation"],
            form.promise,
            form.cleaned_data["submission_id"],
            organisation_id=named,
        )
        return redirect("sign_commitment", slug, made.public_id)
    context = {"title": _("Pledge a commitment"), "form": form, "back": reverse("commitments", args=[slug])}
    return _form_page(request, consultation, context)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def change_commitment(request: HttpRequest, slug: str, public_id: str) -> HttpResponse:
    """Other words for a commitment."""
    consultation = visible(request, slug)
    if not request.user.is_authenticated:
        return keep_and_sign_in(request, request.get_full_path())
    found = _found(request, consultation, public_id)
    consultation_rules.membership_for(request.user, consultation, found.organisation_id)
    last = found.draft or found.signed
    initial = {name: getattr(last, name) for name in actions.Promise.__dataclass_fields__} if last else {}
    initial["version"] = actions.newest(found.versions.all())
    form = _commitment_form(request, consultation, initial={**initial, **kept(request)}, fixed=True)
    context: dict[str, Any] = {
        "title": _("Change the commitment on %s") % found.recommendation.code,
        "form": form,
        "commitment": found,
        "back": reverse("commitment", args=[slug, public_id]),
    }
    if form.is_bound and form.is_valid():
        seen = form.cleaned_data["version"] or 0
        try:
            actions.change(request.user, found, form.promise, form.cleaned_data["submission_id"], seen_version=seen)
        except Changed as changed:
            again = _again(request, initial["version"])
            form = _commitment_form(request, consultation, data=again, fixed=True)
            return _form_page(request, consultation, {**context, "form": form, "changed": changed, "theirs": last})
        return redirect("sign_commitment", slug, public_id)
    return _form_page(request, consultation, context)


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def sign_commitment(request: HttpRequest, slug: str, public_id: str) -> HttpResponse:
    """The draft in full, to check; the focal point signs it."""
    consultation = visible(request, slug)
    found = _found(request, consultation, public_id)
    membership = consultation_rules.membership_for(request.user, consultation, found.organisation_id)
    form = SignForm(
        posted(request),
        initial={"version": found.draft.number if found.draft else None},
    )
    if request.method == "POST":
        membership_to_sign(request.user, consultation, found.organisation_id)
        if form.is_valid():
            once, seen = form.cleaned_data["submission_id"], form.cleaned_data["version"]
            actions.sign(request.user, found, once, seen_version=seen)
            messages.success(
                request, confirmed(_("The commitment is signed. Everybody can read it."), found, request.user)
            )
            return redirect("commitment", slug, public_id)
    if not found.draft:
        raise Changed(_("There is no draft to check."))
    context = {
        "version": found.draft,
        "draft": found.draft,
        "change": reverse("change_commitment", args=[slug, public_id]),
        "may_sign": stakeholder_rules.may_sign(request.user, membership),
    }
    return _check_page(request, consultation, found, {**context, "form": form})


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def withdraw_commitment(request: HttpRequest, slug: str, public_id: str) -> HttpResponse:
    """The focal point takes the commitment back, with a word."""
    consultation = visible(request, slug)
    found = _found(request, consultation, public_id)
    membership_to_sign(request.user, consultation, found.organisation_id)
    form = WithdrawForm(posted(request))
    if form.is_bound and form.is_valid():
        actions.withdraw(request.user, found, form.cleaned_data["word"])
        messages.success(
            request,
            confirmed(_("The commitment is withdrawn. It no longer counts; it stays readable."), found, request.user),
        )
        return redirect("commitments", slug)
    context = {
        "title": _("Withdraw the commitment on %s") % found.recommendation.code,
        "form": form,
        "commitment": found,
        "button": _("Withdraw"),
        "back": reverse("commitment", args=[slug, public_id]),
    }
    return _form_page(request, consultation, context)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def progress(request: HttpRequest, slug: str, public_id: str, benchmark: int) -> HttpResponse:
    """The report on a commitment at a benchmark."""
    consultation = visible(request, slug)
    if not request.user.is_authenticated:
        return keep_and_sign_in(request, request.get_full_path())
    found = _found(request, consultation, public_id)
    at = get_object_or_404(Benchmark, pk=benchmark, consultation=consultation)
    consultation_rules.membership_for(request.user, consultation, found.organisation_id)
    rules.require_come(at, consultation)
    last = found.progress.filter(benchmark=at).order_by("number").last()
    newest = last.number if last else 0
    initial = {"status": last.status, "words": last.words} if last else {}
    form = ProgressForm(posted(request), initial={**initial, "version": newest, **kept(request)})
    context: dict[str, Any] = {
        "title": _("Report at %s") % at.name,
        "form": form,
        "commitment": found,
        "back": reverse("commitment", args=[slug, public_id]),
    }
    if form.is_bound and form.is_valid():
        once, seen = form.cleaned_data["submission_id"], form.cleaned_data["version"] or 0
        try:
            actions.draft_progress(request.user, found, at, form.told, once, seen_version=seen)
        except Changed as changed:
            form = ProgressForm(_again(request, newest))
            return _form_page(request, consultation, {**context, "form": form, "changed": changed, "report": last})
        return redirect("sign_progress", slug, public_id, benchmark)
    return _form_page(request, consultation, context)


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def sign_progress(request: HttpRequest, slug: str, public_id: str, benchmark: int) -> HttpResponse:
    """The drafted report in full, to check; the focal point signs it."""
    consultation = visible(request, slug)
    found = _found(request, consultation, public_id)
    at = get_object_or_404(Benchmark, pk=benchmark, consultation=consultation)
    membership = consultation_rules.membership_for(request.user, consultation, found.organisation_id)
    draft = found.progress.filter(benchmark=at, state="draft").select_related("drafted_by", "benchmark").first()
    form = SignForm(posted(request), initial={"version": draft.number if draft else None})
    if request.method == "POST":
        membership_to_sign(request.user, consultation, found.organisation_id)
        if form.is_valid():
            once, seen = form.cleaned_data["submission_id"], form.cleaned_data["version"]
            actions.sign_progress(request.user, found, at, once, seen_version=seen)
            messages.success(request, confirmed(_("The report is signed. Everybody can read it."), found, request.user))
            return redirect("commitment", slug, public_id)
    if not draft:
        raise Changed(_("There is no draft to check."))
    context = {
        "report": draft,
        "draft": draft,
        "change": reverse("progress", args=[slug, public_id, benchmark]),
        "may_sign": stakeholder_rules.may_sign(request.user, membership),
    }
    return _check_page(request, consultation, found, {**context, "form": form})


def _found(request: HttpRequest, consultation: Consultation, public_id: str) -> Commitment:
    """The commitment, where the reader may know of it; else 404."""
    mine = Commitment.objects.visible_to(request.user).filter(consultation=consultation).for_display()
    return get_object_or_404(mine, public_id=public_id)


def _commitment_form(
    request: HttpRequest, consultation: Consultation, *, data: Any = None, **how: Any
) -> CommitmentForm:
    memberships = consultation_rules.memberships_taking_part(request.user, consultation)
    return CommitmentForm(
        data or posted(request),
        recommendations=consultation.recommendations(),
        memberships=memberships,
        today=rules.today(consultation),
        **how,
    )


def _again(request: HttpRequest, newest: int) -> Any:
    """What was sent, knowing now the version that it is put in the place of."""
    sent = request.POST.copy()
    sent["version"] = str(newest)
    return sent


def _form_page(request: HttpRequest, consultation: Consultation, context: dict[str, Any]) -> HttpResponse:
    status = 409 if context.get("changed") else 422 if context["form"].errors else 200
    context = {"consultation": consultation, "tab": "commitments", **context}
    return render(request, "commitments/form.html", context, status=status)


def _check_page(
    request: HttpRequest, consultation: Consultation, commitment: Commitment, context: dict[str, Any]
) -> HttpResponse:
    context = {"consultation": consultation, "commitment": commitment, "tab": "commitments", **context}
    return render(request, "commitments/check.html", context, status=422 if context["form"].errors else 200)
