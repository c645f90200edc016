"""All recommendations on one page: a row each, saved together as drafts."""

from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from consultation.consultations import rules as consultation_rules
from consultation.consultations.models import Consultation
from consultation.consultations.times import closed_sentence
from consultation.consultations.views import visible
from consultation.positions import actions
from consultation.positions.errors import ChangedRows
from consultation.positions.forms import OnceForm
from consultation.positions.grid import Grid, names
from consultation.stakeholders import rules as stakeholder_rules
from consultation.stakeholders.models import Membership
from consultation.stakeholders.signing_in import keep_and_sign_in, kept


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def positions(request: HttpRequest, organisation: str, slug: str) -> HttpResponse:
    """The form of one delegation with a row for every recommendation."""
    consultation = visible(request, slug)
    if not request.user.is_authenticated:
        return keep_and_sign_in(request, request.path, [*names(consultation), "submission_id"])
    membership = membership_named(request, consultation, organisation)
    if request.method == "POST":
        return _save(request, membership, consultation)
    consultation_rules.require_taking(request.user, consultation, membership.organisation)
    typed = kept(request)
    once = OnceForm(initial={k: v for k, v in typed.items() if k == "submission_id"})
    return grid_page(request, Grid(membership, consultation, kept=typed), once)


def membership_named(request: HttpRequest, consultation: Consultation, organisation: str) -> Membership:
    """The person's membership of the organisation in the address: 404 without one, `NotAllowed` for observers.

    Who has left and still sends a form is told so, with what they wrote: `Changed`, or `NotAllowed` without any other.
    """
    ever = Membership.objects.filter(user=request.user.pk, organisation__slug=organisation)
    if request.method == "POST" and ever.exists():
        stakeholder_rules.organisation_named(request.user, organisation)
    own = get_object_or_404(Membership.objects.of(request.user), organisation__slug=organisation)
    return consultation_rules.membership_for(request.user, consultation, own.organisation_id, to_submit=False)


def grid_page(
    request: HttpRequest, grid: Grid, once: OnceForm, *, status: int = 200, sentence: str = "", **more: Any
) -> HttpResponse:
    """The page of the form; `sentence` says why nothing, or nothing that counts, came of what was sent."""
    for row in grid.conflicts:
        row.rebase()
    context = {
        "consultation": grid.consultation,
        "membership": grid.membership,
        "may_write": consultation_rules.may_write_now(request.user, grid.consultation),
        "may_sign": stakeholder_rules.may_sign(request.user, grid.membership),
        "grid": grid,
        "form": once,
        "sentence": sentence,
        "tab": "recommendations",
        **more,
    }
    return render(request, "positions/grid.html", context, status=status)


def _save(request: HttpRequest, membership: Membership, consultation: Consultation) -> HttpResponse:
    once, sent = OnceForm(request.POST), _taken(request)
    grid = Grid(membership, consultation, sent)
    if not all([once.is_valid(), grid.is_valid()]):
        return grid_page(request, grid, once, status=422)
    rows = [row.row() for row in grid.changed]
    try:
        if grid.conflicts:
            raise ChangedRows([row.recommendation.ref for row in grid.conflicts])
        submission_id = once.cleaned_data["submission_id"]
        actions.draft_several(request.user, consultation, membership.organisation, rows, submission_id)
    except ChangedRows as changed:
        grid = Grid(membership, consultation, sent)
        grid.is_valid()
        return grid_page(request, grid, OnceForm(), status=409, sentence=changed.sentence)
    if not consultation_rules.may_write_now(request.user, consultation):
        sentence = _("%s What you wrote is kept as drafts; it does not count.") % closed_sentence(consultation)
        return grid_page(request, Grid(membership, consultation), OnceForm(), status=409, sentence=sentence)
    return _saved(request, membership, consultation, len(rows))


def _taken(request: HttpRequest) -> Mapping[str, Any]:
    """What was sent; of an uploaded form only the rows that were ticked."""
    sent = request.POST.dict()
    if "chosen" not in sent:
        return sent
    taken = set(request.POST.getlist("take"))
    return {name: value for name, value in sent.items() if name.rpartition("-")[0] in taken}


def _saved(request: HttpRequest, membership: Membership, consultation: Consultation, number: int) -> HttpResponse:
    if not number:
        messages.info(request, _("No row was changed, so nothing was saved."))
        return redirect("positions", membership.organisation.slug, consultation.slug)
    saved = ngettext("%d draft is saved.", "%d drafts are saved.", number) % number
    if stakeholder_rules.may_sign(request.user, membership):
        messages.success(request, saved)
        return redirect("sign_several", membership.organisation.slug, consultation.slug)
    waits = _("Nothing counts until a focal point has signed.")
    messages.success(request, f"{saved} {waits}")
    return redirect("positions", membership.organisation.slug, consultation.slug)
