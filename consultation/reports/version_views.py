"""The secretariat's page on versions: which passages of a newer report are passages of an earlier one."""

from http import HTTPStatus
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from consultation.record.errors import Refusal
from consultation.reports import actions
from consultation.reports.admin_views import for_the_secretariat, page
from consultation.reports.contents import contents_of
from consultation.reports.matching import matches
from consultation.reports.models import Report


class ReportField(forms.ModelChoiceField):  # type: ignore[type-arg]  # not subscriptable at run time
    """Reports by title and slug: versions often have the same title."""

    def label_from_instance(self, obj: Any) -> str:
        return f"{obj} ({obj.slug})"


class EarlierForm(forms.Form):
    """Which report is the earlier version of this one."""

    earlier = ReportField(queryset=Report.objects.all(), to_field_name="slug", label=gettext_lazy("Earlier version"))


@for_the_secretariat
@require_http_methods(["GET", "HEAD", "POST"])
def version(request: HttpRequest, pk: int) -> HttpResponse:
    """Propose matches with an earlier version, and keep those that are ticked."""
    newer = get_object_or_404(Report, pk=pk)
    form = EarlierForm(request.POST or request.GET or None, initial={"earlier": newer.previous and newer.previous.slug})
    sent = request.POST.getlist("match")
    form.fields["earlier"].queryset = Report.objects.exclude(pk=newer.pk)  # type: ignore[attr-defined]  # its own kind
    earlier = form.cleaned_data["earlier"] if form.is_bound and form.is_valid() else None
    if request.method == "POST" and earlier:
        chosen = dict(pair.split(":", 1) for pair in sent if ":" in pair)
        try:
            actions.confirm_version(request.user, newer, earlier, chosen)
        except Refusal as refusal:
            messages.error(request, refusal.sentence)
        else:
            messages.success(request, _("Confirmed: an earlier version of this report is “%s”.") % earlier)
            return redirect("admin:reports_report_change", newer.pk)
    found = matches(contents_of(earlier).passages, contents_of(newer).passages) if earlier else []
    matched = {m.new.ref for m in found}, {m.old.ref for m in found}
    context = {
        "form": form,
        "earlier": earlier,
        "matches": [(m, request.method != "POST" or f"{m.new.ref}:{m.old.ref}" in sent) for m in found],
        "only_new": [p for p in newer.passages.all() if p.ref not in matched[0]] if earlier else [],
        "only_old": [p for p in earlier.passages.all() if p.ref not in matched[1]] if earlier else [],
    }
    status = HTTPStatus.CONFLICT if request.method == "POST" else HTTPStatus.OK
    return page(request, "version", _("Versions of %s") % newer, status=status, **context)
