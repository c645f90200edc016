"""The summary to take away: tidy CSV, a workbook, and the schema of the JSON; all from the one query object."""

import csv
import io
from collections.abc import Iterator
from typing import Any

import xlsxwriter
from django.utils.translation import gettext as _

from consultation.consultations.models import Consultation
from consultation.positions.models import Position, PositionVersion
from consultation.summaries.queries import Summary, late_as_dict, late_positions, summary_of
from consultation.text.cells import harmless

COLUMNS = (
    "ref",
    "code",
    "kind",
    "organisation",
    "organisation_slug",
    "group",
    "stance",
    "explanation",
    "aligned_with",
    "version",
    "signed_at",
    "late_stance",
    "late_explanation",
    "late_signed_at",
)
_STANCES = ("endorse", "reservation", "cannot_endorse", "no_position")
_LATE = ("ref", "organisation", "organisation_slug", "group", "stance", "explanation", "words_of", "signed_at")
_NUMBERS = {name: {"type": "integer", "minimum": 0} for name in _STANCES}
_COUNTS = {"type": "object", "properties": _NUMBERS, "required": list(_STANCES), "additionalProperties": False}
_STANDING = {name: _NUMBERS[name] for name in _STANCES if name != "no_position"}
_AWAITING = {"type": "object", "properties": _STANDING, "required": list(_STANDING), "additionalProperties": False}
SCHEMA: dict[str, Any] = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "title": "Summary of positions",
    "type": "object",
    "required": ["consultation", "state", "as_of", "groups", "recommendations"],
    "properties": {
        "consultation": {"type": "string"},
        "state": {"enum": ["prepared", "open", "closed", "outcome_published"]},
        "as_of": {"type": "string", "format": "date-time"},
        "late": {
            "type": "array",
            "description": "Positions signed after closing with an access code. They are in none of the counts.",
            "items": {
                "type": "object",
                "required": list(_LATE),
                "properties": {name: {"type": "string"} for name in _LATE},
                "additionalProperties": False,
            },
        },
        "groups": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["slug", "name", "organisations"],
                "properties": {
                    "slug": {"type": "string"},
                    "name": {"type": "string"},
                    "organisations": {"type": "integer", "minimum": 1},
                },
            },
        },
        "recommendations": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["ref", "code", "kind", "text", "totals", "by_group", "convergence"],
                "properties": {
                    "ref": {"type": "string"},
                    "code": {"type": "string"},
                    "kind": {"type": "string"},
                    "text": {"type": "string"},
                    "totals": _COUNTS,
                    "by_group": {"type": "object", "additionalProperties": _COUNTS},
                    "convergence": {"type": "number", "minimum": 0, "maximum": 1},
                },
            },
        },
        # Only where the text is a new version: what stands on an earlier one, by ref, apart from all other figures.
        "awaiting_reconfirmation": {"type": "object", "additionalProperties": _AWAITING},
    },
}


_NOT_LATE = {"late_stance": "", "late_explanation": "", "late_signed_at": ""}


def lines(consultation: Consultation) -> Iterator[dict[str, str]]:
    """One line for each participating organisation and recommendation; stance empty where it took no position. What was
    signed late has columns of its own.

    Four queries, however many organisations. An explanation is there where everybody can read it.
    """
    recommendations = list(consultation.positioned())
    held: dict[tuple[int, int], Any] = {}
    counted = Position.objects.counted(consultation).values_list(
        "organisation",
        "recommendation",
        "signed__stance",
        "signed__explanation",
        "signed__explanation_state",
        "signed__aligned_with__position__organisation__slug",
        "signed__number",
        "signed__signed_at",
    )
    for organisation, ref, *said in counted.order_by():
        held[organisation, ref] = said
    late = {
        (said["organisation_slug"], said["ref"]): {
            "late_stance": said["stance"],
            "late_explanation": said["explanation"],
            "late_signed_at": said["signed_at"],
        }
        for said in map(late_as_dict, late_positions(consultation))
    }
    participants = consultation.participants().order_by("group__order", "name")
    for pk, name, slug, group in participants.values_list("pk", "name", "slug", "group__slug"):
        for recommendation in recommendations:
            stance, explanation, state, aligned, number, at = held.get(
                (pk, recommendation.pk), ("", "", "", "", "", None)
            )
            published = state == PositionVersion.Explanation.PUBLISHED
            yield {
                "ref": recommendation.ref,
                "code": recommendation.code,
                "kind": recommendation.strand,
                "organisation": name,
                "organisation_slug": slug,
                "group": group,
                "stance": stance,
                "explanation": explanation if published else "",
                "aligned_with": aligned or "",
                "version": str(number),
                "signed_at": at.strftime("%Y-%m-%dT%H:%M:%SZ") if at else "",
                **late.get((slug, recommendation.ref), _NOT_LATE),
            }


def as_csv(consultation: Consultation) -> Iterator[str]:
    """The lines, comma-separated; no cell is a formula."""
    writer = csv.writer(Line())
    yield writer.writerow(COLUMNS)
    for line in lines(consultation):
        yield writer.writerow([harmless(line[column]) for column in COLUMNS])


def as_xlsx(consultation: Consultation) -> bytes:
    """A workbook: how to read it, the summary, every position, every published explanation."""
    file = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(file, options) as book:
        bold = book.add_format({"bold": True})
        summary = summary_of(consultation)
        _sheet(book, _("Read me"), [_("About this file")], [[line] for line in _read_me(summary)], bold)
        head = ["ref", "code", "kind", *_STANCES, "of", "convergence"]
        _sheet(book, _("Summary"), head, [_totals(row) for row in summary.rows], bold)
        found = list(lines(consultation))
        _sheet(book, _("Positions"), list(COLUMNS), [[x[c] for c in COLUMNS] for x in found], bold)
        said = ["code", "organisation", "group", "stance", "explanation"]
        explained = [[x[c] for c in said] for x in found if x["explanation"]]
        _sheet(book, _("Explanations"), said, explained, bold)
    return file.getvalue()


def _totals(row: Any) -> list[Any]:
    counts = row.totals.as_dict()
    r = row.recommendation
    return [r.ref, r.code, r.strand, *(counts[s] for s in _STANCES), row.totals.of, round(row.convergence, 4)]


def _sheet(book: Any, name: str, head: list[str], rows: list[list[Any]], bold: Any) -> None:
    sheet = book.add_worksheet(name)
    sheet.freeze_panes(1, 0)
    for column, title in enumerate(head):
        sheet.write_string(0, column, title, bold)
    for number, row in enumerate(rows, start=1):
        for column, value in enumerate(row):
            if isinstance(value, str):
                sheet.write_string(number, column, harmless(value))
            else:
                sheet.write_number(number, column, value)


def _read_me(summary: Summary) -> list[str]:
    return [
        _("Consultation: %s") % summary.consultation,
        _("As of: %s") % summary.as_of.strftime("%Y-%m-%d %H:%M UTC"),
        _("Only positions signed by a focal point count; an organisation counts once."),
        _("Positions: a line for each participating organisation and recommendation; no stance is no position."),
        _("What was signed after closing with an access code stands in the “late” columns, and in no figure."),
        _("Convergence: the product over the groups of (1 + endorse + reservation / 2) / (2 + signed positions)."),
        _("A text that a spreadsheet would take for a formula has an apostrophe before it."),
    ]


class Line:
    """A file for the CSV writer that hands each line back."""

    def write(self, line: str) -> str:
        return line
