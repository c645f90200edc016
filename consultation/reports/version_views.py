"""The secretariat's page on versions: which passages of a newer report are passages of an earlier one."""

import hashlib
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from consultation.record.errors import Changed, Refusal
from consultation.reports import actions
from consultation.reports.admin_views import for_the_secretariat, page
from consultation.reports.contents import PassageFields, contents_of
from consultation.reports.matching import Match, likeness, matches
from consultation.reports.models import PassageMatch, Report

ROWS = 200


class ReportField(forms.ModelChoiceField):  # type: ignore[type-arg]  # not subscriptable at run time
    """Reports by title and slug: versions often have the same title."""

    def label_from_instance(self, obj: Any) -> str:
        return f"{obj} ({obj.slug})"


class EarlierForm(forms.Form):
    """Which report is the earlier version of this one."""

    earlier = ReportField(queryset=Report.objects.all(), to_field_name="slug", label=gettext_lazy("Earlier version"))


@dataclass(frozen=True)
class Row:
    """One line of the comparison: a proposed match, or a passage that only one of the two texts has."""

    new: PassageFields | None
    old: PassageFields | None
    match: Match | None = None

    @property
    def name(self) -> str:
        """How the form names the match; "" where there is none."""
        return f"{self.match.new.ref}:{self.match.old.ref}" if self.match else ""


def _confirmed(newer: Report, earlier: Report) -> dict[str, str] | None:
    """The refs, newer to earlier, that were confirmed; None where the one is not yet a version of the other."""
    if newer.previous_id != earlier.pk:
        return None
    return dict(PassageMatch.objects.filter(passage__report=newer).values_list("passage__ref", "earlier__ref"))


def _rows(newer: Report, earlier: Report, confirmed: dict[str, str]) -> list[Row]:
    """The passages of the newer text in its order, then those that only the earlier one has. What was confirmed stands;
    further matches are proposed between the others.
    """
    old, new = contents_of(earlier).passages, contents_of(newer).passages
    before, taken = {p.ref: p for p in old}, set(confirmed.values())
    by_ref = {
        p.ref: Match(p, was, likeness(was.text, p.text)) for p in new if (was := before.get(confirmed.get(p.ref, "")))
    }
    free = matches([p for p in old if p.ref not in taken], [p for p in new if p.ref not in confirmed])
    by_ref |= {m.new.ref: m for m in free}
    matched = {m.old.ref for m in by_ref.values()}
    rows = [Row(p, m.old, m) if (m := by_ref.get(p.ref)) else Row(p, None) for p in new]
    return [*rows, *(Row(None, p) for p in old if p.ref not in matched)]


def _ticked(request: HttpRequest, rows: list[Row], proposed: set[str], confirmed: dict[str, str] | None) -> set[str]:
    """The names of the matches that are ticked: before anything was sent those confirmed, or all where none were yet.

    The form of one page (`page`) says of the others which ones are not ticked (`apart`).
    """
    if request.method != "POST":
        return proposed if confirmed is None else _names(confirmed)
    sent = {name for name in request.POST.getlist("match") if ":" in name}
    if "page" not in request.POST:
        return sent
    shown = {row.name for row in Paginator(rows, ROWS).get_page(request.POST["page"])}
    return sent | proposed - shown - set(request.POST.getlist("apart"))


def _names(pairs: dict[str, str]) -> set[str]:
    """How the form names these matches."""
    return {f"{ref}:{was}" for ref, was in pairs.items()}


def _digest(proposed: set[str], confirmed: dict[str, str] | None) -> str:
    """Names the state of the matches that the person saw."""
    state = sorted(proposed), confirmed if confirmed is None else sorted(confirmed.items())
    return hashlib.sha256(repr(state).encode()).hexdigest()


def _require_seen(request: HttpRequest, seen: str, pairs: dict[str, str], confirmed: dict[str, str] | None) -> None:
    """Raise `Changed` where the matches are not those that the person saw; the same form sent again is no change."""
    if pairs != confirmed and request.POST.get("seen", seen) != seen:
        raise Changed(_("The texts or their matches were changed since. Look at the matches again."))


@for_the_secretariat
@require_http_methods(["GET", "HEAD", "POST"])
def version(request: HttpRequest, pk: int) -> HttpResponse:
    """Propose matches with an earlier version, and keep those that are ticked."""
    newer = get_object_or_404(Report, pk=pk)
    form = EarlierForm(request.POST or request.GET or None, initial={"earlier": newer.previous and newer.previous.slug})
    form.fields["earlier"].queryset = Report.objects.exclude(pk=newer.pk)  # type: ignore[attr-defined]  # its own kind
    earlier = form.cleaned_data["earlier"] if form.is_bound and form.is_valid() else None
    confirmed = _confirmed(newer, earlier) if earlier else None
    rows = _rows(newer, earlier, confirmed or {}) if earlier else []
    proposed = {row.name for row in rows if row.name}
    ticked, seen = _ticked(request, rows, proposed, confirmed), _digest(proposed, confirmed)
    turned = request.POST.get("turn")
    if request.method == "POST" and earlier and turned is None:
        try:
            pairs = dict(name.split(":", 1) for name in ticked)
            _require_seen(request, seen, pairs, confirmed)
            actions.confirm_version(request.user, newer, earlier, pairs)
        except Refusal as refusal:
            messages.error(request, refusal.sentence)
        else:
            messages.success(request, _("Confirmed: an earlier version of this report is “%s”.") % earlier)
            return redirect("admin:reports_report_change", newer.pk)
    pages = Paginator(rows, ROWS).get_page(turned or request.POST.get("page") or request.GET.get("page"))
    context = {
        "form": form,
        "earlier": earlier,
        "pages": pages,
        "ticked": ticked,
        "proposed": len(proposed),
        # What is not ticked on the other pages: fewer than what is.
        "apart": sorted(proposed - ticked - {row.name for row in pages}),
        # Another page of the same form: what was seen first is what the form is made on.
        "seen": seen if turned is None else request.POST.get("seen", seen),
    }
    status = HTTPStatus.CONFLICT if request.method == "POST" and turned is None else HTTPStatus.OK
    return page(request, "version", _("Versions of %s") % newer, status=status, **context)
