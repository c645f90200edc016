"""The form of all positions as a spreadsheet: downloaded, sent back, shown as a difference, then saved by the grid."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from consultation.consultations import rules as consultation_rules
from consultation.consultations.models import Consultation
from consultation.consultations.views import visible
from consultation.positions.forms import OnceForm, UploadForm
from consultation.positions.grid import Grid
from consultation.positions.spreadsheet import LIMITS, MIME
from consultation.positions.spreadsheet.reading import BadSpreadsheet, Problem, read_form
from consultation.positions.spreadsheet.writing import write_form
from consultation.positions.views.grid import grid_page, membership_named
from consultation.stakeholders.models import Membership
from consultation.text.archives import BadArchive
from consultation.text.uploads import UpTo, bounded
from consultation.throttling.limits import throttled


@login_required
@never_cache
@require_safe
@throttled("files")
def download(request: HttpRequest, organisation: str, slug: str) -> HttpResponse:
    """The delegation's form with its drafts and positions as they stand now."""
    consultation = visible(request, slug)
    membership = membership_named(request, consultation, organisation)
    name = f"positions-{slug}-{organisation}.xlsx"
    return HttpResponse(
        write_form(Grid(membership, consultation)),
        content_type=MIME,
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


@never_cache
@require_POST
@bounded(LIMITS.packed)
def upload(request: HttpRequest, organisation: str, slug: str, *, limit: UpTo) -> HttpResponse:
    """A filled form: what would change, to save after looking at it; or everything that is wrong in it."""
    consultation = visible(request, slug)
    if not request.user.is_authenticated:
        return redirect_to_login(reverse("positions", args=[organisation, slug]))
    membership = membership_named(request, consultation, organisation)
    consultation_rules.require_taking(request.user, consultation, membership.organisation)
    try:
        grid = _filled_grid(request, membership, consultation, limit)
    except BadSpreadsheet as bad:
        now = Grid(membership, consultation)
        return grid_page(request, now, OnceForm(), status=422, problems=bad.problems)
    if not grid.changed:
        messages.info(request, _("The file says what is here already. There is nothing to save."))
        return redirect("positions", organisation, slug)
    context = {"consultation": consultation, "membership": membership, "grid": grid, "form": OnceForm()}
    return render(request, "positions/upload.html", context | {"tab": "recommendations"})


def _filled_grid(request: HttpRequest, membership: Membership, consultation: Consultation, limit: UpTo) -> Grid:
    """The grid as the file fills it, valid in every row. Raises `BadSpreadsheet`."""
    form = UploadForm(request.POST, request.FILES)
    if limit.too_large:
        raise BadSpreadsheet([Problem(BadArchive("packed", LIMITS).sentence)])
    if not form.is_valid():
        raise BadSpreadsheet([Problem(str(error)) for error in form.errors["file"]])
    sent = form.cleaned_data["file"]
    filled = read_form(sent.file, sent.name, consultation, membership.organisation)
    grid = Grid(membership, consultation, filled.sent)
    if not grid.is_valid():
        raise BadSpreadsheet(filled.problems(grid))
    return grid
