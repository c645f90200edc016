"""The secretariat's pages: upload a document; load a fixture; take a report out."""

from collections.abc import Callable
from functools import wraps
from http import HTTPStatus
from typing import Any

from django.contrib import admin, messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from consultation.record.errors import Refusal
from consultation.reports import actions
from consultation.reports.comparison import compare
from consultation.reports.contents import contents_of, from_dict
from consultation.reports.exports import FORMS, export
from consultation.reports.forms import FileForm
from consultation.reports.models import Import, Report
from consultation.reports.reading.files import LARGEST

_CHANGES = 200  # on one page of a preview
View = Callable[..., HttpResponse]


def for_the_secretariat(view: View) -> View:
    """Sign in first; 403 for those who may not store reports."""

    @wraps(view)
    @login_required
    def checked(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        actions.require_may_store(request.user)
        return view(request, *args, **kwargs)

    return checked


def page(request: HttpRequest, name: str, title: str, *, status: int = 200, **context: Any) -> HttpResponse:
    """A page in the admin's frame."""
    context = {**admin.site.each_context(request), "title": title, **context}
    return TemplateResponse(request, f"admin/reports/{name}.html", context, status=status)


@for_the_secretariat
@require_http_methods(["GET", "HEAD", "POST"])
def upload(request: HttpRequest, *, fixture: bool = False) -> HttpResponse:
    """Upload a document to be looked at, or a fixture to be previewed."""
    form = FileForm(request.POST or None, request.FILES or None)
    if form.is_valid():
        file = form.cleaned_data["file"]
        act = actions.upload_fixture if fixture else actions.upload
        try:
            made = act(request.user, file.name, file.read(LARGEST + 1), form.cleaned_data["submission_id"])
        except Refusal as refusal:
            for sentence in refusal.sentence.split("\n")[:20]:
                form.add_error("file", sentence)
        else:
            return redirect("admin:reports_preview" if fixture else "admin:reports_review", made.public_id)
    title = _("Load a fixture") if fixture else _("Import a document")
    status = HTTPStatus.UNPROCESSABLE_ENTITY if request.method == "POST" else HTTPStatus.OK
    return page(request, "upload", title, form=form, status=status)


@for_the_secretariat
@require_http_methods(["GET", "HEAD", "POST"])
def preview(request: HttpRequest, public_id: str) -> HttpResponse:
    """What a fixture would change, before it is loaded."""
    made = get_object_or_404(Import, public_id=public_id, draft__has_key="fixture")
    contents = from_dict(made.draft["fixture"])
    report = Report.objects.filter(slug=contents.report.slug).first()
    if request.method == "POST":
        try:
            stored = actions.store_fixture(request.user, made, request.POST.get("previewed", ""))
        except Refusal as refusal:
            messages.error(request, refusal.sentence)
        else:
            messages.success(request, _("Stored: %s") % stored)
            return redirect("admin:reports_report_change", stored.pk)
    found = compare(contents_of(report) if report else None, contents)
    status = HTTPStatus.CONFLICT if request.method == "POST" else HTTPStatus.OK
    context = {
        "found": found,
        "changes": Paginator(found.passages, _CHANGES).get_page(request.GET.get("page")),
        "report": contents.report,
        "stored": report,
        "previewed": actions.digest_of(report),
    }
    return page(request, "preview", _("What would change"), status=status, **context)


@for_the_secretariat
@require_safe
def take_out(request: HttpRequest, pk: int, form: str) -> HttpResponse:
    """The report as a file."""
    report = get_object_or_404(Report, pk=pk)
    if form not in FORMS:
        return redirect("admin:reports_report_change", pk)
    answer = HttpResponse(export(contents_of(report), form), content_type=FORMS[form])
    answer["Content-Disposition"] = f'attachment; filename="{report.slug}.{form}"'
    return answer
