"""What an editor knows and no file says: slug, session record, notes of one's own. A small YAML or JSON file."""

from typing import Any

import yaml
from django.utils.translation import gettext as _

from consultation.reports.contents import ReportFields, RoleFields
from consultation.reports.draft import Draft
from consultation.reports.errors import Unreadable

_PARTS = {"report": dict, "session_record": list, "notes": dict}


def add(draft: Draft, text: str) -> None:
    """Put the additions into the draft. Raises `Unreadable` where they are not what is said above."""
    try:
        parts = yaml.safe_load(text)
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        raise Unreadable(_("The additions cannot be read: %s") % str(error)[:200]) from error
    if not isinstance(parts, dict) or any(not isinstance(v, _PARTS.get(k, str)) for k, v in parts.items()):
        raise Unreadable(_("Additions have the parts “report”, “session_record” and “notes”."))
    if set(parts) - set(_PARTS) or set(parts.get("report", {})) - set(ReportFields.__dataclass_fields__):
        raise Unreadable(_("The additions hold a part or field that is not known."))
    for name, value in parts.get("report", {}).items():
        setattr(draft.report, name, str(value))
    if "session_record" in parts:
        draft.roles = [_role(line, number) for number, line in enumerate(parts["session_record"], 1)]
    draft.notes |= {str(ref): str(note) for ref, note in parts.get("notes", {}).items()}


def _role(line: Any, number: int) -> RoleFields:
    if not isinstance(line, dict) or set(line) - {"role", "name", "capacity"} or not {"role", "name"} <= set(line):
        raise Unreadable(_("Line %s of the session record needs “role” and “name”, and may have “capacity”.") % number)
    return RoleFields(str(line["role"]), str(line["name"]), str(line.get("capacity") or ""), number)
