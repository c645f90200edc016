"""Fixtures of one report, JSON or YAML as Django writes them: read by a schema of our own, never by Django's loader.

So a fixture can hold the three models of a report and nothing else: no users, permissions or contributions.
"""

import json
from dataclasses import MISSING, fields
from typing import Any, TypeVar

import yaml
from django.utils.translation import gettext as _

from consultation.reports.contents import Contents, PassageFields, ReportFields, RoleFields, as_rows
from consultation.reports.errors import Invalid, Problem, Unreadable
from consultation.reports.models import Passage, Report, SessionRole
from consultation.reports.reading.characters import decode

LARGEST = 10 * 1024 * 1024
_MODELS: dict[str, type[ReportFields] | type[RoleFields] | type[PassageFields]] = {
    Report._meta.label_lower: ReportFields,
    SessionRole._meta.label_lower: RoleFields,
    Passage._meta.label_lower: PassageFields,
}
_KEYS = {"model", "fields"}
_MOST_PROBLEMS = 100
Row = TypeVar("Row", ReportFields, RoleFields, PassageFields)


class _PlainLoader(yaml.SafeLoader):
    """Plain values only, and no aliases: nothing can grow, and dates stay the text they are."""

    def compose_node(self, parent: Any, index: Any) -> Any:
        if self.check_event(yaml.AliasEvent):
            raise yaml.YAMLError(_("Aliases are refused."))
        return super().compose_node(parent, index)


_PlainLoader.yaml_implicit_resolvers = {
    key: [(tag, pattern) for tag, pattern in resolvers if tag != "tag:yaml.org,2002:timestamp"]
    for key, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


def as_json(contents: Contents) -> str:
    """The report as a fixture in JSON, laid out as the one of the first report."""
    return json.dumps(as_rows(contents), ensure_ascii=False, indent=1) + "\n"


def as_yaml(contents: Contents) -> str:
    """The report as a fixture in YAML."""
    return str(yaml.safe_dump(as_rows(contents), allow_unicode=True, sort_keys=False, width=120))


def read(file_name: str, content: bytes) -> Contents:
    """The contents in a fixture of one report. Raises `Unreadable` (not a fixture) or `Invalid` (with all places).

    The rules of the text itself (tree, lengths, refs) are `checks.check`.
    """
    if len(content) > LARGEST:
        size = {"size": f"{len(content) / 1024 / 1024:,.0f}", "limit": LARGEST // 1024 // 1024}
        raise Unreadable(_("The file has %(size)s MB. The limit is %(limit)s MB.") % size)
    text, _doubts = decode(content)
    rows = _rows(file_name, text)
    problems: list[Problem] = []
    contents = _contents(rows, problems)
    if problems or contents is None:
        raise Invalid(problems[:_MOST_PROBLEMS])
    return contents


def _rows(file_name: str, text: str) -> list[Any]:
    is_yaml = file_name.lower().endswith((".yaml", ".yml"))
    try:
        rows = yaml.load(text, Loader=_PlainLoader) if is_yaml else json.loads(text, parse_constant=_refused)  # noqa: S506
    except (ValueError, yaml.YAMLError, RecursionError) as error:
        raise Unreadable(_("The file is not a fixture in JSON or YAML: %s") % str(error)[:200]) from error
    if not isinstance(rows, list):
        raise Unreadable(_("A fixture is a list of rows."))
    return rows


def _refused(constant: str) -> None:
    raise ValueError(constant)


def _contents(rows: list[Any], problems: list[Problem]) -> Contents | None:
    found: dict[type[Any], list[Any]] = {ReportFields: [], RoleFields: [], PassageFields: []}
    slugs = []
    for number, row in enumerate(rows, 1):
        place = _("row %s") % number
        made = _row(row, place, problems)
        if made is None:
            continue
        if isinstance(made, ReportFields):
            slugs.append(made.slug)
        elif row["fields"].get("report") != slugs[:1]:
            problems.append(Problem(place, _("It belongs to another report, or stands before its report.")))
        found[type(made)].append(made)
    if len(found[ReportFields]) != 1:
        problems.append(Problem("", _("A fixture holds exactly one report; this has %s.") % len(found[ReportFields])))
        return None
    return Contents(found[ReportFields][0], found[RoleFields], found[PassageFields])


def _row(row: Any, place: str, problems: list[Problem]) -> ReportFields | RoleFields | PassageFields | None:
    if not isinstance(row, dict) or not isinstance(row.get("fields"), dict):
        problems.append(Problem(place, _("It is not a row of a fixture.")))
        return None
    model = row.get("model")
    if model not in _MODELS:
        problems.append(
            Problem(place, _("“%s” is not part of a report. Nothing else can be loaded.") % str(model)[:80])
        )
        return None
    if extra := set(row) - _KEYS:
        problems.append(Problem(place, _("Unknown: %s. Rows are named by slug and ref.") % _listed(extra)))
        return None
    kind = _MODELS[model]
    values = dict(row["fields"])
    if kind is not ReportFields:
        values.pop("report", None)
    if kind is PassageFields:
        values["parent"] = _parent(values.get("parent"), row["fields"].get("report"), place, problems)
    return _made(kind, values, place, problems)


def _parent(parent: Any, report: Any, place: str, problems: list[Problem]) -> str | None:
    if parent is None:
        return None
    if isinstance(parent, list) and isinstance(report, list) and parent[:-1] == report and isinstance(parent[-1], str):
        return parent[-1]
    problems.append(Problem(place, _("Its parent is not a passage of the same report.")))
    return None


def _made(
    kind: type[ReportFields] | type[RoleFields] | type[PassageFields],
    values: dict[str, Any],
    place: str,
    problems: list[Problem],
) -> ReportFields | RoleFields | PassageFields | None:
    known = {f.name: f for f in fields(kind)}
    needed = {n for n, f in known.items() if f.default is MISSING and f.default_factory is MISSING}
    if unknown := {str(name) for name in values if name not in known}:
        problems.append(Problem(place, _("Unknown fields: %s.") % _listed(unknown)))
    elif missing := needed - set(values):
        problems.append(Problem(place, _("Missing fields: %s.") % _listed(missing)))
    else:
        return kind(**values)
    return None


def _listed(names: "set[Any]") -> str:
    return ", ".join(sorted(str(name)[:40] for name in names))
