"""The secretariat's page on reference frameworks: which places of a report name one that we know."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from consultation.reports import framework_actions
from consultation.reports.admin_views import for_the_secretariat, page
from consultation.reports.frameworks import unlinked
from consultation.reports.models import Mention, Report

MOST_SHOWN = 200


@for_the_secretariat
@require_http_methods(["GET", "HEAD", "POST"])
def propose(request: HttpRequest, pk: int) -> HttpResponse:
    """Propose the mentions that are not linked yet, and link those that are ticked."""
    report = get_object_or_404(Report, pk=pk)
    if request.method == "POST":
        made = framework_actions.confirm_mentions(request.user, report, set(request.POST.getlist("place")))
        number = len(made)
        messages.success(request, ngettext("%s mention is linked.", "%s mentions are linked.", number) % number)
        return redirect("admin:reports_frameworks", pk)
    linked = Mention.objects.filter(passage__report=report).count()
    found = unlinked(report)
    context: dict[str, Any] = {
        "report": report,
        "places": found[:MOST_SHOWN],
        "more": len(found) - MOST_SHOWN,
        "linked": linked,
    }
    return page(request, "frameworks", _("Reference frameworks in %s") % report, **context)
