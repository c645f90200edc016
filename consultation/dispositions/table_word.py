"""The table of comments as DOCX: the rows are written one after the other, whatever their number."""

import tempfile
import unicodedata
import zipfile
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import IO, Any
from xml.sax.saxutils import escape

import docx
from django.utils.translation import gettext as _
from docx.enum.section import WD_ORIENT
from docx.oxml.ns import qn
from docx.shared import Cm, Pt

from consultation.text.characters import printable

FONT = "Times New Roman"
# The width of each column in twentieths of a point; together the 26.7 cm between the margins.
WIDTHS = (600, 880, 1950, 1150, 1130, 2050, 1650, 1400, 1200, 850, 1080, 1190)
_PART = "word/document.xml"
_ROWS = "ROWS-STAND-HERE"


def write(title: str, about: str, headings: list[str], rows: Iterable[list[str]], made_at: datetime) -> IO[bytes]:
    """A DOCX in a temporary file that goes when it is closed: a title, a line about it, one table."""
    file = tempfile.NamedTemporaryFile(suffix=".docx")  # noqa: SIM115 - the answer closes it
    with tempfile.TemporaryFile() as frame:
        _frame(title, about, made_at).save(frame)
        with zipfile.ZipFile(frame) as source, zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as target:
            for item in source.infolist():
                content = source.read(item)
                if item.filename != _PART:
                    target.writestr(item, content)
                    continue
                before, after = content.decode().split(f"<w:p><w:r><w:t>{_ROWS}</w:t></w:r></w:p>")
                with target.open(_PART, "w") as part:
                    part.write(before.encode())
                    for piece in _table(headings, rows):
                        part.write(piece.encode())
                    part.write(after.encode())
    file.seek(0)
    return file


def _frame(title: str, about: str, made_at: datetime) -> Any:
    made = docx.Document()
    section = made.sections[0]
    section.orientation = WD_ORIENT.LANDSCAPE
    section.page_width, section.page_height = Cm(29.7), Cm(21)
    section.left_margin = section.right_margin = section.top_margin = section.bottom_margin = Cm(1.5)
    for name, size in (("Normal", 8.5), ("Title", 16)):
        style = made.styles[name]
        style.font.size = Pt(size)
        fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
        for attribute in list(fonts.attrib):
            del fonts.attrib[attribute]
        for attribute in ("w:ascii", "w:hAnsi", "w:cs", "w:eastAsia"):
            fonts.set(qn(attribute), FONT)
    made.styles["Normal"].paragraph_format.space_after = Pt(2)
    made.add_paragraph(printable(title), style="Title")
    made.add_paragraph(printable(about))
    made.add_paragraph(_ROWS)
    properties = made.core_properties
    properties.title = printable(title)[:255]
    properties.author = properties.last_modified_by = _("Secretariat of the consultation")
    properties.comments, properties.language = "", "en-GB"
    properties.created = properties.modified = made_at.replace(tzinfo=None, microsecond=0)
    return made


def _table(headings: list[str], rows: Iterable[list[str]]) -> Iterator[str]:
    yield (
        '<w:tbl><w:tblPr><w:tblStyle w:val="TableGrid"/><w:tblW w:w="0" w:type="auto"/>'
        '<w:tblLayout w:type="fixed"/><w:tblLook w:val="0020" w:firstRow="1"/></w:tblPr><w:tblGrid>'
    )
    yield "".join(f'<w:gridCol w:w="{width}"/>' for width in WIDTHS) + "</w:tblGrid>"
    yield "<w:tr><w:trPr><w:cantSplit/><w:tblHeader/></w:trPr>"
    yield from (_cell(heading, width, bold=True) for heading, width in zip(headings, WIDTHS, strict=True))
    yield "</w:tr>"
    for row in rows:
        yield "<w:tr>" + "".join(_cell(text, width) for text, width in zip(row, WIDTHS, strict=True)) + "</w:tr>"
    # A document ends with a paragraph, not with a table.
    yield "</w:tbl><w:p/>"


def _cell(text: str, width: int, *, bold: bool = False) -> str:
    paragraphs = "".join(_paragraph(part, bold=bold) for part in printable(text).split("\n"))
    return f'<w:tc><w:tcPr><w:tcW w:w="{width}" w:type="dxa"/></w:tcPr>{paragraphs}</w:tc>'


def _paragraph(text: str, *, bold: bool) -> str:
    rtl = _is_rtl(text)
    properties = "<w:pPr><w:bidi/></w:pPr>" if rtl else ""
    marks = ("<w:b/>" if bold else "") + ("<w:rtl/>" if rtl else "")
    words = escape(text).replace("\t", '</w:t><w:tab/><w:t xml:space="preserve">')
    run = f'<w:r>{f"<w:rPr>{marks}</w:rPr>" if marks else ""}<w:t xml:space="preserve">{words}</w:t></w:r>'
    return f"<w:p>{properties}{run if text else ''}</w:p>"


def _is_rtl(text: str) -> bool:
    """Whether the first letter with a direction runs from right to left."""
    strong = (unicodedata.bidirectional(c) for c in text)
    return next((kind for kind in strong if kind in {"L", "R", "AL"}), "L") != "L"
