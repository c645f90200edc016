"""Organisations from a CSV file: read, checked row by row, compared with what is there; nothing is written here."""

import csv
import io
from dataclasses import dataclass, field
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django_countries import countries

from consultation.stakeholders.actions import Application, differing
from consultation.stakeholders.forms import OrganisationForm
from consultation.stakeholders.models import Organisation, StakeholderGroup
from consultation.text.names import folded

COLUMNS = ("name", "group", "country", "website", "mandate", "official_email", "kind")
NEEDED = ("name", "group", "country")
MAX_BYTES = 1_000_000
MAX_ROWS = 5_000
_MARKS = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))


@dataclass(frozen=True)
class Problem:
    """What is wrong in one cell; `row` counts from 1 as a spreadsheet does, `column` is "" for the whole row."""

    row: int
    column: str
    sentence: str

    def __str__(self) -> str:
        if not self.column:
            return _("Row %(row)d: %(sentence)s") % {"row": self.row, "sentence": self.sentence}
        return _("Row %(row)d, column %(column)s: %(sentence)s") % {
            "row": self.row,
            "column": self.column,
            "sentence": self.sentence,
        }


@dataclass(frozen=True)
class Line:
    """One row that can be taken: what it says, the organisation that it is about (None for a new one), what changes."""

    row: int
    application: Application
    existing: Organisation | None = None
    changes: tuple[str, ...] = ()
    resembling: tuple[str, ...] = ()

    @property
    def outcome(self) -> str:
        """`new`, `changed` or `unchanged`."""
        if self.existing is None:
            return "new"
        return "changed" if self.changes else "unchanged"


@dataclass
class Sheet:
    """What a file holds: the rows that can be taken and every problem. Taken only where there is no problem."""

    lines: list[Line] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)

    @property
    def new(self) -> int:
        return self._number("new")

    @property
    def changed(self) -> int:
        return self._number("changed")

    @property
    def unchanged(self) -> int:
        return self._number("unchanged")

    def _number(self, outcome: str) -> int:
        return sum(line.outcome == outcome for line in self.lines)


class RowForm(OrganisationForm):
    """One row. Groups go by slug or name, countries by ISO code or name."""

    def __init__(self, *args: Any, groups: dict[str, StakeholderGroup], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.groups = groups
        self.fields["group"] = forms.CharField(error_messages={"required": _("Enter a stakeholder group")})
        self.fields["country"] = forms.CharField(error_messages={"required": _("Enter a country code such as CH")})
        for name in set(COLUMNS) - set(NEEDED):
            self.fields[name].required = False

    def clean_group(self) -> StakeholderGroup:
        found = self.groups.get(self.cleaned_data["group"].casefold())
        if found is None:
            raise forms.ValidationError(
                _("There is no group “%(group)s”. Groups are: %(groups)s.")
                % {
                    "group": self.cleaned_data["group"],
                    "groups": ", ".join(sorted({g.slug for g in self.groups.values()})),
                }
            )
        return found

    def clean_country(self) -> str:
        value = self.cleaned_data["country"]
        code = value.upper() if value.upper() in dict(countries) else countries.by_name(value)
        if not code:
            raise forms.ValidationError(
                _("“%s” is not a country. Use its two-letter code, such as CH (ISO 3166-1).") % value
            )
        return str(code)


def read(content: bytes) -> Sheet:
    """The rows of a CSV file (UTF-8, or UTF-16 with its mark; commas or semicolons) with a row of column names."""
    sheet = Sheet()
    if len(content) > MAX_BYTES:
        sheet.problems.append(Problem(1, "", _("The file is larger than 1 MB. Divide it.")))
        return sheet
    try:
        text = decoded(content)
    except UnicodeDecodeError:
        sheet.problems.append(Problem(1, "", _("The file is not in UTF-8. Save it as “CSV UTF-8”.")))
        return sheet
    rows = _rows(text, sheet)
    if rows:
        _check(rows, sheet)
    return sheet


def decoded(content: bytes) -> str:
    """The text of a file in UTF-8, or in UTF-16 with its mark. Raises `UnicodeDecodeError`."""
    return content.decode(next((name for mark, name in _MARKS if content.startswith(mark)), "utf-8"))


def _rows(text: str, sheet: Sheet) -> list[tuple[int, dict[str, str]]]:
    """The rows by column name, each with its number; problems with the heading go to the sheet."""
    first = text.partition("\n")[0]
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=";" if first.count(";") > first.count(",") else ",")
    try:
        lines = list(reader)
    except csv.Error as error:
        sheet.problems.append(Problem(reader.line_num, "", _("This is not a CSV file: %s.") % error))
        return []
    names = _columns(lines, sheet)
    if not names:
        return []
    if len(lines) - 1 > MAX_ROWS:
        sheet.problems.append(Problem(1, "", _("The file has more than 5,000 rows. Divide it.")))
        return []
    rows = []
    for number, cells in enumerate(lines[1:], start=2):
        if not any(cell.strip() for cell in cells):
            continue
        if len(cells) > len(names):
            sheet.problems.append(Problem(number, "", _("It has more cells than the first row.")))
            continue
        rows.append((number, dict(zip(names, cells, strict=False))))
    if not rows and not sheet.problems:
        sheet.problems.append(Problem(1, "", _("The file has no row with an organisation.")))
    return rows


def _columns(lines: list[list[str]], sheet: Sheet) -> list[str]:
    """The names of the columns from the first row; none, and a problem, where they are not those that are needed."""
    names = [name.strip().casefold() for name in lines[0]] if lines else []
    missing = [name for name in NEEDED if name not in names]
    unknown = [name for name in names if name not in COLUMNS]
    if missing or unknown or len(set(names)) < len(names):
        sheet.problems.append(
            Problem(
                1,
                "",
                _(
                    "The first row must name the columns, each once: %(columns)s. "
                    "Missing: %(missing)s; unknown: %(unknown)s."
                )
                % {
                    "columns": ", ".join(COLUMNS),
                    "missing": ", ".join(missing) or "–",
                    "unknown": ", ".join(f"“{name}”" for name in unknown) or "–",
                },
            )
        )
        return []
    return names


def _check(rows: list[tuple[int, dict[str, str]]], sheet: Sheet) -> None:
    """Check every row and compare it with the organisations that are there: three queries, however many rows."""
    groups = {key.casefold(): g for g in StakeholderGroup.objects.all() for key in (g.slug, g.name)}
    there: dict[str, Organisation] = {}
    domains: dict[str, list[Organisation]] = {}
    for organisation in Organisation.objects.exclude(
        state__in=[Organisation.State.REFUSED, Organisation.State.MERGED]
    ).select_related("group"):
        there[organisation.folded_name] = organisation
        for domain in organisation.domains:
            domains.setdefault(domain, []).append(organisation)
    seen: dict[str, int] = {}
    for number, cells in rows:
        form = RowForm(cells, groups=groups)
        if not form.is_valid():
            sheet.problems += [
                Problem(number, column, str(sentence)) for column, errors in form.errors.items() for sentence in errors
            ]
            continue
        application = form.application
        key = folded(application.name)[:200]
        if key in seen:
            sentence = _("The same organisation as in row %d.") % seen[key]
            sheet.problems.append(Problem(number, "name", sentence))
            continue
        seen[key] = number
        existing = there.get(key)
        alike = {o.name for d in application.domains for o in domains.get(d, []) if o.folded_name != key}
        changes = differing(existing, application) if existing else ()
        sheet.lines.append(Line(number, application, existing, changes, tuple(sorted(alike))))
