"""The formats of a pack: each writes a form and reads a filled one back, field by field, and decides nothing."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import IO

from django.utils.translation import gettext as _

from consultation.offline.content import Content
from consultation.offline.errors import BadPack
from consultation.offline.fields import Written
from consultation.offline.formats import opendocument, printed, spreadsheet, word
from consultation.offline.models import Pack
from consultation.text.archives import MEGABYTE, BadArchive, Limits, check_archive

LIMITS = Limits(packed=4 * MEGABYTE, unpacked=20 * MEGABYTE, entries=300)
MOST_ROWS = 1_000
_WITH_MACROS = (".xlsm", ".xltm", ".xlsb", ".xlam", ".docm", ".dotm")


@dataclass(frozen=True)
class Format:
    """How a kind of pack is written; `read` where it can be read back, with a part that each such file has."""

    media_type: str
    write: Callable[[Content], bytes]
    read: Callable[[IO[bytes]], tuple[str, list[Written]]] | None = None
    must_have: str = ""


_OFFICE = "application/vnd.openxmlformats-officedocument"
FORMATS = {
    Pack.Kind.XLSX: Format(
        f"{_OFFICE}.spreadsheetml.sheet", spreadsheet.write, spreadsheet.read, must_have="xl/workbook.xml"
    ),
    Pack.Kind.DOCX: Format(
        f"{_OFFICE}.wordprocessingml.document", word.write, word.read, must_have="word/document.xml"
    ),
    Pack.Kind.ODT: Format(
        "application/vnd.oasis.opendocument.text", opendocument.write, opendocument.read, must_have="content.xml"
    ),
    Pack.Kind.PDF: Format("application/pdf", printed.write),
}


def read_file(file: IO[bytes], name: str) -> tuple[str, list[Written]]:
    """The number of the pack that this file says it is, and its rows. Raises `BadPack`."""
    name = name.lower()
    if name.endswith(_WITH_MACROS):
        raise BadPack(_("Files with macros are not taken. Save the form as .xlsx, .docx or .odt."))
    if name.endswith(".pdf"):
        raise BadPack(
            _("A printed form is not read by the application. Send it on paper or scanned to the secretariat.")
        )
    form = next((form for kind, form in FORMATS.items() if form.read and name.endswith(f".{kind}")), None)
    if form is None or form.read is None:
        raise BadPack(_("Send the form as a file that ends with .xlsx, .docx or .odt."))
    try:
        check_archive(file, LIMITS, must_have=form.must_have)
        number, rows = form.read(file)
    except BadArchive as bad:
        raise BadPack(bad.sentence) from bad
    except BadPack:
        raise
    except Exception as error:  # a damaged file makes the libraries raise anything
        raise BadPack(_("The file cannot be read. Use the form as it was downloaded.")) from error
    if len(rows) > MOST_ROWS:
        raise BadPack(_("The file has more rows than a form can have. Nothing was read."))
    return number, rows
