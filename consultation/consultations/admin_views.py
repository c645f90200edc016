"""The secretariat's pages: a new consultation step by step, its window, access codes."""

from http import HTTPStatus
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from consultation.consultations import actions, rules
from consultation.consultations.answers import answers
from consultation.consultations.desk_forms import GrantForm, WindowForm
from consultation.consultations.guided import STEPS, GuidedForm
from consultation.consultations.models import Consultation
from consultation.record.errors import Refusal
from consultation.reports.models import Report
from consultation.text.forms import posted
from consultation.text.numbers import whole

_TITLE = 50
_WRONG = HTTPStatus.UNPROCESSABLE_ENTITY


class ReportField(forms.ModelChoiceField):  # type: ignore[type-arg]  # not generic at run time
    """A report by as much of its title as fits on a phone, and its name in addresses."""

    def label_from_instance(self, report: Any) -> str:
        return f"{Truncator(report.title).chars(_TITLE)} ({report.slug})"


class ReportForm(forms.Form):
    """Which report the consultation is on."""

    report = ReportField(
        label=gettext_lazy("Report"),
        queryset=Report.objects.all(),
        error_messages={"required": gettext_lazy("Choose a report")},
    )


def page(request: HttpRequest, name: str, title: str, *, status: int = 200, **context: Any) -> HttpResponse:
    """A page in the admin's frame."""
    context = {**admin.site.each_context(request), "title": title, **context}
    return TemplateResponse(request, f"admin/consultations/{name}.html", context, status=status)


@login_required
@never_cache
@require_http_methods(["GET", "HEAD"])
def choose_report(request: HttpRequest) -> HttpResponse:
    """The first question: which report; for a next round its own, or a newer version."""
    previous = _previous(request)
    rules.require_may_create(request.user, previous)
    form = ReportForm(request.GET if "report" in request.GET else None)
    if previous:
        form.initial["report"] = previous.report_id
    if form.is_bound and form.is_valid():
        address = reverse("admin:consultations_guided_form", args=[form.cleaned_data["report"].pk])
        return redirect(f"{address}?from={previous.pk}" if previous else address)
    return page(request, "choose_report", _title(previous), form=form, previous=previous)


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def guided(request: HttpRequest, report: int) -> HttpResponse:
    """All other questions in steps, the page to check the answers, and the creation."""
    previous = _previous(request)
    rules.require_may_create(request.user, previous)
    form = GuidedForm(
        posted(request),
        report=get_object_or_404(Report, pk=report),
        previous=previous,
    )
    step = request.POST.get("step", "check")
    if request.method != "POST" or step == "edit" or not form.is_valid():
        return _form_page(request, form)
    if step not in {"create", "announce"}:
        return page(request, "check", _("Check your answers"), form=form, previous=previous, answers=answers(form))
    try:
        plan = form.plan(announced=step == "announce")
        made = actions.create_consultation(request.user, plan, form.cleaned_data["submission_id"])
    except Refusal as refusal:
        form.add_error(None, refusal.sentence)
        return _form_page(request, form)
    messages.success(request, _("“%s” is announced.") % made if made.announced else _("“%s” is prepared.") % made)
    return redirect("overview", made.slug)


def _form_page(request: HttpRequest, form: GuidedForm) -> HttpResponse:
    wrong = form.is_bound and bool(form.errors)
    steps = [(step, [form[name] for name in step.fields]) for step in STEPS]
    status = _WRONG if wrong else HTTPStatus.OK
    return page(request, "guided", _title(form.previous), status=status, form=form, steps=steps, previous=form.previous)


def _title(previous: Consultation | None) -> str:
    return _("The next round after “%s”") % previous if previous else _("A new consultation")


def _previous(request: HttpRequest) -> Consultation | None:
    key = whole(request.GET.get("from", ""), digits=9, else_=-1)
    if key < 0:
        return None
    return get_object_or_404(Consultation.objects.select_related("report"), pk=key)


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def window(request: HttpRequest, pk: int) -> HttpResponse:
    """Move, extend or shorten the window for all, with a reason and a public note."""
    consultation = _managed(request, pk)
    form, status = WindowForm(request.POST or None, consultation=consultation), HTTPStatus.OK
    if request.method == "POST":
        status = _WRONG
        if form.is_valid():
            once = form.cleaned_data["submission_id"]
            try:
                actions.change_window(request.user, consultation, form.window, form.why, once, seen=form.seen)
            except Refusal as refusal:
                form.add_error("closes", refusal.sentence)
                status = HTTPStatus(refusal.status)
            else:
                messages.success(request, _("The window is changed. Delegations that contributed are told."))
                return redirect("admin:consultations_window", pk)
    changes = consultation.window_changes.select_related("made_by").order_by("-pk")
    context = {"consultation": consultation, "form": form, "changes": changes, "fields": list(form.visible_fields())}
    return page(request, "window", _("The window of “%s”") % consultation, status=status, **context)


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def codes(request: HttpRequest, pk: int) -> HttpResponse:
    """Access codes: those given, a new one, taking one back."""
    consultation = _managed(request, pk)
    back = request.POST.get("take_back", "")
    if back:
        code = get_object_or_404(consultation.access_codes, code=back)
        actions.take_code_back(request.user, code)
        messages.success(request, _("The code is taken back. What was contributed with it stands."))
        return redirect("admin:consultations_codes", pk)
    form, status = GrantForm(request.POST or None, consultation=consultation), HTTPStatus.OK
    if request.method == "POST":
        status = _WRONG
        if form.is_valid():
            try:
                actions.give_code(request.user, consultation, form.grant, form.cleaned_data["submission_id"])
            except Refusal as refusal:
                form.add_error(None, refusal.sentence)
                status = HTTPStatus(refusal.status)
            else:
                messages.success(request, _("The code is made. Give it to the organisation."))
                return redirect("admin:consultations_codes", pk)
    given = consultation.access_codes.select_related("organisation", "made_by").prefetch_related("uses__user")
    context = {"consultation": consultation, "form": form, "codes": given, "fields": list(form.visible_fields())}
    return page(request, "codes", _("Access codes of “%s”") % consultation, status=status, **context)


def _managed(request: HttpRequest, pk: int) -> Consultation:
    consultation = get_object_or_404(Consultation.objects.select_related("report"), pk=pk)
    rules.require_secretariat(request.user, consultation)
    return consultation
