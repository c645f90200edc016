"""Describing a practice: the form with its check, edits, withdrawal."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from consultation.consultations import rules as consultation_rules
from consultation.consultations.models import Consultation
from consultation.consultations.views import visible
from consultation.practices import actions, rules
from consultation.practices.forms import PracticeForm
from consultation.practices.models import Practice, PracticeRevision, RevisionState
from consultation.record.errors import NotAllowed
from consultation.stakeholders import rules as stakeholder_rules
from consultation.stakeholders.models import Membership
from consultation.stakeholders.signing_in import keep_and_sign_in, kept
from consultation.text.forms import posted

SAVED = {
    RevisionState.PENDING: gettext_lazy("Your practice is waiting for a moderator. You can still edit it."),
    RevisionState.DRAFT: gettext_lazy("Your draft is saved. Your delegation can read it."),
    RevisionState.PUBLISHED: gettext_lazy("Your practice is published."),
}


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def add(request: HttpRequest, slug: str) -> HttpResponse:
    """A new practice; `?recommendation=` names the one that it shows at work."""
    consultation = visible(request, slug)
    if not request.user.is_authenticated:
        return keep_and_sign_in(request, request.get_full_path())
    initial = {"recommendations": request.GET.getlist("recommendation"), **kept(request)}
    named = stakeholder_rules.organisation_named(request.user, request.POST.get("organisation"))
    memberships = consultation_rules.memberships_taking_part(request.user, consultation)
    form = _form(request, consultation, memberships, initial)
    if not _is_sent(request, form):
        return _form_page(request, consultation, form, organisation_id=named)
    practice = actions.write_practice(
        request.user,
        consultation,
        form.said,
        form.cleaned_data["submission_id"],
        submit=form.submits,
        organisation_id=named,
    )
    return _saved(request, practice)


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: HttpRequest, slug: str, public_id: str) -> HttpResponse:
    """Other words for one's own practice."""
    practice = _own(request, slug, public_id)
    form = _form(request, practice.consultation, [], _as_typed(practice.latest))
    if not _is_sent(request, form):
        return _form_page(request, practice.consultation, form, practice, organisation_id=practice.organisation_id)
    return _saved(request, actions.revise_practice(request.user, practice, form.said, submit=form.submits))


@login_required
@require_POST
def withdraw(request: HttpRequest, slug: str, public_id: str) -> HttpResponse:
    """The author takes the practice back."""
    actions.withdraw_practice(request.user, _own(request, slug, public_id))
    messages.success(request, _("Your practice is withdrawn."))
    return redirect("practices", slug)


def _form(
    request: HttpRequest, consultation: Consultation, memberships: list[Membership], initial: dict[str, Any]
) -> PracticeForm:
    return PracticeForm(
        posted(request),
        initial=initial,
        recommendations=consultation.recommendations(),
        memberships=memberships,
        submits=request.POST.get("action") not in {"draft", "preview"},
    )


def _is_sent(request: HttpRequest, form: PracticeForm) -> bool:
    return request.method == "POST" and request.POST.get("action") != "preview" and form.is_valid()


def _as_typed(revision: PracticeRevision | None) -> dict[str, Any]:
    """A revision as the form shows it."""
    if revision is None:
        return {}
    said = {name: getattr(revision, name) for name in actions.Description.__dataclass_fields__}
    said["countries"] = [country.code for country in revision.countries]
    said["recommendations"] = [passage.ref for passage in revision.recommendations.all()]
    return said


def _own(request: HttpRequest, slug: str, public_id: str) -> Practice:
    consultation = visible(request, slug)
    seen = Practice.objects.visible_to(request.user).filter(consultation=consultation)
    practice = get_object_or_404(seen.for_display(), public_id=public_id)
    if not rules.may_change(request.user, practice):
        raise NotAllowed(_("Only its author can change or withdraw a practice, and only while it stands."))
    return practice


def _saved(request: HttpRequest, practice: Practice) -> HttpResponse:
    latest = practice.latest
    messages.success(request, SAVED[RevisionState(latest.state if latest else RevisionState.PENDING)])
    return redirect("practice", practice.consultation.slug, practice.public_id)


def _form_page(
    request: HttpRequest,
    consultation: Consultation,
    form: PracticeForm,
    practice: Practice | None = None,
    *,
    organisation_id: int | None,
) -> HttpResponse:
    """The form; 403 and 409 before anything is typed in vain, 422 with the errors, the check with what was typed."""
    membership = consultation_rules.membership_for(request.user, consultation, organisation_id, to_submit=False)
    if request.POST.get("action") != "draft":
        consultation_rules.require_open(consultation)
    checked = form.is_bound and form.is_valid()
    context = {
        "consultation": consultation,
        "practice": practice,
        "form": form,
        "membership": membership,
        "preview": actions.unsaved(form.said) if checked else None,
        "chosen": form.cleaned_data["recommendations"] if checked else None,
        "tab": "overview",
    }
    return render(request, "practices/form.html", context, status=422 if form.errors else 200)
