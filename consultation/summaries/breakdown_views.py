"""The disaggregated view of the summary: one page, and the same figures as JSON and CSV."""

from collections.abc import Iterator
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse, JsonResponse, StreamingHttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from consultation.consultations.public_pages import for_everybody
from consultation.record import clock
from consultation.reports.models import Passage
from consultation.summaries.breakdown import DIMENSIONS, Breakdown, Category, breakdown_of, tables_of
from consultation.summaries.small_numbers import FEWEST
from consultation.summaries.views import visible_summary
from consultation.text.tables import as_csv
from consultation.throttling.limits import throttled

COLUMNS = ("figure", "recommendation", "code", "by", "row", "row_name", "and", "column", "column_name", "count")
WITHHELD = "not shown"


class BreakdownForm(forms.Form):
    """On which recommendation, and which two dimensions are crossed; a value that is not known chooses the first."""

    recommendation = forms.ChoiceField(label=_("Recommendation"), required=False)
    by = forms.ChoiceField(label=_("Organisations by"), required=False)
    crossed = forms.ChoiceField(label=_("and by"), required=False)

    def __init__(self, data: Any, found: Breakdown) -> None:
        super().__init__(data)
        self.found = found
        for name, choices in (
            ("recommendation", [(r.ref, f"{r.code} {r.words}"[:90]) for r in found.recommendations]),
            ("by", list(DIMENSIONS.items())),
            ("crossed", list(reversed(DIMENSIONS.items()))),
        ):
            self.fields[name].choices = choices  # type: ignore[attr-defined]  # it is a choice field
        self.is_valid()

    @property
    def chosen(self) -> Passage | None:
        ref = self.cleaned_data.get("recommendation")
        return next(
            (r for r in self.found.recommendations if r.ref == ref), next(iter(self.found.recommendations), None)
        )

    @property
    def dimensions(self) -> tuple[str, str]:
        """Two different ones."""
        rows = self.cleaned_data.get("by") or next(iter(DIMENSIONS))
        columns = self.cleaned_data.get("crossed") or next(reversed(DIMENSIONS))
        return rows, columns if columns != rows else next(d for d in DIMENSIONS if d != rows)


@require_safe
@for_everybody
def breakdown(request: HttpRequest, slug: str) -> HttpResponse:
    """Participation by each dimension, by two of them, and the positions on one recommendation."""
    consultation = visible_summary(request, slug)
    found = breakdown_of(consultation)
    form = BreakdownForm(request.GET, found)
    rows, columns = form.dimensions
    context = {
        "consultation": consultation,
        "found": found,
        "form": form,
        "recommendation": form.chosen,
        "participation": [(name, found.participation(d)) for d, name in DIMENSIONS.items()],
        "crossed": found.crossed(rows, columns),
        "rows_name": DIMENSIONS[rows],
        "columns_name": DIMENSIONS[columns],
        "positions": [(name, found.positions(form.chosen, d)) for d, name in DIMENSIONS.items()] if form.chosen else [],
        "fewest": FEWEST,
        "tab": "summary",
    }
    return render(request, "summaries/breakdown.html", context)


@require_safe
@for_everybody
@throttled("files")
def breakdown_json(request: HttpRequest, slug: str) -> JsonResponse:
    """Every table; a count that is withheld is null."""
    found = breakdown_of(visible_summary(request, slug))
    tables = [
        {
            **about,
            "columns": [{"slug": c.slug, "name": c.name} for c in table.columns],
            "rows": [
                {"slug": row.slug, "name": row.name, "counts": {c.slug: n for c, n in cells}, "total": total}
                for row, cells, total in table.lines
            ],
            "totals": {c.slug: n for c, n in table.foot},
        }
        for about, table in tables_of(found)
    ]
    answer = {
        "consultation": found.consultation.slug,
        "as_of": clock.written(found.as_of),
        "organisations": found.organisations,
        "withheld_below": FEWEST,
        "tables": tables,
    }
    return JsonResponse(answer, json_dumps_params={"ensure_ascii": False})


@require_safe
@throttled("files")
def breakdown_csv(request: HttpRequest, slug: str) -> StreamingHttpResponse:
    """A line for each cell and each total of every table; no cell is a formula."""
    found = breakdown_of(visible_summary(request, slug))
    name = {"Content-Disposition": f'attachment; filename="{slug}-breakdown.csv"'}
    return StreamingHttpResponse(as_csv(COLUMNS, _rows(found)), content_type="text/csv; charset=utf-8", headers=name)


def _rows(found: Breakdown) -> Iterator[dict[str, str]]:
    for about, table in tables_of(found):
        for row, cells, total in table.lines:
            for column, count in [*cells, (Category("total", ""), total)]:
                yield {
                    **dict.fromkeys(COLUMNS, ""),
                    **about,
                    "row": row.slug,
                    "row_name": row.name,
                    "column": column.slug,
                    "column_name": column.name,
                    "count": WITHHELD if count is None else str(count),
                }
