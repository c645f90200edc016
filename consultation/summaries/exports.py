"""The summary to take away: tidy CSV, a workbook, and the schema of the JSON; all from the one query object."""

import io
from collections.abc import Iterable, Iterator
from typing import Any

import xlsxwriter
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from consultation.consultations.attribution import Origin
from consultation.consultations.models import Consultation
from consultation.positions.disclosure import public_attributions
from consultation.positions.models import Capacity, Position, PositionVersion
from consultation.record import clock
from consultation.reports.models import Passage
from consultation.summaries.queries import Summary, late_as_dict, late_positions, summary_of
from consultation.text import tables
from consultation.text.sheets import Table

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
    "capacity",
    "attribution",
    "expert_view",
    "late_capacity",
)
_STANCES = ("endorse", "reservation", "cannot_endorse", "no_position")
_LATE = ("ref", "organisation", "organisation_slug", "group", "stance", "explanation", "words_of", "signed_at")
_NUMBERS = {name: {"type": "integer", "minimum": 0} for name in _STANCES}
_COUNTS = {"type": "object", "properties": _NUMBERS, "required": list(_STANCES), "additionalProperties": False}
_STANDING = {name: _NUMBERS[name] for name in _STANCES if name != "no_position"}
_SIGNED = {
    "type": "object",
    "properties": _STANDING,
    "required": list(_STANDING),
    "additionalProperties": False,
}
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
                "properties": {name: {"type": "string"} for name in (*_LATE, "capacity")},
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
                    "unattributed": _SIGNED,
                    "pending_confirmation": _SIGNED,
                    "expert_views": {"type": "integer", "minimum": 0},
                },
            },
        },
        # Only where the text is a new version: what stands on an earlier one, by ref, apart from all other figures.
        "awaiting_reconfirmation": {"type": "object", "additionalProperties": _SIGNED},
    },
}


def lines(consultation: Consultation) -> Iterator[dict[str, str]]:
    """One line for each participating organisation and recommendation; stance empty where it took no position by name.

    Then one for each position that is shown without a name. Four queries, one more where names are left out. An
    explanation is there where everybody can read it; what is said in an expert capacity is an `expert_view`, no stance;
    what was signed late, always by name, has columns of its own.
    """
    recommendations = list(consultation.positioned())
    attributions = public_attributions(consultation)
    held: dict[tuple[int, int], PositionVersion] = {}
    nameless = []
    for version in _versions(consultation):
        origin = attributions.of_version(version)
        if origin and origin.organisation:
            held[origin.organisation.pk, version.position.recommendation_id] = version
        elif origin:
            nameless.append((version, origin))
    late = {(said["organisation_slug"], said["ref"]): said for said in map(late_as_dict, late_positions(consultation))}
    participants = consultation.participants().order_by("group__order", "name").select_related("group")
    for organisation in participants:
        for recommendation in recommendations:
            said = line(recommendation, Origin(organisation), held.get((organisation.pk, recommendation.pk)))
            yield said | _late(late.get((organisation.slug, recommendation.ref)))
    by_key = {r.pk: r for r in recommendations}
    # In an order that tells nothing about when they were signed.
    for version, origin in sorted(nameless, key=lambda pair: pair[0].position.public_id):
        if there := by_key.get(version.position.recommendation_id):
            yield line(there, origin, version)


def _versions(consultation: Consultation) -> "QuerySet[PositionVersion]":
    standing = Position.objects.standing(consultation).order_by().values("signed")
    related = "position__organisation__group", "aligned_with__position__organisation"
    return PositionVersion.objects.filter(pk__in=standing).select_related(*related)


def _late(said: dict[str, str] | None) -> dict[str, str]:
    columns = ("stance", "explanation", "signed_at", "capacity")
    return {f"late_{name}": said.get(name, "") for name in columns} if said else {}


def line(recommendation: Passage, origin: Origin, version: PositionVersion | None) -> dict[str, str]:
    """What the files say of one position, or of none."""
    said = dict.fromkeys(COLUMNS, "") | {
        "ref": recommendation.ref,
        "code": recommendation.code,
        "kind": recommendation.strand,
        "organisation": origin.organisation.name if origin.organisation else "",
        "organisation_slug": origin.organisation.slug if origin.organisation else "",
        "group": origin.group.slug if origin.group else "",
    }
    if version is None:
        return said
    aligned = version.aligned_with
    said |= {
        "expert_view" if version.capacity == Capacity.EXPERT else "stance": version.stance,
        "explanation": version.explanation if version.is_published else "",
        "aligned_with": aligned.position.organisation.slug if aligned else "",
        "capacity": version.capacity,
        "attribution": origin.level,
    }
    # When it was signed, and how often before, can be what somebody else did at the same time.
    if origin.organisation and version.signed_at:
        said |= {"version": str(version.number), "signed_at": clock.written(version.signed_at)}
    return said


def as_csv(consultation: Consultation) -> Iterator[str]:
    """The lines, comma-separated; no cell is a formula."""
    return tables.as_csv(COLUMNS, lines(consultation))


def as_xlsx(consultation: Consultation) -> bytes:
    """A workbook: how to read it, the summary, every position, every published explanation."""
    file = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(file, options) as book:
        summary = summary_of(consultation)
        _sheet(book, _("Read me"), [_("About this file")], [[line] for line in _read_me(summary)])
        head = ["ref", "code", "kind", *_STANCES, "of", "convergence"]
        _sheet(book, _("Summary"), head, [_totals(row) for row in summary.rows])
        found = list(lines(consultation))
        _sheet(book, _("Positions"), list(COLUMNS), [[x[c] for c in COLUMNS] for x in found])
        said = ["code", "organisation", "group", "stance", "expert_view", "capacity", "explanation"]
        explained = [[x[c] for c in said] for x in found if x["explanation"]]
        _sheet(book, _("Explanations"), said, explained)
    return file.getvalue()


def _totals(row: Any) -> list[Any]:
    counts = row.totals.as_dict()
    r = row.recommendation
    return [r.ref, r.code, r.strand, *(counts[s] for s in _STANCES), row.totals.of, round(row.convergence, 4)]


def _sheet(book: Any, name: str, head: list[str], rows: Iterable[list[Any]]) -> None:
    sheet = Table(book, name, head)
    for row in rows:
        sheet.add(row)
    sheet.finish()


def _read_me(summary: Summary) -> list[str]:
    return [
        _("Consultation: %s") % summary.consultation,
        _("As of: %s") % summary.as_of.strftime("%Y-%m-%d %H:%M UTC"),
        _("Only positions signed by a focal point count; an organisation counts once."),
        _("Positions: a line for each participating organisation and recommendation; no stance is no position."),
        _("What was signed after closing with an access code stands in the “late” columns, and in no figure."),
        _("Positions without a name stand last, with their group where that is told; nothing more of them is told."),
        _("Capacity: pending counts and waits for a capital; an expert view is not a position and never counts."),
        _("Convergence: the product over the groups of (1 + endorse + reservation / 2) / (2 + signed positions)."),
        _("A text that a spreadsheet would take for a formula has an apostrophe before it."),
    ]
