"""A pack to print and fill in by hand (PDF): numbered fields, boxes to tick, the pack's number on every page."""

import json
from pathlib import Path
from typing import Any

import typst
from django.utils.translation import get_language, get_language_bidi
from django.utils.translation import gettext as _

from consultation.offline import fields as f
from consultation.offline.content import Content, Item
from consultation.offline.formats.tables import heading_of
from consultation.text.characters import printable
from consultation.text.languages import primary

TEMPLATE = Path(__file__).with_name("form.typ")
_LINES = {f.EXPLANATION: 4, f.COMMENT: 5, f.WORDING: 4}


def write(content: Content) -> bytes:
    """The bytes of the PDF. What people wrote goes in as data, never as markup, as in outcome/pdf.py."""
    report = content.pack.consultation.report
    document = {
        "title": printable(content.pack.consultation.title),
        "number": content.pack.number,
        "language": primary(get_language() or ""),
        "rtl": get_language_bidi(),
        "text": {"language": primary(report.language), "rtl": report.direction == "rtl"},
        "facts": [[str(name), printable(text)] for name, text in content.facts],
        "instructions": [
            _("Tick one box where there are boxes. Write inside the lines; add sheets with the number of the field."),
            _("Every sheet needs the number of the pack that stands at its foot."),
            _(
                "Send the filled form to the secretariat. It enters what you wrote; it stands only when your focal "
                "point has confirmed it."
            ),
        ],
        "parts": _parts(content),
    }
    made = content.pack.made_at
    moment = {name: getattr(made, name) for name in ("year", "month", "day", "hour", "minute", "second")}
    given = {"document": json.dumps(document, ensure_ascii=False), "made": json.dumps(moment)}
    try:
        return _compiled(given, pdf_standards="ua-1")
    except typst.TypstError:  # a character without a shape on this machine: tagged all the same, without the claim
        return _compiled(given)


def _compiled(given: dict[str, str], **how: Any) -> bytes:
    pdf: bytes = typst.compile(TEMPLATE.read_bytes(), format="pdf", sys_inputs=given, **how)
    return pdf


def _parts(content: Content) -> list[dict[str, Any]]:
    positioned = {item.passage.ref for item in content.of_kind(f.POSITION)}
    parts = ((f.POSITION, _("Positions")), (f.NOTE, _("Comments")))
    return [
        {"title": title, "items": [_item(item, content, positioned) for item in content.of_kind(kind)]}
        for kind, title in parts
        if content.of_kind(kind)
    ]


def _item(item: Item, content: Content, positioned: set[str]) -> dict[str, Any]:
    """The text of a recommendation stands with its position only: a comment on it names it by its number."""
    again = item.kind == f.NOTE and item.passage.ref in positioned
    numbers = f.fields_of(item.kind, attribution=content.attribution)
    return {
        "heading": printable(heading_of(item)),
        "ref": item.passage.ref,
        "text": "" if again else printable(item.values[f.TEXT]),
        "fields": [_field(item, number) for number in numbers if number not in f.FIXED],
    }


def _field(item: Item, number: int) -> dict[str, Any]:
    filled = item.values.get(number, "")
    return {
        "label": f"{item.number}.{f.label(number)}",
        "choices": [[choice, choice == filled] for choice in f.choices(number)] if number in f.CHOICES else [],
        "filled": "" if number in f.CHOICES else printable(filled),
        "lines": _LINES.get(number, 1),
    }
