"""Fixtures of one report, JSON or YAML as Django writes them: read by a schema of our own, never by Django's loader.

So a fixture can hold the three models of a report and nothing else: no users, permissions or contributions.
"""

import json
from dataclasses import MISSING, fields
from typing import Any, TypeVar

import yaml
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

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
_DEEPEST = 20
_MOST_VALUES = 500_000  # some 10,000 passages with all their fields
_LONGEST_NUMBER = 30
_NO_FIXTURE = gettext_lazy("The file is not a fixture in JSON or YAML: %s")
_NO_FIXTURE_AT = gettext_lazy(
    "The file is not a fixture in JSON or YAML. Line %(line)s, character %(column)s: %(error)s"
)
Row = TypeVar("Row", ReportFields, RoleFields, PassageFields)


_Fast = yaml.CSafeLoader if yaml.__with_libyaml__ else yaml.SafeLoader


class _PlainLoader(_Fast):  # type: ignore[valid-type,misc]
    """Plain values only; dates stay the text they are."""


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


def names_a_report(file_name: str, content: bytes) -> bool:
    """Whether a row of this fixture is part of a report; one that cannot be read is, where it names one."""
    try:
        rows = _rows(file_name, decode(content)[0])
    except Unreadable:
        return any(model.encode() in content.lower() for model in _MODELS)
    models = [row.get("model") for row in rows if isinstance(row, dict)]
    return any(isinstance(model, str) and model.lower() in _MODELS for model in models)


def _rows(file_name: str, text: str) -> list[Any]:
    is_yaml = file_name.lower().endswith((".yaml", ".yml"))
    try:
        rows = _of_yaml(text) if is_yaml else json.loads(text, parse_constant=_refused, parse_int=_int)
    except json.JSONDecodeError as error:
        raise _no_fixture_at(error.lineno, error.colno, error.msg) from error
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line, column = (mark.line + 1, mark.column + 1) if mark else (1, 1)
        raise _no_fixture_at(line, column, error.problem or error.context or "") from error
    except RecursionError as error:
        raise Unreadable(_NO_FIXTURE % _("It is nested too deeply.")) from error
    except (ValueError, yaml.YAMLError) as error:
        raise Unreadable(_NO_FIXTURE % " ".join(str(error).split())[:200]) from error
    if not isinstance(rows, list):
        raise Unreadable(_("A fixture is a list of rows."))
    return rows


def _of_yaml(text: str) -> Any:
    """The values of a YAML text that was looked through first: no aliases, so that nothing can grow, and no depths."""
    depth = 0
    for number, event in enumerate(yaml.parse(text, Loader=_Fast)):
        mark, alias = event.start_mark, isinstance(event, yaml.AliasEvent)
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if mark and (alias or depth > _DEEPEST):
            sentence = _("Aliases are refused.") if alias else _("It is nested too deeply.")
            raise _no_fixture_at(mark.line + 1, mark.column + 1, sentence)
        if number > _MOST_VALUES:
            raise Unreadable(_("The file has more values than a report can have."))
    return yaml.load(text, Loader=_PlainLoader)  # noqa: S506 - a safe loader of our own


def _no_fixture_at(line: int, column: int, error: str) -> Unreadable:
    return Unreadable(_NO_FIXTURE_AT % {"line": line, "column": column, "error": error})


def _int(digits: str) -> int:
    if len(digits) > _LONGEST_NUMBER:
        raise ValueError(_("It holds a number of %s digits.") % len(digits))
    return int(digits)


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
    if not isinstance(model, str) or model not in _MODELS:
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
