"""Labels of our own exports: beside each passage its ref, code and place, so that reading it gives the same report.

In Markdown they are comments, one line each, that no reader sees; in DOCX bookmarks and a part of data.
"""

import json
import re
from dataclasses import asdict
from typing import Any, get_type_hints

from django.utils.translation import gettext as _

from consultation.reports.checks import is_of_type, is_text
from consultation.reports.contents import Contents, PassageFields, ReportFields, RoleFields
from consultation.reports.errors import Unreadable
from consultation.reports.reading.blocks import Block, Doubt, Source
from consultation.reports.reading.plain_text import line_block

_REPORT = "<!-- report "
_PASSAGE = "<!-- passage "
_END = " -->"
_OWN = {"text", "order"}
_ROLE = get_type_hints(RoleFields)
_BLANKS = re.compile(r"\n+$")


def is_labelled(text: str) -> bool:
    return text.startswith(_REPORT)


def report_label(contents: Contents) -> dict[str, Any]:
    """What stands beside the text for the whole report."""
    return {**asdict(contents.report), "roles": [asdict(role) for role in contents.roles]}


def passage_label(passage: PassageFields) -> dict[str, Any]:
    """What stands beside the text of a passage, without what is as usual."""
    usual = asdict(PassageFields("", "", "", "", None, 0, 0, ""))
    return {k: v for k, v in asdict(passage).items() if k not in _OWN and (k == "ref" or v != usual[k])}


def write(contents: Contents) -> str:
    """The report as Markdown with its labels; `read` gives the same contents."""
    lines = [_line(_REPORT, report_label(contents))]
    for passage in contents.passages:
        body = (passage.marker + passage.text).split("\n")
        label = passage_label(passage) | ({"lines": len(body)} if len(body) > 1 else {})
        lines += ["", _line(_PASSAGE, label), *body]
    return "\n".join(lines) + "\n"


def read(text: str) -> Source:
    """The blocks of a labelled Markdown file. Lines that were added without a label are blocks to be looked at."""
    lines = _BLANKS.sub("", text).split("\n")
    label = _label(lines[0], _REPORT, 1)
    check_report(label)
    source = Source("markdown", [], text, label=label)
    number = 1
    while number < len(lines):
        line = lines[number]
        number += 1
        if line.startswith(_PASSAGE):
            label = _label(line, _PASSAGE, number)
            size = label.pop("lines", 1)
            body = "\n".join(lines[number : number + size]) if isinstance(size, int) else ""
            source.blocks.append(labelled(label, body, number + 1, line))
            number += max(size, 1) if isinstance(size, int) else 1
        elif line.strip():
            block = line_block(line, number, blank_before=True)
            block.doubts.append(added())
            source.blocks.append(block)
    source.words = "\n".join(block.source for block in source.blocks)
    return source


def added() -> Doubt:
    """What is asked about a line that stands in an export of ours without a label."""
    return Doubt("new", _("This line has no label: it was added to the export."))


def labelled(label: dict[str, Any], body: str, line: int, place: str) -> Block:
    """The block of a passage that was exported. Raises `Unreadable` where the label is not one."""
    if "ref" not in label or set(label) & _OWN or not _is_made_of(label, PassageFields):
        raise Unreadable(_("The label at “%s” is damaged.") % place[:80])
    fields = asdict(PassageFields("", "", "", "", None, 0, 0, "")) | label
    marker = fields["marker"] if isinstance(fields["marker"], str) and body.startswith(fields["marker"]) else ""
    return Block(body[len(marker) :], "plain", marker, 0, "", line, line, body, label=fields)


def check_report(label: Any) -> None:
    """Raise `Unreadable` unless this is what `report_label` writes: the title block and the lines of the session."""
    if isinstance(label, dict):
        title_block = {name: value for name, value in label.items() if name != "roles"}
        roles = label.get("roles", [])
        roles = roles if isinstance(roles, list) else [None]
        whole = all(isinstance(r, dict) and len(r) == len(_ROLE) and _is_made_of(r, RoleFields) for r in roles)
        if whole and _is_made_of(title_block, ReportFields):
            return
    raise Unreadable(_("The label of the report is damaged."))


def _is_made_of(values: dict[str, Any], kind: type[Any]) -> bool:
    """Whether each value is a field of this kind, of its type, and text that can be kept."""
    hints = get_type_hints(kind)
    return all(
        name in hints and is_of_type(value, hints[name]) and (not isinstance(value, str) or is_text(value))
        for name, value in values.items()
    )


def _line(start: str, label: dict[str, Any]) -> str:
    return start + json.dumps(label, ensure_ascii=False).replace(">", "\\u003e") + _END


def _label(line: str, start: str, number: int) -> dict[str, Any]:
    try:
        label = json.loads(line[len(start) : -len(_END)])
    except ValueError:
        label = None
    if not isinstance(label, dict):
        raise Unreadable(_("Line %s: the label is damaged.") % number)
    return label
