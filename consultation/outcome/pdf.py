"""A document as PDF: tagged, with outline, language and properties; typeset by Typst, without any network."""

import json
from datetime import datetime
from pathlib import Path
from typing import Any

import typst
from django.utils.translation import gettext as _

from consultation.text.languages import primary, region

TEMPLATE = Path(__file__).with_name("outcome.typ")
STANDARD = "ua-1"


def write(document: dict[str, Any], made_at: datetime) -> bytes:
    """The bytes of the PDF, as PDF/UA-1 where the fonts of this machine have every character.

    Where one is missing the standard cannot be met: the file is made all the same, tagged, and says so at its head.
    """
    try:
        return _compiled(document, made_at, pdf_standards=STANDARD)
    except typst.TypstError as error:
        if "could not be displayed" not in str(error):
            raise
    sentence = _(
        "This file lacks the shapes of some characters, because no font for their script is installed where it was "
        "made. Every word stands in the DOCX file and on the page."
    )
    banner = f"{document['banner']} {sentence}".strip()
    return _compiled({**document, "banner": banner}, made_at)


def _compiled(document: dict[str, Any], made_at: datetime, **how: Any) -> bytes:
    """What people wrote goes in as data (`sys.inputs`), never as markup; the root holds nothing but the template."""
    content = {
        **document,
        "blocks": [_typeset(block) for block in document["blocks"]],
        "author": _("Rapporteur of the consultation"),
        "description": _("Fingerprint of the data (SHA-256): %s") % document["fingerprint"],
        "contents": _("Contents"),
    }
    parts = {name: getattr(made_at, name) for name in ("year", "month", "day", "hour", "minute", "second")}
    made: bytes = typst.compile(
        TEMPLATE.read_bytes(),
        format="pdf",
        sys_inputs={"document": json.dumps(content, ensure_ascii=False), "made": json.dumps(parts)},
        **how,
    )
    return made


def _typeset(block: dict[str, Any]) -> dict[str, Any]:
    """A block with its language as Typst takes it: two or three letters, and those of the region apart."""
    if "language" not in block:
        return block
    return {**block, "language": primary(block["language"]), "region": region(block["language"])}
